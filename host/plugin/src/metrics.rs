//! What the sandbox counts, all named `vitrine_plugin_…`.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

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
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("vitrine_plugin");
        registry.register("calls", "Calls into a plugin instance", self.calls.clone());
        registry.register_with_unit("call", "Wall time spent in a plugin instance", Unit::Seconds, self.seconds.clone());
        registry.register("faults", "Calls that ended in a fault, by whose it was", self.faults.clone());
        registry.register_with_unit("memory", "Linear memory of the last guest used", Unit::Bytes, self.memory.clone());
        registry.register("guests", "Guests alive, idle ones included", self.guests.clone());
        registry.register("refusals", "Calls of a capability that were refused", self.refusals.0.clone());
    }

    pub(crate) fn refusals(&self) -> Refusals {
        self.refusals.clone()
    }

    pub(crate) fn guests(&self) -> &Gauge {
        &self.guests
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
