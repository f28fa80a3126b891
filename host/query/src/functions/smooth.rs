//! Smoothing that follows a trend (Holt's linear method).

use super::range::Window;

/// The factors are checked before: both lie between 0 and 1.
pub(super) fn double_exponential(window: &mut Window<'_>) -> Option<f64> {
    let [first, second, ..] = window.values else { return None };
    let [smoothing, trend_factor] = window.parameters else { return None };
    let (mut before, mut smoothed, mut trend) = (0.0, *first, second - first);
    for (place, value) in window.values.iter().enumerate().skip(1) {
        if place > 1 {
            trend = trend_factor * (smoothed - before) + (1.0 - trend_factor) * trend;
        }
        before = smoothed;
        smoothed = smoothing * value + (1.0 - smoothing) * (smoothed + trend);
    }
    Some(smoothed)
}
