//! Rows in the order of a column.

use vitrine_model::frame::{Frame, Values};

use super::{cells, find};

/// Rows that are the same keep their order; gaps come last either way.
pub(super) fn sort(by: &str, descending: bool, frame: Frame) -> Frame {
    let Some(column) = find(&frame, by) else { return frame };
    let is_gap =
        |row: usize| matches!(&column.values, Values::Numbers(list) if list.get(row).is_none_or(|number| number.is_nan()));
    let mut rows: Vec<usize> = (0..cells::rows(&frame)).collect();
    rows.sort_by(|a, b| {
        let order = cells::compare(&column.values, *a, *b);
        is_gap(*a).cmp(&is_gap(*b)).then(if descending { order.reverse() } else { order })
    });
    cells::keep(frame, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::transform::tests::{frame, lines, numbers, texts};

    #[test]
    fn gaps_come_last_either_way() {
        let before = || frame(vec![texts("n", &["a", "b", "c", "d"]), numbers("v", &[2.0, f64::NAN, -1.0, 2.0])]);
        assert_eq!(lines(&sort("v", false, before()))[1..], ["c -1", "a 2", "d 2", "b "]);
        assert_eq!(lines(&sort("v", true, before()))[1..], ["a 2", "d 2", "c -1", "b "]);
        assert_eq!(lines(&sort("n", true, before()))[1], "d 2");
    }
}
