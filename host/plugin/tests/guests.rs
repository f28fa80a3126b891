//! Real components in the sandbox: the bundled ones do their work, the misbehaving one is stopped within its limits.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use prometheus_client::registry::Registry;
use serde_json::json;
use vitrine_model::frame::{Column, Frame, TimeRange, Values};
use vitrine_model::port::panel::{Panel, RenderRequest, Theme};
use vitrine_model::port::source::Source;
use vitrine_model::view::View;
use vitrine_model::{Clock, Fault, Labels, Millis};
use vitrine_plugin::grant::{GrantSettings, Grants, PlainRight};
use vitrine_plugin::settings::PluginSettings;
use vitrine_plugin::{Instance, PluginPanel, PluginSource, Runtime, manifest_of};

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
    runtime: Arc<Runtime>,
    _folder: tempfile::TempDir,
}

impl Sandbox {
    fn new() -> Sandbox {
        let folder = tempfile::tempdir().unwrap();
        let settings = PluginSettings { cpu_ms: 300, memory_mib: 16, ..PluginSettings::default() };
        let runtime = Runtime::new(settings, folder.path().to_owned(), Arc::new(FixedClock), &mut Registry::default()).unwrap();
        Sandbox { runtime, _folder: folder }
    }

    async fn instance(&self, file: &Path, config: serde_json::Value, grant: &GrantSettings) -> Arc<Instance> {
        let bytes: Arc<[u8]> =
            std::fs::read(file).unwrap_or_else(|_| panic!("{} is missing: run `make plugins guests`", file.display())).into();
        let plugin = self.runtime.load(bytes).await.unwrap();
        let grants = Grants::new(grant, &plugin.manifest).unwrap();
        Instance::new(&self.runtime, plugin, "under-test", &config, grants)
    }

    async fn misbehaving(&self, deed: &str, url: &str) -> PluginSource {
        let file = root().join("tests/components/misbehaving.wasm");
        PluginSource::new(self.instance(&file, json!({ "deed": deed, "url": url }), &GrantSettings::default()).await)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn bundled(name: &str) -> PathBuf {
    root().join("host/app/bundled").join(name).with_extension("wasm")
}

#[tokio::test]
async fn the_system_source_reads_this_machine() {
    let sandbox = Sandbox::new();
    let grant = GrantSettings::Plain(vec![PlainRight::System]);
    let source = PluginSource::new(sandbox.instance(&bundled("system"), json!({}), &grant).await);
    for _ in 0..3 {
        let batch = source.collect().await.unwrap();
        let find = |name: &str| batch.samples.iter().find(|(labels, _)| labels.name() == name);
        let (_, total) = find("node_memory_MemTotal_bytes").unwrap();
        assert!(total.value > 1e6 && total.time == 1_000_000, "{total:?}");
        let (cpu, _) = find("node_cpu_seconds_total").unwrap();
        assert!(cpu.get("cpu").is_some() && cpu.get("mode").is_some(), "{cpu}");
    }
    assert_eq!(source.instance().usage().faults, 0);
}

#[tokio::test]
async fn without_a_grant_it_is_refused_with_the_remedy() {
    let sandbox = Sandbox::new();
    let source = PluginSource::new(sandbox.instance(&bundled("system"), json!({}), &GrantSettings::default()).await);
    let fault = source.collect().await.unwrap_err();
    assert!(matches!(&fault, Fault::Denied(reason) if reason.contains("add `system` under `grant`")), "{fault:?}");
}

#[tokio::test]
async fn a_panel_answers_a_chart_over_the_columns_it_was_given() {
    let sandbox = Sandbox::new();
    let panel = PluginPanel(sandbox.instance(&bundled("timeseries"), json!({}), &GrantSettings::default()).await);
    let column = |name: &str, labels: Labels, values: Values| Column { name: name.to_owned(), labels, unit: None, values };
    let frame = Frame {
        name: String::new(),
        columns: vec![
            column("time", Labels::new(), Values::Times(vec![1_000, 2_000])),
            column("load", Labels::from_pairs([("mode", "user")]), Values::Numbers(vec![0.5, f64::NAN])),
        ],
    };
    let range = TimeRange { start: 1_000, end: 2_000, step: 1_000 };
    let request = RenderRequest {
        frames: vec![frame],
        options: json!({ "unit": "ratio", "legend": "{{mode}}" }).to_string(),
        width: 600,
        height: 200,
        theme: Theme::Light,
        time_zone: "UTC".to_owned(),
        range,
    };
    let View::Chart(chart) = panel.render(request.clone()).await.unwrap() else { panic!("not a chart") };
    assert_eq!(chart.left.unit, "ratio");
    assert_eq!((chart.series[0].name.as_str(), &*chart.series[0].times), ("user", [1_000, 2_000].as_slice()));
    assert!(chart.series[0].values[1].is_nan());
    let wrong = RenderRequest { options: "{\"unit\": 7}".to_owned(), ..request };
    let fault = panel.render(wrong).await.unwrap_err();
    assert!(matches!(&fault, Fault::Invalid(reason) if reason.contains("unit")), "{fault:?}");
}

#[tokio::test]
async fn what_misbehaves_is_stopped_within_its_limits() {
    let sandbox = Sandbox::new();
    let cases = [
        ("spin", "used its 300 ms of processor time"),
        ("hoard", "wanted more than its 16 MiB of memory"),
        ("panic", "this was on purpose"),
        ("recurse", "deeper than its 512 KiB of stack"),
        ("many", "wanted more than its 16 MiB of memory"),
        ("times", "is not between the years 1970 and 9999"),
    ];
    for (deed, wanted) in cases {
        let source = sandbox.misbehaving(deed, "").await;
        let begin = Instant::now();
        let fault = source.collect().await.unwrap_err();
        assert!(matches!(&fault, Fault::Internal(reason) if reason.contains(wanted)), "{deed}: {fault:?}");
        assert!(begin.elapsed() < Duration::from_secs(9), "{deed} was not stopped by its own limit");
        // It rests now, and says why.
        let resting = source.collect().await.unwrap_err();
        assert!(resting.reason().contains("resting") && resting.reason().contains(wanted), "{resting:?}");
    }
}

#[tokio::test]
async fn a_panic_tells_its_place() {
    let sandbox = Sandbox::new();
    let fault = sandbox.misbehaving("panic", "").await.collect().await.unwrap_err();
    assert!(fault.reason().contains("src/lib.rs:"), "{fault:?}");
}

#[tokio::test]
async fn an_ungranted_host_is_never_connected_to() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let sandbox = Sandbox::new();
    let fault = sandbox.misbehaving("sneak", &url).await.collect().await.unwrap_err();
    assert!(matches!(&fault, Fault::Denied(reason) if reason.contains(url.trim_end_matches('/'))), "{fault:?}");
    let nobody = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(nobody.is_err(), "somebody connected");
}

#[tokio::test]
async fn what_others_do_wrong_does_not_count_against_it() {
    let sandbox = Sandbox::new();
    let source = sandbox.misbehaving("refuse", "").await;
    for _ in 0..10 {
        assert_eq!(source.collect().await, Err(Fault::Upstream("the other side is down".to_owned())));
    }
    let values = sandbox.misbehaving("nan", "").await.collect().await.unwrap();
    assert_eq!(values.samples.len(), 4);
    assert!(sandbox.misbehaving("flood", "").await.collect().await.is_ok());
}

#[tokio::test]
async fn compiled_code_is_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Arc<[u8]> = std::fs::read(bundled("stat")).unwrap().into();
    let new = || {
        Runtime::new(PluginSettings::default(), folder.path().to_owned(), Arc::new(FixedClock), &mut Registry::default()).unwrap()
    };
    new().load(Arc::clone(&bytes)).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path().join("code")).unwrap().flatten().collect();
    let code = files.iter().find(|entry| entry.path().extension().is_some_and(|end| end == "cwasm")).unwrap();
    let written = code.metadata().unwrap().modified().unwrap();
    new().load(Arc::clone(&bytes)).await.unwrap();
    assert_eq!(code.metadata().unwrap().modified().unwrap(), written);
    // A broken file is made anew.
    std::fs::write(code.path(), b"nonsense").unwrap();
    new().load(bytes).await.unwrap();
    assert!(code.metadata().unwrap().len() > 1_000);
}

#[tokio::test]
async fn what_is_no_plugin_is_told_so() {
    let sandbox = Sandbox::new();
    for (bytes, wanted) in [
        (b"".as_slice(), "not a WebAssembly component"),
        (b"MZ nonsense", "not a WebAssembly component"),
        (b"\0asm\x01\0\0\0", "not a WebAssembly component"),
        (b"\0asm\x0d\0\x01\0", "without a manifest"),
    ] {
        let reason = sandbox.runtime.load(bytes.into()).await.err().unwrap();
        assert!(reason.contains(wanted), "{reason}");
        assert!(manifest_of(bytes).is_err());
    }
}
