//! What to ask, and what its columns mean.

use serde::Deserialize;
use vitrine_sdk::Fault;
use vitrine_sdk::source::MetricKind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub(crate) database: String,
    #[serde(default)]
    pub(crate) queries: Vec<Measured>,
}

/// One metric: a statement whose rows are its samples.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) value: String,
    #[serde(default)]
    pub(crate) labels: Vec<String>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    pub(crate) help: String,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Gauge,
    Counter,
}

impl Measured {
    pub(crate) fn kind(&self) -> MetricKind {
        match self.kind {
            Kind::Gauge => MetricKind::Gauge,
            Kind::Counter => MetricKind::Counter,
        }
    }

    /// What a schema cannot say. `place` is the query's place in the list.
    pub(crate) fn check(&self, place: usize) -> Result<(), Fault> {
        let wrong =
            |key: &str, reason: &str| Err(Fault::Invalid(["`queries[", &place.to_string(), "].", key, "`: ", reason].concat()));
        if !is_name(&self.name) {
            return wrong("name", "a metric's name has letters, digits and `_`");
        }
        for label in &self.labels {
            if !is_name(label) || label.starts_with("__") {
                return wrong("labels", &["`", label, "` cannot name a label: rename the column with AS"].concat());
            }
            if *label == self.value {
                return wrong("labels", &["`", label, "` is the value"].concat());
            }
        }
        Ok(())
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
