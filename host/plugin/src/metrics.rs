//! What the sandbox counts, all named `vitrine_plugin_…`.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::context::Context;
use crate::health::Standing;
use crate::limit::{Budget, Call, Limit};

pub(crate) mod custom;
mod host;
mod peaks;

use custom::Custom;
pub(crate) use peaks::Peaks;

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

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfLimit {
    instance: String,
    limit: &'static str,
}

type Seconds = Counter<f64, AtomicU64>;

/// The families; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics {
    calls: Family<OfInstance, Counter>,
    seconds: Family<OfInstance, Seconds>,
    faults: Family<OfFault, Counter>,
    cpu: Family<OfInstance, Seconds>,
    memory: Family<OfInstance, Gauge>,
    standing: Family<OfInstance, Gauge>,
    reached: Family<OfLimit, Counter>,
    guests: Gauge,
    refusals: Refusals,
    state: Family<OfInstance, Gauge>,
    dropped_lines: Family<OfInstance, Counter>,
    pub(crate) custom: Custom,
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry, budget: &Arc<Budget>, max_guests: u32) {
        registry.register_collector(Box::new(self.custom.clone()));
        let registry = registry.sub_registry_with_prefix("vitrine_plugin");
        registry.register("calls", "Calls into a plugin instance", self.calls.clone());
        registry.register_with_unit("call", "Wall time spent in a plugin instance", Unit::Seconds, self.seconds.clone());
        registry.register("faults", "Calls that ended in a fault, by whose it was", self.faults.clone());
        registry.register_with_unit("memory", "Linear memory of the last guest used", Unit::Bytes, self.memory.clone());
        registry.register_with_unit("cpu", "CPU time used by guests, in steps of 10 ms", Unit::Seconds, self.cpu.clone());
        registry.register("standing", "0 well, 1 resting, 2 quarantined, 3 disabled", self.standing.clone());
        registry.register("limits_reached", "Calls that ended at a limit", self.reached.clone());
        registry.register_collector(Box::new(host::Host { budget: Arc::clone(budget), max_guests }));
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
            cpu: self.cpu.get_or_create(&labels).clone(),
            memory: self.memory.get_or_create(&labels).clone(),
            standing: self.standing.get_or_create(&labels).clone(),
            peaks: Peaks::default(),
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
    seconds: Seconds,
    cpu: Seconds,
    pub(crate) memory: Gauge,
    standing: Gauge,
    pub(crate) peaks: Peaks,
    fault_count: AtomicU64,
    families: Metrics,
    labels: OfInstance,
}

impl Counters {
    pub(crate) fn fault(&self, whose: &'static str) {
        self.fault_count.fetch_add(1, Relaxed);
        self.families.faults.get_or_create(&OfFault { instance: self.labels.instance.clone(), whose }).inc();
    }

    pub(crate) fn took(&self, call: Call, time: Duration) {
        self.seconds.inc_by(time.as_secs_f64());
        self.peaks.took(call, time);
    }

    /// What the call that just ended has used.
    pub(crate) fn used(&self, context: &Context) {
        let memory = context.meter.memory_bytes();
        self.memory.set(i64::try_from(memory).unwrap_or(i64::MAX));
        let cpu = context.cpu_used();
        if !cpu.is_zero() {
            self.cpu.inc_by(cpu.as_secs_f64());
        }
        self.peaks.used(memory, cpu);
    }

    pub(crate) fn standing(&self, standing: Standing) {
        self.standing.set(standing as i64);
    }

    pub(crate) fn reached(&self, limit: Limit) {
        self.of_limit(limit.word()).inc();
    }

    pub(crate) fn times_reached(&self, word: &'static str) -> u64 {
        let label = OfLimit { instance: self.labels.instance.clone(), limit: word };
        self.families.reached.get(&label).map_or(0, |counter| counter.get())
    }

    fn of_limit(&self, limit: &'static str) -> Counter {
        let label = OfLimit { instance: self.labels.instance.clone(), limit };
        self.families.reached.get_or_create(&label).clone()
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
