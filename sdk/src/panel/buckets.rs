//! Prometheus's histograms: series with a label `le`, each counting what the ones before it count.

use std::cmp::Ordering;

use super::Reduce;
use crate::Frame;

/// What one bucket alone holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// The upper end; infinite for the last one.
    pub end: f64,
    /// One for each point in time.
    pub values: Vec<f64>,
}

/// The buckets by their ends, over all series of all frames that have one; empty where none has.
pub fn buckets(frames: &[Frame]) -> Vec<Bucket> {
    let mut sums: Vec<Bucket> = Vec::new();
    for (_, column, values) in frames.iter().flat_map(Frame::series) {
        let Some(end) = column.label("le").and_then(end) else { continue };
        match sums.iter_mut().find(|bucket| bucket.end == end) {
            Some(bucket) => add(&mut bucket.values, values),
            None => sums.push(Bucket { end, values: values.to_vec() }),
        }
    }
    sums.sort_by(|a, b| a.end.partial_cmp(&b.end).unwrap_or(Ordering::Equal));
    let mut below: Vec<f64> = Vec::new();
    for bucket in &mut sums {
        let whole = bucket.values.clone();
        for (value, below) in bucket.values.iter_mut().zip(&below) {
            // Counts of different moments may seem to shrink; there is never less than nothing.
            *value = if below.is_nan() { *value } else { (*value - below).max(0.0) };
        }
        below = whole;
    }
    sums
}

impl Bucket {
    pub fn reduced(&self, reduce: Reduce) -> f64 {
        reduce.apply(&self.values)
    }
}

fn end(le: &str) -> Option<f64> {
    le.parse().ok().filter(|end: &f64| !end.is_nan())
}

fn add(sums: &mut Vec<f64>, values: &[f64]) {
    sums.resize(sums.len().max(values.len()), f64::NAN);
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = if sum.is_nan() { *value } else { *sum + if value.is_nan() { 0.0 } else { *value } };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Label, Values};

    fn series(le: &str, values: &[f64]) -> Column {
        let labels = vec![Label::new("le", le)];
        Column { name: String::new(), labels, unit: None, values: Values::Numbers(values.to_vec()) }
    }

    #[test]
    fn each_bucket_holds_what_those_before_it_do_not() {
        let columns = vec![
            series("+Inf", &[9.0, 10.0]),
            series("0.1", &[2.0, f64::NAN]),
            series("1", &[5.0, 4.0]),
            series("1", &[1.0, 1.0]),
            series("many", &[1.0, 1.0]),
        ];
        let told = buckets(&[Frame { name: String::new(), columns }]);
        let ends: Vec<f64> = told.iter().map(|bucket| bucket.end).collect();
        assert_eq!(ends, [0.1, 1.0, f64::INFINITY]);
        assert_eq!(
            format!("{:?}", told.iter().map(|one| &one.values).collect::<Vec<_>>()),
            "[[2.0, NaN], [4.0, 5.0], [3.0, 5.0]]"
        );
        assert_eq!(told[1].reduced(Reduce::Last), 5.0);
    }
}
