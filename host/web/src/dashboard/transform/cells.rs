//! Rows of frames, whatever is in them.

use std::cmp::Ordering;

use vitrine_model::frame::{Frame, Values};

pub(super) fn rows(frame: &Frame) -> usize {
    frame.columns.first().map_or(0, |column| column.values.len())
}

/// One cell as people and keys have it; what is missing is empty.
pub(super) fn text(values: &Values, row: usize) -> String {
    match values {
        Values::Times(list) => list.get(row).map(ToString::to_string).unwrap_or_default(),
        Values::Numbers(list) => list.get(row).filter(|number| !number.is_nan()).map(ToString::to_string).unwrap_or_default(),
        Values::Texts(list) => list.get(row).cloned().unwrap_or_default(),
        Values::Flags(list) => list.get(row).map(ToString::to_string).unwrap_or_default(),
    }
}

/// One cell as a number; a text that reads as one is one.
pub(super) fn number(values: &Values, row: usize) -> f64 {
    match values {
        #[expect(clippy::cast_precision_loss, reason = "a moment is far below what a double holds exactly")]
        Values::Times(list) => list.get(row).map_or(f64::NAN, |time| *time as f64),
        Values::Numbers(list) => list.get(row).copied().unwrap_or(f64::NAN),
        Values::Texts(list) => list.get(row).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN),
        Values::Flags(list) => list.get(row).map_or(f64::NAN, |flag| f64::from(u8::from(*flag))),
    }
}

/// Which of two rows comes first; gaps come last.
pub(super) fn compare(values: &Values, a: usize, b: usize) -> Ordering {
    match values {
        Values::Times(list) => list.get(a).cmp(&list.get(b)),
        Values::Flags(list) => list.get(a).cmp(&list.get(b)),
        Values::Texts(list) => list.get(a).cmp(&list.get(b)),
        Values::Numbers(_) => number(values, a).total_cmp(&number(values, b)),
    }
}

/// These rows, in this order.
pub(super) fn pick(values: &Values, rows: &[usize]) -> Values {
    fn some<T: Clone>(list: &[T], rows: &[usize]) -> Vec<T> {
        rows.iter().filter_map(|row| list.get(*row).cloned()).collect()
    }
    match values {
        Values::Times(list) => Values::Times(some(list, rows)),
        Values::Numbers(list) => Values::Numbers(some(list, rows)),
        Values::Texts(list) => Values::Texts(some(list, rows)),
        Values::Flags(list) => Values::Flags(some(list, rows)),
    }
}

/// These rows, where some are not there. Times and flags have no word for that, and become texts.
pub(super) fn pick_or_gap(values: &Values, rows: &[Option<usize>]) -> Values {
    if let Some(all) = rows.iter().copied().collect::<Option<Vec<usize>>>() {
        return pick(values, &all);
    }
    match values {
        Values::Numbers(_) => Values::Numbers(rows.iter().map(|row| row.map_or(f64::NAN, |row| number(values, row))).collect()),
        other => Values::Texts(rows.iter().map(|row| row.map(|row| text(other, row)).unwrap_or_default()).collect()),
    }
}

pub(super) fn keep(frame: Frame, rows: &[usize]) -> Frame {
    let mut frame = frame;
    for column in &mut frame.columns {
        column.values = pick(&column.values, rows);
    }
    frame
}

pub(super) fn first(frame: Frame, most: usize) -> Frame {
    let rows: Vec<usize> = (0..rows(&frame).min(most)).collect();
    keep(frame, &rows)
}
