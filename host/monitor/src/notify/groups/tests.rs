//! Many groups, and what happens where there is no room for more.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use vitrine_model::alert::{AlertEvent, AlertState};

use super::*;
use crate::notify::file::RouteFile;
use crate::notify::route::{Known, Routing, check};

fn event(number: usize, kind: EventKind) -> StoredEvent {
    let name = format!("host-{number:05}");
    let alert = Alert {
        rule: "rule".to_owned(),
        labels: Labels::from_pairs([("alertname", "Down"), ("instance", name.as_str())]),
        annotations: Labels::new(),
        state: AlertState::Firing,
        active_at: 0,
        fired_at: Some(0),
        value: 1.0,
        link: String::new(),
        expires_at: None,
    };
    StoredEvent { id: i64::try_from(number).unwrap(), event: AlertEvent { kind, at: 0, alert } }
}

/// Each alert by itself, told at once over one channel.
fn each_by_itself() -> Groups {
    let file: RouteFile = serde_json::from_value(serde_json::json!({
        "route": { "receiver": "a", "group_by": ["..."], "group_wait": "0s" },
        "receivers": [{ "name": "a", "channels": ["mail"], "rate": "off" }],
    }))
    .unwrap();
    let known = Known { channels: BTreeSet::from(["mail"]), local: jiff::tz::TimeZone::UTC };
    let routing: Routing = check(&file, &known).unwrap().unwrap();
    let mut groups = Groups::default();
    groups.reroute(Route { routing: Arc::new(routing), ..Route::default() }, 0);
    groups
}

/// The titles of all that is due, in however many transactions.
fn flush(groups: &mut Groups, now: Millis) -> Vec<String> {
    let mut titles = Vec::new();
    while groups.next_due().is_some_and(|due| due <= now) {
        let change = groups.flush(&Hush::default(), &|_| None, now);
        titles.extend(change.deliveries.into_iter().map(|delivery| delivery.notification.title));
    }
    titles
}

#[test]
fn what_finds_no_room_is_told_together_and_nothing_is_lost() {
    let mut groups = each_by_itself();
    let more = 25;
    let change = groups.take((0..GROUPS + more).map(|number| event(number, EventKind::Firing)).collect(), 1_000);
    assert_eq!((change.planned.len(), change.members.len()), (GROUPS + more, GROUPS + more));
    assert_eq!((groups.groups.len(), groups.members()), (GROUPS + 1, GROUPS + more));
    assert_eq!(groups.crowded, u64::try_from(more).unwrap());
    let told = flush(&mut groups, 1_000);
    assert_eq!(told.len(), GROUPS + 1);
    assert!(told.contains(&"Down on host-00000".to_owned()) && told.contains(&format!("Down: {more} alerts")));
    assert!(flush(&mut groups, 1_001).is_empty());
    let change = groups.take((0..GROUPS + more).map(|number| event(number, EventKind::Resolved)).collect(), 2_000);
    assert_eq!(change.members.len(), GROUPS + more);
    assert_eq!(flush(&mut groups, 301_000).len(), GROUPS + 1);
    assert_eq!((groups.groups.len(), groups.members(), groups.next_due()), (0, 0, None));
}

#[test]
fn the_same_routes_again_change_nothing() {
    let mut groups = each_by_itself();
    groups.take((0..3).map(|number| event(number, EventKind::Firing)).collect(), 1_000);
    assert_eq!(flush(&mut groups, 1_000).len(), 3);
    let route = groups.route.clone();
    assert!(groups.reroute(route, 2_000).is_empty());
    assert!(flush(&mut groups, 302_000).is_empty());
}
