//! Frames: answers in columns, as panels take them.

use crate::{Labels, Millis};

/// The span a viewer looks at, and the distance between points that makes sense on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeRange {
    pub start: Millis,
    pub end: Millis,
    pub step: Millis,
}

/// Values of one type.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    Times(Vec<Millis>),
    /// NaN stands for "no value".
    Numbers(Vec<f64>),
    Texts(Vec<String>),
    Flags(Vec<bool>),
}

impl Values {
    pub fn len(&self) -> usize {
        match self {
            Values::Times(values) => values.len(),
            Values::Numbers(values) => values.len(),
            Values::Texts(values) => values.len(),
            Values::Flags(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A named column; `labels` name the series it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    pub labels: Labels,
    pub unit: Option<String>,
    pub values: Values,
}

/// A table in columns of the same length. A time series is a `Times` column and one `Numbers` column per series.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    pub name: String,
    pub columns: Vec<Column>,
}

impl Frame {
    /// The first column of times, to which the columns of numbers belong.
    pub fn times(&self) -> Option<&[Millis]> {
        self.columns.iter().find_map(|column| match &column.values {
            Values::Times(times) => Some(times.as_slice()),
            _ => None,
        })
    }
}
