//! `vitrine query` asks the running host, and history comes back as it was sent.

use vitrine_tests::{Files, Start, post, run};

#[tokio::test]
async fn a_shell_asks_the_running_host() {
    let files = Files::new();
    let vitrine = Start::new(&files).serve().await;
    let end = vitrine.value("time()").await.unwrap() as i64 / 60 * 60 - 60;
    let mut table = "time,label:place,metric:temperature\n".to_owned();
    for step in 0..=10 {
        table.push_str(&format!("{},north,{}\n{},south,{}\n", end - 600 + step * 60, step, end - 600 + step * 60, 20 - step));
    }
    let answer = post(vitrine.address(), "/api/v1/import/csv", &[], table.into_bytes()).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.json()["data"]["written"]), (200, &22.into()), "{}", answer.body);
    let (url, at) = (vitrine.url(""), end.to_string());
    let ask = async |more: &[&str]| {
        let ran = run(files.path(), &[&["query", "temperature", "--url", &url, "--at", &at], more].concat()).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{more:?}");
        ran.out
    };
    assert_eq!(ask(&[]).await, "temperature{place=\"north\"}  10\ntemperature{place=\"south\"}  10\n");
    let csv = ask(&["--format", "csv", "--range", "2m", "--step", "1m"]).await;
    let lines: Vec<String> = [("north", [8, 9, 10]), ("south", [12, 11, 10])]
        .iter()
        .flat_map(|(place, values)| {
            values
                .iter()
                .enumerate()
                .map(move |(step, value)| format!("{},{value},temperature,{place}\n", end - 120 + step as i64 * 60))
        })
        .collect();
    assert_eq!(csv, format!("time,value,__name__,place\n{}", lines.concat()));
    let json: serde_json::Value = serde_json::from_str(&ask(&["--format", "json"]).await).unwrap();
    assert_eq!(json["result"][0]["value"][1], "10");
    let chart = ask(&["--format", "chart", "--range", "10m", "--step", "1m"]).await;
    assert!(chart.starts_with("20 ┤⠉") && chart.contains("── temperature{place=\"north\"}  10"), "{chart}");
    let ran = run(files.path(), &["query", "sum(", "--url", &url]).await;
    assert!(ran.code == Some(1) && ran.err.contains("answers 400: invalid parameter `query`"), "{}", ran.err);
    vitrine.stop().await;
    let ran = run(files.path(), &["query", "up", "--url", &url]).await;
    assert!(ran.code == Some(1) && ran.err.contains("no host answers at"), "{}", ran.err);
}
