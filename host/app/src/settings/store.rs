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
    /// What stays once samples are older than `retention`.
    pub rollups: RollupSettings,
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

/// `rollups:` – last, least and greatest value of each span, of which long ranges are made. Series stay, and count among
/// `max_series`, as long as their rollups.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RollupSettings {
    /// How long those of 5 minutes are kept: `90d`; with `0` none are made.
    #[serde(rename = "5m")]
    pub fives: String,
    /// How long those of an hour are kept: `2y`; with `0` none are made.
    #[serde(rename = "1h")]
    pub hours: String,
}

impl Default for RollupSettings {
    fn default() -> RollupSettings {
        RollupSettings { fives: "90d".to_owned(), hours: "2y".to_owned() }
    }
}

impl RollupSettings {
    /// A time that cannot be read is the usual one.
    fn checked(&self) -> vitrine_store::Rollups {
        let usual = vitrine_store::Rollups::default();
        let kept = |text: &str, usual| match text.parse::<Span>() {
            Ok(span) => Some(span.millis()).filter(|kept| *kept > 0),
            Err(_) => usual,
        };
        vitrine_store::Rollups { fives: kept(&self.fives, usual.fives), hours: kept(&self.hours, usual.hours) }
    }
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
            rollups: RollupSettings::default(),
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
            rollups: self.rollups.checked(),
            head_bytes: self.head_mib.saturating_mul(1 << 20),
            log_bytes: self.head_mib.saturating_mul(2 << 20),
            ..usual
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rollups_are_kept_as_long_as_is_written() {
        assert_eq!(StoreSettings::default().checked().rollups, vitrine_store::Rollups::default());
        let rollups = RollupSettings { fives: "0".to_owned(), hours: "1d".to_owned() };
        let expected = vitrine_store::Rollups { fives: None, hours: Some(24 * 3_600_000) };
        assert_eq!(StoreSettings { rollups, ..StoreSettings::default() }.checked().rollups, expected);
    }
}
