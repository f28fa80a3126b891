//! A storm is a digest, also for a host that is killed in it; a heartbeat says that it lives; and an alert that is written in a
//! panel is a rule as any other.

use std::collections::BTreeSet;

use serde_json::json;
use vitrine_tests::{Files, LONG, Posted, Receiver, Start, repository, run, wait_until};

const STORM: usize = 30;

fn files(receiver: &Receiver) -> Files {
    let files = Files::new();
    let url = receiver.url();
    let hook =
        |name: &str| format!("  {name}: {{ plugin: webhook, with: {{ url: '{url}/{name}' }}, grant: {{ http: ['{url}'] }} }}\n");
    let channels: String = ["storm", "panel", "beat"].into_iter().map(hook).collect();
    let settings = format!(
        "public_url: http://vitrine.test
alerts: {{ evaluate_every: 1s, labels: {{ region: eu }} }}
channels:
{channels}"
    );
    files.write("config/vitrine.yaml", &settings);
    files.write("config/routes.yaml", ROUTES);
    files
}

const ROUTES: &str = "
route:
  receiver: storm
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  routes:
    - { matchers: [alertname=Panel], receiver: panel }
receivers:
  - { name: storm, channels: [storm], rate: { notices: 3, per: 5s } }
  - { name: panel, channels: [panel] }
heartbeats:
  outside: { channel: beat, every: 5s }
";

/// The alerts of messages, by their names and what is said of them.
fn said(posted: &[Posted], status: &str) -> BTreeSet<String> {
    let alerts = posted.iter().flat_map(|one| one.body["alerts"].as_array().unwrap());
    let of_status = alerts.filter(|alert| alert["status"] == status);
    of_status.map(|alert| alert["labels"]["node"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_storm_is_a_digest_whatever_is_killed_and_a_heartbeat_goes_on() {
    let receiver = Receiver::start();
    let files = files(&receiver);
    let mut vitrine = Start::new(&files).serve().await;
    let alert = |node: usize, ends_at: &str| {
        let labels = json!({ "alertname": "Down", "severity": "critical", "node": node.to_string() });
        json!({ "labels": labels, "startsAt": "2026-01-01T00:00:00Z", "endsAt": ends_at })
    };
    let bring = |ends_at: &'static str| (0..STORM).map(|node| alert(node, ends_at)).collect::<Vec<_>>();
    assert_eq!(vitrine.post("/api/v2/alerts", &[], &json!(bring("2099-01-01T00:00:00Z"))).await.status, 200);
    let digests = wait_until("a digest gathers", LONG, async || {
        let digests = vitrine.data("/api/v1/digests").await["digests"].clone();
        digests.as_array().is_some_and(|list| !list.is_empty()).then_some(digests)
    });
    assert_eq!(digests.await[0]["receiver"], "storm");
    vitrine.kill9().await;
    vitrine.restart().await;
    let all: BTreeSet<String> = (0..STORM).map(|node| node.to_string()).collect();
    let has_all = |status: &'static str| {
        let (receiver, all) = (&receiver, &all);
        async move || (said(&receiver.taken("/storm"), status) == *all).then_some(())
    };
    wait_until("everybody is said to be down", LONG, has_all("firing")).await;
    assert_eq!(vitrine.post("/api/v2/alerts", &[], &json!(bring("2026-01-02T00:00:00Z"))).await.status, 200);
    wait_until("everybody is said to be up", LONG, has_all("resolved")).await;
    let messages = receiver.taken("/storm");
    let digests: Vec<&Posted> = messages.iter().filter(|one| one.body["groupLabels"]["digest"] == "storm").collect();
    assert!(digests.len() >= 2 && messages.len() < STORM, "{} of {}", digests.len(), messages.len());
    receiver.takes("/beat", 2).await;
    assert_eq!(receiver.taken("/beat")[0].body["alerts"][0]["labels"]["heartbeat"], "outside");
    let metrics = vitrine.get("/metrics").await.body;
    assert!(metrics.contains("vitrine_heartbeat_last_sent_timestamp_seconds{heartbeat=\"outside\"}"), "{metrics}");
    vitrine.stop().await;
}

const DASHBOARD: &str = r#"
title: Shop
variables:
  disk: { values: [a, b], multi: true }
panels:
  - title: Disk $disk
    id: disk
    show: stat
    query: vector(0.95) or none{disk=~"$disk"}
    alerts:
      - { alert: Panel, above: ABOVE, severity: critical, annotations: { where: '{{ $externalURL }} {{ $externalLabels.region }}' } }
"#;

#[tokio::test]
async fn an_alert_in_a_panel_is_a_rule_for_each_value() {
    let receiver = Receiver::start();
    let files = files(&receiver);
    let with = |above: &str| files.write("dashboards/shop.yaml", &DASHBOARD.replace("ABOVE", above));
    with("high");
    let file = files.path().join("dashboards/shop.yaml").to_string_lossy().into_owned();
    let wrong = run(files.path(), &["rules", "check", &file]).await;
    assert!(wrong.code == Some(1) && wrong.err.contains("shop.yaml:11:32"), "{}", wrong.err);
    with("0.9");
    let right = run(files.path(), &["rules", "check", &file]).await;
    assert_eq!((right.code, right.out.as_str()), (Some(0), format!("{file}: 2 rules, no problems\n").as_str()), "{}", right.err);
    let vitrine = Start::new(&files).serve().await;
    receiver.takes("/panel", 2).await;
    let alert = |one: &Posted| one.body["alerts"][0].clone();
    let mut fired: Vec<_> = receiver.taken("/panel").iter().map(alert).collect();
    fired.sort_by_key(|alert| alert["labels"]["disk"].to_string());
    assert_eq!((&fired[0]["labels"]["disk"], &fired[1]["labels"]["disk"]), (&json!("a"), &json!("b")));
    let wanted = json!({ "panel": "shop/disk", "summary": "Disk b", "where": "http://vitrine.test eu" });
    assert_eq!(fired[1]["annotations"], wanted);
    let groups = vitrine.data("/api/v1/rules").await["groups"].clone();
    let group = groups.as_array().unwrap().iter().find(|group| group["name"] == "shop").unwrap().clone();
    assert_eq!(group["rules"].as_array().unwrap().len(), 2, "{group}");
    // A file that is wrong changes nothing; one that asks for more ends them.
    with("high");
    vitrine.hang_up();
    let problem = async || vitrine.log().contains("shop.yaml:11").then_some(());
    wait_until("the mistake is told", LONG, problem).await;
    vitrine.alert_is("Panel", "firing").await;
    with("0.99");
    vitrine.hang_up();
    receiver.takes("/panel", 4).await;
    let ended = receiver.taken("/panel")[2..].iter().map(|one| one.body["status"].clone()).collect::<Vec<_>>();
    assert_eq!(ended, ["resolved", "resolved"]);
    vitrine.stop().await;
}

#[tokio::test]
async fn the_example_of_routes_is_right() {
    let files = Files::new();
    let channels = "channels: { admin-mail: { plugin: email, with: { to: [a@shop.test] }, grant: [mail] } }\n";
    files.write("config/vitrine.yaml", &format!("mail: {{ host: 127.0.0.1, tls: none, from: a@shop.test }}\n{channels}"));
    let example = std::fs::read_to_string(repository().join("config/routes.yaml.example")).unwrap();
    files.write("config/routes.yaml", &example);
    let checked = run(files.path(), &["check"]).await;
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
}
