//! The panel `histogram`: how many values fall into which range.

use serde::Deserialize;
use vitrine_sdk::panel::{Bars, Group, Reduce, Request, View, buckets, numbered};
use vitrine_sdk::{Fault, Frame, Panel, export};

const RANGES: usize = 20;
const MOST_RANGES: usize = 60;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    unit: String,
    buckets: Option<usize>,
    reduce: Reduce,
}

#[derive(Debug)]
pub struct Histogram;

impl Panel for Histogram {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let mut counts = counted(&request.frames, options.reduce);
        if counts.is_empty() {
            counts = sorted(&request.frames, options.buckets.unwrap_or(RANGES).clamp(2, MOST_RANGES));
        }
        let (ends, values): (Vec<f64>, Vec<f64>) = counts.into_iter().unzip();
        let categories = ends.iter().map(|end| upto(*end, &options.unit)).collect();
        let group = Group { name: "count".to_owned(), origin: None, values };
        Ok(View::Bars(Bars {
            categories,
            groups: vec![group],
            unit: String::new(),
            stacked: false,
            horizontal: false,
            touching: true,
            thresholds: Vec::new(),
        }))
    }
}

/// Upper ends and counts of what is in buckets already.
fn counted(frames: &[Frame], reduce: Reduce) -> Vec<(f64, f64)> {
    buckets(frames).iter().map(|bucket| (bucket.end, bucket.reduced(reduce))).collect()
}

/// Upper ends and counts of ranges of equal size, from the smallest value to the largest.
fn sorted(frames: &[Frame], ranges: usize) -> Vec<(f64, f64)> {
    let all = || numbered(frames).flat_map(|(_, _, values)| values).copied().filter(|value| value.is_finite());
    let (low, high) = all().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return Vec::new();
    }
    // Halves first: the whole may be more than a number can say.
    let width = (high / ranges as f64 - low / ranges as f64).max(f64::MIN_POSITIVE);
    let mut counts = vec![0.0; if low == high { 1 } else { ranges }];
    for value in all() {
        let place = ((value - low) / width) as usize;
        let last = counts.len() - 1;
        counts[place.min(last)] += 1.0;
    }
    let end = |place: usize| if low == high { high } else { low + width * (place + 1) as f64 };
    counts.into_iter().enumerate().map(|(place, count)| (end(place), count)).collect()
}

/// Words for a range by its upper end, as short as an axis needs them.
fn upto(end: f64, unit: &str) -> String {
    if end.is_infinite() {
        return "more".to_owned();
    }
    let (factor, suffix) = match unit {
        "ratio" => (100.0, "%"),
        "percent" => (1.0, "%"),
        "seconds" => {
            [(1.0, "s"), (1e3, "ms"), (1e6, "µs")].into_iter().find(|(factor, _)| end.abs() * factor >= 1.0).unwrap_or((1.0, "s"))
        }
        "bytes" => [(1.0, "B"), (1_024.0, "KiB"), (1_048_576.0, "MiB"), (1_073_741_824.0, "GiB")]
            .into_iter()
            .rev()
            .find(|(divisor, _)| end.abs() >= *divisor)
            .map_or((1.0, "B"), |(divisor, suffix)| (1.0 / divisor, suffix)),
        _ => (1.0, ""),
    };
    let shown = (end * factor * 100.0).round() / 100.0;
    let number = if shown.is_finite() && shown.abs() < 1e9 { shown.to_string() } else { format!("{end:.1e}") };
    ["≤\u{202f}", &number, suffix].concat()
}

export!(panel: Histogram);

#[cfg(test)]
mod tests;
