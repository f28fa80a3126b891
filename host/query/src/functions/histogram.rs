//! Quantiles of classic histograms: series with an `le` label that count what lies at or below it.

use std::collections::HashMap;

use vitrine_model::Labels;
use vitrine_model::labels::NAME;

use crate::QueryError;
use crate::evaluate::value::{Column, absent, is_absent};
use crate::limits::Watch;

const UPPER: &str = "le";

/// Differences below this share are rounding, not a count that falls.
const TOLERANCE: f64 = 1e-12;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    upper: f64,
    count: f64,
}

/// One series per histogram.
pub(crate) fn quantiles(wanted: &[f64], columns: Vec<Column>, watch: &Watch<'_>) -> Result<Vec<Column>, QueryError> {
    let mut places: HashMap<Labels, usize> = HashMap::new();
    let mut histograms: Vec<(Labels, Vec<(f64, Column)>)> = Vec::new();
    for column in columns {
        // Series without a readable bound are none of a histogram's.
        let Some(upper) = column.labels.get(UPPER).and_then(bound) else { continue };
        let labels = column.labels.filter(|name| name != UPPER && name != NAME);
        let place = *places.entry(labels).or_insert_with_key(|labels| {
            histograms.push((labels.clone(), Vec::new()));
            histograms.len() - 1
        });
        histograms[place].1.push((upper, column));
    }
    let mut results = Vec::with_capacity(histograms.len());
    for (labels, columns) in histograms {
        watch.check()?;
        let values = wanted.iter().enumerate().map(|(step, wanted)| at_step(*wanted, &columns, step));
        results.push(Column { labels, values: values.collect() });
    }
    Ok(results)
}

fn bound(text: &str) -> Option<f64> {
    text.parse().ok().filter(|bound: &f64| !bound.is_nan())
}

fn at_step(wanted: f64, columns: &[(f64, Column)], step: usize) -> f64 {
    let present = columns.iter().filter(|(_, column)| !is_absent(column.values[step]));
    let buckets: Vec<Bucket> = present.map(|(upper, column)| Bucket { upper: *upper, count: column.values[step] }).collect();
    if buckets.is_empty() { absent() } else { quantile(wanted, buckets) }
}

/// Assumes that values are spread evenly within a bucket, as Prometheus does.
fn quantile(wanted: f64, buckets: Vec<Bucket>) -> f64 {
    if wanted.is_nan() {
        return f64::NAN;
    }
    if wanted < 0.0 {
        return f64::NEG_INFINITY;
    }
    if wanted > 1.0 {
        return f64::INFINITY;
    }
    let buckets = rising(buckets);
    let [finite @ .., overflow] = buckets.as_slice() else { return f64::NAN };
    if overflow.upper != f64::INFINITY || finite.is_empty() || overflow.count == 0.0 || overflow.count.is_nan() {
        return f64::NAN;
    }
    let rank = wanted * overflow.count;
    let Some(place) = finite.iter().position(|bucket| bucket.count >= rank) else {
        // It lies beyond the last bound, which is all that is known of it.
        return finite[finite.len() - 1].upper;
    };
    let bucket = finite[place];
    let below = match place.checked_sub(1) {
        Some(previous) => finite[previous],
        // The first bucket has no lower bound; it begins at zero if it can.
        None if bucket.upper <= 0.0 => return bucket.upper,
        None => Bucket { upper: 0.0, count: 0.0 },
    };
    below.upper + (bucket.upper - below.upper) * ((rank - below.count) / (bucket.count - below.count))
}

/// In order of bounds, each once, with counts that never fall.
fn rising(mut buckets: Vec<Bucket>) -> Vec<Bucket> {
    buckets.sort_by(|a, b| a.upper.total_cmp(&b.upper));
    let mut merged: Vec<Bucket> = Vec::with_capacity(buckets.len());
    for bucket in buckets {
        match merged.last_mut() {
            Some(last) if last.upper == bucket.upper => last.count += bucket.count,
            _ => merged.push(bucket),
        }
    }
    let mut most = f64::NEG_INFINITY;
    for bucket in &mut merged {
        let difference = (bucket.count - most).abs();
        if bucket.count < most || difference <= TOLERANCE * bucket.count.abs().max(most.abs()) && most.is_finite() {
            bucket.count = most;
        }
        most = most.max(bucket.count);
    }
    merged
}
