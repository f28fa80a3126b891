//! Ten thousand alerts that fire at once: grouped, told, shown and ended, in memory that is bounded.

use std::collections::BTreeSet;

use vitrine_tests::{Files, LONG, Posted, Receiver, Start, Vitrine, post, wait_until};

/// As many as one rule may have.
const ALERTS: usize = 10_000;
/// Groups, and alerts of each: as many as one message lists.
const RACKS: usize = 100;
/// What they may take, all together, in MiB: 40 KiB for each, wherever they are, and however often somebody asks for all.
const ROOM: f64 = 400.0;

#[tokio::test]
async fn ten_thousand_alerts_fire_at_once() {
    let receiver = Receiver::start();
    let files = files(&receiver.url());
    let vitrine = Start::new(&files).serve().await;
    push(&vitrine, 0).await;
    let before = resident(&vitrine).await;

    push(&vitrine, 1).await;
    told_all(&receiver, "firing").await;
    // A look that falls between two parts of what is pushed makes a second message of a rack, and never one for each alert.
    assert!(receiver.taken("/racks").len() <= 3 * RACKS);
    // One message for all lists the first, and says how many there are.
    receiver.takes("/all", 1).await;
    let all = receiver.taken("/all");
    assert!(all.len() <= 3 && all.iter().all(|one| one.body["alerts"].as_array().unwrap().len() <= RACKS));

    assert_eq!(vitrine.data("/api/v1/alerts").await["alerts"].as_array().unwrap().len(), ALERTS);
    assert_eq!(vitrine.get("/api/v2/alerts").await.json().as_array().unwrap().len(), ALERTS);
    assert_eq!(vitrine.get("/api/v2/alerts/groups").await.json().as_array().unwrap().len(), RACKS + 1);
    let page = vitrine.get("/alerts").await;
    assert!(page.status == 200 && page.body.contains("Full"), "{}", page.body);
    assert!(page.body.len() < 2 << 20, "the page has {} bytes", page.body.len());
    let used = resident(&vitrine).await - before;
    eprintln!("{ALERTS} alerts take {used:.0} MiB more than none");
    assert!(used < ROOM, "{ALERTS} alerts take {used:.0} MiB");

    push(&vitrine, 0).await;
    told_all(&receiver, "resolved").await;
    assert!(receiver.taken("/racks").len() <= 6 * RACKS);
    let none = async || vitrine.get("/api/v2/alerts").await.json().as_array().unwrap().is_empty().then_some(());
    wait_until("no alert is left", LONG, none).await;
    vitrine.stop().await;
}

fn files(url: &str) -> Files {
    let files = Files::new().with_shared_code();
    let hook =
        |name: &str| format!("  {name}: {{ plugin: webhook, with: {{ url: '{url}/{name}' }}, grant: {{ http: ['{url}'] }} }}\n");
    files.write("config/vitrine.yaml", &format!("channels:\n{}{}", hook("racks"), hook("all")));
    files.write(
        "config/routes.yaml",
        "global: { rate: off }
route:
  receiver: all
  group_wait: 0s
  group_interval: 1s
  routes:
    - { receiver: racks, group_by: [rack], continue: true }
    - { receiver: all, group_by: [alertname] }
receivers:
  - { name: racks, channels: [racks] }
  - { name: all, channels: [all] }
",
    );
    let rule = "{ alert: Full, expr: level > 0, annotations: { summary: '{{ $labels.disk }} is full' } }";
    files.write("config/alerts/levels.yaml", &format!("groups: [{{ name: levels, interval: 1s, rules: [{rule}] }}]\n"));
    files
}

async fn push(vitrine: &Vitrine, level: u8) {
    let line = |number: usize| format!("level{{rack=\"{}\",disk=\"{number}\"}} {level}\n", number % RACKS);
    let body: String = (0..ALERTS).map(line).collect();
    let answer = post(vitrine.address(), "/api/v1/import/prometheus", &[], body.into_bytes()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

async fn told_all(receiver: &Receiver, status: &str) {
    let all = async || (told(&receiver.taken("/racks"), status) == ALERTS).then_some(());
    wait_until(&format!("all are told to be {status}"), LONG, all).await;
}

/// Different alerts that were told with a status.
fn told(posted: &[Posted], status: &str) -> usize {
    let alerts = posted.iter().flat_map(|one| one.body["alerts"].as_array().unwrap());
    let of_status = alerts.filter(|alert| alert["status"] == status);
    of_status.map(|alert| alert["labels"]["disk"].as_str().unwrap()).collect::<BTreeSet<_>>().len()
}

/// MiB.
async fn resident(vitrine: &Vitrine) -> f64 {
    let metrics = vitrine.get("/metrics").await.body;
    let line = metrics.lines().find_map(|line| line.strip_prefix("vitrine_process_resident_memory_bytes ")).unwrap();
    line.parse::<f64>().unwrap() / f64::from(1 << 20)
}
