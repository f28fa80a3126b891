//! How unusual the last sample is among those before it.

use crate::functions::range::{RangeFunction, Window};
use crate::functions::registry::{Does, Function};
use crate::functions::statistics::{mean, variance};
use crate::syntax::tree::Type;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "zscore_over_time",
    parameters: &[Type::Matrix],
    optional: 0,
    repeats: false,
    returns: Type::Vector,
    does: Does::Range(RangeFunction { compute: zscore, keeps_name: false, counts_falls: false, keep: None }),
    about: "tells how many standard deviations the last sample is from the mean of the range",
}];

/// Nothing is unusual where nothing varies.
fn zscore(window: &mut Window<'_>) -> Option<f64> {
    let last = *window.values.last()?;
    let distance = last - mean(window.values);
    let deviation = variance(window.values).sqrt();
    Some(if deviation == 0.0 && distance == 0.0 { 0.0 } else { distance / deviation })
}
