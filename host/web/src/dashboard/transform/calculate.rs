//! A column of others.

use vitrine_model::Labels;
use vitrine_model::frame::{Column, Frame, Values};

use super::formula::Formula;
use super::{cells, find};

/// The new column comes last, or takes the place of one of the same name.
pub(super) fn calculate(name: &str, formula: &Formula, frame: Frame) -> Frame {
    let mut frame = frame;
    let value = |column: &str, row: usize| find(&frame, column).map_or(f64::NAN, |column| cells::number(&column.values, row));
    let numbers = (0..cells::rows(&frame)).map(|row| formula.value(&|column| value(column, row))).collect();
    let new = Column { name: name.to_owned(), labels: Labels::new(), unit: None, values: Values::Numbers(numbers) };
    match frame.columns.iter_mut().find(|column| column.name == name) {
        Some(old) => *old = Column { labels: old.labels.clone(), unit: old.unit.clone(), ..new },
        None => frame.columns.push(new),
    }
    frame
}
