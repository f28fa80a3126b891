//! Tables, read row by row.

use crate::{Column, Frame, Values};

/// The first column of one of these names, in the order of the names.
pub fn column<'a>(frame: &'a Frame, names: &[&str]) -> Option<&'a Column> {
    names.iter().find_map(|name| frame.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)))
}

/// The first column of texts.
pub fn first_texts(frame: &Frame) -> Option<&Column> {
    frame.columns.iter().find(|column| matches!(column.values, Values::Texts(_)))
}

/// How many rows a table has.
pub fn count(frame: &Frame) -> usize {
    frame.columns.first().map_or(0, |column| column.values.len())
}

/// A cell in words; empty where there is none.
pub fn text(column: &Column, row: usize) -> String {
    told(&column.values, row)
}

/// The same of bare values.
pub fn told(values: &Values, row: usize) -> String {
    match values {
        Values::Texts(values) => values.get(row).cloned().unwrap_or_default(),
        Values::Numbers(values) => values.get(row).filter(|value| !value.is_nan()).map(f64::to_string).unwrap_or_default(),
        Values::Times(values) => values.get(row).map(i64::to_string).unwrap_or_default(),
        Values::Flags(values) => values.get(row).map(|value| if *value { "yes" } else { "no" }.to_owned()).unwrap_or_default(),
    }
}

/// A cell as a moment: of times, or of numbers that are seconds since the epoch.
pub fn time(column: &Column, row: usize) -> Option<i64> {
    match &column.values {
        Values::Times(values) => values.get(row).copied(),
        Values::Numbers(values) => values.get(row).filter(|value| value.is_finite()).map(|value| (value * 1_000.0) as i64),
        Values::Texts(_) | Values::Flags(_) => None,
    }
}
