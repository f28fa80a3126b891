//! The plugin's own metrics on the host's `/metrics`, for the grant `metrics`.
//!
//! They are about the plugin's work, for whoever runs the host; what is watched belongs into
//! [`Samples`](crate::Samples). They are shown as `vitrine_plugin_custom_<name>`, with the labels `plugin` and
//! `instance`, for as long as the instance lives; it may have 200 series.

use crate::{Fault, Label, host};

/// Adds to a counter. `by` is finite and not negative.
pub fn count(name: &str, labels: &[(&str, &str)], by: f64) -> Result<(), Fault> {
    host::metrics::count(name, &owned(labels), by)
}

/// Sets a gauge; NaN takes the series away.
pub fn gauge(name: &str, labels: &[(&str, &str)], value: f64) -> Result<(), Fault> {
    host::metrics::gauge(name, &owned(labels), value)
}

fn owned(labels: &[(&str, &str)]) -> Vec<Label> {
    labels.iter().map(|(name, value)| Label::new(*name, *value)).collect()
}
