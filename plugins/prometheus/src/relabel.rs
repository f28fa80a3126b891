//! Prometheus's rules for labels: which are kept, and what they become.
//!
//! <https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config>

mod rule;
mod set;

pub(crate) use rule::{Raw, Rule};
pub(crate) use set::Set;
