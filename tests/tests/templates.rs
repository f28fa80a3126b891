//! What `vitrine plugin new` writes, for every kind in every language: its own tests pass, it is built, keeps the contract, and
//! a host polls, draws and delivers with it.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use vitrine_tests::{Behaviour, Files, Ran, Start, Target, Vitrine, target_folder, wait_until};

use crate::polyglot::COMPILED;
use crate::secrets::echo::Echo;

/// Each kind, and the name of the plugin that is made of it.
const PLUGINS: [(&str, &str); 3] = [("source", "weather"), ("channel", "hook"), ("panel", "largest")];

const READING: &str = r#"{ "temperature": 21.5, "humidity": 0.4 }"#;

#[tokio::test]
async fn templates_in_rust() {
    // What `cargo test` would compile once more is compiled by the SDK's own tests.
    templates("rust", None).await;
}

#[tokio::test]
async fn templates_in_javascript() {
    templates("js", Some("npm install --no-audit --no-fund --silent && npm test")).await;
}

#[tokio::test]
async fn templates_in_python() {
    templates("python", Some("PYTHONPATH=.vitrine/sdk/python python3 -m unittest")).await;
}

/// `tests` is how the README of a template says to run its tests.
async fn templates(language: &str, tests: Option<&str>) {
    let folder = workshop(language);
    let files = Files::new().with_shared_code();
    files.write("config/vitrine.yaml", "plugins: { compile_seconds: 300 }\n");
    for (kind, name) in PLUGINS {
        let into = folder.to_str().unwrap();
        good(&files, &["plugin", "new", kind, name, "--lang", language, "--into", into]).await;
        if let Some(tests) = tests {
            let readme = std::fs::read_to_string(folder.join(name).join("README.md")).unwrap();
            assert!(readme.contains(&tests.replace(" --no-audit --no-fund --silent", "")), "{readme}");
            let ran = Command::new("sh").args(["-c", tests]).current_dir(folder.join(name)).output().unwrap();
            assert!(ran.status.success(), "{kind}: {ran:?}");
        }
    }
    let folders = PLUGINS.map(|(_, name)| folder.join(name));
    let plugins = files.path().join("plugins");
    let build = ["plugin", "build"].into_iter().chain(folders.iter().map(|folder| folder.to_str().unwrap()));
    good(&files, &build.chain(["--out", plugins.to_str().unwrap()]).collect::<Vec<_>>()).await;
    for (kind, name) in PLUGINS {
        let file = plugins.join(name).with_extension("wasm");
        let ran = good(&files, &["plugin", "test", file.to_str().unwrap(), "--json"]).await;
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert!(report["score"] == report["of"] && report["of"].as_u64().unwrap() >= 10, "{kind}: {report:#}");
    }
    a_host_works_with_them(files).await;
}

/// Its source polls, its panel draws what came of that, and its channel tells of an alert.
async fn a_host_works_with_them(files: Files) {
    let target = Target::start(Behaviour::Say(READING)).await;
    let inbox = Echo::start("").await;
    let (from, to) = (target.url(), inbox.url());
    let config = format!(
        "plugins: {{ folder: plugins, compile_seconds: 300 }}
sources:
  roof: {{ plugin: weather, every: 1s, with: {{ url: '{from}/now.json' }}, grant: {{ http: ['{from}'] }} }}
channels:
  told: {{ plugin: hook, with: {{ url: '{to}/alerts' }}, grant: {{ http: ['{to}'] }} }}
alerts: {{ notify: [told], evaluate_every: 1s }}
"
    );
    files.write("config/vitrine.yaml", &config);
    let rule = "groups: [{ name: a, rules: [{ alert: Warm, expr: 'weather_value{name=\"temperature\"} > 20' }] }]\n";
    files.write("config/alerts/warm.yaml", rule);
    let panel = "title: The roof\npanels: [{ title: Highest, show: largest, query: weather_value, warn: 20, bad: 30 }]\n";
    files.write("dashboards/roof.yaml", panel);

    let list = good(&files, &["plugin", "list"]).await.out;
    for (plugin, user) in [("weather", "roof"), ("hook", "told"), ("largest", "dashboard roof")] {
        let user = format!("used by {user}");
        assert!(list.lines().any(|line| line.starts_with(plugin) && line.ends_with(&user)), "{list}");
    }

    let vitrine = Start::new(&files).patient().serve().await;
    let read = async || vitrine.value("weather_value{source='roof',name='temperature'}").await;
    assert_eq!(wait_until("the source has polled", COMPILED, read).await, 21.5);
    is_drawn(&vitrine).await;
    let told = async || inbox.has("POST /alerts\n", "\nidempotency-key: ").then_some(());
    wait_until("the channel has delivered", COMPILED, told).await;
    assert!(inbox.has("POST /alerts\n", "firing") && inbox.has("POST /alerts\n", "Warm"), "the notification is not in it");
    vitrine.stop().await;
}

/// As a page without a script shows it.
async fn is_drawn(vitrine: &Vitrine) {
    let page = wait_until("the panel shows the temperature", COMPILED, async || {
        let page = vitrine.get("/d/roof").await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.body.contains("<span class=\"number\">21.5</span>").then_some(page.body)
    });
    let page = page.await;
    assert!(page.contains("data-kind=\"stat\" data-state=\"ok\"") && page.contains("stat warning"), "{page}");
}

async fn good(files: &Files, verb: &[&str]) -> Ran {
    let target = target_folder();
    let start = Start::bare(files).environment("CARGO_TARGET_DIR", target.to_str().unwrap()).patient();
    let ran = start.run(verb).await;
    assert_eq!(ran.code, Some(0), "{verb:?}: {}{}", ran.out, ran.err);
    ran
}

/// The same folder each time, so that cargo need not begin anew.
fn workshop(language: &str) -> PathBuf {
    let folder = target_folder().join("workshop").join(language);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
