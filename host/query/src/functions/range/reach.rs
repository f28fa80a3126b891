//! `anchored` and `smoothed`: a range's ends are taken from the samples around them instead of being guessed.
//!
//! Anchored, an end has the value of the last sample before it; smoothed, one that lies on the line between the samples
//! before and after it. The window holds these samples too.

use vitrine_model::Millis;

use super::Window;
use crate::syntax::tree::Reach;

type Compute = fn(&mut Window<'_>) -> Option<f64>;

/// What such a range makes of a function, if anything.
pub(crate) fn find(name: &str, reach: Reach) -> Option<Compute> {
    Some(match (reach, name) {
        (Reach::Anchored, "rate") => |window| increase(window, false, true).map(|increase| increase / window.seconds()),
        (Reach::Anchored, "increase") => |window| increase(window, false, true),
        (Reach::Anchored, "delta") => |window| increase(window, false, false),
        (Reach::Anchored, "resets") => |window| count(window, |before, after| after < before),
        (Reach::Anchored, "changes") => {
            |window| count(window, |before, after| before != after && !(before.is_nan() && after.is_nan()))
        }
        (Reach::Smoothed, "rate") => |window| increase(window, true, true).map(|increase| increase / window.seconds()),
        (Reach::Smoothed, "increase") => |window| increase(window, true, true),
        (Reach::Smoothed, "delta") => |window| increase(window, true, false),
        _ => return None,
    })
}

/// The place of the last sample at or before the range, or of the first there is.
fn first_place(window: &Window<'_>) -> usize {
    let last = window.times.len() - 1;
    window.times[..last].partition_point(|time| *time <= window.start).saturating_sub(1)
}

fn count(window: &Window<'_>, counts: fn(f64, f64) -> bool) -> Option<f64> {
    if *window.times.last()? <= window.start {
        return None;
    }
    let values = &window.values[first_place(window)..];
    Some(values.windows(2).filter(|pair| counts(pair[0], pair[1])).count() as f64)
}

fn increase(window: &Window<'_>, smoothed: bool, is_counter: bool) -> Option<f64> {
    let mut last = window.times.len().checked_sub(1)?;
    if smoothed {
        last = window.times[..last].partition_point(|time| *time < window.end);
    }
    if window.times[last] <= window.start {
        return None;
    }
    let mut first = first_place(window);
    let left = if smoothed && window.times[first] < window.start {
        between(window, first, window.start, is_counter, Edge::Left)
    } else {
        window.values[first]
    };
    let right = if smoothed && last > 0 && window.times[last] > window.end {
        between(window, last - 1, window.end, is_counter, Edge::Right)
    } else {
        window.values[last]
    };
    let mut increase = right - left;
    if is_counter {
        first += usize::from(window.times[first] <= window.start);
        let end = if window.times[last] >= window.end { last } else { last + 1 };
        increase += lost(left, right, window.values.get(first..end).unwrap_or(&[]));
    }
    Some(increase)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Left,
    Right,
}

/// On the line between a sample and the next one. A counter that began anew between them began at zero.
fn between(window: &Window<'_>, place: usize, moment: Millis, is_counter: bool, edge: Edge) -> f64 {
    let Some((after, after_time)) = window.values.get(place + 1).zip(window.times.get(place + 1)) else {
        return window.values[place];
    };
    let (mut from, mut to, from_time) = (window.values[place], *after, window.times[place]);
    if is_counter && to < from {
        match edge {
            Edge::Left => from = 0.0,
            Edge::Right => to += from,
        }
    }
    from + (to - from) * (moment - from_time) as f64 / (after_time - from_time) as f64
}

/// What a counter had reached each time before it began anew.
fn lost(left: f64, right: f64, values: &[f64]) -> f64 {
    let mut before = left;
    let mut lost = 0.0;
    for value in values.iter().chain([&right]) {
        if *value < before {
            lost += before;
        }
        before = *value;
    }
    lost
}
