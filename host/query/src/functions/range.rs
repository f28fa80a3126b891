//! Functions of the samples in a span of time.

mod counter;
pub(crate) mod reach;
mod regression;

use vitrine_model::Millis;
use vitrine_model::port::samples::Keep;

use super::statistics::{self, Sum, quantile};
pub(crate) use counter::{changes, delta, idelta, increase, irate, rate, resets};
pub(crate) use regression::{deriv, predict_linear};

/// What a function sees: at least one sample, none of them a stale marker, with `start < time <= end`.
#[derive(Debug)]
pub(crate) struct Window<'a> {
    pub(crate) times: &'a [Millis],
    pub(crate) values: &'a [f64],
    pub(crate) start: Millis,
    pub(crate) end: Millis,
    /// The moment asked for: the end, unless the selector has an offset.
    pub(crate) at: Millis,
    /// The scalar arguments, for the functions that have some.
    pub(crate) parameters: &'a [f64],
    /// Which places of the series the window begins at, and at which within it a value is less than the one before it:
    /// known for functions that count falls.
    pub(crate) first: usize,
    pub(crate) falls: &'a [usize],
    /// Room to sort in.
    pub(crate) scratch: &'a mut Vec<f64>,
}

/// A function and what becomes of the metric's name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RangeFunction {
    /// `None`: these samples do not suffice.
    pub(crate) compute: fn(&mut Window<'_>) -> Option<f64>,
    pub(crate) keeps_name: bool,
    pub(crate) counts_falls: bool,
    /// What of the samples matters, where that is not all.
    pub(crate) keep: Option<Keep>,
}

impl Window<'_> {
    fn numbers(&self) -> impl Iterator<Item = f64> {
        self.values.iter().copied()
    }

    /// The parameter at this place, or NaN.
    fn parameter(&self, place: usize) -> f64 {
        self.parameters.get(place).copied().unwrap_or(f64::NAN)
    }

    fn seconds(&self) -> f64 {
        seconds(self.start, self.end)
    }
}

fn seconds(from: Millis, to: Millis) -> f64 {
    to.saturating_sub(from) as f64 / 1e3
}

pub(crate) fn average(window: &mut Window<'_>) -> Option<f64> {
    Some(statistics::mean(window.values))
}

pub(crate) fn sum(window: &mut Window<'_>) -> Option<f64> {
    Some(window.numbers().collect::<Sum>().total())
}

pub(crate) fn minimum(window: &mut Window<'_>) -> Option<f64> {
    Some(window.numbers().fold(f64::NAN, f64::min))
}

pub(crate) fn maximum(window: &mut Window<'_>) -> Option<f64> {
    Some(window.numbers().fold(f64::NAN, f64::max))
}

pub(crate) fn count(window: &mut Window<'_>) -> Option<f64> {
    Some(window.values.len() as f64)
}

pub(crate) fn deviation(window: &mut Window<'_>) -> Option<f64> {
    variance(window).map(f64::sqrt)
}

pub(crate) fn variance(window: &mut Window<'_>) -> Option<f64> {
    Some(statistics::variance(window.values))
}

pub(crate) fn quantile_over_time(window: &mut Window<'_>) -> Option<f64> {
    let wanted = window.parameter(0);
    window.scratch.clear();
    window.scratch.extend_from_slice(window.values);
    Some(quantile(wanted, window.scratch))
}

pub(crate) fn median_deviation(window: &mut Window<'_>) -> Option<f64> {
    if window.values.iter().any(|value| value.is_nan()) {
        return Some(f64::NAN);
    }
    window.scratch.clear();
    window.scratch.extend_from_slice(window.values);
    let median = quantile(0.5, window.scratch);
    window.scratch.iter_mut().for_each(|value| *value = (*value - median).abs());
    Some(quantile(0.5, window.scratch))
}

pub(crate) fn moment_of_first(window: &mut Window<'_>) -> Option<f64> {
    window.times.first().map(|time| *time as f64 / 1e3)
}

pub(crate) fn moment_of_last(window: &mut Window<'_>) -> Option<f64> {
    window.times.last().map(|time| *time as f64 / 1e3)
}

pub(crate) fn moment_of_minimum(window: &mut Window<'_>) -> Option<f64> {
    moment_of(window, |value, best| value <= best)
}

pub(crate) fn moment_of_maximum(window: &mut Window<'_>) -> Option<f64> {
    moment_of(window, |value, best| value >= best)
}

/// When the last of the best values was.
fn moment_of(window: &Window<'_>, is_better: fn(f64, f64) -> bool) -> Option<f64> {
    let mut best = (*window.times.first()?, *window.values.first()?);
    for (time, value) in window.times.iter().zip(window.values) {
        if is_better(*value, best.1) || best.1.is_nan() {
            best = (*time, *value);
        }
    }
    Some(best.0 as f64 / 1e3)
}
