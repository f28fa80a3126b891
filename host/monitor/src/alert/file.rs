//! Rule files as people write them: Prometheus's format.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file under `alerts/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    #[serde(default)]
    pub groups: Vec<GroupEntry>,
}

/// Rules that are evaluated one after the other, at the same moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupEntry {
    /// Unique in its file.
    pub name: String,
    /// How often: `15s`, `1m`. Without it, the host's `evaluate_every`.
    pub interval: Option<String>,
    pub rules: Vec<RuleEntry>,
}

/// An alerting rule, or a recording rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    /// The alert's name.
    pub alert: Option<String>,
    /// The name of the series to record.
    pub record: Option<String>,
    /// PromQL. An alert is true for each series that it gives.
    pub expr: String,
    /// How long it must be true before it fires: `5m`.
    #[serde(rename = "for")]
    pub hold: Option<String>,
    /// Added to the series' labels; templates such as `{{ $labels.instance }}` are filled in.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What people are told; templates too.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}
