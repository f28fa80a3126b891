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

/// Mean and variance in one pass (Welford), the mean by the sum where that does not overflow.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moments {
    count: f64,
    sum: Sum,
    running_mean: f64,
    squares: Sum,
}

impl Moments {
    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum.add(value);
        let before = value - self.running_mean;
        // Two divisions keep the mean of huge values from overflowing; an infinity must not become NaN by itself.
        let moved = self.running_mean + (value / self.count - self.running_mean / self.count);
        self.running_mean = if self.running_mean.is_infinite() && !value.is_nan() && value != -self.running_mean {
            self.running_mean
        } else {
            moved
        };
        self.squares.add(before * (value - self.running_mean));
    }

    pub(crate) fn mean(self) -> f64 {
        let total = self.sum.total();
        if total.is_finite() { total / self.count } else { self.running_mean }
    }

    /// Of the whole population.
    pub(crate) fn variance(self) -> f64 {
        self.squares.total() / self.count
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Moments {
        let mut moments = Moments::default();
        values.into_iter().for_each(|value| moments.add(value));
        moments
    }
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
        assert_eq!([f64::MAX, f64::MAX].into_iter().collect::<Moments>().mean(), f64::MAX);
        assert_eq!([f64::INFINITY, 1.0, 2.0].into_iter().collect::<Moments>().mean(), f64::INFINITY);
        assert_eq!([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().collect::<Moments>().variance(), 4.0);
    }
}
