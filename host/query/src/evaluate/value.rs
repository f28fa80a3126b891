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
    pub(crate) values: Vec<f64>,
}

impl Column {
    pub(crate) fn is_empty(&self) -> bool {
        self.values.iter().all(|value| is_absent(*value))
    }

    /// Computes every value that is there.
    pub(crate) fn map(&mut self, function: impl Fn(f64) -> f64) {
        for value in self.values.iter_mut().filter(|value| !is_absent(**value)) {
            *value = function(*value);
        }
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
pub(crate) fn relabel(columns: Vec<Column>, rename: impl Fn(&Labels) -> Labels) -> Result<Vec<Column>, QueryError> {
    let mut gather = Gather::default();
    for column in columns {
        let labels = rename(&column.labels);
        gather.add(Column { labels, values: column.values }).map_err(|Clash(labels)| {
            QueryError::Invalid(format!("two series would both become {labels}: keep the label that tells them apart"))
        })?;
    }
    Ok(gather.finish())
}

/// What was computed is no longer the metric.
pub(crate) fn drop_names(columns: Vec<Column>) -> Result<Vec<Column>, QueryError> {
    relabel(columns, Labels::without_name)
}
