//! Rule files as people write them: Prometheus's format.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// A file under `alerts/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    #[serde(default)]
    pub groups: Vec<GroupEntry>,
}

/// Rules that are evaluated one after the other, at the same moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupEntry {
    /// Unique in its file.
    pub name: String,
    /// How often: `15s`, `1m`. Without it, the host's `evaluate_every`.
    pub interval: Option<String>,
    /// How many series or alerts one of its rules may give; over it the evaluation fails. 0 is as many as there may be.
    #[serde(default)]
    pub limit: usize,
    /// Asks for what was true so long ago: for samples that come late.
    pub query_offset: Option<String>,
    /// Added to those of each rule, which win.
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "BTreeMap<String, Scalar>")]
    pub labels: BTreeMap<String, String>,
    /// What flaps, for rules that do not say.
    pub flapping: Option<FlappingEntry>,
    #[serde(default)]
    pub rules: Vec<RuleEntry>,
}

/// An alert that begins or ends more often is told once as flapping, and its end once it has not changed for that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlappingEntry {
    /// How often it may begin or end in that time.
    #[schemars(range(min = 1, max = 1_000))]
    pub changes: usize,
    /// `30m`
    pub within: String,
}

/// What an alert does when its data are missing: the samples that its expression asks for are no longer there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoData {
    /// It ends, as in Prometheus: nothing is wrong with what is not there.
    #[default]
    Ok,
    /// It stays as it is, until there are data again.
    Keep,
    /// It is true: one that was active goes on with its labels; if none was, there is one with the rule's own labels.
    Alert,
}

/// What an alert does when its rule cannot be evaluated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is true, as for `no_data: alert`.
    Alert,
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
    #[serde(deserialize_with = "text")]
    #[schemars(with = "Scalar")]
    pub expr: String,
    /// How long it must be true before it fires: `5m`.
    #[serde(rename = "for")]
    pub hold: Option<String>,
    /// How long it goes on firing once it is no longer true: `10m`.
    pub keep_firing_for: Option<String>,
    /// An alert that fires ends only once this PromQL gives a series whose labels are among the alert's: `load < 0.7` for an
    /// alert of `load > 0.9`.
    pub resolve_when: Option<String>,
    /// When it flaps; else what the group says.
    pub flapping: Option<FlappingEntry>,
    /// What to do when the samples that it asks for are not there.
    #[serde(default)]
    pub no_data: NoData,
    /// What to do when it cannot be evaluated.
    #[serde(default)]
    pub on_error: OnError,
    /// The label `severity`.
    pub severity: Option<String>,
    /// The label `owner`: the team whose alert it is.
    pub owner: Option<String>,
    /// The annotation `runbook_url`.
    pub runbook: Option<String>,
    /// The annotation `panel`: the picture to send, as `dashboard/panel`.
    pub panel: Option<String>,
    /// Added to the series' labels; templates such as `{{ $labels.instance }}` are filled in.
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "BTreeMap<String, Scalar>")]
    pub labels: BTreeMap<String, String>,
    /// What people are told; templates too.
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "BTreeMap<String, Scalar>")]
    pub annotations: BTreeMap<String, String>,
}

/// A text, however YAML reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    Text(String),
    Whole(i64),
    Number(f64),
    Bool(bool),
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scalar::Text(text) => f.write_str(text),
            Scalar::Whole(number) => write!(f, "{number}"),
            Scalar::Number(number) => write!(f, "{number}"),
            Scalar::Bool(value) => write!(f, "{value}"),
        }
    }
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Scalar::deserialize(from).map(|scalar| scalar.to_string())
}

fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let scalars = BTreeMap::<String, Scalar>::deserialize(from)?;
    Ok(scalars.into_iter().map(|(name, scalar)| (name, scalar.to_string())).collect())
}
