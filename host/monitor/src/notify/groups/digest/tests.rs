//! Storms on a held clock: how much is told, and that nothing is lost.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use vitrine_model::Labels;
use vitrine_model::alert::{AlertEvent, AlertState, EventKind};
use vitrine_model::port::alerts::StoredEvent;
use vitrine_model::port::notices::{GroupRow, MemberRow, RateRow};
use vitrine_model::silence::{Condition, Silence};

use super::*;
use crate::notify::file::RouteFile;
use crate::notify::route::{Known, Route, check};

const SECOND: Millis = 1_000;

/// What a store holds after each step, so that a story can go on after a crash.
#[derive(Default)]
struct Disk {
    groups: BTreeMap<String, GroupRow>,
    members: BTreeMap<(String, String, Labels), MemberRow>,
    rates: BTreeMap<Line, RateRow>,
}

impl Disk {
    fn commit(&mut self, change: &NoticeChange) {
        for key in &change.gone_groups {
            self.groups.remove(key);
            self.members.retain(|(of, ..), _| of != key);
        }
        self.groups.extend(change.groups.iter().map(|row| (row.key.clone(), row.clone())));
        change.gone_members.iter().for_each(|key| drop(self.members.remove(key)));
        let place = |row: &MemberRow| (row.group.clone(), row.alert.rule.clone(), row.alert.labels.clone());
        self.members.extend(change.members.iter().map(|row| (place(row), row.clone())));
        change.gone_rates.iter().for_each(|line| drop(self.rates.remove(line)));
        self.rates.extend(change.rates.iter().map(|row| ((row.receiver.clone(), row.channel.clone()), row.clone())));
    }

    fn open(&self, route: &Route, now: Millis) -> Groups {
        let groups = self.groups.values().cloned().collect();
        let mut groups =
            Groups::restore(groups, self.members.values().cloned().collect(), self.rates.values().cloned().collect(), now);
        groups.reroute(route.clone(), now);
        groups
    }
}

struct Story {
    groups: Groups,
    route: Route,
    disk: Disk,
    hush: Hush,
    now: Millis,
    told: Vec<String>,
    /// After each step the memory is thrown away.
    crashes: bool,
}

/// Each alert is a group, told at once, three messages in 10 min.
fn route(rate: &serde_json::Value, options: &serde_json::Value) -> Route {
    let mut route = serde_json::json!({ "receiver": "web", "group_by": ["..."], "group_wait": "0s", "group_interval": "10s" });
    options.as_object().unwrap().iter().for_each(|(key, value)| route[key] = value.clone());
    let file: RouteFile = serde_json::from_value(serde_json::json!({
        "route": route,
        "receivers": [{ "name": "web", "channels": ["mail"], "rate": rate }],
    }))
    .unwrap();
    let known = Known { channels: BTreeSet::from(["mail"]), local: jiff::tz::TimeZone::UTC };
    Route { routing: Arc::new(check(&file, &known).unwrap().unwrap()), ..Route::default() }
}

impl Story {
    fn new(route: Route, crashes: bool) -> Story {
        let (disk, hush) = (Disk::default(), Hush::default());
        let groups = disk.open(&route, 0);
        Story { groups, route, disk, hush, now: 0, told: Vec::new(), crashes }
    }

    /// Three messages in 10 min.
    fn three(crashes: bool) -> Story {
        Story::new(route(&serde_json::json!({ "notices": 3, "per": "10m" }), &serde_json::json!({})), crashes)
    }

    fn step(&mut self, change: &NoticeChange) {
        self.disk.commit(change);
        for delivery in &change.deliveries {
            let status = delivery.notification.status.word();
            self.told.push(format!("{}: {status} {}", self.now / SECOND, delivery.notification.title));
        }
        if self.crashes {
            self.groups = self.disk.open(&self.route, self.now);
        }
    }

    fn to(&mut self, second: Millis) -> &mut Story {
        while let Some(due) = self.groups.next_due().filter(|due| *due <= second * SECOND) {
            self.now = due.max(self.now);
            let change = self.groups.flush(&self.hush, &|_| None, self.now);
            self.step(&change);
        }
        self.now = second * SECOND;
        self
    }

    fn events(&mut self, names: &[&str], kind: EventKind) -> &mut Story {
        let event = |name: &&str| {
            let severity = if name.starts_with('C') { "critical" } else { "warning" };
            let alert = Alert {
                rule: "rule".to_owned(),
                labels: Labels::from_pairs([("alertname", *name), ("severity", severity)]),
                annotations: Labels::new(),
                state: AlertState::Firing,
                active_at: self.now,
                fired_at: Some(self.now),
                value: 1.0,
                link: String::new(),
                expires_at: None,
            };
            StoredEvent { id: 0, event: AlertEvent { kind, at: self.now, alert } }
        };
        let change = self.groups.take(names.iter().map(event).collect(), self.now);
        self.step(&change);
        let now = self.now / SECOND;
        self.to(now)
    }

    fn fire(&mut self, names: &[&str]) -> &mut Story {
        self.events(names, EventKind::Firing)
    }

    fn end(&mut self, names: &[&str]) -> &mut Story {
        self.events(names, EventKind::Resolved)
    }
}

#[test]
fn what_is_over_the_rate_comes_together_and_nothing_is_lost() {
    for crashes in [false, true] {
        let mut story = Story::three(crashes);
        story.fire(&["A", "B"]).to(60).fire(&["C1", "C2", "D", "E"]).to(100).fire(&["F"]).to(200).end(&["E", "F"]);
        assert_eq!(story.told, ["0: firing A", "0: firing B", "60: firing C1"], "crashes: {crashes}");
        story.to(705);
        let digest = "600: firing digest of 4 groups: 2 firing, 2 resolved: critical C2, warning D, warning E, warning F";
        assert_eq!(story.told[3..], [digest], "crashes: {crashes}");
        // Whoever was told by a digest is told of the end by one; whoever was told by a message, by a message.
        story.end(&["C2", "D", "A"]).to(1_995);
        let told = ["710: resolved A", "1200: resolved digest of 2 groups: 2 alerts resolved: critical C2, warning D"];
        assert_eq!(story.told[4..], told, "crashes: {crashes}");
        story.end(&["B", "C1"]).to(4_000);
        assert_eq!(story.told[6..], ["2000: resolved B", "2000: resolved C1"], "crashes: {crashes}");
        assert_eq!((story.groups.members(), story.disk.members.len(), story.disk.groups.len()), (0, 0, 0));
    }
}

#[test]
fn no_window_has_more_than_the_rate_however_long_the_storm() {
    for crashes in [false, true] {
        let mut story = Story::three(crashes);
        let names: Vec<String> = (0..120).map(|number| format!("N{number}")).collect();
        for (place, name) in names.iter().enumerate() {
            let next = story.now / SECOND + 20;
            story.fire(&[name]).to(next);
            if place >= 30 {
                story.end(&[&names[place - 30]]);
            }
        }
        story.end(&names.iter().map(String::as_str).collect::<Vec<_>>()).to(20_000);
        let moments: Vec<i64> = story.told.iter().map(|line| line.split_once(':').unwrap().0.parse().unwrap()).collect();
        let most = moments.iter().map(|from| moments.iter().filter(|at| (*from..from + 600).contains(*at)).count()).max();
        assert_eq!(most, Some(3), "{:?}", story.told);
        let digests: Vec<i64> =
            moments.iter().zip(&story.told).filter(|(_, line)| line.contains("digest")).map(|(at, _)| *at).collect();
        assert!(digests.windows(2).all(|pair| pair[1] - pair[0] >= 600), "{digests:?}");
        assert_eq!((story.groups.members(), story.disk.members.len(), story.groups.next_due()), (0, 0, None));
    }
}

#[test]
fn what_is_silenced_meanwhile_is_in_no_digest() {
    let mut story = Story::three(false);
    story.fire(&["A", "B", "C1", "D", "E", "F"]).to(30).end(&["F"]);
    let silence = Silence {
        id: "1".to_owned(),
        conditions: ["D", "E", "F"].map(|name| Condition::equal("alertname", name))[..1].to_vec(),
        starts_at: 0,
        ends_at: 900 * SECOND,
        updated_at: 0,
        author: "ada".to_owned(),
        comment: String::new(),
        remind: None,
        reminded: false,
    };
    story.hush = Hush::new(vec![silence], Vec::new());
    story.to(620);
    assert_eq!(story.told[3..], ["600: firing digest of 2 groups: 1 firing, 1 resolved: warning E, warning F"]);
    // Told by itself once nothing keeps it back.
    story.to(2_000);
    assert_eq!(story.told[4..], ["900: firing D"]);
}

#[test]
fn other_rates_tell_what_waits_at_once() {
    let mut story = Story::three(false);
    story.fire(&["A", "B", "C1", "D", "E"]).to(10);
    assert_eq!((story.told.len(), story.groups.digests(story.now)[0].alerts), (3, 2));
    let change = story.groups.reroute(route(&serde_json::json!("off"), &serde_json::json!({})), story.now);
    story.step(&change);
    story.to(10);
    assert_eq!(story.told[3..], ["10: firing digest of 2 groups: 2 alerts firing: warning D, warning E"]);
    story.end(&["A", "B", "C1", "D", "E"]).to(80);
    assert_eq!(story.told.len(), 8, "{:?}", story.told);
    assert_eq!(story.groups.members(), 0);
}

#[test]
fn what_is_told_once_more_waits_for_room_and_is_in_no_digest() {
    let options = serde_json::json!({ "repeat_interval": "5m" });
    let mut story = Story::new(route(&serde_json::json!({ "notices": 3, "per": "10m" }), &options), false);
    story.fire(&["A", "B"]).to(900);
    assert_eq!(story.told, ["0: firing A", "0: firing B", "300: firing A", "600: firing A", "600: firing B", "900: firing A"]);
}
