//! Reading frames: what most panels ask of them.

use crate::{Column, Frame, Label, Values};

impl Frame {
    /// The first column of times, in milliseconds since the Unix epoch.
    pub fn times(&self) -> Option<&[i64]> {
        self.columns.iter().find_map(|column| match &column.values {
            Values::Times(times) => Some(times.as_slice()),
            _ => None,
        })
    }

    /// The columns of numbers with their indexes: one per series.
    pub fn series(&self) -> impl Iterator<Item = (u32, &Column, &[f64])> {
        self.columns.iter().zip(0_u32..).filter_map(|(column, index)| match &column.values {
            Values::Numbers(numbers) => Some((index, column, numbers.as_slice())),
            _ => None,
        })
    }
}

impl Column {
    /// The value of a label, or nothing where the series has no such label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|label| label.name == name).map(|label| label.value.as_str())
    }
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

impl Label {
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Label { name: name.into(), value: value.into() }
    }
}
