//! Time series as rows: one per set of labels, one column of values per frame.

use std::collections::{BTreeMap, BTreeSet};

use vitrine_sdk::panel::{Align, TableColumn, current};
use vitrine_sdk::{Column, Frame, Values};

type Labels<'a> = BTreeMap<&'a str, &'a str>;

pub(crate) fn columns(frames: &[Frame], unit: &str) -> Vec<TableColumn> {
    let mut rows: BTreeMap<Labels<'_>, Vec<f64>> = BTreeMap::new();
    for (index, frame) in frames.iter().enumerate() {
        for (_, column, values) in frame.series() {
            let row = rows.entry(labels(column)).or_insert_with(|| vec![f64::NAN; frames.len()]);
            row[index] = current(values);
        }
    }
    let names: BTreeSet<&str> = rows.keys().flat_map(|labels| labels.keys().copied()).collect();
    let label_columns = names.into_iter().map(|name| TableColumn {
        title: name.to_owned(),
        values: Values::Texts(rows.keys().map(|labels| labels.get(name).copied().unwrap_or_default().to_owned()).collect()),
        ..TableColumn::default()
    });
    let value_columns = frames.iter().enumerate().map(|(index, frame)| TableColumn {
        title: title(frame, frames.len()),
        unit: unit.to_owned(),
        align: Align::End,
        values: Values::Numbers(rows.values().map(|row| row[index]).collect()),
        ..TableColumn::default()
    });
    label_columns.chain(value_columns).collect()
}

/// The metric's name is the column's title, and no label of the row.
fn labels(column: &Column) -> Labels<'_> {
    let labels = column.labels.iter().filter(|label| label.name != "__name__");
    labels.map(|label| (label.name.as_str(), label.value.as_str())).collect()
}

fn title(frame: &Frame, frames: usize) -> String {
    let metric = |column: &Column| column.label("__name__").unwrap_or(&column.name).to_owned();
    let mut metrics: Vec<String> = frame.series().map(|(_, column, _)| metric(column)).collect();
    metrics.dedup();
    match metrics.as_slice() {
        [metric] if !metric.is_empty() => metric.clone(),
        _ if frames > 1 && !frame.name.is_empty() => frame.name.clone(),
        _ => "value".to_owned(),
    }
}
