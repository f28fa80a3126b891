//! A source that is asked beside its schedule: in its own language, for pages of its log, and to do something.

use serde_json::{Value, json};
use vitrine_tests::{Files, LONG, Vitrine, guests, run, wait_until};

const LINES: [&str; 5] = ["one order", "a refund", "two orders", "nothing", "three orders"];

fn files() -> Files {
    let files = Files::new();
    files.write("logs/app.log", &LINES.join("\n"));
    let folder = files.path().join("logs").display().to_string();
    // People's acts are written down, however quiet the log is.
    let text = format!(
        "log: error\nplugins: {{ folder: '{}' }}\nsources:\n  calls: {{ plugin: caller, every: 1s, \
         with: {{ file: '{folder}/app.log' }}, grant: {{ files: ['{folder}'], state: true, metrics: true }} }}\n  \
         here: {{ plugin: system, every: 1s, grant: [system] }}\n",
        guests().display()
    );
    files.write("config/vitrine.yaml", &text);
    files
}

#[tokio::test]
async fn a_source_answers_beside_its_schedule() {
    let files = files();
    let vitrine = Vitrine::start(&files).await;
    let runs = async || vitrine.value("caller_runs_total").await;
    wait_until("it has run", LONG, runs).await;

    let asked = json!({ "queries": ["orders", ""] });
    let answer = vitrine.post("/api/v1/sources/calls/query", &[], &asked).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answers = answer.json()["data"]["answers"].take();
    assert_eq!(answers[0]["frames"][0]["columns"][0]["values"], json!([2.0, 4.0]));
    assert_eq!(answers[0]["frames"][0]["columns"][1]["values"], json!([LINES[2], LINES[4]]));
    assert_eq!(answers[1]["fault"], json!({ "whose": "invalid", "reason": "nothing to look for" }));

    let first = vitrine.data("/api/v1/sources/calls/logs?limit=3").await;
    let second = vitrine.data(&format!("/api/v1/sources/calls/logs?cursor={}", first["cursor"].as_str().unwrap())).await;
    let lines = |page: &Value| -> Vec<String> {
        page["lines"].as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!([lines(&first), lines(&second)].concat(), LINES);
    assert_eq!(second["cursor"], Value::Null);

    let not_offered = vitrine.post("/api/v1/sources/here/query", &[], &asked).await;
    assert!(not_offered.status == 400 && not_offered.body.contains("`system` does not offer queries"), "{}", not_offered.body);
    let card = vitrine.data("/api/v1/plugins").await;
    let caller = card["plugins"].as_array().unwrap().iter().find(|card| card["name"] == "caller").unwrap();
    let limits = caller["instances"][0]["limits"].as_array().unwrap();
    assert!(["wall_ms.query", "wall_ms.logs"].iter().all(|key| limits.iter().any(|one| one["name"] == *key)), "{limits:?}");
    vitrine.stop().await;
}

#[tokio::test]
async fn an_act_is_done_from_here_and_written_down() {
    let files = files();
    let vitrine = Vitrine::start(&files).await;
    let runs = async || vitrine.value("caller_runs_total").await;
    wait_until("it has run", LONG, runs).await;
    let offered = vitrine.data("/api/v1/sources/calls/actions").await;
    let names: Vec<&str> = offered["actions"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["remember", "forget"]);

    let remember = "/api/v1/sources/calls/actions/remember";
    let good = json!({ "arguments": { "runs": 1_000_000 } });
    // What a proxy hands on is from afar, and another site's page may not speak here at all.
    for (headers, wanted) in [(("x-forwarded-for", "203.0.113.7"), 403), (("sec-fetch-site", "cross-site"), 403)] {
        let answer = vitrine.post(remember, &[headers], &good).await;
        assert_eq!(answer.status, wanted, "{headers:?}: {}", answer.body);
    }
    let wrong = vitrine.post(remember, &[], &json!({ "arguments": { "runs": "many" } })).await;
    assert!(wrong.status == 400 && wrong.body.contains("arguments.runs"), "{}", wrong.body);
    assert!(runs().await < Some(1_000_000.0), "what was refused was not done");
    assert!(!vitrine.log().contains("\"target\":\"audit\""), "{}", vitrine.log());

    let answer = vitrine.post(remember, &[], &good).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["data"]["answer"].take()),
        (200, json!("anyone had it remember 1000000 runs"))
    );
    wait_until("it counts on from there", LONG, async || runs().await.filter(|runs| *runs > 1_000_000.0)).await;
    for part in [
        "\"target\":\"audit\"",
        "anyone had source `calls` do `remember`: asked",
        "anyone had source `calls` do `remember`: done",
        "\"audit.from\":\"127.0.0.1\"",
        "\"audit.arguments\":\"{\\\"runs\\\":1000000}\"",
    ] {
        let what = format!("`{part}` is in the log");
        wait_until(&what, LONG, async || vitrine.log().contains(part).then_some(())).await;
    }

    let forget = "/api/v1/sources/calls/actions/forget";
    let unsure = vitrine.post(forget, &[], &json!({})).await;
    assert!(unsure.status == 400 && unsure.body.contains("cannot be undone"), "{}", unsure.body);
    assert_eq!(vitrine.post(forget, &[], &json!({ "confirm": true })).await.status, 200);
    wait_until("it has forgotten", LONG, async || runs().await.filter(|runs| *runs < 1_000_000.0)).await;
    vitrine.stop().await;
}

#[tokio::test]
async fn what_a_source_offers_is_held_against_its_contract() {
    let files = Files::new();
    let guest = |name: &str| guests().join(name).with_extension("wasm").display().to_string();
    let ran = run(files.path(), &["plugin", "test", &guest("caller"), "--json"]).await;
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    let failed: Vec<&Value> = report["items"].as_array().unwrap().iter().filter(|item| item["passed"] == false).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let wanted =
        ["does its actions", "refuses an action that it does not offer", "reads its log page by page", "answers its queries"];
    for name in wanted {
        assert!(report["items"].as_array().unwrap().iter().any(|item| item["name"] == name), "{name}: {report:#}");
    }
    let ran = run(files.path(), &["plugin", "test", &guest("misbehaving"), "--with", r#"{"deed":"many"}"#]).await;
    for part in ["101 log lines came where 100 were asked for", "it offers `actions`, and lists none", "nothing says what to ask"]
    {
        assert!(ran.code == Some(1) && ran.out.contains(part), "{part}: {}", ran.out);
    }
}
