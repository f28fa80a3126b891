//! All frames become one.

use std::collections::HashMap;

use vitrine_model::frame::{Column, Frame, Values};

use super::{UnknownColumn, cells, find, unknown};

/// Every row of the first frame stays, with what the others have for the same value; then come the rows that only others
/// have. Of rows of another frame with the same value the last one counts, so that the answer never grows past the sum.
pub(super) fn join(on: &str, frames: Vec<Frame>) -> Result<Vec<Frame>, UnknownColumn> {
    if frames.is_empty() {
        return Ok(frames);
    }
    let with: Vec<(&Frame, &Column)> = frames.iter().filter_map(|frame| Some((frame, find(frame, on)?))).collect();
    let Some(((first, key), others)) = with.split_first() else { return Err(unknown(on, "join on", &frames)) };
    let mut keys: Vec<String> = (0..cells::rows(first)).map(|row| cells::text(&key.values, row)).collect();
    // Where each row of the answer finds its key: which frame, which row.
    let mut origins: Vec<(usize, usize)> = (0..keys.len()).map(|row| (0, row)).collect();
    let mut known: HashMap<String, ()> = keys.iter().map(|key| (key.clone(), ())).collect();
    let mut places: Vec<HashMap<String, usize>> = Vec::new();
    for (number, (frame, key)) in others.iter().enumerate() {
        let mut rows = HashMap::new();
        for row in 0..cells::rows(frame) {
            let text = cells::text(&key.values, row);
            if known.insert(text.clone(), ()).is_none() {
                keys.push(text.clone());
                origins.push((number + 1, row));
            }
            rows.insert(text, row);
        }
        places.push(rows);
    }
    let own = cells::rows(first);
    let mut columns = vec![Column { values: merged(&with, &origins), ..(*key).clone() }];
    for (number, (frame, key)) in with.iter().enumerate() {
        let rows: Vec<Option<usize>> = match number.checked_sub(1) {
            None => (0..keys.len()).map(|row| (row < own).then_some(row)).collect(),
            Some(other) => keys.iter().map(|key| places[other].get(key).copied()).collect(),
        };
        for column in frame.columns.iter().filter(|column| column.name != key.name) {
            let name = free_name(&columns, &column.name, &frame.name);
            columns.push(Column { name, values: cells::pick_or_gap(&column.values, &rows), ..column.clone() });
        }
    }
    let frame = Frame { name: first.name.clone(), columns };
    let frame = if matches!(key.values, Values::Times(_)) { super::sort::sort(on, false, frame) } else { frame };
    Ok(vec![frame])
}

/// The keys themselves, in the type they have where all have the same.
fn merged(with: &[(&Frame, &Column)], origins: &[(usize, usize)]) -> Values {
    let cell = |place: &(usize, usize)| (&with[place.0].1.values, place.1);
    let all_times = with.iter().all(|(_, key)| matches!(key.values, Values::Times(_)));
    let all_numbers = with.iter().all(|(_, key)| matches!(key.values, Values::Numbers(_)));
    if all_times {
        let time = |place: &(usize, usize)| match cell(place) {
            (Values::Times(list), row) => list.get(row).copied(),
            _ => None,
        };
        return Values::Times(origins.iter().filter_map(time).collect());
    }
    if all_numbers {
        return Values::Numbers(origins.iter().map(|place| cells::number(cell(place).0, place.1)).collect());
    }
    Values::Texts(origins.iter().map(|place| cells::text(cell(place).0, place.1)).collect())
}

fn free_name(columns: &[Column], name: &str, frame: &str) -> String {
    let is_taken = |name: &str| columns.iter().any(|column| column.name == name);
    if !is_taken(name) {
        return name.to_owned();
    }
    let named = format!("{name} {frame}");
    if !is_taken(&named) {
        return named;
    }
    let mut number = 2;
    while is_taken(&format!("{name} {number}")) {
        number += 1;
    }
    format!("{name} {number}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use crate::dashboard::transform::tests::{column, frame, lines, numbers, texts};

    #[test]
    fn rows_of_all_frames_meet() {
        let first = frame(vec![texts("host", &["a", "b"]), numbers("value", &[1.0, 2.0])]);
        let second =
            Frame { name: "B".to_owned(), ..frame(vec![texts("host", &["c", "a", "a"]), numbers("value", &[3.0, 4.0, 5.0])]) };
        let joined = join("host", vec![first.clone(), second]).unwrap();
        assert_eq!(lines(&joined[0]), ["host value value B", "a 1 5", "b 2 ", "c  3"]);
        assert!(join("hots", vec![first]).unwrap_err().to_string().ends_with("did you mean `host`?"));
        assert_eq!(join("host", Vec::new()), Ok(Vec::new()));
    }

    #[test]
    fn times_stay_times_and_in_order() {
        let of =
            |times: &[i64], name: &str| frame(vec![column("time", Values::Times(times.to_vec())), numbers(name, &[1.0, 2.0])]);
        let joined = join("time", vec![of(&[10, 30], "x"), of(&[20, 30], "y")]).unwrap();
        assert_eq!(joined[0].times(), Some([10, 20, 30].as_slice()));
        assert_eq!(lines(&joined[0])[1..], ["10 1 ", "20  1", "30 2 2"]);
    }
}
