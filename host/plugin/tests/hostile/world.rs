//! A sandbox with tight limits, and a clock that the test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use prometheus_client::registry::Registry;
use serde_json::Value;
use vitrine_model::frame::TimeRange;
use vitrine_model::port::panel::{RenderRequest, Theme};
use vitrine_model::{Clock, Fault, Millis};
use vitrine_plugin::grant::{GrantSettings, Grants};
use vitrine_plugin::settings::{InstanceLimits, PluginSettings, WallTimes};
use vitrine_plugin::{Instance, Plugin, PluginSource, Runtime};

use crate::text::{Text, root};

#[derive(Debug)]
pub struct Hand(AtomicI64);

impl Hand {
    pub fn set(&self, now: Millis) {
        self.0.store(now, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }

    async fn sleep_until(&self, _moment: Millis) {}
}

pub struct Sandbox {
    pub runtime: Arc<Runtime>,
    pub clock: Arc<Hand>,
    pub registry: Registry,
    _folder: tempfile::TempDir,
}

/// Tight, so that tests are quick; wall times wide, so that a busy machine does not reach them first.
pub fn settings() -> PluginSettings {
    PluginSettings {
        cpu_ms: 200,
        memory_mib: 8,
        max_memory_mib: 64,
        max_guests: 64,
        crossing_kib: 1_024,
        handles: 100,
        table_entries: 10_000,
        samples: 20_000,
        wall_ms: WallTimes { configure: Some(20_000), collect: Some(20_000), render: Some(20_000), ..WallTimes::default() },
        ..PluginSettings::default()
    }
}

impl Sandbox {
    pub fn new() -> Sandbox {
        Sandbox::with(settings())
    }

    pub fn with(settings: PluginSettings) -> Sandbox {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(1_000_000_000_000)));
        let mut registry = Registry::default();
        let runtime =
            Runtime::new(settings, folder.path().to_owned(), Arc::clone(&clock) as Arc<dyn Clock>, &mut registry).unwrap();
        Sandbox { runtime, clock, registry, _folder: folder }
    }

    pub async fn plugin(&self, file: Vec<u8>) -> Arc<Plugin> {
        self.runtime.load(file.into()).await.unwrap()
    }

    pub async fn refusal(&self, file: &[u8]) -> String {
        self.runtime.load(file.into()).await.err().unwrap()
    }

    pub async fn instance(&self, text: &Text) -> Arc<Instance> {
        let plugin = self.plugin(text.file()).await;
        self.named(&plugin, "hostile")
    }

    pub fn named(&self, plugin: &Arc<Plugin>, name: &str) -> Arc<Instance> {
        Instance::new(&self.runtime, Arc::clone(plugin), name, &Value::Null, Grants::default())
    }

    pub async fn source(&self, text: &Text) -> PluginSource {
        PluginSource::new(self.instance(text).await)
    }

    /// The guest that Rust makes; `with` is its configuration.
    pub async fn misbehaving(&self, with: Value, grant: &GrantSettings, limits: &InstanceLimits) -> PluginSource {
        let file = root().join("tests/components/misbehaving.wasm");
        let bytes = std::fs::read(&file).unwrap_or_else(|_| panic!("{} is missing: run `make guests`", file.display()));
        let plugin = self.plugin(bytes).await;
        let grants = Grants::new(grant, &plugin.manifest).unwrap();
        PluginSource::new(Instance::limited(&self.runtime, plugin, "misbehaving", &with, grants, limits))
    }

    /// A metric's value, over all its labels.
    pub fn metric(&self, name: &str) -> f64 {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        let lines = text.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    }

    /// Nothing of a stopped guest is left.
    pub fn is_empty(&self) -> bool {
        self.metric("vitrine_plugin_guests") == 0.0 && self.metric("vitrine_plugin_total_memory_bytes") == 0.0
    }
}

pub fn request(options: &str) -> RenderRequest {
    RenderRequest {
        frames: Vec::new(),
        options: options.to_owned(),
        width: 100,
        height: 100,
        theme: Theme::Dark,
        time_zone: "UTC".to_owned(),
        range: TimeRange { start: 0, end: 1, step: 1 },
    }
}

/// An `internal` fault with all these parts in its reason.
pub fn is_told<T: std::fmt::Debug>(what: &str, outcome: Result<T, Fault>, parts: &[&str]) {
    let fault = outcome.unwrap_err();
    let Fault::Internal(reason) = &fault else { panic!("{what}: {fault:?}") };
    for part in parts {
        assert!(reason.contains(part), "{what}: `{part}` is missing in {reason}");
    }
}
