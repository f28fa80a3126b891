//! For those who run it: health, metrics, logs, an orderly end.

use std::collections::BTreeSet;

use serde_json::Value;
use vitrine_tests::{Behaviour, Files, LONG, Relay, Smtp, Start, Target, Vitrine, run, wait_until};

use crate::shop;

#[tokio::test]
async fn health_metrics_logs_and_an_orderly_end() {
    let target = Target::start(Behaviour::Answer(200)).await;
    let smtp = Smtp::start(Relay::Normal).await;
    let files = shop::files(&target, &smtp);
    // A wrong file, so that there is something to log.
    files.write("dashboards/wrong.yaml", "titel: Wrong\n");
    let mut vitrine = Vitrine::start(&files).await;
    wait_until("a check is stored", LONG, async || vitrine.value("probe_success").await).await;

    for path in ["/healthz", "/readyz"] {
        assert_eq!(vitrine.get(path).await.status, 200, "{path}");
    }
    let metrics = vitrine.get("/metrics").await;
    well_formed(&metrics.body);
    for name in [
        "vitrine_build_info{",
        "vitrine_process_cpu_seconds_total ",
        "vitrine_process_resident_memory_bytes ",
        "vitrine_plugin_calls_total{",
        "vitrine_plugin_call_seconds_total{",
        "vitrine_plugin_memory_bytes{",
    ] {
        assert!(metrics.body.contains(name), "{name} is missing:\n{}", metrics.body);
    }
    let log = vitrine.log();
    assert!(log.contains("dashboards/wrong.yaml:1:1"), "the mistake is not logged:\n{log}");
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(["timestamp", "level", "message"].iter().all(|key| entry[*key].is_string()), "{line}");
    }

    let count = vitrine.value("count_over_time(probe_success[1h])").await.unwrap();
    vitrine.stop().await;
    vitrine = Vitrine::start(&files).await;
    assert!(vitrine.value("count_over_time(probe_success[1h])").await.unwrap() >= count, "samples were lost");
    vitrine.stop().await;
}

/// A target and a mail server that never answer, and open pages, must not hold up the end.
#[tokio::test]
async fn it_stops_in_time_while_others_hang() {
    let target = Target::start(Behaviour::Answer(500)).await;
    let smtp = Smtp::start(Relay::Hang).await;
    let files = shop::files(&target, &smtp);
    let vitrine = Start::new(&files).serve().await;
    wait_until("the relay hangs", LONG, async || (smtp.count("hanging") > 0).then_some(())).await;
    target.behave(Behaviour::Hang);
    let requests = target.requests();
    wait_until("the target hangs", LONG, async || (target.requests() > requests).then_some(())).await;
    vitrine.stop().await;
}

#[tokio::test]
async fn a_backup_of_a_running_host_comes_back_elsewhere() {
    let files = Files::new();
    files.write("config/sources.yaml", "sources:\n  machine: { plugin: system, every: 1s, grant: [system] }\n");
    let vitrine = Vitrine::start(&files).await;
    let count = "count_over_time(up{source='machine'}[1h])";
    wait_until("a few samples are stored", LONG, async || vitrine.value(count).await.filter(|count| *count > 2.0)).await;
    let ran = run(files.path(), &["backup", "monday"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert!(
        ran.out.contains("samples.db") && ran.out.contains("sha256:") && ran.out.contains("backed up to monday"),
        "{}",
        ran.out
    );
    let ran = run(files.path(), &["restore", "monday", "--replace"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("in use by another vitrine"), "{}", ran.err);
    vitrine.stop().await;

    let ran = run(files.path(), &["restore", "monday", "--data-dir", "other"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    files.write("config/sources.yaml", "sources: {}\n");
    let vitrine = Start::new(&files).flag("--data-dir", "other").serve().await;
    assert!(vitrine.value(count).await.is_some_and(|count| count > 2.0));
    vitrine.stop().await;
    std::fs::write(files.path().join("monday/state.db"), "changed").unwrap();
    let ran = run(files.path(), &["restore", "monday", "--data-dir", "third"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("its digest differs"), "{}", ran.err);
}

/// Prometheus's text format, as strictly as its own parser takes it.
fn well_formed(text: &str) {
    assert!(text.ends_with("# EOF\n"), "the end is missing");
    let mut families = BTreeSet::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (word, name) = (words.next().unwrap(), words.next());
            assert!(["HELP", "TYPE", "UNIT", "EOF"].contains(&word), "{line}");
            families.extend(name.map(str::to_owned));
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no value: {line}"));
        assert!(value.parse::<f64>().is_ok(), "no number: {line}");
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        assert!(labels.ends_with('}') && labels.matches('"').count() % 2 == 0, "{line}");
        assert!(name.starts_with("vitrine_"), "{line}");
        assert!(name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_'), "{line}");
        assert!(families.iter().any(|family| name.starts_with(family.as_str())), "no type: {line}");
    }
}
