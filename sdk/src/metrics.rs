//! The plugin's own metrics on the host's `/metrics`, for the grant `metrics`.

use crate::{Fault, Label, host};

/// Adds to a counter.
pub fn count(name: &str, labels: &[Label], by: f64) -> Result<(), Fault> {
    host::metrics::count(name, labels, by)
}

/// Sets a gauge.
pub fn gauge(name: &str, labels: &[Label], value: f64) -> Result<(), Fault> {
    host::metrics::gauge(name, labels, value)
}
