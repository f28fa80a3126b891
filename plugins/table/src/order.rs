//! The rows' order and number.

use std::cmp::Ordering;

use vitrine_sdk::panel::TableColumn;
use vitrine_sdk::{Fault, Values};

/// Sorts by the column of this title; a `-` before it turns the order around. What has no value comes last either way.
pub(crate) fn sort(columns: &mut [TableColumn], by: &str) -> Result<(), Fault> {
    let (title, reversed) = match by.strip_prefix('-') {
        Some(title) => (title, true),
        None => (by, false),
    };
    let named = columns.iter().position(|column| column.title == title);
    let first_value = || columns.iter().position(|column| matches!(column.values, Values::Numbers(_)));
    let Some(column) = named.or_else(|| if title == "value" { first_value() } else { None }) else {
        if columns.is_empty() || title == "value" {
            return Ok(());
        }
        let titles: Vec<&str> = columns.iter().map(|column| column.title.as_str()).collect();
        return Err(Fault::Invalid(["`sort`: there is no column `", title, "`, but ", &titles.join(", ")].concat()));
    };
    let values = &columns[column].values;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|left, right| compare(values, *left, *right, reversed));
    columns.iter_mut().for_each(|column| column.values = pick(&column.values, &order));
    Ok(())
}

/// Keeps the rows in which some text is said, in whatever letters.
pub(crate) fn filter(columns: &mut [TableColumn], text: &str) {
    let wanted = text.to_lowercase();
    let rows = columns.first().map_or(0, |column| column.values.len());
    let says = |row: &usize| {
        columns.iter().any(|column| match &column.values {
            Values::Texts(texts) => texts.get(*row).is_some_and(|text| text.to_lowercase().contains(&wanted)),
            _ => false,
        })
    };
    let kept: Vec<usize> = (0..rows).filter(says).collect();
    columns.iter_mut().for_each(|column| column.values = pick(&column.values, &kept));
}

pub(crate) fn limit(columns: &mut [TableColumn], rows: usize) {
    for column in columns {
        match &mut column.values {
            Values::Times(values) => values.truncate(rows),
            Values::Numbers(values) => values.truncate(rows),
            Values::Texts(values) => values.truncate(rows),
            Values::Flags(values) => values.truncate(rows),
        }
    }
}

fn compare(values: &Values, left: usize, right: usize, reversed: bool) -> Ordering {
    let order = match values {
        Values::Numbers(values) => {
            let (left, right) = (values[left], values[right]);
            if left.is_nan() || right.is_nan() {
                return left.is_nan().cmp(&right.is_nan());
            }
            left.total_cmp(&right)
        }
        Values::Times(values) => values[left].cmp(&values[right]),
        Values::Texts(values) => values[left].cmp(&values[right]),
        Values::Flags(values) => values[left].cmp(&values[right]),
    };
    if reversed { order.reverse() } else { order }
}

/// The values in another order. A column that is too short for a row goes without it.
fn pick(values: &Values, order: &[usize]) -> Values {
    match values {
        Values::Times(values) => Values::Times(order.iter().filter_map(|row| values.get(*row).copied()).collect()),
        Values::Numbers(values) => Values::Numbers(order.iter().filter_map(|row| values.get(*row).copied()).collect()),
        Values::Texts(values) => Values::Texts(order.iter().filter_map(|row| values.get(*row).cloned()).collect()),
        Values::Flags(values) => Values::Flags(order.iter().filter_map(|row| values.get(*row).copied()).collect()),
    }
}
