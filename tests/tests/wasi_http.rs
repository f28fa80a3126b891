//! A guest that our SDK has no part in asks by plain `fetch`, which is `wasi:http` inside: the same grants, bounds, refusals
//! and counts as for `http`.

use serde_json::Value;
use vitrine_tests::{Behaviour, Files, Start, Target, Vitrine, fetch_guest, wait_until, with_manifest};

use crate::polyglot::COMPILED;
use crate::secrets::echo::Echo;

const MANIFEST: &str = include_str!("../fetch-guest/plugin.toml");

const READING: &str = r#"{ "temperature": 21.5, "humidity": 0.4 }"#;

/// What is granted to the source that asks elsewhere.
const ELSEWHERE: &str = "https://elsewhere.test";

#[tokio::test]
async fn fetch_goes_where_it_is_granted_and_nowhere_else() {
    let (well, secret) = (Target::start(Behaviour::Say(READING)).await, Target::start(Behaviour::Say(READING)).await);
    let posted = Echo::start("").await;
    let files = files(&well.url(), &secret.url(), &posted.url());
    let vitrine = Start::new(&files).patient().serve().await;

    let read = async || vitrine.value("fetched_temperature{source='well'}").await;
    assert_eq!(wait_until("fetch has read", COMPILED, read).await, 21.5);
    assert_eq!(vitrine.value("fetched_status{source='well'}").await, Some(200.0));
    let sent = async || posted.has("POST /in\n", "x-greeting: from the sandbox\n").then_some(());
    wait_until("fetch has posted", COMPILED, sent).await;
    assert!(posted.has("POST /in\n", "\nthe body"), "the body is missing");

    let fault = fault(&vitrine, "denied").await;
    assert!(fault["whose"] == "upstream" && fault["reason"].as_str().unwrap().contains("fetch failed: "), "{fault}");
    let refusal = refusal(&vitrine, "denied").await;
    let reason = format!("requests to {} are not granted: add `http: [\"{}\"]` under `grant`", secret.url(), secret.url());
    assert_eq!(refusal["reason"], reason);
    assert_eq!(secret.connections(), 0, "something came through");
    let log = vitrine.log();
    let logged = |line: &&str| line.contains("\"plugin.instance\":\"denied\"") && line.contains("refused: requests to");
    assert!(log.lines().any(|line| logged(&line)), "{log}");

    let metrics = vitrine.get("/metrics").await.body;
    let counted = |instance: &str, outcome: &str| {
        let start = format!("vitrine_plugin_http_requests_total{{instance=\"{instance}\",outcome=\"{outcome}\"}}");
        metrics.lines().any(|line| line.starts_with(&start) && !line.ends_with(" 0"))
    };
    for (instance, answered) in [("well", true), ("posting", true), ("denied", false)] {
        assert_eq!((counted(instance, "answered"), counted(instance, "refused")), (answered, !answered), "{instance}: {metrics}");
    }
    vitrine.stop().await;
}

/// One that reads, one that posts, and one that may ask elsewhere only.
fn files(well: &str, secret: &str, posted: &str) -> Files {
    let files = Files::new().with_shared_code();
    let component = std::fs::read(fetch_guest()).unwrap();
    std::fs::create_dir(files.path().join("plugins")).unwrap();
    std::fs::write(files.path().join("plugins/fetch-guest.wasm"), with_manifest(&component, MANIFEST)).unwrap();
    let source = |name: &str, with: &str, grant: &str| {
        format!("  {name}: {{ plugin: fetch-guest, every: 1s, with: {{ {with} }}, grant: {{ http: ['{grant}'] }} }}\n")
    };
    let text = [
        "plugins: { folder: plugins, compile_seconds: 300 }\nsources:\n".to_owned(),
        source("well", &format!("url: '{well}/now.json'"), well),
        source("posting", &format!("url: '{posted}/in', body: the body"), posted),
        source("denied", &format!("url: '{secret}/'"), ELSEWHERE),
    ];
    files.write("config/vitrine.yaml", &text.concat());
    files
}

async fn fault(vitrine: &Vitrine, source: &str) -> Value {
    let find = async || vitrine.source(source).await.map(|source| source["fault"].clone()).filter(|fault| !fault.is_null());
    wait_until("the source fails", COMPILED, find).await
}

/// The instance's only refusal: it is told when the guest looks at what came of its request.
async fn refusal(vitrine: &Vitrine, instance: &str) -> Value {
    wait_until("the refusal is told", COMPILED, async || {
        let plugins = vitrine.data("/api/v1/plugins").await;
        let mut instances = plugins["plugins"].as_array().unwrap().iter().flat_map(|card| card["instances"].as_array().unwrap());
        let refusals = instances.find(|one| one["name"] == instance)?["refusals"].as_array().unwrap().clone();
        assert!(refusals.len() < 2, "{refusals:?}");
        refusals.into_iter().next()
    })
    .await
}
