//! What goes through egress, counted: `vitrine_plugin_http_…`.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::{Registry, Unit};

use super::{Answered, Refused, Stop};
use crate::bindings::imported::http::Error;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfInstance {
    instance: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOutcome {
    instance: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfReason {
    instance: String,
    reason: &'static str,
}

/// The families; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct HttpMetrics {
    requests: Family<OfOutcome, Counter>,
    refusals: Family<OfReason, Counter>,
    sent: Family<OfInstance, Counter>,
    received: Family<OfInstance, Counter>,
}

impl HttpMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("vitrine_plugin_http");
        registry.register("requests", "Requests of plugins, by how they ended", self.requests.clone());
        registry.register("refusals", "Requests of plugins that the host refused, by reason", self.refusals.clone());
        registry.register_with_unit("sent", "Sent for plugins, heads and bodies", Unit::Bytes, self.sent.clone());
        registry.register_with_unit("received", "Received for plugins, bodies", Unit::Bytes, self.received.clone());
    }

    pub(super) fn of(&self, instance: &str) -> Counters {
        let labels = OfInstance { instance: instance.to_owned() };
        Counters {
            sent: self.sent.get_or_create(&labels).clone(),
            received: self.received.get_or_create(&labels).clone(),
            families: self.clone(),
            instance: labels.instance,
        }
    }
}

/// The counters of one instance.
#[derive(Debug)]
pub(super) struct Counters {
    sent: Counter,
    received: Counter,
    families: HttpMetrics,
    instance: String,
}

impl Counters {
    pub(super) fn sent(&self, bytes: u64) {
        self.sent.inc_by(bytes);
    }

    pub(super) fn received(&self, bytes: u64) {
        self.received.inc_by(bytes);
    }

    pub(super) fn count(&self, outcome: &Result<Answered, Stop>) {
        let instance = self.instance.clone();
        let word = match outcome {
            Ok(_) => "answered",
            Err(stop) => stop.word(),
        };
        self.families.requests.get_or_create(&OfOutcome { instance: instance.clone(), outcome: word }).inc();
        if let Err(Stop { refused: Some(by), .. }) = outcome {
            self.families.refusals.get_or_create(&OfReason { instance, reason: by.word() }).inc();
        }
    }

    #[cfg(test)]
    pub(super) fn of_outcome(&self, outcome: &'static str) -> u64 {
        self.families.requests.get_or_create(&OfOutcome { instance: self.instance.clone(), outcome }).get()
    }

    #[cfg(test)]
    pub(super) fn of_reason(&self, reason: &'static str) -> u64 {
        self.families.refusals.get_or_create(&OfReason { instance: self.instance.clone(), reason }).get()
    }
}

impl Refused {
    fn word(self) -> &'static str {
        match self {
            Refused::Grant => "grant",
            Refused::Address => "address",
            Refused::Secret => "secret",
        }
    }
}

impl Stop {
    fn word(&self) -> &'static str {
        match &self.error {
            Error::Denied(_) => "refused",
            Error::Invalid(_) => "invalid",
            Error::Resolve(_) => "resolve",
            Error::Connect(_) => "connect",
            Error::Tls(_) => "tls",
            Error::Timeout(_) => "timeout",
            Error::TooLarge(_) => "too-large",
            Error::Protocol(_) => "protocol",
        }
    }
}
