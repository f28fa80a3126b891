//! Routes, groups and silences on the held clock, over the real store and across restarts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::tz::TimeZone;
use vitrine_model::alert::EventKind;
use vitrine_model::notification::{Failure, Notification, Receipt};
use vitrine_model::port::channel::Channel;
use vitrine_model::port::deliveries::{DeliveryRecord, DeliveryState};
use vitrine_model::silence::{Acknowledgement, Condition};
use vitrine_model::{Clock, Fault, Labels, Millis};
use vitrine_monitor::notify::file::RouteFile;
use vitrine_monitor::notify::route::{Known, check};
use vitrine_monitor::notify::{Brought, Draft};
use vitrine_monitor::{ChannelEntry, Route, Routing, fingerprint};

use crate::{Book, SECOND, START, World, until};

/// A channel that writes down what it is told in a line, with the second.
struct Pad {
    name: &'static str,
    lines: Arc<Mutex<Vec<String>>>,
    world: Arc<dyn Clock>,
}

#[async_trait]
impl Channel for Pad {
    async fn deliver(&self, notification: &Notification, _: &str) -> Result<Receipt, Failure> {
        if self.name == "broken" {
            return Err(Failure::Permanent(Fault::Upstream("no such number".to_owned())));
        }
        let count = |kind| notification.alerts.iter().filter(|alert| alert.status == kind).count();
        let (firing, ended) = (count(EventKind::Firing), count(EventKind::Resolved));
        let second = (self.world.now() - START) / SECOND;
        let line = format!("{second} {}: {} +{firing} -{ended}", self.name, notification.title);
        self.lines.lock().unwrap().push(line);
        Ok(Receipt { answer: "ok".to_owned(), id: None })
    }

    fn waits_for(&self) -> Option<String> {
        None
    }
}

/// The world with routes, and pads as channels.
pub(crate) struct Desk {
    pub(crate) world: World,
    lines: Arc<Mutex<Vec<String>>>,
}

pub(crate) fn routing(json: serde_json::Value) -> Arc<Routing> {
    let file: RouteFile = serde_json::from_value(json).unwrap();
    let known = Known { channels: BTreeSet::from(["mail", "page", "broken"]), local: TimeZone::UTC };
    Arc::new(check(&file, &known).unwrap().unwrap())
}

/// By team, after 30 s, every 5 min, again after an hour.
fn by_team() -> Arc<Routing> {
    routing(serde_json::json!({
        "route": { "receiver": "web", "group_by": ["team"], "repeat_interval": "1h" },
        "receivers": [{ "name": "web", "channels": ["mail"] }],
    }))
}

impl Desk {
    pub(crate) async fn open(folder: &std::path::Path, second: Millis, routing: Arc<Routing>) -> Desk {
        let world = World::open_unrouted(folder, START + second * SECOND, &Arc::new(Book::default()));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let pad = |name: &'static str| ChannelEntry {
            name: name.to_owned(),
            plugin: "test".to_owned(),
            channel: Arc::new(Pad { name, lines: Arc::clone(&lines), world: world.clock.clone() as Arc<dyn Clock> }),
        };
        world.monitor.set_channels(["mail", "page", "broken"].map(pad).into());
        let desk = Desk { world, lines };
        desk.route(routing);
        desk.world.monitor.begin_telling();
        desk
    }

    pub(crate) fn route(&self, routing: Arc<Routing>) {
        self.world.monitor.set_route(Route { routing, public_url: "http://host".to_owned(), time_zone: "UTC".to_owned() });
    }

    pub(crate) fn now(&self) -> Millis {
        (self.world.clock.now() - START) / SECOND
    }

    /// Has alerts fire for a day, or end now.
    pub(crate) async fn bring(&self, names: &[&str], fires: bool) {
        let now = self.world.clock.now();
        let one = |name: &&str| Brought {
            labels: Labels::from_pairs([("alertname", *name), ("team", "web")]),
            annotations: Labels::new(),
            starts_at: Some(now),
            ends_at: Some(if fires { now + 86_400 * SECOND } else { now }),
            link: String::new(),
        };
        self.world.monitor.teller().bring(names.iter().map(one).collect()).unwrap();
        self.settled().await;
    }

    /// Waits until all events are planned.
    pub(crate) async fn settled(&self) {
        until("the events are planned", || self.world.store.alerts().unplanned(1).unwrap().is_empty()).await;
    }

    /// Lets time pass in small steps, and each step be done.
    pub(crate) async fn to(&self, second: Millis) {
        while self.now() < second {
            self.world.clock.set(START + (self.now() + 10).min(second) * SECOND);
            self.at_rest().await;
        }
    }

    /// Waits until what is due now is told.
    pub(crate) async fn at_rest(&self) {
        until("what is due is planned", || self.world.monitor.teller().is_settled()).await;
        until("what is planned is delivered", || !self.is_delivering()).await;
    }

    pub(crate) fn is_delivering(&self) -> bool {
        let is_open = |record: &DeliveryRecord| matches!(record.state, DeliveryState::Waiting | DeliveryState::Claimed);
        self.world.store.deliveries().recent(100).unwrap().iter().any(is_open)
    }

    pub(crate) fn told(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    pub(crate) async fn close(self) {
        self.world.close().await;
    }
}

#[tokio::test]
async fn a_restart_neither_loses_nor_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, by_team()).await;
    desk.bring(&["A"], true).await;
    desk.to(20).await;
    desk.close().await;
    // In the middle of the wait.
    let desk = Desk::open(folder.path(), 20, by_team()).await;
    desk.bring(&["B"], true).await;
    desk.to(60).await;
    assert_eq!(desk.told(), ["30 mail: web: 2 alerts +2 -0"]);
    desk.bring(&["A"], false).await;
    desk.close().await;
    // With news that waits.
    let desk = Desk::open(folder.path(), 100, by_team()).await;
    desk.to(3_000).await;
    assert_eq!(desk.told(), ["330 mail: web: 1 firing, 1 resolved +1 -1"]);
    desk.close().await;
    // Long after it was told, and with an end that came meanwhile.
    let desk = Desk::open(folder.path(), 3_100, by_team()).await;
    desk.to(3_400).await;
    assert_eq!(desk.told(), [""; 0]);
    desk.bring(&["B"], false).await;
    desk.to(4_000).await;
    assert_eq!(desk.told(), ["3630 mail: B +0 -1"]);
    assert_eq!(desk.world.store.notices().load().unwrap(), (Vec::new(), Vec::new()));
    desk.close().await;
}

#[tokio::test]
async fn ten_thousand_alerts_at_once_are_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, by_team()).await;
    let names: Vec<String> = (0..10_000).map(|number| format!("Alert{number:05}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    desk.bring(&names, true).await;
    desk.to(40).await;
    assert_eq!(desk.told(), ["30 mail: web: 10000 alerts, 100 listed +100 -0"]);
    desk.bring(&names, false).await;
    desk.to(400).await;
    assert_eq!(desk.told()[1..], ["330 mail: web: 10000 alerts, 100 listed +0 -100"]);
    desk.close().await;
}

#[tokio::test]
async fn a_storm_is_a_digest_also_across_restarts() {
    let routes = || {
        routing(serde_json::json!({
            "global": { "rate": { "notices": 2, "per": "10m" } },
            "route": { "receiver": "web", "group_by": ["..."], "group_wait": "0s" },
            "receivers": [{ "name": "web", "channels": ["mail"] }],
        }))
    };
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, routes()).await;
    let names: Vec<String> = (0..40).map(|number| format!("Alert{number:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    desk.bring(&names, true).await;
    desk.to(20).await;
    let mut first: Vec<String> = desk.told().iter().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
    first.sort();
    assert_eq!(first, ["mail: Alert00 +1 -0", "mail: Alert01 +1 -0"]);
    let digests = desk.world.monitor.teller().digests();
    assert_eq!((digests.len(), digests[0].alerts, digests[0].put_off), (1, 38, 38));
    desk.close().await;
    let desk = Desk::open(folder.path(), 30, routes()).await;
    desk.bring(&names[30..], false).await;
    desk.to(610).await;
    let kinds = "Alert02, Alert03, Alert04, Alert05, 34 more kinds";
    assert_eq!(desk.told(), [format!("600 mail: digest of 38 groups: 28 firing, 10 resolved: {kinds} +28 -10")]);
    desk.close().await;
    let desk = Desk::open(folder.path(), 620, routes()).await;
    desk.bring(&names[..30], false).await;
    desk.to(3_000).await;
    let mut told = desk.told();
    told.sort_by_key(|line| (line.contains("digest"), line.split_once(' ').unwrap().1.to_owned()));
    let ends: Vec<&str> = told[..2].iter().map(|line| line.split_once(' ').unwrap().1).collect();
    assert_eq!((told.len(), ends), (3, vec!["mail: Alert00 +0 -1", "mail: Alert01 +0 -1"]), "{told:?}");
    assert!(told[2].starts_with("1500 mail: digest of 28 groups: 28 alerts resolved: "), "{told:?}");
    assert_eq!(desk.world.store.notices().load().unwrap(), (Vec::new(), Vec::new()));
    desk.close().await;
}

#[tokio::test]
async fn other_routes_repeat_nothing_and_lose_no_end() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, by_team()).await;
    desk.bring(&["A", "B"], true).await;
    desk.to(60).await;
    // Each alert by itself now, and over a second channel.
    desk.route(routing(serde_json::json!({
        "route": { "receiver": "web", "group_by": ["..."], "repeat_interval": "12h",
                   "routes": [{ "matchers": ["alertname=B"], "receiver": "pager" }] },
        "receivers": [{ "name": "web", "channels": ["mail", "page"] }, { "name": "pager", "channels": ["page"] }],
    })));
    desk.to(400).await;
    let mut told = desk.told();
    told[1..].sort();
    let (first, second) = (told[1].split_once(' ').unwrap().1, told[2].split_once(' ').unwrap().1);
    assert_eq!((told.len(), first, second), (3, "page: A +1 -0", "page: B +1 -0"), "{told:?}");
    desk.bring(&["B"], false).await;
    desk.to(1_000).await;
    let mut ends: Vec<String> = desk.told()[3..].iter().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
    ends.sort();
    assert_eq!(ends, ["mail: B +0 -1", "page: B +0 -1"]);
    desk.close().await;
}

#[tokio::test]
async fn silences_and_acknowledgements_hold_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, by_team()).await;
    let teller = desk.world.monitor.teller();
    let silence = Draft {
        id: None,
        conditions: vec![Condition::equal("alertname", "A")],
        starts_at: START,
        ends_at: START + 1_000 * SECOND,
        author: "ada".to_owned(),
        comment: "being mended".to_owned(),
        remind: None,
    };
    let id = teller.silence(silence.clone()).unwrap();
    desk.bring(&["A"], true).await;
    assert_eq!(teller.alerts()[0].muted.silenced_by, std::slice::from_ref(&id));
    desk.close().await;
    let desk = Desk::open(folder.path(), 10, by_team()).await;
    let teller = desk.world.monitor.teller();
    desk.to(900).await;
    assert_eq!(desk.told(), [""; 0]);
    desk.to(1_300).await;
    assert_eq!(desk.told(), ["1230 mail: A +1 -0"]);
    let target = fingerprint(&Labels::from_pairs([("alertname", "A"), ("team", "web")]));
    let given = Acknowledgement {
        target: target.clone(),
        author: "ada".to_owned(),
        comment: String::new(),
        at: START,
        until: Some(START + 9_000 * SECOND),
    };
    assert!(teller.acknowledge(&Acknowledgement { target: "nobody".to_owned(), ..given.clone() }).is_err());
    teller.acknowledge(&given).unwrap();
    desk.to(8_900).await;
    assert_eq!(desk.told().len(), 1, "what is acknowledged is not repeated");
    desk.to(9_300).await;
    assert_eq!(desk.told()[1..], ["9030 mail: A +1 -0"]);
    teller.acknowledge(&Acknowledgement { until: None, ..given }).unwrap();
    desk.bring(&["A"], false).await;
    desk.to(9_400).await;
    assert_eq!(desk.told()[2..], ["9330 mail: A +0 -1"]);
    assert!(desk.world.store.silences().acknowledgements().unwrap().is_empty(), "it ends with the alert");
    let ended = teller.silence(Draft { id: Some(id), ..silence });
    assert_eq!(ended.unwrap_err().to_string(), "the silence ends in the past");
    desk.close().await;
}

#[tokio::test]
async fn a_channel_that_fails_falls_back_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let routes = serde_json::json!({
        "route": { "receiver": "web", "group_wait": "0s" },
        "receivers": [{ "name": "web", "channels": [{ "channel": "broken", "fallback": ["page", "mail"] }] }],
    });
    let desk = Desk::open(folder.path(), 0, routing(routes)).await;
    desk.bring(&["A"], true).await;
    until("somebody is told", || !desk.told().is_empty()).await;
    assert_eq!(desk.told(), ["0 page: A +1 -0"]);
    let records = desk.world.store.deliveries().recent(10).unwrap();
    let broken = records.iter().find(|record| record.delivery.channel == "broken").unwrap();
    assert_eq!((broken.state.word(), broken.answer.as_str()), ("dead", "no such number; `page` is told instead"));
    desk.close().await;
}

#[tokio::test]
async fn while_nobody_may_be_told_all_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    // The world begins at 22:13:20.
    let routes = serde_json::json!({
        "route": { "receiver": "web", "routes": [{ "matchers": ["team=web"], "mute_time_intervals": ["night"] }] },
        "receivers": [{ "name": "web", "channels": ["mail"] }],
        "time_intervals": [{ "name": "night", "time_intervals": [{ "times": [{ "start_time": "22:00", "end_time": "22:30" }] }] }],
    });
    let desk = Desk::open(folder.path(), 0, routing(routes)).await;
    desk.bring(&["A", "B"], true).await;
    desk.to(900).await;
    desk.bring(&["B"], false).await;
    assert_eq!(desk.told(), [""; 0]);
    desk.to(1_300).await;
    assert_eq!(desk.told(), ["1230 mail: A +1 -0"]);
    desk.close().await;
}

#[tokio::test]
async fn what_is_repeated_is_how_it_stands_by_then() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), 0, by_team()).await;
    let one = |summary: &str| Brought {
        labels: Labels::from_pairs([("alertname", "Full"), ("team", "web")]),
        annotations: Labels::from_pairs([("summary", summary)]),
        starts_at: Some(START),
        ends_at: Some(START + 86_400 * SECOND),
        link: String::new(),
    };
    desk.world.monitor.teller().bring(vec![one("91 % full")]).unwrap();
    desk.settled().await;
    desk.to(40).await;
    desk.world.monitor.teller().bring(vec![one("98 % full")]).unwrap();
    desk.to(3_700).await;
    assert_eq!(desk.told(), ["30 mail: 91 % full +1 -0", "3630 mail: 98 % full +1 -0"]);
    desk.close().await;
}
