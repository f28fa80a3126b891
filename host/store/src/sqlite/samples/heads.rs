//! The newest samples of each series, in memory: just what the hot log holds, in an order that can be asked.

use std::collections::BTreeMap;

use vitrine_model::Millis;
use vitrine_model::sample::Sample;

use crate::sqlite::dictionary::SeriesId;

/// As many samples wait to be sealed, if time does not call first.
const FULL: usize = 20_000;

/// No more wait than these and one append, whatever sealing costs.
const OVERFULL: usize = 200_000;

/// In their own time, samples wait about so long.
const SPAN: Millis = 10 * 60 * 1_000;

/// Sealing writes about one page for each series; with fewer samples a series, that is no gain.
const WORTHWHILE: usize = 8;

/// A tree for each series and not a list: late samples cost no more than those that come in order.
#[derive(Debug, Default)]
pub(super) struct Heads {
    series: BTreeMap<SeriesId, BTreeMap<Millis, f64>>,
    /// Samples in the log: one that took another's place counts too.
    logged: usize,
    /// The newest time of the first append.
    first: Option<Millis>,
    /// The newest time of all.
    newest: Option<Millis>,
}

impl Heads {
    /// Takes what one append brought; at the same moment, the last wins.
    pub(super) fn add(&mut self, samples: &[(SeriesId, Sample)]) {
        for (id, sample) in samples {
            self.series.entry(*id).or_default().insert(sample.time, sample.value);
        }
        self.logged += samples.len();
        let newest = samples.iter().map(|(_, sample)| sample.time).max();
        self.first = self.first.or(newest);
        self.newest = self.newest.max(newest);
    }

    pub(super) fn clear(&mut self) {
        *self = Heads::default();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.logged == 0
    }

    pub(super) fn contains(&self, id: SeriesId) -> bool {
        self.series.contains_key(&id)
    }

    /// Samples of one series with `start <= time <= end`, in order of time.
    pub(super) fn span(&self, id: SeriesId, start: Millis, end: Millis) -> Vec<Sample> {
        // A tree refuses a range that ends before it begins.
        if start > end {
            return Vec::new();
        }
        let Some(samples) = self.series.get(&id) else { return Vec::new() };
        samples.range(start..=end).map(|(time, value)| Sample { time: *time, value: *value }).collect()
    }

    /// All samples, in order of series and time.
    pub(super) fn all(&self) -> impl Iterator<Item = (SeriesId, Sample)> {
        self.series
            .iter()
            .flat_map(|(id, samples)| samples.iter().map(|(time, value)| (*id, Sample { time: *time, value: *value })))
    }

    /// Whether it is time to seal.
    pub(super) fn due(&self) -> bool {
        let waited = match (self.first, self.newest) {
            (Some(first), Some(newest)) => newest.saturating_sub(first) > SPAN,
            _ => false,
        };
        let worthwhile = self.logged >= self.series.len().saturating_mul(WORTHWHILE);
        self.logged > OVERFULL || (worthwhile && (waited || self.logged > FULL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether so many appends, one sample for each of so many series and so far apart, are due.
    fn check(appends: usize, series: SeriesId, apart: Millis, expected: bool) {
        let mut heads = Heads::default();
        for append in 0..appends {
            let sample = Sample { time: append as Millis * apart, value: 1.0 };
            heads.add(&(0..series).map(|id| (id, sample)).collect::<Vec<_>>());
        }
        assert_eq!(heads.due(), expected, "{appends} appends to {series} series, {apart} ms apart");
    }

    #[test]
    fn sealing_waits_for_time_or_number_and_for_what_makes_it_worthwhile() {
        check(0, 0, 0, false);
        check(40, 75, 15_000, false);
        check(42, 75, 15_000, true);
        // Long ago, but few.
        check(7, 75, 3_600_000, false);
        check(8, 75, 3_600_000, true);
        // Many, but few of each.
        check(7, 10_000, 1, false);
        check(8, 10_000, 1, true);
        check(3, 100_000, 1, true);
        // The same again and again.
        check(20_000, 1, 0, false);
        check(20_001, 1, 0, true);
    }
}
