//! Sums, moments and quantiles that stay exact over many values.

/// A sum that carries what rounding would lose (Neumaier's variant of Kahan's).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        if sum.is_infinite() {
            self.lost = 0.0;
        } else if self.sum.abs() >= value.abs() {
            self.lost += (self.sum - sum) + value;
        } else {
            self.lost += (value - sum) + self.sum;
        }
        self.sum = sum;
    }

    pub(crate) fn total(self) -> f64 {
        if self.sum.is_infinite() { self.sum } else { self.sum + self.lost }
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Sum {
        let mut sum = Sum::default();
        values.into_iter().for_each(|value| sum.add(value));
        sum
    }
}

/// A power of two, so that nothing is rounded: sums of the greatest numbers stay finite when their mean does.
pub(crate) const SCALE: f64 = 1.0 / 18_446_744_073_709_551_616.0;

/// The mean of at least one value.
pub(crate) fn mean(values: &[f64]) -> f64 {
    let sum: Sum = values.iter().copied().collect();
    let total = sum.total();
    if total.is_finite() {
        return total / values.len() as f64;
    }
    let scaled: Sum = values.iter().map(|value| value * SCALE).collect();
    scaled.total() / values.len() as f64 / SCALE
}

/// The variance of at least one value, of the whole population (Welford).
pub(crate) fn variance(values: &[f64]) -> f64 {
    let (mut mean, mut squares) = (Sum::default(), Sum::default());
    for (before, value) in values.iter().enumerate() {
        let distance = value - mean.total();
        mean.add(distance / (before + 1) as f64);
        squares.add(distance * (value - mean.total()));
    }
    squares.total() / values.len() as f64
}

/// Interpolates between the two nearest ranks, as Prometheus does; sorts the values, NaN first.
pub(crate) fn quantile(wanted: f64, values: &mut [f64]) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    if wanted.is_nan() {
        return f64::NAN;
    }
    if wanted < 0.0 {
        return f64::NEG_INFINITY;
    }
    if wanted > 1.0 {
        return f64::INFINITY;
    }
    values.sort_by(|a, b| b.is_nan().cmp(&a.is_nan()).then(a.total_cmp(b)));
    let rank = wanted * last as f64;
    let below = (rank.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let weight = rank - rank.floor();
    values[below] * (1.0 - weight) + values[above] * weight
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_keep_what_rounding_loses() {
        assert_eq!([1.0, 1e100, 1.0, -1e100].into_iter().collect::<Sum>().total(), 2.0);
        assert_eq!([f64::INFINITY, 1.0].into_iter().collect::<Sum>().total(), f64::INFINITY);
        assert!([f64::INFINITY, f64::NEG_INFINITY].into_iter().collect::<Sum>().total().is_nan());
    }

    #[test]
    fn means_do_not_overflow() {
        assert_eq!(mean(&[f64::MAX, f64::MAX]), f64::MAX);
        assert_eq!(mean(&[f64::INFINITY, 1.0, 2.0]), f64::INFINITY);
        assert!(mean(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan() && mean(&[1.0, f64::NAN]).is_nan());
        assert_eq!(variance(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]), 4.0);
        assert_eq!(variance(&[13.3, 13.3, 13.3]), 0.0);
        assert!(variance(&[f64::INFINITY]).is_nan());
    }
}
