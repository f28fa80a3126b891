//! Many values become one; each series becomes a row.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use vitrine_model::Labels;
use vitrine_model::frame::{Column, Frame, Values};
use vitrine_model::labels::NAME;

/// What of many values counts. Gaps never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reduction {
    Last,
    First,
    Mean,
    Min,
    Max,
    Sum,
    Count,
}

impl Reduction {
    /// NaN where there is no value.
    pub(super) fn of(self, values: impl Iterator<Item = f64>) -> f64 {
        let (mut count, mut sum, mut first, mut last) = (0_u32, 0.0, f64::NAN, f64::NAN);
        let (mut least, mut greatest) = (f64::NAN, f64::NAN);
        for value in values.filter(|value| !value.is_nan()) {
            if count == 0 {
                first = value;
            }
            count = count.saturating_add(1);
            sum += value;
            last = value;
            least = value.min(least);
            greatest = value.max(greatest);
        }
        match self {
            Reduction::Count => f64::from(count),
            _ if count == 0 => f64::NAN,
            Reduction::Last => last,
            Reduction::First => first,
            Reduction::Mean => sum / f64::from(count),
            Reduction::Min => least,
            Reduction::Max => greatest,
            Reduction::Sum => sum,
        }
    }
}

/// One row for each series of all frames: its labels, its name as `series`, and `value`.
pub(super) fn reduce(how: Reduction, frames: &[Frame]) -> Frame {
    let series: Vec<(&Column, f64)> = frames
        .iter()
        .flat_map(|frame| &frame.columns)
        .filter_map(|column| match &column.values {
            Values::Numbers(numbers) => Some((column, how.of(numbers.iter().copied()))),
            Values::Times(_) | Values::Texts(_) | Values::Flags(_) => None,
        })
        .collect();
    let names = series.iter().flat_map(|(column, _)| column.labels.iter().map(|(name, _)| name)).filter(|name| *name != NAME);
    let names: BTreeSet<&str> = names.collect();
    let text = |name: &str, values: Vec<String>| Column {
        name: name.to_owned(),
        labels: Labels::new(),
        unit: None,
        values: Values::Texts(values),
    };
    let mut columns: Vec<Column> = Vec::new();
    for name in names {
        columns.push(text(name, series.iter().map(|(column, _)| column.labels.get(name).unwrap_or("").to_owned()).collect()));
    }
    columns.push(text("series", series.iter().map(|(column, _)| column.name.clone()).collect()));
    let unit = series.first().and_then(|(column, _)| column.unit.clone());
    let values = Values::Numbers(series.iter().map(|(_, value)| *value).collect());
    columns.push(Column { name: "value".to_owned(), labels: Labels::new(), unit, values });
    Frame { name: frames.first().map(|frame| frame.name.clone()).unwrap_or_default(), columns }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::transform::tests::{frame, lines, numbers, texts};

    #[test]
    fn gaps_do_not_count() {
        let of = |how: Reduction| how.of([f64::NAN, 3.0, 1.0, 2.0, f64::NAN].into_iter());
        let all = [Reduction::Last, Reduction::First, Reduction::Mean, Reduction::Min, Reduction::Max, Reduction::Sum];
        assert_eq!(all.map(of), [2.0, 3.0, 2.0, 1.0, 3.0, 6.0]);
        assert!(Reduction::Sum.of(std::iter::empty()).is_nan());
        assert_eq!(Reduction::Count.of(std::iter::empty()), 0.0);
    }

    #[test]
    fn series_become_rows() {
        let series = |host: &str, values: &[f64]| Column {
            labels: Labels::from_pairs([(NAME, "up"), ("host", host)]),
            ..numbers(&format!("of {host}"), values)
        };
        let before = [frame(vec![texts("note", &["x"]), series("a", &[1.0, 2.0])]), frame(vec![series("b", &[3.0])])];
        assert_eq!(lines(&reduce(Reduction::Last, &before)), ["host series value", "a of a 2", "b of b 3"]);
    }
}
