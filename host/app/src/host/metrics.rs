//! What reloads did, for whoever watches the host.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::running::{Key, Note};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfInstance {
    kind: &'static str,
    instance: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOutcome {
    outcome: &'static str,
}

#[derive(Debug, Default)]
pub(super) struct Metrics {
    waiting: Family<OfInstance, Gauge>,
    failing: Family<OfInstance, Gauge>,
    swaps: Family<OfOutcome, Counter>,
    problems: Gauge,
}

impl Metrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let plugin = registry.sub_registry_with_prefix("vitrine_plugin");
        plugin.register("needs_grant", "Instances whose newest build waits for a grant", self.waiting.clone());
        plugin.register("not_taken", "Instances whose newest entry or build could not be taken", self.failing.clone());
        plugin.register("swaps", "Instances swapped while the host ran, or kept as they were", self.swaps.clone());
        registry.register("vitrine_settings_problems", "What is wrong in the files now", self.problems.clone());
    }

    pub(super) fn swapped(&self) {
        self.swaps.get_or_create(&OfOutcome { outcome: "swapped" }).inc();
    }

    pub(super) fn kept(&self) {
        self.swaps.get_or_create(&OfOutcome { outcome: "kept" }).inc();
    }

    /// How things are after a reading of the files.
    pub(super) fn show(&self, notes: &[(Key, Note)], problems: usize) {
        self.waiting.clear();
        self.failing.clear();
        for ((noun, name), note) in notes {
            let labels = OfInstance { kind: noun, instance: name.clone() };
            if note.waiting.is_some() {
                self.waiting.get_or_create(&labels).set(1);
            }
            if note.problem.is_some() {
                self.failing.get_or_create(&labels).set(1);
            }
        }
        self.problems.set(i64::try_from(problems).unwrap_or(i64::MAX));
    }
}
