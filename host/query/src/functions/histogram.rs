//! Quantiles and shares of classic histograms, by Prometheus's rules.

/// How many lie at or below a bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) upper: f64,
    pub(crate) count: f64,
}

/// Differences below this share are rounding, not a count that falls.
const TOLERANCE: f64 = 1e-12;

/// The quantile, and whether counts had to be mended. Assumes that values are spread evenly within a bucket.
///
/// The buckets are in order of their bounds.
pub(crate) fn quantile(wanted: f64, buckets: &mut Vec<Bucket>) -> (f64, bool) {
    if wanted.is_nan() {
        return (f64::NAN, false);
    }
    if !(0.0..=1.0).contains(&wanted) {
        return (if wanted < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY }, false);
    }
    if buckets.last().is_none_or(|last| last.upper != f64::INFINITY) {
        return (f64::NAN, false);
    }
    merge(buckets);
    let forced = rise(buckets);
    (ranked(wanted, buckets), forced)
}

fn ranked(wanted: f64, buckets: &[Bucket]) -> f64 {
    let [finite @ .., overflow] = buckets else { return f64::NAN };
    if finite.is_empty() || overflow.count == 0.0 || overflow.count.is_nan() {
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

/// The share of what was counted that lies between two bounds.
///
/// The buckets are in order of their bounds.
pub(crate) fn fraction(lower: f64, upper: f64, buckets: &mut Vec<Bucket>) -> f64 {
    if buckets.last().is_none_or(|last| last.upper != f64::INFINITY) {
        return f64::NAN;
    }
    merge(buckets);
    rise(buckets);
    let count = buckets.last().map_or(0.0, |last| last.count);
    if count == 0.0 || count.is_nan() || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    (rank_of(upper, buckets, count) - rank_of(lower, buckets, count)) / count
}

/// How many lie at or below a value. Buckets without an end on one side are not divided.
fn rank_of(value: f64, buckets: &[Bucket], count: f64) -> f64 {
    let mut rank = 0.0;
    let mut start = match buckets.first() {
        Some(first) if first.upper > 0.0 => 0.0,
        _ => f64::NEG_INFINITY,
    };
    for bucket in buckets {
        if start >= value {
            return rank;
        }
        if bucket.upper > value {
            return if start == f64::NEG_INFINITY {
                if value == f64::NEG_INFINITY { rank } else { bucket.count }
            } else if bucket.upper == f64::INFINITY {
                rank
            } else {
                rank + (bucket.count - rank) * ((value - start) / (bucket.upper - start))
            };
        }
        rank = bucket.count;
        start = bucket.upper;
    }
    count
}

/// One bucket for each bound: `1` and `1.0` are the same.
fn merge(buckets: &mut Vec<Bucket>) {
    buckets.dedup_by(|next, kept| {
        let same = next.upper == kept.upper;
        if same {
            kept.count += next.count;
        }
        same
    });
}

/// Lets no count fall; whether one fell by more than rounding explains.
fn rise(buckets: &mut [Bucket]) -> bool {
    let mut forced = false;
    let Some(mut most) = buckets.first().map(|first| first.count) else { return false };
    for bucket in buckets.iter_mut().skip(1) {
        let difference = (bucket.count - most).abs();
        if difference <= TOLERANCE * (bucket.count.abs() + most.abs()) {
            bucket.count = most;
        } else if bucket.count < most {
            bucket.count = most;
            forced = true;
        } else {
            most = bucket.count;
        }
    }
    forced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(list: &[(f64, f64)]) -> Vec<Bucket> {
        list.iter().map(|(upper, count)| Bucket { upper: *upper, count: *count }).collect()
    }

    #[test]
    fn shares_are_those_of_prometheus() {
        let positive = [(1.0, 1.0), (2.0, 3.0), (3.0, 6.0), (f64::INFINITY, 100.0)];
        let negative = [(-3.0, 10.0), (-2.0, 12.0), (-1.0, 15.0), (f64::INFINITY, 100.0)];
        for (list, lower, upper, share) in [
            (positive, 0.0, 3.0, 0.06),
            (positive, 0.5, 1.5, 0.015),
            (negative, -4.0, -2.0, 0.02),
            (negative, f64::NEG_INFINITY, -1.5, 0.135),
            (positive, 4.0, 5.0, 0.0),
            (positive, 2.0, 5.0, 0.03),
            (positive, 400.0, f64::INFINITY, 0.94),
            (positive, f64::NEG_INFINITY, f64::INFINITY, 1.0),
            (positive, 2.0, 1.0, 0.0),
            (positive, -10.0, -5.0, 0.0),
        ] {
            assert_eq!(fraction(lower, upper, &mut buckets(&list)), share, "{list:?} {lower} {upper}");
        }
        assert!(fraction(0.0, 1.0, &mut buckets(&[(1.0, 1.0)])).is_nan());
    }

    #[test]
    fn counts_that_fall_are_mended() {
        let list = [(0.1, 2.0), (1.0, 1.0), (10.0, 5.0), (f64::INFINITY, 4.0)];
        assert_eq!(quantile(1.0, &mut buckets(&list)), (10.0, true));
        assert_eq!(quantile(0.5, &mut buckets(&[(1.0, 1.0), (f64::INFINITY, 1.0)])), (0.5, false));
        assert_eq!(quantile(-1.0, &mut buckets(&list)), (f64::NEG_INFINITY, false));
    }
}
