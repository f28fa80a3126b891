//! How far counters and gauges have come.

use super::{Window, seconds};

pub(crate) fn rate(window: &mut Window<'_>) -> Option<f64> {
    extrapolated(window, true).map(|increase| increase / window.seconds())
}

pub(crate) fn increase(window: &mut Window<'_>) -> Option<f64> {
    extrapolated(window, true)
}

pub(crate) fn delta(window: &mut Window<'_>) -> Option<f64> {
    extrapolated(window, false)
}

pub(crate) fn irate(window: &mut Window<'_>) -> Option<f64> {
    last_step(window, true).map(|(step, seconds)| step / seconds)
}

pub(crate) fn idelta(window: &mut Window<'_>) -> Option<f64> {
    last_step(window, false).map(|(step, _)| step)
}

pub(crate) fn resets(window: &mut Window<'_>) -> Option<f64> {
    Some(window.falls.len() as f64)
}

pub(crate) fn changes(window: &mut Window<'_>) -> Option<f64> {
    let is_change = |pair: &&[f64]| pair[0] != pair[1] && !(pair[0].is_nan() && pair[1].is_nan());
    Some(window.values.windows(2).filter(is_change).count() as f64)
}

/// The increase over the whole span, as Prometheus guesses it: samples seldom lie on the span's ends, so the slope between
/// first and last is drawn out to an end that is not much farther than samples are apart, and half a distance otherwise.
/// A counter is never drawn out to below zero.
fn extrapolated(window: &Window<'_>, is_counter: bool) -> Option<f64> {
    let [first, .., last] = window.values else { return None };
    let [first_time, .., last_time] = window.times else { return None };
    let mut increase = last - first;
    if is_counter {
        // A counter that falls has begun anew: what it had reached by then is added.
        increase += window.falls.iter().map(|place| window.values[place - 1 - window.first]).sum::<f64>();
    }
    let sampled = seconds(*first_time, *last_time);
    let distance = sampled / (window.values.len() - 1) as f64;
    let reach = |gap: f64| if gap >= distance * 1.1 { distance / 2.0 } else { gap };

    let mut to_start = reach(seconds(window.start, *first_time));
    if is_counter && increase > 0.0 && *first >= 0.0 {
        to_start = to_start.min(sampled * (first / increase));
    }
    let to_end = reach(seconds(*last_time, window.end));
    Some(increase * ((sampled + to_start + to_end) / sampled))
}

/// The last two samples: how far apart in value, and in seconds.
fn last_step(window: &Window<'_>, is_counter: bool) -> Option<(f64, f64)> {
    let [.., before, last] = window.values else { return None };
    let [.., before_time, last_time] = window.times else { return None };
    let step = if is_counter && last < before { *last } else { last - before };
    Some((step, seconds(*before_time, *last_time)))
}
