//! What is counted of the named databases: `vitrine_database_…`.

use std::sync::atomic::AtomicU64;
use std::time::Instant;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::{Registry, Unit};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOutcome {
    database: String,
    /// `ok`, or whose fault it was.
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfDatabase {
    database: String,
}

#[derive(Debug, Default)]
pub(super) struct Metrics {
    queries: Family<OfOutcome, Counter>,
    seconds: Family<OfDatabase, Counter<f64, AtomicU64>>,
}

pub(super) struct Timer<'a> {
    metrics: &'a Metrics,
    database: String,
    begin: Instant,
}

impl Metrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("vitrine_database");
        registry.register("queries", "Queries of a named database, by outcome", self.queries.clone());
        registry.register_with_unit("query", "Time spent in queries of a named database", Unit::Seconds, self.seconds.clone());
    }

    pub(super) fn start(&self, database: &str) -> Timer<'_> {
        Timer { metrics: self, database: database.to_owned(), begin: Instant::now() }
    }
}

impl Timer<'_> {
    pub(super) fn end(self, outcome: &'static str) {
        let Timer { metrics, database, begin } = self;
        metrics.queries.get_or_create(&OfOutcome { database: database.clone(), outcome }).inc();
        metrics.seconds.get_or_create(&OfDatabase { database }).inc_by(begin.elapsed().as_secs_f64());
    }
}
