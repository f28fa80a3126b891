//! Values over all steps: one column of doubles per series.

use std::collections::HashMap;

use vitrine_model::Labels;
use vitrine_model::sample::{is_stale, stale};

use crate::QueryError;

/// Stands where a series has no sample. No arithmetic brings forth this NaN, and stale markers are never values.
pub(crate) fn absent() -> f64 {
    stale()
}

pub(crate) fn is_absent(value: f64) -> bool {
    is_stale(value)
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Vec<f64>),
    Text(String),
    Vector(Vec<Column>),
}

/// One series over all steps.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) labels: Labels,
    /// What was computed is no longer the metric, but its name may still serve to group or to join by.
    pub(crate) drops_name: bool,
    pub(crate) values: Vec<f64>,
}

impl Column {
    pub(crate) fn is_empty(&self) -> bool {
        self.values.iter().all(|value| is_absent(*value))
    }
}

/// Brings columns together by their labels: two of one name join where they do not meet.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    places: HashMap<Labels, usize>,
    columns: Vec<Column>,
}

/// Two series of the same labels have a value at the same step.
#[derive(Debug)]
pub(crate) struct Clash(pub(crate) Labels);

impl Gather {
    pub(crate) fn add(&mut self, column: Column) -> Result<(), Clash> {
        let place = *self.places.entry(column.labels.clone()).or_insert(self.columns.len());
        let Some(known) = self.columns.get_mut(place) else {
            self.columns.push(column);
            return Ok(());
        };
        known.drops_name |= column.drops_name;
        for (old, new) in known.values.iter_mut().zip(column.values) {
            match (is_absent(*old), is_absent(new)) {
                (_, true) => {}
                (true, false) => *old = new,
                (false, false) => return Err(Clash(column.labels)),
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Vec<Column> {
        self.columns
    }
}

/// The same columns under new labels; no two may become one.
pub(crate) fn relabel(columns: Vec<Column>, rename: impl Fn(&Column) -> (Labels, bool)) -> Result<Vec<Column>, QueryError> {
    let mut gather = Gather::default();
    for column in columns {
        let (labels, drops_name) = rename(&column);
        gather.add(Column { labels, drops_name, values: column.values }).map_err(|Clash(labels)| {
            QueryError::Invalid(format!(
                "vector cannot contain metrics with the same labelset: two series would both become {labels}, \
                 so keep the label that tells them apart"
            ))
        })?;
    }
    Ok(gather.finish())
}

/// Takes the names away that no longer fit.
pub(crate) fn without_dropped_names(columns: Vec<Column>) -> Result<Vec<Column>, QueryError> {
    if !columns.iter().any(|column| column.drops_name) {
        return Ok(columns);
    }
    relabel(columns, |column| (if column.drops_name { column.labels.without_name() } else { column.labels.clone() }, false))
}
