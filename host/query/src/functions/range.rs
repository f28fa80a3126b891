//! Functions of the samples in a span of time.

use vitrine_model::Millis;
use vitrine_model::sample::Sample;

use super::statistics::{Moments, Sum, quantile};

/// What a function sees: at least one sample, none of them a stale marker, with `start < time <= end`.
#[derive(Debug)]
pub(crate) struct Window<'a> {
    pub(crate) samples: &'a [Sample],
    pub(crate) start: Millis,
    pub(crate) end: Millis,
    /// The moment asked for: the end, unless the selector has an offset.
    pub(crate) at: Millis,
    /// The scalar argument, for the functions that have one.
    pub(crate) parameter: f64,
}

/// `None`: these samples do not suffice.
pub(crate) type RangeFunction = fn(&Window<'_>) -> Option<f64>;

pub(crate) fn find(name: &str) -> Option<RangeFunction> {
    Some(match name {
        "rate" => |window| extrapolated(window, true).map(|increase| increase / window.seconds()),
        "increase" => |window| extrapolated(window, true),
        "delta" => |window| extrapolated(window, false),
        "irate" => |window| last_step(window, true).map(|(step, seconds)| step / seconds),
        "idelta" => |window| last_step(window, false).map(|(step, _)| step),
        "deriv" => |window| Some(regression(window, window.samples[0].time)?.slope),
        "predict_linear" => |window| regression(window, window.at).map(|line| line.value + line.slope * window.parameter),
        "resets" => |window| Some(window.steps().filter(|(before, after)| after < before).count() as f64),
        "changes" => |window| {
            Some(window.steps().filter(|(before, after)| before != after && !(before.is_nan() && after.is_nan())).count() as f64)
        },
        "avg_over_time" => |window| Some(window.values().collect::<Moments>().mean()),
        "min_over_time" => |window| Some(window.values().fold(f64::NAN, f64::min)),
        "max_over_time" => |window| Some(window.values().fold(f64::NAN, f64::max)),
        "sum_over_time" => |window| Some(window.values().collect::<Sum>().total()),
        "count_over_time" => |window| Some(window.samples.len() as f64),
        "last_over_time" => |window| window.values().last(),
        "stddev_over_time" => |window| Some(window.values().collect::<Moments>().variance().sqrt()),
        "stdvar_over_time" => |window| Some(window.values().collect::<Moments>().variance()),
        "present_over_time" => |_| Some(1.0),
        "quantile_over_time" => |window| Some(quantile(window.parameter, &mut window.values().collect::<Vec<_>>())),
        _ => return None,
    })
}

impl Window<'_> {
    fn values(&self) -> impl Iterator<Item = f64> {
        self.samples.iter().map(|sample| sample.value)
    }

    /// Each value with the one before it.
    fn steps(&self) -> impl Iterator<Item = (f64, f64)> {
        self.samples.windows(2).map(|pair| (pair[0].value, pair[1].value))
    }

    fn seconds(&self) -> f64 {
        seconds(self.start, self.end)
    }
}

fn seconds(from: Millis, to: Millis) -> f64 {
    to.saturating_sub(from) as f64 / 1e3
}

/// The increase over the whole span, as Prometheus guesses it: samples seldom lie on the span's ends, so the slope between
/// first and last is drawn out to an end that is not much farther than samples are apart, and half a distance otherwise.
/// A counter is never drawn out to below zero.
fn extrapolated(window: &Window<'_>, is_counter: bool) -> Option<f64> {
    let [first, .., last] = window.samples else { return None };
    let resets: f64 =
        if is_counter { window.steps().filter(|(before, after)| after < before).map(|(before, _)| before).sum() } else { 0.0 };
    let increase = last.value - first.value + resets;
    let sampled = seconds(first.time, last.time);
    let distance = sampled / (window.samples.len() - 1) as f64;
    let reach = |gap: f64| if gap >= distance * 1.1 { distance / 2.0 } else { gap };

    let mut to_start = reach(seconds(window.start, first.time));
    if is_counter && increase > 0.0 && first.value >= 0.0 {
        to_start = to_start.min(sampled * (first.value / increase));
    }
    let to_end = reach(seconds(last.time, window.end));
    Some(increase * ((sampled + to_start + to_end) / sampled))
}

/// The last two samples: how far apart in value, and in seconds.
fn last_step(window: &Window<'_>, is_counter: bool) -> Option<(f64, f64)> {
    let [.., before, last] = window.samples else { return None };
    let step = if is_counter && last.value < before.value { last.value } else { last.value - before.value };
    Some((step, seconds(before.time, last.time)))
}

/// A straight line.
struct Line {
    /// Where the line is at the moment asked for.
    value: f64,
    /// Per second.
    slope: f64,
}

/// The line nearest to all samples (least squares), with its value at `moment`.
fn regression(window: &Window<'_>, moment: Millis) -> Option<Line> {
    let [first, _, ..] = window.samples else { return None };
    if window.values().all(|value| value == first.value) {
        let slope = if first.value.is_infinite() { f64::NAN } else { 0.0 };
        return Some(Line { value: if slope.is_nan() { f64::NAN } else { first.value }, slope });
    }
    let (mut times, mut values, mut products, mut squares) = (Sum::default(), Sum::default(), Sum::default(), Sum::default());
    for sample in window.samples {
        let time = seconds(moment, sample.time);
        times.add(time);
        values.add(sample.value);
        products.add(time * sample.value);
        squares.add(time * time);
    }
    let count = window.samples.len() as f64;
    let covariance = products.total() - times.total() * values.total() / count;
    let variance = squares.total() - times.total() * times.total() / count;
    let slope = covariance / variance;
    Some(Line { value: values.total() / count - slope * times.total() / count, slope })
}
