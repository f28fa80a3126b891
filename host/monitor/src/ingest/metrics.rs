//! What the door for samples tells of itself: what it took, and what it refused and why.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use vitrine_model::port::samples::{Appended, Reason};

/// Sources and reasons counted apart; the rest are counted as of one source, as names may come from outside.
const SOURCES: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refusal {
    reason: &'static str,
    source: String,
}

/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Metrics {
    refused: Family<Refusal, Counter>,
    /// How many of them there are.
    kinds: Arc<AtomicUsize>,
    duplicates: Counter,
}

impl Metrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("vitrine_ingest_refused_samples", "Samples refused, by reason and source", self.refused.clone());
        registry.register(
            "vitrine_ingest_duplicate_samples",
            "Samples that were there already, with the same value",
            self.duplicates.clone(),
        );
    }

    pub(super) fn appended(&self, source: &str, appended: &Appended) {
        self.duplicates.inc_by(appended.duplicates);
        for refused in &appended.refused {
            self.refused(source, refused.reason, refused.samples);
        }
    }

    pub(super) fn refused(&self, source: &str, reason: Reason, samples: u64) {
        let label = |source: &str| Refusal { reason: reason.word(), source: source.to_owned() };
        let known = self.refused.get(&label(source)).map(|counter| counter.inc_by(samples)).is_some();
        if known {
            return;
        }
        let source = if self.kinds.fetch_add(1, Ordering::Relaxed) < SOURCES { source } else { "" };
        self.refused.get_or_create(&label(source)).inc_by(samples);
    }
}
