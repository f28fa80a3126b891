//! How values are written into columns, and read back.

use vitrine_model::Labels;

use super::Trouble;

/// JSON, names in order: equal labels are equal texts.
pub(super) fn labels_to_text(labels: &Labels) -> Result<String, Trouble> {
    serde_json::to_string(labels).map_err(|error| Trouble::Refused(format!("labels {labels} cannot be written: {error}")))
}

pub(super) fn labels_from_text(text: &str) -> Result<Labels, Trouble> {
    serde_json::from_str(text).map_err(|error| Trouble::Refused(format!("labels {text:?} cannot be read: {error}")))
}

/// All 64 bits of a double, so that every NaN returns as the one it was.
pub(super) fn bits(value: f64) -> i64 {
    value.to_bits().cast_signed()
}

pub(super) fn from_bits(bits: i64) -> f64 {
    f64::from_bits(bits.cast_unsigned())
}
