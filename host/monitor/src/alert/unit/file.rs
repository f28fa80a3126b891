//! Tests of rules as people write them: the format of `promtool test rules`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alert::file::Scalar;

/// A file of tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestFile {
    /// Rule files, from the folder of this one; `*` stands for any letters of a name.
    #[serde(default)]
    pub rule_files: Vec<String>,
    /// How often the rules are evaluated; `1m` without it.
    pub evaluation_interval: Option<String>,
    /// Names of groups that are evaluated before all others, in this order.
    #[serde(default)]
    pub group_eval_order: Vec<String>,
    #[serde(default)]
    pub tests: Vec<TestEntry>,
    /// Whether values may differ by what is lost in counting.
    #[serde(default)]
    pub fuzzy_compare: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestEntry {
    pub name: Option<String>,
    /// The time between two samples of a series; without it, `evaluation_interval`.
    pub interval: Option<Scalar>,
    #[serde(default)]
    pub input_series: Vec<SeriesEntry>,
    #[serde(default)]
    pub alert_rule_test: Vec<AlertTest>,
    #[serde(default)]
    pub promql_expr_test: Vec<ExprTest>,
    /// What `$externalLabels` is in templates.
    #[serde(default)]
    pub external_labels: BTreeMap<String, String>,
    /// What `$externalURL` is in templates.
    pub external_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesEntry {
    pub series: String,
    /// `1 2 3`, `1+2x5`, `1x5`, `_`, `stale`.
    pub values: Scalar,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertTest {
    /// Time since the beginning.
    pub eval_time: Scalar,
    pub alertname: String,
    /// All that fire then; none if there is no list.
    #[serde(default)]
    pub exp_alerts: Vec<ExpectedAlert>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedAlert {
    #[serde(default)]
    pub exp_labels: BTreeMap<String, Scalar>,
    #[serde(default)]
    pub exp_annotations: BTreeMap<String, Scalar>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExprTest {
    pub expr: String,
    pub eval_time: Scalar,
    #[serde(default)]
    pub exp_samples: Vec<ExpectedSample>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedSample {
    #[serde(default)]
    pub labels: String,
    #[serde(default)]
    pub value: Number,
}

/// A number; YAML's `.nan` and `.inf` may come as texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Number {
    Number(f64),
    Text(String),
}

impl Default for Number {
    fn default() -> Number {
        Number::Number(0.0)
    }
}

impl Number {
    pub(super) fn value(&self) -> Option<f64> {
        match self {
            Number::Number(number) => Some(*number),
            Number::Text(text) => text.trim_start_matches('.').parse().ok().or_else(|| text.replace("-.", "-").parse().ok()),
        }
    }
}
