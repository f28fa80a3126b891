//! What the border costs: a collection, a fresh guest and a panel, each beside the same work without a sandbox.
#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use criterion::{Criterion, criterion_group, criterion_main};
use procfs::{Current, CurrentSI, KernelStats, LoadAverage, Meminfo};
use prometheus_client::registry::Registry;
use serde_json::json;
use tokio::runtime::Runtime as Threads;
use vitrine_model::frame::{Column, Frame, TimeRange, Values};
use vitrine_model::port::panel::{Panel, RenderRequest, Theme};
use vitrine_model::port::source::Source;
use vitrine_model::{Clock, Labels, Millis};
use vitrine_plugin::grant::{GrantSettings, Grants, PlainRight};
use vitrine_plugin::settings::PluginSettings;
use vitrine_plugin::{Instance, Plugin, PluginPanel, PluginSource, Runtime};
use vitrine_plugin_timeseries::TimeSeries;

const SERIES: usize = 8;
const POINTS: i64 = 720;
/// Six hours of them.
const STEP: Millis = 30_000;

#[derive(Debug)]
struct FixedClock;

#[async_trait]
impl Clock for FixedClock {
    fn now(&self) -> Millis {
        1_000_000
    }

    async fn sleep_until(&self, _moment: Millis) {}
}

struct Sandbox {
    threads: Threads,
    runtime: Arc<Runtime>,
    _folder: tempfile::TempDir,
}

impl Sandbox {
    fn new() -> Sandbox {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock);
        let data = folder.path().to_owned();
        let runtime = Runtime::new(PluginSettings::default(), data, clock, &mut Registry::default()).unwrap();
        Sandbox { threads: Threads::new().unwrap(), runtime, _folder: folder }
    }

    fn plugin(&self, name: &str) -> Arc<Plugin> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/bundled").join(name).with_extension("wasm");
        let bytes = std::fs::read(&file).unwrap_or_else(|_| panic!("{} is missing: run `make plugins`", file.display()));
        self.threads.block_on(self.runtime.load(bytes.into())).unwrap()
    }

    fn instance(&self, plugin: &Arc<Plugin>, config: &serde_json::Value, grant: &GrantSettings) -> Arc<Instance> {
        let grants = Grants::new(grant, &plugin.manifest).unwrap();
        Instance::new(&self.runtime, Arc::clone(plugin), "measured", config, grants)
    }
}

/// The files that the capability reads for all sections, by the same readers.
fn read_machine() -> impl Sized {
    let disks = sysinfo::Disks::new_with_refreshed_list_specifics(sysinfo::DiskRefreshKind::nothing().with_storage());
    let processes = std::fs::read_dir("/proc").unwrap().count();
    let (devices, io) = (procfs::net::dev_status().unwrap(), procfs::diskstats().unwrap());
    let (stats, load) = (KernelStats::current().unwrap(), LoadAverage::current().unwrap());
    (disks.map(|disks| disks.len()).unwrap(), processes, devices, io, stats, load, Meminfo::current().unwrap())
}

fn collect(criterion: &mut Criterion) {
    let sandbox = Sandbox::new();
    let system = sandbox.plugin("system");
    let grant = GrantSettings::Plain(vec![PlainRight::System]);
    let all = PluginSource::new(sandbox.instance(&system, &json!({}), &grant));
    let load = PluginSource::new(sandbox.instance(&system, &json!({ "sections": ["load"] }), &grant));
    let mut group = criterion.benchmark_group("collect");
    group.bench_function("all of this machine, sandboxed", |bencher| {
        bencher.to_async(&sandbox.threads).iter(|| async { all.collect().await.unwrap() });
    });
    group.bench_function("all of this machine, native", |bencher| bencher.iter(read_machine));
    group.bench_function("load only, sandboxed", |bencher| {
        bencher.to_async(&sandbox.threads).iter(|| async { load.collect().await.unwrap() });
    });
    group.bench_function("load only, native", |bencher| bencher.iter(|| LoadAverage::current().unwrap()));
    group.bench_function("a fresh guest, configured", |bencher| {
        bencher.to_async(&sandbox.threads).iter(|| async {
            let instance = sandbox.instance(&system, &json!({}), &grant);
            instance.warm_up().await.unwrap();
        });
    });
    group.finish();
}

fn frame() -> Frame {
    let column = |name: &str, labels: Labels, values: Values| Column { name: name.to_owned(), labels, unit: None, values };
    let times = column("time", Labels::new(), Values::Times((0..POINTS).map(|place| place * STEP).collect()));
    let series = (0..SERIES).map(|number| {
        let values = (0..POINTS).map(|place| f64::from(u32::try_from(place).unwrap()).sin()).collect();
        column("node_cpu_seconds_total", Labels::from_pairs([("mode", format!("mode-{number}"))]), Values::Numbers(values))
    });
    Frame { name: "A".to_owned(), columns: std::iter::once(times).chain(series).collect() }
}

/// The same frame in the words of the interface.
fn guest_frame(frame: &Frame) -> vitrine_sdk::Frame {
    let label = |(name, value): (&str, &str)| vitrine_sdk::Label { name: name.to_owned(), value: value.to_owned() };
    let column = |column: &Column| vitrine_sdk::Column {
        name: column.name.clone(),
        labels: column.labels.iter().map(label).collect(),
        unit: column.unit.clone(),
        values: match &column.values {
            Values::Times(times) => vitrine_sdk::Values::Times(times.clone()),
            Values::Numbers(numbers) => vitrine_sdk::Values::Numbers(numbers.clone()),
            Values::Texts(texts) => vitrine_sdk::Values::Texts(texts.clone()),
            Values::Flags(flags) => vitrine_sdk::Values::Flags(flags.clone()),
        },
    };
    vitrine_sdk::Frame { name: frame.name.clone(), columns: frame.columns.iter().map(column).collect() }
}

fn render(criterion: &mut Criterion) {
    let sandbox = Sandbox::new();
    let timeseries = sandbox.plugin("timeseries");
    let panel = PluginPanel(sandbox.instance(&timeseries, &json!({}), &GrantSettings::default()));
    let options = json!({ "unit": "ratio", "stack": true, "legend": "{{mode}}" }).to_string();
    let frame = frame();
    let request = || RenderRequest {
        frames: vec![frame.clone()],
        options: options.clone(),
        width: 800,
        height: 300,
        theme: Theme::Light,
        time_zone: "Europe/Berlin".to_owned(),
        range: TimeRange { start: 0, end: POINTS * STEP, step: STEP },
    };
    let mut group = criterion.benchmark_group("render 8 series of 720 points");
    group.bench_function("sandboxed", |bencher| {
        bencher.to_async(&sandbox.threads).iter(|| async { panel.render(request()).await.unwrap() });
    });
    group.bench_function("native", |bencher| {
        bencher.iter(|| {
            let frames = vec![guest_frame(black_box(&frame))];
            vitrine_sdk::panel::render::<TimeSeries>(frames, &options).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, collect, render);
criterion_main!(benches);
