//! Straight lines through samples.

use vitrine_model::Millis;

use super::{Window, seconds};
use crate::functions::statistics::Sum;

pub(crate) fn deriv(window: &mut Window<'_>) -> Option<f64> {
    Some(line(window, *window.times.first()?)?.slope)
}

pub(crate) fn predict_linear(window: &mut Window<'_>) -> Option<f64> {
    line(window, window.at).map(|line| line.value + line.slope * window.parameter(0))
}

/// A straight line.
struct Line {
    /// Where the line is at the moment asked for.
    value: f64,
    /// Per second.
    slope: f64,
}

/// The line nearest to all samples (least squares), with its value at `moment`.
fn line(window: &Window<'_>, moment: Millis) -> Option<Line> {
    let [first, _, ..] = window.values else { return None };
    if window.values.iter().all(|value| value == first) {
        let slope = if first.is_infinite() { f64::NAN } else { 0.0 };
        return Some(Line { value: if slope.is_nan() { f64::NAN } else { *first }, slope });
    }
    let (mut times, mut values, mut products, mut squares) = (Sum::default(), Sum::default(), Sum::default(), Sum::default());
    for (time, value) in window.times.iter().zip(window.values) {
        let time = seconds(moment, *time);
        times.add(time);
        values.add(*value);
        products.add(time * value);
        squares.add(time * time);
    }
    let count = window.values.len() as f64;
    let covariance = products.total() - times.total() * values.total() / count;
    let variance = squares.total() - times.total() * times.total() / count;
    let slope = covariance / variance;
    Some(Line { value: values.total() / count - slope * times.total() / count, slope })
}
