//! Whether answers are the same, as near as Prometheus's own tests want it.

use vitrine_model::Labels;

/// Series, and nothing at the steps where they have no sample.
pub(super) type Rows = Vec<(Labels, Vec<Option<f64>>)>;

const TOLERANCE: f64 = 1e-6;

/// Nothing where they are the same, else how they differ.
pub(super) fn difference(came: &Rows, wanted: &Rows, ordered: bool) -> Option<String> {
    let (mut came, mut wanted) = (came.clone(), wanted.clone());
    if !ordered {
        came.sort_by(|a, b| a.0.cmp(&b.0));
        wanted.sort_by(|a, b| a.0.cmp(&b.0));
    }
    let same = came.len() == wanted.len() && came.iter().zip(&wanted).all(|(came, wanted)| is_same(came, wanted));
    (!same).then(|| format!("got [{}], expected [{}]", written(&came), written(&wanted)))
}

fn is_same(came: &(Labels, Vec<Option<f64>>), wanted: &(Labels, Vec<Option<f64>>)) -> bool {
    let value = |values: &[Option<f64>], place: usize| values.get(place).copied().flatten();
    came.0 == wanted.0
        && (0..came.1.len().max(wanted.1.len())).all(|place| match (value(&came.1, place), value(&wanted.1, place)) {
            (None, None) => true,
            (Some(came), Some(wanted)) => is_near(came, wanted),
            _ => false,
        })
}

/// The distance is measured by the numbers' own size; only nothing is near to nothing.
pub(super) fn is_near(a: f64, b: f64) -> bool {
    if a == b || (a.is_nan() && b.is_nan()) {
        return true;
    }
    let (distance, sum) = ((a - b).abs(), a.abs() + b.abs());
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return distance < TOLERANCE * f64::MIN_POSITIVE;
    }
    distance / sum.min(f64::MAX) < TOLERANCE
}

fn written(rows: &Rows) -> String {
    let value = |value: &Option<f64>| value.map_or("_".to_owned(), |value| value.to_string());
    let row = |(labels, values): &(Labels, Vec<Option<f64>>)| {
        format!("{labels} {}", values.iter().map(value).collect::<Vec<_>>().join(" "))
    };
    rows.iter().map(row).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn only_nothing_is_near_to_nothing() {
        assert!(is_near(1.0, 1.000_000_5) && is_near(f64::NAN, f64::NAN) && is_near(0.0, -0.0));
        assert!(is_near(f64::INFINITY, f64::INFINITY) && !is_near(f64::INFINITY, f64::MAX));
        assert!(!is_near(0.0, 1e-17) && !is_near(1.0, 1.000_01) && !is_near(1.0, f64::NAN));
    }
}
