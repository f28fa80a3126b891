//! People on the held clock, over the real store and across restarts: escalations, who is on call, what is given, reminders.

use std::sync::Arc;

use vitrine_model::oncall::Stage;
use vitrine_model::silence::{Acknowledgement, Condition};
use vitrine_model::{Labels, Millis};
use vitrine_monitor::notify::{Draft, Gift, Turn};
use vitrine_monitor::{Routing, fingerprint};

use crate::telling::{Desk, routing};
use crate::{SECOND, START, until};

/// Ada by mail at once, Bob over his pager after 10 min, both again after 20 more; news every 5 min, again after 4 h.
fn first_ada_then_bob() -> Arc<Routing> {
    people(&serde_json::json!({}))
}

fn people(change: &serde_json::Value) -> Arc<Routing> {
    let mut file = serde_json::json!({
        "route": { "receiver": "web", "group_by": ["team"], "group_wait": "0s" },
        "receivers": [{ "name": "web", "escalation": "critical" }],
        "people": { "ada": { "channels": ["mail"] }, "bob": { "channels": ["page"] } },
        "schedules": { "week": { "layers": [{ "members": ["ada", "bob"], "start": "2023-11-14", "length": "daily" }] } },
        "escalations": { "critical": { "steps": [{ "people": ["ada"], "after": "10m" }, { "people": ["bob"], "after": "20m" }], "repeat": 1 } },
    });
    for (key, value) in change.as_object().unwrap() {
        file[key] = value.clone();
    }
    routing(file)
}

/// Waits until the escalation stands so.
async fn stands(desk: &Desk, wanted: fn(&Stage) -> bool) {
    let teller = desk.world.monitor.teller();
    let is_so = || teller.groups().iter().any(|group| group.climb.as_ref().is_some_and(|climb| wanted(&climb.stage)));
    until("the escalation stands so", is_so).await;
}

fn target() -> String {
    fingerprint(&Labels::from_pairs([("alertname", "A"), ("team", "web")]))
}

fn taken(until: Option<Millis>) -> Acknowledgement {
    Acknowledgement { target: target(), author: "ada".to_owned(), comment: String::new(), at: START, until }
}

/// A silence of `A` from a second to another.
fn silence(from: Millis, to: Millis, author: &str, remind: Option<Millis>) -> Draft {
    Draft {
        id: None,
        conditions: vec![Condition::equal("alertname", "A")],
        starts_at: START + from * SECOND,
        ends_at: START + to * SECOND,
        author: author.to_owned(),
        comment: "being mended".to_owned(),
        remind,
    }
}

#[tokio::test]
async fn the_next_is_told_across_restarts_and_everybody_hears_of_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, first_ada_then_bob()).await;
    desk.at_rest().await;
    desk.bring(&["A"], true).await;
    desk.at_rest().await;
    desk.to(300).await;
    assert_eq!(desk.told(), ["0 mail: A +1 -0"]);
    desk.close().await;
    // Down over the moment of the second step.
    let desk = Desk::open(folder.path(), 700, first_ada_then_bob()).await;
    desk.at_rest().await;
    desk.to(1_000).await;
    assert_eq!(desk.told(), ["700 page: A +1 -0"]);
    desk.close().await;
    let desk = Desk::open(folder.path(), 1_000, first_ada_then_bob()).await;
    desk.at_rest().await;
    desk.to(3_600).await;
    // The second round: 20 min after the second step, and 10 min after that.
    assert_eq!(desk.told(), ["1900 mail: A +1 -0", "2500 page: A +1 -0"]);
    desk.bring(&["A"], false).await;
    desk.at_rest().await;
    desk.to(4_000).await;
    let mut ends = desk.told()[2..].to_vec();
    ends.sort();
    assert_eq!(ends, ["3600 mail: A +0 -1", "3600 page: A +0 -1"]);
    desk.close().await;
}

#[tokio::test]
async fn it_stops_when_somebody_takes_it_on_and_another_alert_begins_it_anew() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, first_ada_then_bob()).await;
    desk.at_rest().await;
    let teller = desk.world.monitor.teller();
    desk.bring(&["A"], true).await;
    desk.at_rest().await;
    desk.to(500).await;
    teller.acknowledge(&taken(None)).unwrap();
    stands(&desk, |stage| *stage == Stage::Taken).await;
    desk.to(5_000).await;
    assert_eq!(desk.told(), ["0 mail: A +1 -0"]);
    desk.bring(&["B"], true).await;
    desk.at_rest().await;
    desk.to(6_000).await;
    assert_eq!(desk.told()[1..], ["5100 mail: web: 2 alerts +2 -0", "5700 page: web: 2 alerts +2 -0"]);
    desk.close().await;
    // What is snoozed comes back when that ends.
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, first_ada_then_bob()).await;
    desk.at_rest().await;
    desk.bring(&["A"], true).await;
    desk.at_rest().await;
    desk.to(100).await;
    desk.world.monitor.teller().acknowledge(&taken(Some(START + 2_000 * SECOND))).unwrap();
    stands(&desk, |stage| *stage == Stage::Taken).await;
    desk.to(1_990).await;
    assert_eq!(desk.told().len(), 1);
    desk.to(2_700).await;
    assert_eq!(desk.told()[1..], ["2000 mail: A +1 -0", "2600 page: A +1 -0"]);
    desk.close().await;
}

#[tokio::test]
async fn a_silence_stops_its_clock() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, first_ada_then_bob()).await;
    desk.at_rest().await;
    desk.bring(&["A"], true).await;
    desk.at_rest().await;
    desk.to(400).await;
    desk.world.monitor.teller().silence(silence(400, 5_000, "ada", None)).unwrap();
    stands(&desk, |stage| *stage == Stage::Paused(200 * SECOND)).await;
    desk.to(3_000).await;
    desk.close().await;
    let desk = Desk::open(folder.path(), 3_000, first_ada_then_bob()).await;
    desk.at_rest().await;
    desk.to(5_400).await;
    // 400 s had passed, and 200 s were left.
    assert_eq!(desk.told(), ["5200 page: A +1 -0"]);
    desk.close().await;
}

#[tokio::test]
async fn whoever_is_on_call_then_is_told_and_an_override_holds_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let oncall = || {
        people(&serde_json::json!({
            "route": { "receiver": "web", "group_by": ["team"], "group_wait": "0s", "repeat_interval": "1h" },
            "receivers": [{ "name": "web", "schedules": ["week"] }],
        }))
    };
    // The world begins at 22:13:20, and the next day in 6,400 s.
    let desk = Desk::open(folder.path(), 0, oncall()).await;
    desk.bring(&["A"], true).await;
    desk.at_rest().await;
    desk.to(8_000).await;
    assert_eq!(desk.told(), ["0 mail: A +1 -0", "3600 mail: A +1 -0", "7200 page: A +1 -0"]);
    let turn = |person: &str, from: Millis, to: Millis| Turn {
        schedule: "week".to_owned(),
        person: person.to_owned(),
        starts_at: START + from * SECOND,
        ends_at: START + to * SECOND,
        author: "bob".to_owned(),
        comment: "a swap".to_owned(),
    };
    let teller = desk.world.monitor.teller();
    for (wrong, why) in [
        (turn("zoe", 8_000, 9_000), "there is no person `zoe`"),
        (Turn { schedule: "weak".to_owned(), ..turn("ada", 8_000, 9_000) }, "there is no schedule `weak`"),
        (turn("ada", 8_000, 8_000), "the override ends before it starts"),
        (turn("ada", 1, 2), "the override ends in the past"),
    ] {
        assert_eq!(teller.put_on_call(wrong).unwrap_err().to_string(), why);
    }
    let id = teller.put_on_call(turn("ada", 8_000, 30_000)).unwrap();
    desk.close().await;
    let desk = Desk::open(folder.path(), 8_000, oncall()).await;
    desk.bring(&["B"], true).await;
    desk.at_rest().await;
    desk.to(8_800).await;
    let told = desk.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("mail: web: 2 alerts +2 -0"), "{told:?}");
    let teller = desk.world.monitor.teller();
    teller.end_override(&id).unwrap();
    assert_eq!(teller.end_override(&id).unwrap_err().to_string(), format!("the override `{id}` has already ended"));
    assert_eq!(teller.end_override("none").unwrap_err().to_string(), "there is no override `none`");
    desk.bring(&["C"], true).await;
    desk.at_rest().await;
    desk.to(9_400).await;
    assert!(desk.told()[1].ends_with("page: web: 3 alerts +3 -0"), "{:?}", desk.told());
    desk.close().await;
}

#[tokio::test]
async fn what_somebody_is_given_is_theirs_and_they_hear_of_it_and_of_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, first_ada_then_bob()).await;
    desk.at_rest().await;
    let teller = desk.world.monitor.teller();
    desk.bring(&["A"], true).await;
    desk.at_rest().await;
    desk.to(100).await;
    let gift = |person: &str| Gift {
        target: target(),
        person: person.to_owned(),
        author: "ada".to_owned(),
        comment: "you know it best".to_owned(),
    };
    assert_eq!(teller.assign(gift("zoe")).unwrap_err().to_string(), "there is no person `zoe`");
    assert!(teller.assign(Gift { target: "none".to_owned(), ..gift("bob") }).is_err());
    teller.assign(gift("bob")).unwrap();
    desk.at_rest().await;
    assert_eq!(teller.acknowledgements()[0].author, "bob");
    desk.to(110).await;
    assert_eq!(desk.told()[1..], ["100 page: A (ada gave it to bob: you know it best) +1 -0"]);
    desk.close().await;
    let desk = Desk::open(folder.path(), 110, first_ada_then_bob()).await;
    desk.at_rest().await;
    desk.to(3_000).await;
    assert_eq!(desk.told(), [""; 0], "what is taken on escalates no more");
    desk.bring(&["A"], false).await;
    desk.at_rest().await;
    desk.to(3_400).await;
    let mut ends: Vec<String> = desk.told();
    ends.sort();
    assert_eq!(ends, ["3000 mail: A +0 -1", "3000 page: A +0 -1"]);
    desk.close().await;
}

#[tokio::test]
async fn its_author_is_reminded_of_the_end_of_a_silence_once() {
    let folder = tempfile::tempdir().unwrap();
    let routes = || people(&serde_json::json!({ "global": { "silence_reminder": "10m" } }));
    let desk = Desk::open(folder.path(), 0, routes()).await;
    let teller = desk.world.monitor.teller();
    teller.silence(silence(0, 3_600, "bob", None)).unwrap();
    // Asks for another time; wants none; is shorter than the reminder; is by nobody known, so that the root's receiver is told.
    teller.silence(silence(0, 4_000, "bob", Some(2_000 * SECOND))).unwrap();
    teller.silence(silence(0, 4_000, "bob", Some(0))).unwrap();
    teller.silence(silence(0, 500, "bob", None)).unwrap();
    assert!(teller.silence(silence(0, 500, "bob", Some(500 * SECOND))).is_err());
    desk.bring(&["A"], true).await;
    desk.at_rest().await;
    desk.to(2_500).await;
    let first = "2000 page: Silence ends at 2023-11-14 23:20 UTC: {alertname=\"A\"} hides 1 alert now +1 -0";
    assert_eq!(desk.told(), [first]);
    desk.close().await;
    let desk = Desk::open(folder.path(), 2_500, routes()).await;
    desk.to(3_500).await;
    let second = "3000 page: Silence ends at 2023-11-14 23:13 UTC: {alertname=\"A\"} hides 1 alert now +1 -0";
    assert_eq!(desk.told(), [second]);
    desk.close().await;
}
