//! Receivers that refuse, hang, tear connections, are busy, broken or slow: every notice arrives or is given up where people see
//! it, and nobody else waits.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use regex::Regex;
use serde_json::json;
use vitrine_tests::{Files, LONG, Mood, Posted, Receiver, Relay, Smtp, Start, Vitrine, post, wait_until};

/// Groups of alerts, each told to everybody: far more than one channel has places.
const GROUPS: usize = 12;
/// What the busy one asks for.
const BUSY: Duration = Duration::from_secs(2);
/// Ends of alerts: not yet, and over.
const LATER: &str = "2099-01-01T00:00:00Z";
const EARLIER: &str = "2026-01-02T00:00:00Z";
/// Paths of webhooks, as their channels are named.
const HOOKS: [&str; 7] = ["well", "hangs", "busy", "broken", "torn", "slow", "wrong"];
/// Mailboxes, as their channels are named.
const BOXES: [&str; 5] = ["mail-well", "mail-hangs", "mail-later", "mail-torn", "mail-slow"];

/// Everybody is told of everything; a call of the one that hangs may take far longer than the test.
fn files(smtp: &Smtp, receiver: &Receiver, shut: &Receiver) -> Files {
    let mut text = format!(
        "public_url: http://vitrine.test
mail: {{ host: 127.0.0.1, port: {}, tls: none, from: 'Vitrine <vitrine@shop.test>' }}
channels:
",
        smtp.port()
    );
    let wall = |millis: u32| format!("limits: {{ wall_ms: {{ deliver: {millis} }} }}");
    let hook = |name: &str, url: &str| {
        let limits = wall(if name == "hangs" { 120_000 } else { 15_000 });
        format!("  {name}: {{ plugin: webhook, with: {{ url: '{url}/{name}' }}, grant: {{ http: ['{url}'] }}, {limits} }}\n")
    };
    HOOKS.iter().for_each(|name| text.push_str(&hook(name, &receiver.url())));
    text.push_str(&hook("shut", &shut.url()));
    for name in BOXES {
        let limits = wall(if name == "mail-hangs" { 5_000 } else { 15_000 });
        text.push_str(&format!("  {name}: {{ plugin: email, with: {{ to: [{name}@shop.test] }}, grant: [mail], {limits} }}\n"));
    }
    let all: Vec<&str> = HOOKS.into_iter().chain(BOXES).chain(["shut"]).collect();
    let files = Files::new();
    files.write("config/vitrine.yaml", &text);
    files.write(
        "config/routes.yaml",
        &format!(
            "route: {{ receiver: all, group_by: [alertname, node], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }}
receivers: [{{ name: all, channels: [{}] }}]
",
            all.join(", ")
        ),
    );
    files
}

/// Another program says how its alerts are.
async fn bring(vitrine: &Vitrine, nodes: &[usize], ends_at: &str) {
    let alert = |node: &usize| {
        let labels = json!({ "alertname": "Down", "node": node.to_string() });
        json!({ "labels": labels, "startsAt": "2026-01-01T00:00:00Z", "endsAt": ends_at })
    };
    let all: Vec<_> = nodes.iter().map(alert).collect();
    let answer = vitrine.post("/api/v2/alerts", &[], &json!(all)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn nodes(posted: &[Posted], status: &str) -> BTreeSet<String> {
    let of_kind = posted.iter().filter(|one| one.body["status"] == status);
    of_kind.map(|one| one.body["groupLabels"]["node"].as_str().unwrap().to_owned()).collect()
}

fn mails(smtp: &Smtp, name: &str) -> usize {
    smtp.mails().iter().filter(|mail| mail.to.contains(&format!("{name}@"))).count()
}

async fn mails_are(smtp: &Smtp, name: &str, count: usize) {
    wait_until(&format!("{name} has {count} mails"), 2 * LONG, async || (mails(smtp, name) >= count).then_some(())).await;
}

/// How many deliveries of a channel ended, by outcome.
async fn outcomes(vitrine: &Vitrine, channel: &str) -> BTreeMap<String, usize> {
    let metrics = vitrine.get("/metrics").await.body;
    let of = format!("vitrine_deliveries_total{{channel=\"{channel}\",outcome=\"");
    let lines = metrics.lines().filter_map(|line| line.strip_prefix(&of)?.split_once("\"} "));
    lines.map(|(outcome, count)| (outcome.to_owned(), count.parse().unwrap())).collect()
}

#[tokio::test]
async fn everything_arrives_or_is_given_up_and_nobody_waits_for_another() {
    let mut smtp = Smtp::start(Relay::Normal).await;
    let (receiver, mut shut) = (Receiver::start(), Receiver::closed());
    misbehave(&mut smtp, &receiver).await;
    let files = files(&smtp, &receiver, &shut);
    let vitrine = Start::new(&files).serve().await;
    let all: Vec<usize> = (0..GROUPS).collect();

    bring(&vitrine, &all, LATER).await;
    for path in ["/well", "/slow"] {
        receiver.takes(path, GROUPS).await;
    }
    for name in ["mail-well", "mail-slow"] {
        mails_are(&smtp, name, GROUPS).await;
    }
    // They have everything while others still wait, and one that hangs holds no more than its own places.
    assert_eq!((receiver.posted("/hangs").len(), receiver.taken("/hangs").len()), (4, 0));
    assert_eq!(mails(&smtp, "mail-hangs"), 0);

    shut.open();
    mend(&mut smtp, &receiver).await;
    everybody_has(&smtp, &receiver, &shut, GROUPS).await;
    bring(&vitrine, &all, EARLIER).await;
    everybody_has(&smtp, &receiver, &shut, 2 * GROUPS).await;
    in_order_and_once(&receiver, &shut);
    left_alone(&receiver);
    given_up_and_sent_again(&vitrine, &receiver).await;
    vitrine.stop().await;
}

async fn misbehave(smtp: &mut Smtp, receiver: &Receiver) {
    receiver.behave("/hangs", Mood::Hang);
    receiver.behave("/busy", Mood::Answer(429, "retry-after: 2\r\n"));
    receiver.behave("/broken", Mood::Answer(503, ""));
    receiver.behave("/torn", Mood::Reset);
    receiver.behave("/slow", Mood::Slow);
    receiver.behave("/wrong", Mood::Answer(410, ""));
    smtp.behave_to("mail-hangs@shop.test", Relay::Hang).await;
    smtp.behave_to("mail-later@shop.test", Relay::Later).await;
    smtp.behave_to("mail-torn@shop.test", Relay::Reset).await;
    smtp.behave_to("mail-slow@shop.test", Relay::Slow).await;
}

/// All but the one that refuses for good.
async fn mend(smtp: &mut Smtp, receiver: &Receiver) {
    for path in ["/hangs", "/busy", "/broken", "/torn"] {
        receiver.behave(path, Mood::Take);
    }
    for name in ["hangs", "later", "torn"] {
        smtp.behave_to(&format!("mail-{name}@shop.test"), Relay::Normal).await;
    }
}

async fn everybody_has(smtp: &Smtp, receiver: &Receiver, shut: &Receiver, count: usize) {
    for name in HOOKS.iter().filter(|name| **name != "wrong") {
        receiver.takes(&format!("/{name}"), count).await;
    }
    shut.takes("/shut", count).await;
    for name in BOXES {
        mails_are(smtp, name, count).await;
    }
}

fn in_order_and_once(receiver: &Receiver, shut: &Receiver) {
    let all: BTreeSet<String> = (0..GROUPS).map(|node| node.to_string()).collect();
    for (receiver, name) in HOOKS.map(|name| (receiver, name)).into_iter().chain([(shut, "shut")]) {
        let taken = receiver.taken(&format!("/{name}"));
        if name == "wrong" {
            assert!(taken.is_empty());
            continue;
        }
        assert_eq!((nodes(&taken, "firing"), nodes(&taken, "resolved")), (all.clone(), all.clone()), "{name}");
        let keys: BTreeSet<&str> = taken.iter().map(|one| one.key.as_str()).collect();
        assert_eq!((keys.len(), taken.len()), (2 * GROUPS, 2 * GROUPS), "{name} was told twice");
        for node in &all {
            let of_node = taken.iter().filter(|one| one.body["groupLabels"]["node"] == node.as_str());
            let told: Vec<&str> = of_node.map(|one| one.body["status"].as_str().unwrap()).collect();
            assert_eq!(told, ["firing", "resolved"], "{name}, {node}");
        }
    }
}

/// After an answer with `Retry-After` nothing comes for that long, but for what was under way then.
fn left_alone(receiver: &Receiver) {
    let busy = receiver.posted("/busy");
    let asked_early = busy.iter().filter(|one| one.at < busy[0].at + BUSY).count();
    assert!(asked_early <= 4, "{asked_early} came within {BUSY:?}");
}

/// What is given up is counted, stands on the page with its reason, and is sent again by a button or a call.
async fn given_up_and_sent_again(vitrine: &Vitrine, receiver: &Receiver) {
    bring(vitrine, &[GROUPS], LATER).await;
    let dead = 2 * GROUPS + 1;
    wait_until("all of them are given up", LONG, async || {
        (outcomes(vitrine, "wrong").await.get("dead") == Some(&dead)).then_some(())
    })
    .await;
    let page = vitrine.get("/alerts").await.readable();
    assert!(page.contains("the receiver answered 410"), "{page}");
    let button = Regex::new("/deliveries/([0-9]+)/resend").unwrap();
    let id: i64 = button.captures(&page).unwrap()[1].parse().unwrap();
    receiver.behave("/wrong", Mood::Take);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let pressed = post(vitrine.address(), &format!("/deliveries/{id}/resend"), &form, Vec::new()).await.unwrap();
    assert_eq!(pressed.status, 303, "{}", pressed.body);
    receiver.takes("/wrong", 1).await;
    for id in 1..id {
        let answer = vitrine.post(&format!("/api/v1/deliveries/{id}/resend"), &[], &json!(null)).await;
        assert!([200, 404].contains(&answer.status.as_u16()), "{}", answer.body);
    }
    receiver.takes("/wrong", dead).await;
    let keys: BTreeSet<String> = receiver.taken("/wrong").into_iter().map(|one| one.key).collect();
    assert_eq!(keys.len(), dead);
}
