//! What all guests share: how much there is, and how much is taken.

use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use crate::limit::Budget;

#[derive(Debug)]
pub(super) struct Host {
    pub(super) budget: Arc<Budget>,
    pub(super) max_guests: u32,
}

impl Collector for Host {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let bytes = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let mut gauge = |name: &str, help: &str, unit: Option<&Unit>, value: i64| {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, unit, gauge.metric_type())?)
        };
        let unit = Some(&Unit::Bytes);
        gauge("total_memory", "Linear memory of all guests together", unit, bytes(self.budget.used()))?;
        gauge("total_memory_limit", "`plugins.total_memory_mib`", unit, bytes(self.budget.limit()))?;
        gauge("guests_limit", "`plugins.max_guests`", None, i64::from(self.max_guests))
    }
}
