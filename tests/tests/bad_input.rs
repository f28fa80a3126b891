//! What is wrong says where and what to do about it; the rest runs on, and nothing stored is lost.

use std::net::TcpListener;

use serde_json::Value;
use vitrine_tests::{Behaviour, Files, LONG, Ran, Relay, Smtp, Start, Target, Vitrine, wait_until};

use crate::shop;

async fn check(files: &Files) -> Ran {
    Start::bare(files).run(&["check"]).await
}

/// Settings that cannot be read at all; rules and dashboards are checked in the same run.
#[tokio::test]
async fn everything_unreadable_shows_in_one_run() {
    let files = Files::new();
    files.write("config/vitrine.yaml", "listen: 127.0.0.1:7878\nretentoin: 15d\nmax_viewers: many\n");
    files.write("config/broken.yaml", "sources:\n  shop: { plugin: http-check\n");
    files.write("config/sources.yaml", "sources:\n  shop: { plugin: system, evry: 15s }\n  shop: { plugin: system }\n");
    files.write("config/alerts/rules.yaml", RULES);
    files.write("dashboards/machine.yaml", DASHBOARD);
    let ran = check(&files).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ran.err);
}

/// Settings that can be read and make no sense.
#[tokio::test]
async fn everything_senseless_shows_in_one_run() {
    let files = Files::new();
    files.write("config/sources.yaml", SOURCES);
    files.write("config/channels.yaml", "channels:\n  on-call: { plugin: email, with: { to: [nobody] } }\n");
    files.write("config/alerts/rules.yaml", RULES);
    files.write("dashboards/machine.yaml", DASHBOARD);
    files.write("dashboards/shop/orders.yaml", SENSELESS_DASHBOARD);
    files.write("plugins/picture.wasm", "this is no component");
    let ran = check(&files).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ran.err);
}

const SOURCES: &str = r#"plugins: { folder: plugins }
time_zone: Europe/Berlim
alerts: { notify: [on-cal] }
sources:
  nowhere: { plugin: sistem, grant: [system] }
  ungranted: { plugin: http-check, with: { url: "https://shop.example/health" } }
  machine: { plugin: system }
  often: { plugin: system, every: 15 parsecs, grant: [system] }
  nightly: { plugin: system, cron: "0 99 * * * *", grant: [system] }
  both: { plugin: system, every: 15s, cron: "0 0 * * * *", grant: [system] }
  wide: { plugin: system, grant: { system: true, http: ["https://shop.example"] } }
  typed: { plugin: http-check, with: { url: 7, timeout: soon, expct: 1 }, grant: { http: ["https://shop.example"] } }
"#;

const RULES: &str = r#"groups:
  - name: shop
    interval: 1s
    rules:
      - alert: Broken
        expr: sum(rate(requests_total[5m])
      - alert: Held
        expr: up == 0
        for: a while
"#;

const DASHBOARD: &str = r#"title: This machine
panels:
  - { title: CPU, show: timeseries, qurey: up }
  - { title: Memory, show: gauge, query: "sum by (", width: 13 }
"#;

const SENSELESS_DASHBOARD: &str = r#"title: Orders
range: some hours
panels:
  - { title: Orders, show: stat, query: "sum by (" }
  - { title: Money, show: tabel, query: up }
  - { title: Speed, show: timeseries, query: up, options: { colour: red } }
"#;

#[tokio::test]
async fn a_taken_port_is_one_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = Start::bare(&Files::new()).flag("--listen", &address).run(&["serve"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains(&address) && ran.err.contains("--listen"), "{}", ran.err);
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_is_one_clear_error() {
    let files = Files::new();
    files.write("data", "a file is in the place of the folder");
    let ran = Start::new(&files).run(&["serve"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("data") && ran.err.contains("--data-dir"), "{}", ran.err);
    assert_eq!(ran.err.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{}", ran.err);
}

#[tokio::test]
async fn a_data_folder_in_use_is_one_clear_error() {
    let files = Files::new();
    let first = Vitrine::start(&files).await;
    let second = Start::new(&files).run(&["serve"]).await;
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains("in use by another vitrine") && second.err.contains("--data-dir"), "{}", second.err);
    assert_eq!(first.get("/healthz").await.status, 200);
    first.stop().await;
}

/// The relay's answer decides: what it will never take is given up, visibly; the host runs on.
#[tokio::test]
async fn a_relay_that_refuses_stops_nothing() {
    for relay in [Relay::RefuseRecipient, Relay::RefuseData] {
        let target = Target::start(Behaviour::Answer(500)).await;
        let smtp = Smtp::start(relay).await;
        let files = shop::files(&target, &smtp);
        let vitrine = Vitrine::start(&files).await;
        let fault = channel_fault(&vitrine).await;
        assert_eq!(fault["whose"], "upstream", "{fault}");
        assert!(fault["reason"].as_str().unwrap().contains("554"), "{fault}");
        let page = vitrine.get("/alerts").await.body;
        assert!(page.contains(">dead<") && page.contains("554"), "the delivery is not shown:\n{page}");
        runs_on(&vitrine).await;
        vitrine.stop().await;
    }
}

#[tokio::test]
async fn a_relay_that_hangs_delays_the_mail_and_nothing_else() {
    let target = Target::start(Behaviour::Answer(500)).await;
    let mut smtp = Smtp::start(Relay::Hang).await;
    let files = shop::files(&target, &smtp);
    let vitrine = Vitrine::start(&files).await;
    let fault = channel_fault(&vitrine).await;
    assert_eq!(fault["whose"], "upstream", "{fault}");
    assert!(fault["reason"].as_str().unwrap().contains("did not"), "{fault}");
    runs_on(&vitrine).await;
    smtp.behave(Relay::Normal).await;
    smtp.mail("[firing]").await;
    wait_until("the channel is well", LONG, async || vitrine.channel("on-call").await?["fault"].is_null().then_some(())).await;
    vitrine.stop().await;
}

/// Silence and endless answers are what a check is for: it fails in its time, and the host does not wait.
#[tokio::test]
async fn a_target_that_hangs_or_drips_fails_its_check() {
    let target = Target::start(Behaviour::Answer(200)).await;
    let smtp = Smtp::start(Relay::Normal).await;
    let files = shop::files(&target, &smtp);
    let vitrine = Vitrine::start(&files).await;
    let succeeds = async |wanted: f64| {
        let what = format!("the check's success is {wanted}");
        wait_until(&what, LONG, async || (vitrine.value("probe_success").await? == wanted).then_some(())).await;
    };
    for behaviour in [Behaviour::Hang, Behaviour::Drip] {
        succeeds(1.0).await;
        target.behave(behaviour);
        succeeds(0.0).await;
        target.behave(Behaviour::Answer(200));
    }
    succeeds(1.0).await;
    let source = vitrine.source("shop").await.unwrap();
    assert!(source["fault"].is_null(), "what the target does is no fault of the source: {source}");
    vitrine.stop().await;
}

async fn channel_fault(vitrine: &Vitrine) -> Value {
    wait_until("the channel fails", LONG, async || {
        Some(vitrine.channel("on-call").await?["fault"].clone()).filter(|fault| !fault.is_null())
    })
    .await
}

async fn runs_on(vitrine: &Vitrine) {
    let count = async || vitrine.value("count_over_time(probe_success[5m])").await.unwrap_or(0.0);
    let before = count().await;
    wait_until("more checks are stored", LONG, async || (count().await >= before + 3.0).then_some(())).await;
    assert_eq!(vitrine.get("/d/shop").await.status, 200);
}

/// One wrong source is left out, with the reason on every page; the others run.
#[tokio::test]
async fn one_wrong_source_leaves_the_others_alone() {
    let target = Target::start(Behaviour::Answer(200)).await;
    let smtp = Smtp::start(Relay::Normal).await;
    let files = shop::files(&target, &smtp);
    files.write("config/wrong.yaml", "sources:\n  wrong: { plugin: sistem }\n");
    let vitrine = Vitrine::start(&files).await;
    runs_on(&vitrine).await;
    let home = vitrine.get("/").await.readable();
    assert!(home.contains("config/wrong.yaml:2:20") && home.contains("sistem"), "{home}");
    vitrine.stop().await;
}

#[tokio::test]
async fn an_edit_is_taken_at_once_if_it_is_right() {
    // It fails from the start, so that each new instance of the check says so once in the log.
    let target = Target::start(Behaviour::Answer(500)).await;
    let smtp = Smtp::start(Relay::Normal).await;
    let files = shop::files(&target, &smtp);
    let vitrine = Vitrine::start(&files).await;
    runs_on(&vitrine).await;

    files.write("dashboards/shop.yaml", "title: The shop\npanels:\n  - { title: Answers, show: stat, qurey: up }\n");
    let page = shows(&vitrine, "/d/shop", "qurey").await;
    assert!(page.contains("dashboards/shop.yaml:3:") && page.contains("did you mean"), "{page}");
    assert!(page.contains("Duration"), "the old dashboard is gone:\n{page}");

    files.write("config/conf.d/extra.yaml", "sources: [\n");
    shows(&vitrine, "/", "config/conf.d/extra.yaml").await;
    runs_on(&vitrine).await;

    let machine = "sources:\n  machine: { plugin: system, every: 1s, grant: [system] }\n";
    files.write("config/conf.d/extra.yaml", machine);
    files.write("dashboards/shop.yaml", "title: Another title\npanels:\n  - { title: Answers, show: stat, query: up }\n");
    wait_until("the new source is polled", LONG, async || vitrine.value("up{source='machine'}").await).await;
    let page = shows(&vitrine, "/d/shop", "Another title").await;
    assert!(!page.contains("qurey"), "{page}");

    files.remove("config/conf.d/extra.yaml");
    wait_until("the source is gone", LONG, async || vitrine.source("machine").await.is_none().then_some(())).await;
    runs_on(&vitrine).await;
    let begun = vitrine.log().lines().filter(|line| line.contains("fails: the status is 500")).count();
    assert_eq!(begun, 1, "the check was started anew");
    assert_eq!(vitrine.source("shop").await.unwrap()["missed"], 0);
    vitrine.stop().await;
}

async fn shows(vitrine: &Vitrine, path: &str, text: &str) -> String {
    let what = format!("{path} shows `{text}`");
    wait_until(&what, LONG, async || Some(vitrine.get(path).await.readable()).filter(|body| body.contains(text))).await
}
