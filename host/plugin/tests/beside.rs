//! Twenty instances on a held clock, five of them hostile in different ways: the others deliver every sample of every tick.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::registry::Registry;
use serde_json::json;
use vitrine_model::port::samples::SelectLimits;
use vitrine_model::{Clock, Labels, Matcher, Millis, Span};
use vitrine_monitor::clock::HeldClock;
use vitrine_monitor::live::Live;
use vitrine_monitor::schedule::Schedule;
use vitrine_monitor::status::Status;
use vitrine_monitor::{Monitor, Parts, SourceTask};
use vitrine_plugin::grant::Grants;
use vitrine_plugin::settings::{InstanceLimits, PluginSettings, WallTimes};
use vitrine_plugin::{Instance, Plugin, PluginSource, Runtime};
use vitrine_query::{Engine, Limits};
use vitrine_store::Store;

#[path = "hostile/text.rs"]
#[expect(dead_code, reason = "others use the rest of it")]
mod text;

const START: Millis = 1_700_000_000_000;
const SECOND: Millis = 1_000;
const TICKS: i64 = 60;
const GOOD: usize = 15;

struct World {
    clock: Arc<HeldClock>,
    status: Arc<Status>,
    store: Store,
    monitor: Monitor,
    runtime: Arc<Runtime>,
}

impl World {
    fn open(folder: &std::path::Path) -> World {
        let clock = Arc::new(HeldClock::new(START));
        let store = Store::open(folder).unwrap();
        let status = Arc::new(Status::default());
        let parts = Parts {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            samples: store.samples(),
            alerts: store.alerts(),
            deliveries: store.deliveries(),
            notices: store.notices(),
            silences: store.silences(),
            oncall: store.oncall(),
            keep: store.keep(),
            engine: Arc::new(Engine::new(store.samples(), Limits::default())),
            live: Live::default(),
            status: Arc::clone(&status),
            collecting: tokio::runtime::Handle::current(),
        };
        let registry = &mut Registry::default();
        let settings = PluginSettings { cpu_ms: 50, memory_mib: 8, ..PluginSettings::default() };
        let runtime = Runtime::new(settings, folder.to_owned(), Arc::clone(&clock) as Arc<dyn Clock>, registry).unwrap();
        World { clock, status, store, monitor: Monitor::start(parts, registry).unwrap(), runtime }
    }

    async fn plugin(&self, file: Vec<u8>) -> Arc<Plugin> {
        self.runtime.load(file.into()).await.unwrap()
    }

    fn watch(&self, plugin: &Arc<Plugin>, name: &str, deed: &str) {
        // One second for those who wait; those who compute end by their processor time.
        let wall_ms = WallTimes { collect: Some(1_000), ..WallTimes::default() };
        let limits = InstanceLimits { wall_ms, ..InstanceLimits::default() };
        let with = json!({ "deed": deed });
        let instance = Instance::limited(&self.runtime, Arc::clone(plugin), name, &with, Grants::default(), &limits);
        self.monitor.set_source(SourceTask {
            name: name.to_owned(),
            plugin: "misbehaving".to_owned(),
            schedule: Schedule::Every { period: Span::from_secs(1), offset: 0 },
            labels: Labels::new(),
            source: Arc::new(PluginSource::new(instance)),
        });
    }

    /// All good ones wait for a tick that is still to come: what was due is stored.
    fn good_ones_wait(&self) -> bool {
        let now = self.clock.now();
        let sources = self.status.sources();
        sources.iter().filter(|source| source.name.starts_with("good")).all(|source| source.next_run > Some(now))
    }

    /// The values of a metric by source and time.
    fn stored(&self, metric: &str) -> Vec<(String, Vec<(Millis, f64)>)> {
        let matcher = Matcher::equal("__name__", metric);
        let limits = SelectLimits { series: 1_000, samples: 1_000_000 };
        let series = self.store.samples().select(&[matcher], 0, START * 2, limits).unwrap();
        let values = |series: vitrine_model::sample::Series| {
            let name = series.labels.get("source").unwrap().to_owned();
            (name, series.samples.iter().map(|sample| (sample.time, sample.value)).collect())
        };
        series.into_iter().map(values).collect()
    }
}

/// Waits until something is so; the bound is only there to end a test that fails.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..20_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("it never came to pass that {what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifteen_good_ones_miss_nothing_beside_five_that_are_hostile() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path());
    let file = text::root().join("tests/components/misbehaving.wasm");
    let bytes = std::fs::read(&file).unwrap_or_else(|_| panic!("{} is missing: run `make guests`", file.display()));
    let plugin = world.plugin(bytes).await;
    for number in 0..GOOD {
        world.watch(&plugin, &format!("good-{number}"), "nothing");
    }
    for deed in ["spin", "hoard", "recurse", "panic"] {
        world.watch(&plugin, deed, deed);
    }
    let imports = r#"(import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $timer (param i64) (result i32)))
        (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))"#;
    let sleeper =
        text::Text::source().at("imports", imports).at("collect", "(call $block (call $timer (i64.const 1000000000000)))");
    world.watch(&world.plugin(sleeper.file()).await, "sleep", "nothing");
    assert_eq!(world.status.sources().len(), 20);
    for tick in 1..=TICKS {
        until(&format!("the good ones wait for tick {tick}"), || world.good_ones_wait()).await;
        world.clock.set(START + tick * SECOND);
    }
    until("the last tick is kept", || world.good_ones_wait()).await;
    let runs = world.stored("misbehaving_runs");
    for number in 0..GOOD {
        let name = format!("good-{number}");
        let times: Vec<Millis> =
            runs.iter().find(|(source, _)| *source == name).unwrap().1.iter().map(|(time, _)| *time).collect();
        let wanted: Vec<Millis> = (0..=TICKS).map(|tick| START + tick * SECOND).collect();
        assert_eq!(times, wanted, "{name}");
    }
    for (source, values) in world.stored("up").iter().filter(|(source, _)| source.starts_with("good")) {
        assert!(values.iter().all(|(_, value)| *value == 1.0), "{source}");
    }
    for status in world.status.sources() {
        if status.name.starts_with("good") {
            assert_eq!((status.missed, status.fault), (0, None), "{}", status.name);
        } else if status.name != "sleep" {
            assert!(status.fault.is_some(), "{} was not stopped", status.name);
        }
    }
    world.monitor.stop(Duration::from_secs(5)).await;
    world.store.close().unwrap();
}
