//! What a query answers, row by row or as the frame that it is.

use crate::clock::Utc;
use crate::{Column, Frame, Values};

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows(Frame);

impl From<Frame> for Rows {
    fn from(frame: Frame) -> Self {
        Rows(frame)
    }
}

impl Rows {
    pub fn len(&self) -> usize {
        self.0.columns.first().map_or(0, |column| column.values.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn columns(&self) -> &[Column] {
        &self.0.columns
    }

    /// Is there such a column? A name that is misspelt reads as nothing, row by row.
    pub fn has(&self, column: &str) -> bool {
        self.0.columns.iter().any(|one| one.name == column)
    }

    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|index| Row { frame: &self.0, index })
    }

    /// For a `query` of the plugin's own, which answers frames.
    pub fn into_frame(self) -> Frame {
        self.0
    }
}

/// One row. What is `NULL`, missing, or of another type reads as nothing.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    frame: &'a Frame,
    index: usize,
}

impl<'a> Row<'a> {
    /// A number, from a column of numbers; also 1 and 0 from one of flags.
    pub fn number(&self, column: &str) -> Option<f64> {
        match self.values(column)? {
            Values::Numbers(values) => values.get(self.index).copied().filter(|number| !number.is_nan()),
            Values::Flags(values) => values.get(self.index).map(|flag| f64::from(u8::from(*flag))),
            Values::Texts(values) => values.get(self.index)?.parse().ok(),
            Values::Times(_) => None,
        }
    }

    pub fn text(&self, column: &str) -> Option<&'a str> {
        match self.values(column)? {
            Values::Texts(values) => values.get(self.index).map(String::as_str).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    pub fn flag(&self, column: &str) -> Option<bool> {
        match self.values(column)? {
            Values::Flags(values) => values.get(self.index).copied(),
            Values::Numbers(values) => values.get(self.index).filter(|number| !number.is_nan()).map(|number| *number != 0.0),
            Values::Texts(values) => values.get(self.index)?.parse().ok(),
            Values::Times(_) => None,
        }
    }

    /// Milliseconds since the Unix epoch; also from the texts that a column with gaps is made of.
    pub fn time(&self, column: &str) -> Option<i64> {
        match self.values(column)? {
            Values::Times(values) => values.get(self.index).copied(),
            Values::Texts(values) => Utc::parse(values.get(self.index)?),
            _ => None,
        }
    }

    /// The value as a person reads it; nothing for `NULL`.
    pub fn shown(&self, column: &str) -> Option<String> {
        match self.values(column)? {
            Values::Texts(_) => self.text(column).map(str::to_owned),
            Values::Numbers(_) => self.number(column).map(|number| number.to_string()),
            Values::Flags(_) => self.flag(column).map(|flag| if flag { "true" } else { "false" }.to_owned()),
            Values::Times(_) => self.time(column).map(|time| Utc::from_milliseconds(time).rfc3339()),
        }
    }

    fn values(&self, column: &str) -> Option<&'a Values> {
        self.frame.columns.iter().find(|one| one.name == column).map(|one| &one.values)
    }
}
