//! A small world to look at: samples in memory, a clock in the hand, panels that do what the bundled ones do.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::watch;
use vitrine_model::alert::{Alert, AlertState, EventKind};
use vitrine_model::notification::Notification;
use vitrine_model::port::StoreError;
use vitrine_model::port::deliveries::{Delivery, DeliveryRecord, DeliveryState};
use vitrine_model::port::panel::Panel;
use vitrine_model::port::samples::{Appended, Bounds, Samples, Select, SelectLimits, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, Sample};
use vitrine_model::{Clock, Fault, Labels, Matcher, Millis};
use vitrine_monitor::Ingest;
use vitrine_monitor::Teller;
use vitrine_monitor::live::Live;
use vitrine_monitor::notify::Ports;
use vitrine_monitor::status::{ChannelStatus, SourceStatus, Status};
use vitrine_web::{Dashboard, DashboardFile, Known, Parts, Settings, Web};

#[path = "cards.rs"]
mod cards;
#[path = "panel.rs"]
mod panel;
#[path = "records.rs"]
mod records;
#[path = "source.rs"]
pub mod source;

use self::panel::FakePanel;
use self::records::Records;

pub const NOW: Millis = 1_763_632_803_000;
pub const PLUGINS: [&str; 5] = ["timeseries", "stat", "gauge", "table", "text"];

/// Samples in memory.
#[derive(Default)]
pub struct Memory(pub Mutex<HashMap<Labels, Vec<Sample>>>);

impl Memory {
    pub fn add(&self, labels: &Labels, time: Millis, value: f64) {
        self.0.lock().unwrap().entry(labels.clone()).or_default().push(Sample { time, value });
    }
}

impl Samples for Memory {
    fn push(&self, pushes: &[Push], _: Bounds) -> Result<Vec<Appended>, StoreError> {
        for push in pushes {
            for ((place, time), value) in push.places().iter().zip(push.times()).zip(push.values()) {
                self.add(&push.labels(*place), *time, *value);
            }
        }
        let appended = |push: &Push| Appended { samples: push.len() as u64, ..Appended::default() };
        Ok(pushes.iter().map(appended).collect())
    }

    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        let map = self.0.lock().unwrap();
        let mut list: Vec<_> =
            map.iter().filter(|(labels, _)| select.matchers.iter().all(|matcher| matcher.matches(labels))).collect();
        list.sort_by(|a, b| a.0.cmp(b.0));
        for (labels, samples) in list {
            let within = samples.iter().filter(|sample| sample.time >= select.start && sample.time <= select.end);
            let (times, values): (Vec<Millis>, Vec<f64>) = within.map(|sample| (sample.time, sample.value)).unzip();
            if !times.is_empty() && take(labels, &times, &values).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn series(&self, matchers: &[Matcher], start: Millis, end: Millis, limit: usize) -> Result<Vec<Labels>, StoreError> {
        let mut found = Vec::new();
        self.scan(&Select::new(matchers, start, end, SelectLimits::NONE), &mut |labels, _, _| {
            found.push(labels.clone());
            if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(found)
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        Ok(Vec::new())
    }

    fn forget(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }
}

/// A seal that differs with the text.
struct Key;

impl vitrine_web::share::Seal for Key {
    fn seal(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        let sum = text.iter().fold(7_u64, |sum, byte| sum.rotate_left(5).wrapping_mul(31) ^ u64::from(*byte));
        Ok(sum.to_be_bytes().to_vec())
    }

    fn holds(&self, text: &[u8], seal: &[u8]) -> Result<bool, String> {
        Ok(self.seal(text)? == seal)
    }
}

/// A clock that moves when told.
#[derive(Debug)]
pub struct HandClock(pub watch::Sender<Millis>);

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Millis {
        *self.0.borrow()
    }

    async fn sleep_until(&self, moment: Millis) {
        let mut shown = self.0.subscribe();
        let _ = shown.wait_for(|now| *now >= moment).await;
    }
}

/// Everything, with handles to move it.
pub struct World {
    pub web: Arc<Web>,
    pub memory: Arc<Memory>,
    pub clock: Arc<HandClock>,
    pub live: Live,
    pub status: Arc<Status>,
    pub records: Arc<Records>,
    pub calls: Arc<AtomicUsize>,
    pub fault: Arc<Mutex<Option<Fault>>>,
}

impl World {
    pub fn new() -> World {
        World::at(NOW, Settings { time_zone: "UTC".into(), ..Settings::default() })
    }

    pub fn at(now: Millis, settings: Settings) -> World {
        let memory = Arc::new(Memory::default());
        let clock = Arc::new(HandClock(watch::Sender::new(now)));
        let (live, status, records) = (Live::default(), Arc::new(Status::default()), Arc::new(Records::default()));
        let (calls, fault) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(None)));
        let (panel_calls, panel_fault) = (Arc::clone(&calls), Arc::clone(&fault));
        let samples: Arc<dyn Samples> = memory.clone();
        let mut registry = prometheus_client::registry::Registry::default();
        let started = Ingest::start(Arc::clone(&samples), clock.clone(), live.clone(), &mut registry);
        // Its thread ends with the last handle.
        let (ingest, _) = started.unwrap();
        let web = Web::new(Parts {
            engine: Arc::new(vitrine_query::Engine::new(Arc::clone(&samples), vitrine_query::Limits::default())),
            samples,
            ingest,
            live: live.clone(),
            status: status.clone(),
            clock: clock.clone(),
            alerts: records.clone(),
            deliveries: records.clone(),
            receipts: records.clone(),
            keep: records.clone(),
            channels: Arc::new(|_| None),
            teller: Teller::resting(Ports {
                clock: clock.clone(),
                alerts: records.clone(),
                deliveries: records.clone(),
                notices: records.clone(),
                silences: records.clone(),
                oncall: records.clone(),
                live: live.clone(),
            })
            .unwrap(),
            panels: Arc::new(move |name| {
                let known = PLUGINS.into_iter().find(|plugin| *plugin == name)?;
                Some(Arc::new(FakePanel { name: known, calls: panel_calls.clone(), fault: panel_fault.clone() }) as Arc<dyn Panel>)
            }),
            sources: Arc::new(|name| (name == "shop").then(|| Arc::new(source::Shop) as _)),
            plugins: Arc::new(cards::cards),
            registry: Arc::default(),
            ready: Arc::new(|| Ok(())),
            settings,
            seal: Arc::new(Key),
            version: "0.1.0".to_owned(),
        });
        World { web, memory, clock, live, status, records, calls, fault }
    }

    /// Shows a dashboard written as JSON.
    pub fn show(&self, name: &str, file: serde_json::Value) {
        self.web.set_dashboards(vec![dashboard(name, file)], Vec::new());
    }

    /// Lets a source go on for a while, until the clock's now.
    pub fn fill(&self, labels: &[(&str, &str)], minutes: i64, value: impl Fn(f64) -> f64) {
        let (labels, now) = (Labels::from_pairs(labels.iter().copied()), self.clock.now());
        for place in (0..=minutes * 4).rev() {
            self.memory.add(&labels, now - place * 15_000, value(place as f64));
        }
    }

    pub fn fire(&self) {
        let labels = Labels::from_pairs([("alertname", "Disk almost full"), ("mount", "/var"), ("severity", "page")]);
        let annotations = Labels::from_pairs([("summary", "/var on web-1 is 91 % full")]);
        let alert = Alert {
            rule: "disk;disk;Disk almost full;0".to_owned(),
            labels,
            annotations,
            state: AlertState::Firing,
            active_at: NOW - 720_000,
            fired_at: Some(NOW - 700_000),
            value: 0.91,
            link: String::new(),
            expires_at: None,
        };
        let notification = Notification {
            status: EventKind::Firing,
            title: "[firing] disk space on web-1: 91 % of 80 %".to_owned(),
            group: "disk".to_owned(),
            group_labels: Labels::new(),
            alerts: Vec::new(),
            host: "http://localhost:7878".to_owned(),
            time_zone: "UTC".to_owned(),
        };
        let delivery = |id, channel: &str, attempts| Delivery {
            id,
            key: id.to_string(),
            channel: channel.to_owned(),
            line: "disk".to_owned(),
            fallbacks: Vec::new(),
            notification: notification.clone(),
            created_at: NOW - 690_000,
            attempts,
        };
        let record = |id, channel, attempts, state, answer: &str| DeliveryRecord {
            delivery: delivery(id, channel, attempts),
            state,
            due_at: NOW + 30_000,
            answer: answer.to_owned(),
        };
        *self.records.deliveries.lock().unwrap() = vec![
            record(1, "web-mail", 1, DeliveryState::Delivered, "250 2.0.0 queued as 4F1A2"),
            record(2, "hook", 3, DeliveryState::Waiting, "the server at hooks.example answered 503"),
        ];
        *self.records.alerts.lock().unwrap() = vec![
            Alert {
                labels: alert.labels.with([("alertname", "Shop slow")]),
                annotations: Labels::new(),
                state: AlertState::Pending,
                fired_at: None,
                ..alert.clone()
            },
            alert,
        ];
    }

    pub fn sources(&self) {
        let source = |name: &str, plugin: &str, fault| SourceStatus {
            name: name.to_owned(),
            plugin: plugin.to_owned(),
            schedule: "every 15s".to_owned(),
            last_run: Some(NOW - 4_000),
            last_good: Some(NOW - 4_000),
            next_run: Some(NOW + 11_000),
            samples: 214,
            fault,
            missed: 0,
        };
        self.status.set_source(source("this-machine", "system", None));
        let fault = Fault::Upstream("connection refused by shop.example:443".to_owned());
        self.status.set_source(source("shop", "http-check", Some((fault, NOW - 300_000))));
        self.status.set_channel(ChannelStatus {
            name: "web-mail".to_owned(),
            plugin: "email".to_owned(),
            waits_for: Some("waits for an SMTP relay: set `mail.relay` in config/vitrine.yaml".to_owned()),
            last_delivered: None,
            fault: None,
        });
    }
}

pub fn dashboard(name: &str, file: serde_json::Value) -> Dashboard {
    let file: DashboardFile = serde_json::from_value(file).unwrap();
    Dashboard::check(name, &file, &Known { panels: &PLUGINS.map(str::to_owned), sources: &[] }).unwrap()
}

/// Twelve panels over a machine's usual series.
pub fn machine() -> serde_json::Value {
    serde_json::json!({
        "title": "This machine", "range": "1h",
        "panels": [
            { "title": "CPU by mode (%)", "show": "timeseries", "query": "cpu", "unit": "ratio", "stack": true, "width": 8, "warn": 0.6, "bad": 0.9 },
            { "title": "Memory", "show": "gauge", "query": "memory", "unit": "ratio", "warn": 0.8, "bad": 0.95, "width": 4, "height": 4 },
            { "title": "Load", "show": "stat", "query": "load", "width": 3 },
            { "title": "Uptime", "show": "stat", "query": "uptime", "unit": "seconds", "width": 3 },
            { "title": "Requests", "show": "stat", "query": "requests", "unit": "count", "warn": 1000, "width": 3 },
            { "title": "Errors", "show": "stat", "query": "errors", "unit": "percent", "warn": 1, "bad": 5, "width": 3 },
            { "title": "Network (bit/s)", "show": "timeseries", "query": "network", "unit": "bits/s", "width": 6 },
            { "title": "Disk I/O", "show": "timeseries", "query": "requests", "unit": "bytes/s", "draw": "bars", "width": 6 }
        ],
        "rows": [{ "title": "Storage", "panels": [
            { "title": "Disk space by mount", "show": "table", "query": "disk", "unit": "ratio", "warn": 0.8, "bad": 0.9, "width": 5 },
            { "title": "Old news", "show": "timeseries", "query": "old", "width": 7, "draw": "points" },
            { "title": "Nothing", "show": "timeseries", "query": "nothing{here=\"1\"}", "width": 4, "height": 3 },
            { "title": "What to do", "show": "text", "text": "<h3>Runbook</h3><p>When <b>/var</b> fills up, <a href=\"https://example.org\">rotate the logs</a>.</p><ul><li>first</li><li>then <code>df -h</code></li></ul>", "width": 8, "height": 3 }
        ]}]
    })
}

impl World {
    pub fn furnish(&self) {
        let wave = |speed: f64, low: f64, high: f64| move |place: f64| low + (high - low) * (0.5 + 0.5 * (place / speed).sin());
        for (mode, value) in [("user", wave(9.0, 0.1, 0.4)), ("system", wave(5.0, 0.03, 0.1)), ("iowait", wave(14.0, 0.0, 0.12))]
        {
            self.fill(&[("__name__", "cpu"), ("mode", mode)], 70, value);
        }
        for (device, value) in
            [("eth0 received", wave(7.0, 2e6, 9e7)), ("eth0 sent", wave(11.0, 1e6, 3e7)), ("wlan0 received", wave(4.0, 0.0, 2e7))]
        {
            self.fill(&[("__name__", "network"), ("device", device)], 40, value);
        }
        for (mount, value) in [("/", 0.42), ("/var", 0.913), ("/home", 0.84), ("/boot", 0.21)] {
            self.fill(&[("__name__", "disk"), ("mount", mount)], 70, |_| value);
        }
        for (name, value) in [
            ("memory", wave(60.0, 0.5, 0.7)),
            ("load", wave(10.0, 0.4, 2.6)),
            ("requests", wave(6.0, 800.0, 2400.0)),
            ("errors", wave(8.0, 0.0, 9.0)),
        ] {
            self.fill(&[("__name__", name)], 70, value);
        }
        self.fill(&[("__name__", "uptime")], 70, |place| 1_234_567.0 - place * 15.0);
        let now = self.clock.now();
        for place in 0..60 {
            self.memory.add(
                &Labels::from_pairs([("__name__", "old")]),
                now - 3_500_000 + place * 15_000,
                (place as f64 / 3.0).cos() + 2.0,
            );
        }
        self.show("machine", machine());
    }
}
