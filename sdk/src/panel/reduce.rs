//! One number for a whole range.

use serde::Deserialize;

use super::current;

/// The option `reduce`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reduce {
    #[default]
    Last,
    Mean,
    Max,
    Min,
    Sum,
}

impl Reduce {
    /// NaN where there is no value at all.
    pub fn apply(self, values: &[f64]) -> f64 {
        let present = values.iter().copied().filter(|value| !value.is_nan());
        let count = present.clone().count();
        if count == 0 {
            return f64::NAN;
        }
        match self {
            Reduce::Last => current(values),
            Reduce::Mean => present.sum::<f64>() / count as f64,
            Reduce::Max => present.fold(f64::NEG_INFINITY, f64::max),
            Reduce::Min => present.fold(f64::INFINITY, f64::min),
            Reduce::Sum => present.sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_do_not_count() {
        let values = [1.0, f64::NAN, 3.0];
        let all = [Reduce::Last, Reduce::Mean, Reduce::Max, Reduce::Min, Reduce::Sum].map(|reduce| reduce.apply(&values));
        assert_eq!(all, [3.0, 2.0, 3.0, 1.0, 4.0]);
        assert!(Reduce::Sum.apply(&[f64::NAN]).is_nan() && Reduce::Last.apply(&[1.0, f64::NAN]).is_nan());
    }
}
