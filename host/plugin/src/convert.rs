//! Between the types of `wit/` and those of the model; what comes from a guest is checked here.

use vitrine_model::Fault;
use vitrine_model::frame::{Column, Frame, TimeRange, Values};
use vitrine_model::labels::Labels;

use crate::bindings::imported::types;

pub(crate) mod asked;
pub(crate) mod batch;
pub(crate) mod notification;
pub(crate) mod view;
pub(crate) mod weight;

/// The longest reason or answer that is kept.
const SENTENCE_BYTES: usize = 4 << 10;

/// A guest's text, no longer than this.
pub(crate) fn cut(mut text: String, bytes: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes));
    text
}

pub(crate) fn sentence(text: String) -> String {
    cut(text, SENTENCE_BYTES)
}

pub(crate) fn fault(fault: types::Fault) -> Fault {
    match fault {
        types::Fault::Invalid(reason) => Fault::Invalid(sentence(reason)),
        types::Fault::Upstream(reason) => Fault::Upstream(sentence(reason)),
        types::Fault::Denied(reason) => Fault::Denied(sentence(reason)),
        types::Fault::Internal(reason) => Fault::Internal(sentence(reason)),
    }
}

/// A failure of the world around, told to a guest.
pub(crate) fn fault_out(fault: Fault) -> types::Fault {
    match fault {
        Fault::Invalid(reason) => types::Fault::Invalid(sentence(reason)),
        Fault::Upstream(reason) => types::Fault::Upstream(sentence(reason)),
        Fault::Denied(reason) => types::Fault::Denied(sentence(reason)),
        Fault::Internal(reason) => types::Fault::Internal(sentence(reason)),
        // A host without room is to a guest as a far side that does not answer.
        Fault::Busy(reason) => types::Fault::Upstream(sentence(reason)),
    }
}

/// A guest's answer that breaks the contract is the guest's fault.
pub(crate) fn wrong(what: impl Into<String>) -> Fault {
    Fault::Internal(what.into())
}

pub(crate) fn labels_out(labels: &Labels) -> Vec<types::Label> {
    labels.iter().map(|(name, value)| types::Label { name: name.to_owned(), value: value.to_owned() }).collect()
}

pub(crate) fn labels_in(labels: Vec<types::Label>) -> Labels {
    Labels::from_pairs(labels.into_iter().map(|label| (label.name, label.value)))
}

pub(crate) fn range_out(range: TimeRange) -> types::TimeRange {
    types::TimeRange { start: range.start, end: range.end, step: range.step }
}

pub(crate) fn frame_out(frame: &Frame) -> types::Frame {
    types::Frame { name: frame.name.clone(), columns: frame.columns.iter().map(column_out).collect() }
}

fn column_out(column: &Column) -> types::Column {
    types::Column {
        name: column.name.clone(),
        labels: labels_out(&column.labels),
        unit: column.unit.clone(),
        values: match &column.values {
            Values::Times(values) => types::Values::Times(values.clone()),
            Values::Numbers(values) => types::Values::Numbers(values.clone()),
            Values::Texts(values) => types::Values::Texts(values.clone()),
            Values::Flags(values) => types::Values::Flags(values.clone()),
        },
    }
}

pub(crate) fn values_in(values: types::Values) -> Values {
    match values {
        types::Values::Times(values) => Values::Times(values),
        types::Values::Numbers(values) => Values::Numbers(values),
        types::Values::Texts(values) => Values::Texts(values),
        types::Values::Flags(values) => Values::Flags(values),
    }
}

pub(crate) fn frame_in(frame: types::Frame) -> Result<Frame, Fault> {
    let rows = frame.columns.first().map_or(0, |column| count(&column.values));
    if frame.columns.iter().any(|column| count(&column.values) != rows) {
        return Err(wrong(format!("the columns of frame `{}` differ in length", frame.name)));
    }
    let column_in = |column: types::Column| Column {
        name: column.name,
        labels: labels_in(column.labels),
        unit: column.unit,
        values: values_in(column.values),
    };
    Ok(Frame { name: frame.name, columns: frame.columns.into_iter().map(column_in).collect() })
}

fn count(values: &types::Values) -> usize {
    match values {
        types::Values::Times(values) => values.len(),
        types::Values::Numbers(values) => values.len(),
        types::Values::Texts(values) => values.len(),
        types::Values::Flags(values) => values.len(),
    }
}
