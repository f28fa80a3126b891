//! `store:` – how samples are kept, and how many.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_model::Span;

/// `store:`
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// What an acknowledged sample survives.
    pub durability: Durability,
    /// When samples take more than so many mebibytes, the oldest days go, whatever `retention` says. Without it: no bound.
    #[schemars(range(min = 16))]
    pub retention_mib: Option<u64>,
    /// How far behind its series' newest a sample may be: `24h`.
    pub out_of_order: String,
    /// How many series may be kept at a time.
    #[schemars(range(min = 1))]
    pub max_series: usize,
    /// How many of them may come from one source.
    #[schemars(range(min = 1))]
    pub max_source_series: usize,
    /// How many samples a second one source may bring. Without it: no bound.
    #[schemars(range(min = 1))]
    pub max_source_samples: Option<u64>,
    /// Labels of a series.
    #[schemars(range(min = 1, max = 1_000))]
    pub max_labels: usize,
    /// Bytes of a label's name.
    #[schemars(range(min = 1, max = 65_535))]
    pub max_label_name: usize,
    /// Bytes of a label's value.
    #[schemars(range(min = 1, max = 65_535))]
    pub max_label_value: usize,
    /// Mebibytes of samples in memory before they are sealed early; for moments it may be twice as much.
    #[schemars(range(min = 1))]
    pub head_mib: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// The end of the process, however it comes; a power failure may take the last second.
    #[default]
    Normal,
    /// A power failure too: each commit waits for the disk.
    Full,
}

impl Default for StoreSettings {
    fn default() -> StoreSettings {
        let usual = vitrine_store::Settings::default();
        StoreSettings {
            durability: Durability::Normal,
            retention_mib: None,
            out_of_order: "24h".to_owned(),
            max_series: usual.series_limit,
            max_source_series: usual.source_series_limit,
            max_source_samples: None,
            max_labels: usual.labels_limit,
            max_label_name: usual.label_name_bytes,
            max_label_value: usual.label_value_bytes,
            head_mib: usual.head_bytes >> 20,
        }
    }
}

impl StoreSettings {
    /// As the store takes them. A time that cannot be read, which a check tells, is the usual one.
    pub fn checked(&self) -> vitrine_store::Settings {
        let usual = vitrine_store::Settings::default();
        vitrine_store::Settings {
            series_limit: self.max_series,
            source_series_limit: self.max_source_series,
            labels_limit: self.max_labels,
            label_name_bytes: self.max_label_name,
            label_value_bytes: self.max_label_value,
            out_of_order: self.out_of_order.parse().map_or(usual.out_of_order, Span::millis),
            durability: match self.durability {
                Durability::Normal => vitrine_store::Durability::Normal,
                Durability::Full => vitrine_store::Durability::Full,
            },
            head_bytes: self.head_mib.saturating_mul(1 << 20),
            log_bytes: self.head_mib.saturating_mul(2 << 20),
            ..usual
        }
    }
}
