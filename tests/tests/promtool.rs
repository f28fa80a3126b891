//! promtool reads from this host as from a Prometheus.

use std::process::Output;

use vitrine_tests::{Files, Start, Vitrine, post, promtool};

/// Two series of a counter, a sample each ten seconds over ten minutes, that ended a minute ago.
async fn furnished(files: &Files) -> (Vitrine, i64) {
    let vitrine = Start::new(files).serve().await;
    let end = vitrine.value("time()").await.unwrap() as i64 / 60 * 60 - 60;
    let mut text = "# TYPE served_total counter\n# HELP served_total What was served\n".to_owned();
    for step in 0..=60 {
        let time = (end - 600 + step * 10) * 1_000;
        text.push_str(&format!(
            "served_total{{job=\"shop\"}} {} {time}\nserved_total{{job=\"web\"}} {} {time}\n",
            step * 20,
            step * 5
        ));
    }
    let answer = post(vitrine.address(), "/api/v1/import/prometheus", &[], text.into_bytes()).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.json()["data"]["written"]), (200, &122.into()), "{}", answer.body);
    (vitrine, end)
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

#[tokio::test]
async fn promtool_reads_from_here() {
    let files = Files::new();
    let (vitrine, end) = furnished(&files).await;
    let server = vitrine.url("");
    let time = format!("--time={end}");
    let (start_flag, end_flag) = (format!("--start={}", end - 60), format!("--end={end}"));
    let ask = async |arguments: &[&str]| said(&promtool(&[&["query"], arguments].concat(), files.path()).await);
    let instant = ask(&["instant", &time, &server, "sum by (job) (rate(served_total[5m]))"]).await;
    assert_eq!(instant, format!("{{job=\"shop\"}} => 2 @[{end}]\n{{job=\"web\"}} => 0.5 @[{end}]\n"));
    let range = ask(&["range", &start_flag, &end_flag, "--step=30s", &server, "served_total{job='web'}"]).await;
    let points = [(270, end - 60), (285, end - 30), (300, end)].map(|(value, time)| format!("{value} @[{time}]"));
    assert_eq!(range, format!("served_total{{job=\"web\"}} =>\n{}\n", points.join("\n")));
    let series = ask(&["series", "--match=served_total", &start_flag, &end_flag, &server]).await;
    assert_eq!(series, "{__name__=\"served_total\", job=\"shop\"}\n{__name__=\"served_total\", job=\"web\"}\n");
    let labels = ask(&["labels", "--match=served_total", &server, "job"]).await;
    assert_eq!(labels, "shop\nweb\n");
    let output = promtool(&["query", "instant", &server, "sum("], files.path()).await;
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("bad_data"), "{output:?}");
    vitrine.stop().await;
}

/// promtool works out past values of a recording rule from what the server answers.
#[tokio::test]
async fn promtool_backfills_rules_from_here() {
    let files = Files::new();
    let (vitrine, end) = furnished(&files).await;
    let rules = "groups: [{ name: a, rules: [{ record: 'job:served:rate', expr: 'sum by (job) (rate(served_total[1m]))' }] }]";
    files.write("rules.yaml", rules);
    let (server, start_flag, end_flag) =
        (format!("--url={}", vitrine.url("")), format!("--start={}", end - 300), format!("--end={end}"));
    let make = ["tsdb", "create-blocks-from", "rules", &server, &start_flag, &end_flag, "--output-dir=blocks", "rules.yaml"];
    let output = promtool(&make, files.path()).await;
    assert!(output.status.success(), "{output:?}");
    // It reads blocks together with a log of what is not yet in one, and there is none.
    std::fs::create_dir(files.path().join("blocks/wal")).unwrap();
    let dumped = said(&promtool(&["tsdb", "dump", "blocks"], files.path()).await);
    assert!(dumped.contains("job:served:rate") && dumped.contains("job=\"shop\"") && dumped.contains(" 2 "), "{dumped}");
    vitrine.stop().await;
}
