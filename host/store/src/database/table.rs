//! Rows of any database → columns of a frame, each of one type.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use vitrine_model::frame::{Column, Frame, Values};
use vitrine_model::{Fault, Labels, Millis};

use super::bounds::{BYTES, Bounds};

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Number(f64),
    Time(Millis),
    Text(String),
    Flag(bool),
}

/// What a column is to be where its values do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Numbers,
    Times,
    Texts,
    Flags,
}

/// An answer while it comes in.
pub(super) struct Table {
    columns: Vec<(String, Type, Vec<Cell>)>,
    rows: usize,
    bytes: usize,
}

impl Table {
    pub(super) fn new(columns: impl IntoIterator<Item = (String, Type)>) -> Table {
        Table { columns: columns.into_iter().map(|(name, of)| (name, of, Vec::new())).collect(), rows: 0, bytes: 0 }
    }

    /// What a statement without rows answers.
    pub(super) fn changes(count: u64) -> Frame {
        #[expect(clippy::cast_precision_loss, reason = "nobody changes 2^53 rows in a few seconds")]
        let values = Values::Numbers(vec![count as f64]);
        Frame { name: String::new(), columns: vec![column("changes".to_owned(), values)] }
    }

    /// One row, value by value; the first that makes it too much ends it.
    pub(super) fn push(&mut self, bounds: &Bounds, mut value: impl FnMut(usize) -> Result<Cell, Fault>) -> Result<(), Fault> {
        if self.rows >= bounds.rows {
            return Err(bounds.too_many_rows());
        }
        for (place, (_, _, cells)) in self.columns.iter_mut().enumerate() {
            let cell = value(place)?;
            self.bytes += size_of::<Cell>() + if let Cell::Text(text) = &cell { text.len() } else { 0 };
            if self.bytes > BYTES {
                return Err(bounds.too_many_bytes());
            }
            cells.push(cell);
        }
        self.rows += 1;
        Ok(())
    }

    pub(super) fn frame(self) -> Frame {
        let columns = self.columns.into_iter().map(|(name, of, cells)| column(name, values(of, cells))).collect();
        Frame { name: String::new(), columns }
    }
}

fn column(name: String, values: Values) -> Column {
    Column { name, labels: Labels::new(), unit: None, values }
}

/// Numbers have NaN for "nothing", and texts the empty one; the others have no such value, and become texts.
fn values(of: Type, cells: Vec<Cell>) -> Values {
    let all = |test: fn(&Cell) -> bool| cells.iter().all(test);
    let is_empty = all(|cell| *cell == Cell::Null);
    if cells.is_empty() {
        return match of {
            Type::Numbers => Values::Numbers(Vec::new()),
            Type::Times => Values::Times(Vec::new()),
            Type::Texts => Values::Texts(Vec::new()),
            Type::Flags => Values::Flags(Vec::new()),
        };
    }
    if if is_empty { of == Type::Numbers } else { all(|cell| matches!(cell, Cell::Number(_) | Cell::Null)) } {
        return Values::Numbers(
            cells.into_iter().map(|cell| if let Cell::Number(number) = cell { number } else { f64::NAN }).collect(),
        );
    }
    if all(|cell| matches!(cell, Cell::Time(_))) {
        return Values::Times(
            cells.iter().filter_map(|cell| if let Cell::Time(time) = cell { Some(*time) } else { None }).collect(),
        );
    }
    if all(|cell| matches!(cell, Cell::Flag(_))) {
        return Values::Flags(cells.iter().map(|cell| *cell == Cell::Flag(true)).collect());
    }
    Values::Texts(cells.into_iter().map(text).collect())
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Time(time) => Timestamp::from_millisecond(time).map(|moment| format!("{moment:.3}")).unwrap_or_default(),
        Cell::Text(text) => text,
        Cell::Flag(flag) => flag.to_string(),
    }
}

/// `2026-11-20`, `2026-11-20 12:34:56.789`, with `T` between and a zone behind or without; without one it is UTC.
pub(super) fn moment(text: &str) -> Option<Millis> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_millisecond());
    }
    let civil = text.parse::<DateTime>().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// As PostgreSQL writes bytes: `\x00ff`.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("\\x");
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
