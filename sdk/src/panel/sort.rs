//! The order of what stands beside each other.

use std::cmp::Ordering;

use serde::Deserialize;

/// The option `sort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Sort {
    #[default]
    #[serde(rename = "given")]
    Given,
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "value")]
    Value,
    #[serde(rename = "-value")]
    LargestFirst,
}

impl Sort {
    /// Of names and values. What has no value comes last.
    pub fn compare(self, left: (&str, f64), right: (&str, f64)) -> Ordering {
        match self {
            Sort::Given => Ordering::Equal,
            Sort::Name => left.0.cmp(right.0),
            Sort::Value | Sort::LargestFirst if left.1.is_nan() || right.1.is_nan() => left.1.is_nan().cmp(&right.1.is_nan()),
            Sort::Value => left.1.total_cmp(&right.1),
            Sort::LargestFirst => right.1.total_cmp(&left.1),
        }
    }
}
