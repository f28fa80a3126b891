//! Alerts and deliveries survive a restart and change as wholes.

use tempfile::TempDir;
use vitrine_model::alert::{Alert, AlertChange, AlertEvent, AlertState, EventKind, Flap};
use vitrine_model::notification::{Notification, NotifiedAlert, Receipt};
use vitrine_model::port::deliveries::{Delivery, DeliveryState, NewDelivery, Room};
use vitrine_model::port::notices::NoticeChange;
use vitrine_model::{Labels, Millis};

use super::open;
use crate::Store;

fn alert(host: &str, value: f64) -> Alert {
    Alert {
        rule: "rules.yaml;machine;Full".into(),
        labels: Labels::from_pairs([("host", host)]),
        annotations: Labels::from_pairs([("summary", "the disk is full")]),
        state: AlertState::Firing,
        active_at: 5,
        fired_at: Some(7),
        value,
        link: String::new(),
        expires_at: None,
    }
}

fn fired(host: &str) -> AlertChange {
    let alert = alert(host, f64::INFINITY);
    AlertChange {
        set: vec![alert.clone()],
        removed: Vec::new(),
        events: vec![AlertEvent { kind: EventKind::Firing, at: 7, alert }],
        ..AlertChange::default()
    }
}

#[test]
fn how_often_alerts_changed_is_kept_until_they_are_calm() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let flap = |host: &str| Flap {
        changes: vec![1, 2, 3],
        since: Some(3),
        is_true: true,
        true_since: Some(4),
        ..Flap::new("rule", Labels::from_pairs([("host", host)]))
    };
    store.alerts().commit(&AlertChange { flaps: vec![flap("a"), flap("b")], ..AlertChange::default() }).unwrap();
    let calm = vec![("rule".to_owned(), flap("a").labels)];
    store.alerts().commit(&AlertChange { calm, ..AlertChange::default() }).unwrap();
    drop(store);
    assert_eq!(open(&folder).alerts().flaps().unwrap(), [flap("b")]);
}

fn new_delivery(key: &str, created_at: Millis) -> NewDelivery {
    let alert = NotifiedAlert {
        status: EventKind::Firing,
        labels: Labels::from_pairs([("host", "a")]),
        annotations: Labels::new(),
        starts_at: 5,
        ends_at: None,
        value: f64::NEG_INFINITY,
        fingerprint: "f".into(),
        link: "http://host/alert".into(),
    };
    let notification = Notification {
        status: EventKind::Firing,
        title: "Full".into(),
        group: key.into(),
        group_labels: Labels::new(),
        alerts: vec![alert],
        host: "http://host".into(),
        time_zone: "UTC".into(),
    };
    NewDelivery { key: key.into(), channel: "mail".into(), line: key.into(), fallbacks: Vec::new(), notification, created_at }
}

fn plan(store: &Store, events: &[i64], deliveries: &[NewDelivery]) {
    let change = NoticeChange { planned: events.to_vec(), deliveries: deliveries.to_vec(), ..NoticeChange::default() };
    store.notices().commit(&change).unwrap();
}

fn states(store: &Store) -> Vec<(String, DeliveryState, String)> {
    let records = store.deliveries().recent(10).unwrap();
    records.into_iter().map(|record| (record.delivery.key, record.state, record.answer)).collect()
}

fn keys(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| delivery.key.as_str()).collect()
}

#[test]
fn alerts_come_and_go_with_their_events() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    store.alerts().commit(&fired("a")).unwrap();
    store.alerts().commit(&fired("b")).unwrap();
    drop(store);

    let store = open(&folder);
    assert_eq!(store.alerts().load().unwrap(), [alert("a", f64::INFINITY), alert("b", f64::INFINITY)]);
    let ended = alert("a", 0.5);
    let change = AlertChange {
        set: Vec::new(),
        removed: vec![(ended.rule.clone(), ended.labels.clone())],
        events: vec![AlertEvent { kind: EventKind::Resolved, at: 9, alert: ended.clone() }],
        ..AlertChange::default()
    };
    store.alerts().commit(&change).unwrap();
    assert_eq!(store.alerts().load().unwrap(), [alert("b", f64::INFINITY)]);
    let newest = &store.alerts().history(1).unwrap()[0];
    assert_eq!(newest.event, change.events[0]);
    assert_eq!(store.alerts().unplanned(10).unwrap().len(), 3);
    // It fired from `fired_at` to 9: whoever looks at a part of that finds it.
    let fired = ended.fired_at.unwrap_or(ended.active_at);
    for (start, end, found) in [(0, 20, 1), (9, 9, 1), (fired, fired, 1), (10, 20, 0), (-20, fired - 1, 0)] {
        assert_eq!(store.alerts().resolved(start, end, 10).unwrap().len(), found, "{start} to {end}");
    }
    assert_eq!(store.alerts().resolved(0, 20, 0).unwrap(), []);
}

#[test]
fn planning_is_one_step_and_happens_once() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    store.alerts().commit(&fired("a")).unwrap();
    store.alerts().commit(&fired("b")).unwrap();
    let events: Vec<i64> = store.alerts().unplanned(10).unwrap().iter().map(|event| event.id).collect();
    for _ in 0..2 {
        plan(&store, &events[..1], &[new_delivery("k1", 10), new_delivery("k1", 11)]);
    }
    drop(store);
    let store = open(&folder);
    let left: Vec<i64> = store.alerts().unplanned(10).unwrap().iter().map(|event| event.id).collect();
    assert_eq!(left, events[1..]);
    assert_eq!(store.alerts().history(10).unwrap().len(), 2);
    let records = store.deliveries().recent(10).unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].delivery.notification, new_delivery("k1", 10).notification);
    assert_eq!((records[0].delivery.created_at, records[0].due_at), (10, 10));
}

#[test]
fn a_claim_is_a_lease() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let deliveries = store.deliveries();
    plan(&store, &[], &[new_delivery("late", 30), new_delivery("old", 10), new_delivery("young", 20)]);
    assert_eq!(deliveries.next_due(&Room::of_all(1)).unwrap(), Some(10));
    assert_eq!(keys(&deliveries.claim(25, 100, &Room::of_all(10)).unwrap()), ["old", "young"]);
    assert_eq!(keys(&deliveries.claim(99, 200, &Room::of_all(1)).unwrap()), ["late"]);
    assert_eq!(keys(&deliveries.claim(99, 200, &Room::of_all(9)).unwrap()), [""; 0]);
    assert_eq!(deliveries.next_due(&Room::of_all(1)).unwrap(), Some(100));
    // Whoever claimed it is silent for too long.
    let again = deliveries.claim(100, 300, &Room::of_all(1)).unwrap();
    assert_eq!((keys(&again), again[0].attempts), (vec!["old"], 2));
}

#[test]
fn what_belongs_together_is_told_in_order() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let deliveries = store.deliveries();
    let of_group = |key: &str, created_at| {
        let mut delivery = new_delivery(key, created_at);
        delivery.line = "disk".into();
        delivery
    };
    plan(&store, &[], &[of_group("firing", 1), of_group("resolved", 2), new_delivery("other", 3)]);
    let first = deliveries.claim(5, 50, &Room::of_all(10)).unwrap();
    assert_eq!(keys(&first), ["firing", "other"]);
    // The first one failed for now: the second still waits for it, however long it has been due.
    deliveries.retry(first[0].id, 40, "greylisted").unwrap();
    assert!(deliveries.claim(39, 50, &Room::of_all(10)).unwrap().is_empty());
    assert_eq!(deliveries.next_due(&Room::of_all(1)).unwrap(), Some(40));
    let again = deliveries.claim(40, 60, &Room::of_all(10)).unwrap();
    assert_eq!(keys(&again), ["firing"]);
    deliveries.bury(again[0].id, 41, "given up").unwrap();
    assert_eq!(keys(&deliveries.claim(42, 60, &Room::of_all(10)).unwrap()), ["resolved"]);
}

#[test]
fn no_channel_takes_the_place_of_another() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let deliveries = store.deliveries();
    let of = |channel: &str, key: &str, created_at| NewDelivery { channel: channel.into(), ..new_delivery(key, created_at) };
    plan(&store, &[], &[of("a", "a1", 1), of("a", "a2", 2), of("a", "a3", 3), of("b", "b1", 4), of("c", "c1", 5)]);
    let room = |all, each, full: &[&str]| Room { all, each, of: full.iter().map(|name| ((*name).to_owned(), 0)).collect() };
    assert_eq!(deliveries.next_due(&room(9, 2, &["a"])).unwrap(), Some(4));
    assert_eq!(deliveries.next_due(&room(9, 2, &["a", "b", "c"])).unwrap(), None);
    assert_eq!(keys(&deliveries.claim(9, 50, &room(9, 2, &["b"])).unwrap()), ["a1", "a2", "c1"]);
    assert_eq!(keys(&deliveries.claim(9, 50, &room(1, 2, &[])).unwrap()), ["a3"]);
    assert_eq!(deliveries.next_due(&room(9, 2, &["a"])).unwrap(), Some(4));
    assert_eq!(keys(&deliveries.claim(9, 50, &room(1, 2, &[])).unwrap()), ["b1"]);
}

#[test]
fn deliveries_end_well_or_badly_and_stay_so() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let deliveries = store.deliveries();
    plan(&store, &[], &[new_delivery("a", 1), new_delivery("b", 2), new_delivery("c", 3)]);
    let claimed = deliveries.claim(5, 50, &Room::of_all(10)).unwrap();
    let receipt = Receipt { answer: "250 ok".into(), id: Some("m1".into()) };
    deliveries.delivered(claimed[0].id, 6, &receipt).unwrap();
    deliveries.bury(claimed[1].id, 6, "no such mailbox").unwrap();
    deliveries.retry(claimed[2].id, 40, "greylisted").unwrap();
    // Too late to matter.
    deliveries.retry(claimed[0].id, 7, "?").unwrap();
    deliveries.bury(claimed[0].id, 7, "?").unwrap();
    let expected = [
        ("c".to_owned(), DeliveryState::Waiting, "greylisted".to_owned()),
        ("b".to_owned(), DeliveryState::Dead, "no such mailbox".to_owned()),
        ("a".to_owned(), DeliveryState::Delivered, "250 ok (m1)".to_owned()),
    ];
    assert_eq!(states(&store), expected);
    assert_eq!(deliveries.next_due(&Room::of_all(1)).unwrap(), Some(40));
    assert!(deliveries.claim(39, 60, &Room::of_all(10)).unwrap().is_empty());
    assert_eq!(deliveries.claim(40, 60, &Room::of_all(10)).unwrap()[0].attempts, 2);
}

#[test]
fn what_was_claimed_by_the_dead_is_due_again() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    plan(&store, &[], &[new_delivery("a", 1)]);
    store.deliveries().claim(5, 1_000_000, &Room::of_all(10)).unwrap();
    drop(store);
    let deliveries = open(&folder).deliveries();
    assert_eq!(deliveries.release().unwrap(), 1);
    assert_eq!(deliveries.release().unwrap(), 0);
    assert_eq!(keys(&deliveries.claim(5, 10, &Room::of_all(10)).unwrap()), ["a"]);
}

#[test]
fn one_that_cannot_be_read_holds_up_nobody() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    plan(&store, &[], &[new_delivery("a", 1), new_delivery("b", 2)]);
    drop(store);
    let connection = rusqlite::Connection::open(folder.path().join("state.db")).unwrap();
    connection.execute("UPDATE deliveries SET notification = '{' WHERE key = 'a'", []).unwrap();
    drop(connection);
    let deliveries = open(&folder).deliveries();
    assert_eq!(keys(&deliveries.claim(5, 10, &Room::of_all(10)).unwrap()), ["b"]);
    assert_eq!(deliveries.next_due(&Room::of_all(1)).unwrap(), Some(10));
}

#[test]
fn history_is_cut_but_what_is_open_stays() {
    const DAY: Millis = 86_400_000;
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let deliveries = store.deliveries();
    plan(&store, &[], &[new_delivery("old", 0), new_delivery("open", 0)]);
    let claimed = deliveries.claim(1, 2, &Room::of_all(1)).unwrap();
    deliveries.bury(claimed[0].id, 1, "").unwrap();
    for number in 0..64 {
        plan(&store, &[], &[new_delivery(&number.to_string(), 100 * DAY)]);
        let newest = deliveries.recent(1).unwrap()[0].delivery.id;
        deliveries.bury(newest, 100 * DAY, "").unwrap();
    }
    let left = deliveries.recent(1_000).unwrap();
    assert_eq!(left.len(), 65);
    assert_eq!(left[64].delivery.key, "open");
}

#[test]
fn approvals_survive_a_restart_and_the_newest_counts() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let approvals = store.approvals();
    for (instance, text) in [("source/shop", "{}"), ("channel/shop", "one"), ("source/shop", "two")] {
        approvals.set(instance, text).unwrap();
    }
    approvals.forget("channel/shop").unwrap();
    approvals.forget("channel/nobody").unwrap();
    store.close().unwrap();
    drop((approvals, store));
    assert_eq!(open(&folder).approvals().load().unwrap(), [("source/shop".to_owned(), "two".to_owned())]);
}
