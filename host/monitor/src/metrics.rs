//! What collecting, evaluating and telling count, all named `vitrine_…`.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use vitrine_model::Fault;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSource {
    source: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfFault {
    source: String,
    whose: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfForwarding {
    alertmanager: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfDelivery {
    channel: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfHeartbeat {
    heartbeat: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfBeat {
    heartbeat: String,
    outcome: &'static str,
}

/// The families; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics {
    collections: Family<OfSource, Counter>,
    collect_seconds: Family<OfSource, Counter<f64, AtomicU64>>,
    faults: Family<OfFault, Counter>,
    missed: Family<OfSource, Counter>,
    pub(crate) evaluations: Counter,
    pub(crate) evaluation_faults: Counter,
    pub(crate) evaluations_missed: Counter,
    pub(crate) flaps: Counter,
    deliveries: Family<OfDelivery, Counter>,
    forwarded: Family<OfForwarding, Counter>,
    notices: Counter,
    digests: Counter,
    heartbeats: Family<OfBeat, Counter>,
    heartbeat_sent: Family<OfHeartbeat, Gauge<f64, AtomicU64>>,
    gathered: Gauge,
    groups: Gauge,
    members: Gauge,
    crowded: Gauge,
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("vitrine");
        registry.register("source_collections", "Polls of a source", self.collections.clone());
        registry.register_with_unit(
            "source_collect",
            "Wall time spent polling a source",
            Unit::Seconds,
            self.collect_seconds.clone(),
        );
        registry.register("source_faults", "Polls that ended in a fault, by whose it was", self.faults.clone());
        registry.register("source_missed_ticks", "Ticks that passed because the run before had not ended", self.missed.clone());
        registry.register("rule_evaluations", "Evaluations of rules", self.evaluations.clone());
        registry.register("rule_evaluation_faults", "Evaluations of rules that failed", self.evaluation_faults.clone());
        let help = "Evaluations of groups of rules whose moment passed unused";
        registry.register("rule_evaluations_missed", help, self.evaluations_missed.clone());
        registry.register("alert_flaps", "Alerts that began to flap", self.flaps.clone());
        registry.register("deliveries", "Tries to deliver, by outcome", self.deliveries.clone());
        let help = "Alerts for outside Alertmanagers, by outcome";
        registry.register("alertmanager_alerts", help, self.forwarded.clone());
        registry.register("notices", "Messages planned, one for each channel", self.notices.clone());
        registry.register("digests", "Digests planned of what was over a receiver's rate", self.digests.clone());
        registry.register("digest_alerts", "Alerts that wait for a digest", self.gathered.clone());
        let help = "Heartbeats sent, failed tries, and times at which they began to be held back";
        registry.register("heartbeats", help, self.heartbeats.clone());
        let help = "When a heartbeat was last taken, since 1970";
        registry.register_with_unit("heartbeat_last_sent_timestamp", help, Unit::Seconds, self.heartbeat_sent.clone());
        registry.register("notice_groups", "Groups of alerts that people are told together", self.groups.clone());
        registry.register("notice_alerts", "Alerts in these groups", self.members.clone());
        let help = "Alerts since the start that found no room for a group of their own";
        registry.register("notice_groups_crowded", help, self.crowded.clone());
    }

    pub(crate) fn collected(&self, source: &str, seconds: f64, fault: Option<&Fault>) {
        let of_source = OfSource { source: source.to_owned() };
        self.collections.get_or_create(&of_source).inc();
        self.collect_seconds.get_or_create(&of_source).inc_by(seconds);
        if let Some(fault) = fault {
            self.faults.get_or_create(&OfFault { source: source.to_owned(), whose: fault.whose() }).inc();
        }
    }

    pub(crate) fn missed(&self, source: &str, ticks: u64) {
        self.missed.get_or_create(&OfSource { source: source.to_owned() }).inc_by(ticks);
    }

    pub(crate) fn forwarded(&self, alertmanager: &str, outcome: &'static str, alerts: usize) {
        if alerts > 0 {
            let of = OfForwarding { alertmanager: alertmanager.to_owned(), outcome };
            self.forwarded.get_or_create(&of).inc_by(alerts as u64);
        }
    }

    pub(crate) fn notices(&self, count: usize) {
        self.notices.inc_by(count as u64);
    }

    pub(crate) fn heartbeat(&self, heartbeat: &str, outcome: &'static str) {
        self.heartbeats.get_or_create(&OfBeat { heartbeat: heartbeat.to_owned(), outcome }).inc();
    }

    pub(crate) fn heartbeat_sent(&self, heartbeat: &str, seconds: f64) {
        self.heartbeat_sent.get_or_create(&OfHeartbeat { heartbeat: heartbeat.to_owned() }).set(seconds);
    }

    pub(crate) fn digests(&self, count: usize) {
        self.digests.inc_by(count as u64);
    }

    pub(crate) fn gathered(&self, alerts: usize) {
        self.gathered.set(i64::try_from(alerts).unwrap_or(i64::MAX));
    }

    pub(crate) fn groups(&self, groups: usize, members: usize, crowded: u64) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.groups.set(number(groups));
        self.members.set(number(members));
        self.crowded.set(crowded.cast_signed());
    }

    pub(crate) fn delivery(&self, channel: &str, outcome: &'static str) {
        self.deliveries.get_or_create(&OfDelivery { channel: channel.to_owned(), outcome }).inc();
    }
}
