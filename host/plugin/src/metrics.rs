//! What the sandbox counts, all named `vitrine_plugin_…`.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

pub(crate) mod custom;

use custom::Custom;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfInstance {
    instance: String,
    plugin: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfFault {
    instance: String,
    whose: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRefusal {
    instance: String,
    right: &'static str,
}

type Seconds = Counter<f64, AtomicU64>;

/// The families; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics {
    calls: Family<OfInstance, Counter>,
    seconds: Family<OfInstance, Seconds>,
    faults: Family<OfFault, Counter>,
    memory: Family<OfInstance, Gauge>,
    guests: Gauge,
    refusals: Refusals,
    state: Family<OfInstance, Gauge>,
    dropped_lines: Family<OfInstance, Counter>,
    pub(crate) custom: Custom,
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register_collector(Box::new(self.custom.clone()));
        let registry = registry.sub_registry_with_prefix("vitrine_plugin");
        registry.register("calls", "Calls into a plugin instance", self.calls.clone());
        registry.register_with_unit("call", "Wall time spent in a plugin instance", Unit::Seconds, self.seconds.clone());
        registry.register("faults", "Calls that ended in a fault, by whose it was", self.faults.clone());
        registry.register_with_unit("memory", "Linear memory of the last guest used", Unit::Bytes, self.memory.clone());
        registry.register("guests", "Guests alive, idle ones included", self.guests.clone());
        registry.register("refusals", "Calls of a capability that were refused", self.refusals.0.clone());
        registry.register_with_unit("state", "What an instance keeps in the store", Unit::Bytes, self.state.clone());
        registry.register("dropped_log_lines", "Log lines that came too fast", self.dropped_lines.clone());
    }

    pub(crate) fn refusals(&self) -> Refusals {
        self.refusals.clone()
    }

    pub(crate) fn guests(&self) -> &Gauge {
        &self.guests
    }

    pub(crate) fn kept(&self, instance: &str, plugin: &str, bytes: u64) {
        let labels = OfInstance { instance: instance.to_owned(), plugin: plugin.to_owned() };
        self.state.get_or_create(&labels).set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    pub(crate) fn dropped_lines_of(&self, instance: &str, plugin: &str) -> Counter {
        let labels = OfInstance { instance: instance.to_owned(), plugin: plugin.to_owned() };
        self.dropped_lines.get_or_create(&labels).clone()
    }

    /// The counters of one instance, so that a call looks nothing up.
    pub(crate) fn of(&self, instance: &str, plugin: &str) -> Counters {
        let labels = OfInstance { instance: instance.to_owned(), plugin: plugin.to_owned() };
        Counters {
            calls: self.calls.get_or_create(&labels).clone(),
            seconds: self.seconds.get_or_create(&labels).clone(),
            memory: self.memory.get_or_create(&labels).clone(),
            fault_count: AtomicU64::new(0),
            families: self.clone(),
            labels,
        }
    }
}

/// The counters of one instance.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) calls: Counter,
    pub(crate) seconds: Seconds,
    pub(crate) memory: Gauge,
    fault_count: AtomicU64,
    families: Metrics,
    labels: OfInstance,
}

impl Counters {
    pub(crate) fn fault(&self, whose: &'static str) {
        self.fault_count.fetch_add(1, Relaxed);
        self.families.faults.get_or_create(&OfFault { instance: self.labels.instance.clone(), whose }).inc();
    }

    pub(crate) fn faults(&self) -> u64 {
        self.fault_count.load(Relaxed)
    }
}

/// Refusals by instance and right.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refusals(Family<OfRefusal, Counter>);

impl Refusals {
    pub(crate) fn count(&self, instance: &str, right: &'static str) {
        self.0.get_or_create(&OfRefusal { instance: instance.to_owned(), right }).inc();
    }
}
