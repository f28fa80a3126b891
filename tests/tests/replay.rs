//! `vitrine replay` beside a running host: what was told, what other files would tell, and the same bytes each time.

use serde_json::{Value, json};
use vitrine_tests::{Files, Start, Vitrine, run};

const HOUR: i64 = 3_600_000;
const BEGIN: i64 = 1_795_000_000_000;

fn rules(threshold: u32) -> String {
    json!({ "groups": [{ "name": "shop", "interval": "1m", "rules": [
        { "record": "queue:twice", "expr": "queue * 2" },
        { "alert": "QueueLong", "expr": format!("queue:twice > {threshold}"), "for": "2m", "labels": { "severity": "page" },
          "annotations": { "summary": "the queue of {{ $labels.shop }} is long: {{ $value }}" } },
    ] }] })
    .to_string()
}

const ROUTES: &str = r#"
route: { receiver: team, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h }
receivers:
  - name: team
    channels: [hook]
"#;

fn files() -> Files {
    let files = Files::new();
    for (folder, threshold) in [("config", 20), ("new", 40)] {
        files.write(
            &format!("{folder}/vitrine.yaml"),
            "time_zone: UTC\nretention: 3650d\nchannels:\n  hook: { plugin: webhook, with: { url: 'http://127.0.0.1:9/' }, grant: [] }\n",
        );
        files.write(&format!("{folder}/routes.yaml"), ROUTES);
        files.write(&format!("{folder}/alerts/shop.yaml"), &rules(threshold));
    }
    files
}

/// Three long queues: two of 15, one of 25; the second is too short to tell.
async fn bring(vitrine: &Vitrine) {
    let long = |minute: i64| match minute {
        60..75 => 15.0,
        100..102 => 15.0,
        150..170 => 25.0,
        _ => 1.0,
    };
    let text: Vec<String> =
        (0..240).map(|minute| format!("queue{{shop=\"a\"}} {} {}", long(minute), BEGIN + minute * 60_000)).collect();
    let body = text.join("\n") + "\n";
    let answer = vitrine_tests::post(vitrine.address(), "/api/v1/import/prometheus", &[], body.into_bytes()).await.unwrap();
    assert!(answer.status.is_success(), "{} {}", answer.status, answer.body);
}

#[tokio::test]
async fn what_was_told_and_what_other_files_would_tell() {
    let files = files();
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    bring(&vitrine).await;
    let data = files.data().to_string_lossy().into_owned();
    let (from, to) = ((BEGIN / 1_000 + 1_800).to_string(), ((BEGIN + 4 * HOUR) / 1_000).to_string());
    let base = ["replay", "--from", &from, "--to", &to, "--data-dir", &data];
    let with = |more: &[&str]| -> Vec<String> { base.iter().chain(more).map(|word| (*word).to_owned()).collect() };
    let ask = async |more: &[&str]| {
        let words = with(more);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        run(files.path(), &words).await
    };
    let told = ask(&[]).await;
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert_eq!(told.out.matches("team → hook").count(), 4, "{}", told.out);
    assert!(told.out.contains("firing    team → hook  the queue of a is long: 30"), "{}", told.out);
    assert!(told.out.contains("4 messages from 2026-11-18") && told.out.contains("QueueLong"), "{}", told.out);
    // The same samples, the same bytes.
    assert_eq!(ask(&[]).await.out, told.out);
    let compared = ask(&["--config", "new", "--json"]).await;
    assert_eq!(compared.code, Some(0), "{}", compared.err);
    let compared: Value = serde_json::from_str(&compared.out).unwrap();
    assert_eq!(compared["difference"], json!({ "both": 2, "only_now": 2, "only_new": 0 }));
    assert_eq!(compared["receivers"]["team"], json!({ "now": 4, "new": 2 }));
    assert_eq!(compared["messages"][0]["alerts"][0]["labels"]["shop"], "a");
    let shown = ask(&["--config", "new"]).await.out;
    assert!(shown.contains("- 2026-11-18") && shown.contains("2 by both, 2 only now (-)"), "{shown}");
    let other = ask(&["--receiver", "nobody"]).await.out;
    assert!(other.starts_with("0 messages from"), "{other}");
    let none = ask(&["--rule", "Other", "--json"]).await.out;
    assert_eq!(serde_json::from_str::<Value>(&none).unwrap()["messages"], json!([]));
    vitrine.stop().await;
}

#[tokio::test]
async fn mistakes_are_named() {
    let files = files();
    for (words, reason) in [
        (vec!["replay"], "holds no samples"),
        (vec!["replay", "--from", "soon"], "`--from soon` is not a moment"),
        (vec!["replay", "--from", "now", "--to", "-1h"], "ends before it begins"),
        (vec!["replay", "--against", "nowhere"], "there is no folder nowhere"),
    ] {
        let ran = run(files.path(), &words).await;
        assert!(ran.code == Some(1) && ran.err.contains(reason), "{words:?}: {}", ran.err);
    }
    files.write("config/alerts/shop.yaml", "groups: [{ name: a, rules: [{ alert: A, expr: 'up ==' }] }]");
    let ran = run(files.path(), &["replay"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("shop.yaml:1"), "{}", ran.err);
}
