//! Adds up series after series, all steps at once.

use crate::evaluate::value::{absent, is_absent};
use crate::functions::statistics::SCALE;
use crate::syntax::tree::AggregateKind;

/// How many columns of numbers one group takes at most.
pub(super) const COLUMNS: usize = 3;

/// One group so far.
pub(super) struct Fold {
    kind: AggregateKind,
    /// The sum, the least, the greatest, or the mean; absent before the first value.
    main: Vec<f64>,
    /// What sums lost by rounding, or the squares of distances from the mean.
    second: Vec<f64>,
    counts: Vec<f64>,
}

impl Fold {
    pub(super) fn new(kind: AggregateKind, steps: usize) -> Fold {
        use AggregateKind::{Average, Count, Deviation, Group, Sum, Variance};
        let has_second = matches!(kind, Sum | Average | Deviation | Variance);
        let has_counts = matches!(kind, Average | Count | Group | Deviation | Variance);
        Fold {
            kind,
            main: if matches!(kind, Count | Group) { Vec::new() } else { vec![absent(); steps] },
            second: if has_second { vec![0.0; steps] } else { Vec::new() },
            counts: if has_counts { vec![0.0; steps] } else { Vec::new() },
        }
    }

    /// Whether there was any value to add.
    pub(super) fn add(&mut self, values: &[f64]) -> bool {
        match self.kind {
            AggregateKind::Sum => self.sum(values, 1.0),
            AggregateKind::Average => {
                self.count(values);
                self.sum(values, SCALE)
            }
            AggregateKind::Minimum => self.replace(values, |value, least| value < least),
            AggregateKind::Maximum => self.replace(values, |value, most| value > most),
            AggregateKind::Deviation | AggregateKind::Variance => self.spread(values),
            _ => self.count(values),
        }
    }

    /// Sums that carry what rounding would lose (Neumaier's variant of Kahan's).
    fn sum(&mut self, values: &[f64], scale: f64) -> bool {
        let mut any = false;
        for ((sum, lost), value) in self.main.iter_mut().zip(&mut self.second).zip(values) {
            if is_absent(*value) {
                continue;
            }
            any = true;
            let value = value * scale;
            if is_absent(*sum) {
                *sum = value;
                continue;
            }
            let total = *sum + value;
            if total.is_infinite() {
                *lost = 0.0;
            } else if sum.abs() >= value.abs() {
                *lost += (*sum - total) + value;
            } else {
                *lost += (value - total) + *sum;
            }
            *sum = total;
        }
        any
    }

    fn count(&mut self, values: &[f64]) -> bool {
        let mut any = false;
        for (count, value) in self.counts.iter_mut().zip(values) {
            let present = !is_absent(*value);
            any |= present;
            *count += f64::from(u8::from(present));
        }
        any
    }

    /// NaN stays only where there is nothing else.
    fn replace(&mut self, values: &[f64], is_better: fn(f64, f64) -> bool) -> bool {
        let mut any = false;
        for (best, value) in self.main.iter_mut().zip(values) {
            if !is_absent(*value) {
                any = true;
                if best.is_nan() || is_better(*value, *best) {
                    *best = *value;
                }
            }
        }
        any
    }

    /// Mean and squares in one pass (Welford).
    fn spread(&mut self, values: &[f64]) -> bool {
        let mut any = false;
        let state = self.main.iter_mut().zip(&mut self.second).zip(&mut self.counts);
        for (((mean, squares), count), value) in state.zip(values) {
            if is_absent(*value) {
                continue;
            }
            any = true;
            *count += 1.0;
            let before = if is_absent(*mean) { 0.0 } else { *mean };
            let distance = value - before;
            let after = before + distance / *count;
            *squares += distance * (value - after);
            *mean = after;
        }
        any
    }

    pub(super) fn finish(self) -> Vec<f64> {
        let Fold { kind, mut main, second, counts } = self;
        match kind {
            AggregateKind::Sum => main.iter_mut().zip(&second).for_each(|(sum, lost)| *sum = total(*sum, *lost)),
            AggregateKind::Average => {
                for ((mean, lost), count) in main.iter_mut().zip(&second).zip(&counts).filter(|(_, count)| **count > 0.0) {
                    *mean = total(*mean, *lost) / count / SCALE;
                }
            }
            AggregateKind::Deviation | AggregateKind::Variance => {
                let takes_root = kind == AggregateKind::Deviation;
                for ((mean, squares), count) in main.iter_mut().zip(&second).zip(&counts).filter(|(_, count)| **count > 0.0) {
                    let variance = squares / count;
                    *mean = if takes_root { variance.sqrt() } else { variance };
                }
            }
            AggregateKind::Count | AggregateKind::Group => {
                let one = kind == AggregateKind::Group;
                let written = |count: f64| {
                    if count == 0.0 {
                        absent()
                    } else if one {
                        1.0
                    } else {
                        count
                    }
                };
                return counts.into_iter().map(written).collect();
            }
            _ => {}
        }
        main
    }
}

fn total(sum: f64, lost: f64) -> f64 {
    if is_absent(sum) || sum.is_infinite() { sum } else { sum + lost }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: AggregateKind, values: &[f64], expected: f64) {
        let mut fold = Fold::new(kind, 2);
        for value in values {
            assert!(fold.add(&[*value, absent()]));
        }
        assert!(!fold.add(&[absent(), absent()]));
        let found = fold.finish();
        assert!(found[0] == expected || (found[0].is_nan() && expected.is_nan()), "{kind:?} {values:?}: {}", found[0]);
        assert!(is_absent(found[1]));
    }

    #[test]
    fn sums_keep_what_rounding_loses_and_means_do_not_overflow() {
        check(AggregateKind::Sum, &[1.0, 1e100, 1.0, -1e100], 2.0);
        check(AggregateKind::Sum, &[f64::INFINITY, 1.0], f64::INFINITY);
        check(AggregateKind::Sum, &[f64::MAX, f64::MAX], f64::INFINITY);
        check(AggregateKind::Average, &[f64::MAX, f64::MAX], f64::MAX);
        check(AggregateKind::Average, &[f64::INFINITY, f64::NEG_INFINITY], f64::NAN);
        check(AggregateKind::Minimum, &[f64::NAN, 2.0, 1.0, f64::NAN], 1.0);
        check(AggregateKind::Maximum, &[f64::NAN], f64::NAN);
        check(AggregateKind::Variance, &[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0], 4.0);
        check(AggregateKind::Deviation, &[f64::INFINITY], f64::NAN);
        check(AggregateKind::Count, &[f64::NAN, 1.0], 2.0);
        check(AggregateKind::Group, &[3.0, 1.0], 1.0);
    }
}
