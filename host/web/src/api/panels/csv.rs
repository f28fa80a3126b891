//! Frames as CSV (RFC 4180): series side by side over one column of times, tables as they are.

use std::collections::BTreeMap;

use vitrine_model::Millis;
use vitrine_model::frame::{Column, Frame, Values};

use crate::words;

/// Tables follow each other with an empty line between.
pub(super) fn write(frames: &[Frame]) -> String {
    let (series, tables): (Vec<&Frame>, Vec<&Frame>) = frames.iter().partition(|frame| is_series(frame));
    let mut parts = Vec::new();
    if !series.is_empty() {
        parts.push(beside(&series));
    }
    parts.extend(tables.into_iter().map(table));
    parts.join("\r\n")
}

fn is_series(frame: &Frame) -> bool {
    let is_fit = |column: &Column| matches!(column.values, Values::Times(_) | Values::Numbers(_));
    frame.times().is_some() && frame.columns.iter().all(is_fit)
}

/// A row for each time that any of them has.
fn beside(frames: &[&Frame]) -> String {
    let numbers = |frame: &'_ &Frame| -> usize {
        frame.columns.iter().filter(|column| matches!(column.values, Values::Numbers(_))).count()
    };
    let width: usize = frames.iter().map(numbers).sum();
    let mut rows: BTreeMap<Millis, Vec<f64>> = BTreeMap::new();
    let mut heads = vec!["time".to_owned()];
    for frame in frames {
        let times = frame.times().unwrap_or_default();
        for column in &frame.columns {
            let Values::Numbers(values) = &column.values else { continue };
            let place = heads.len() - 1;
            for (time, value) in times.iter().zip(values) {
                rows.entry(*time).or_insert_with(|| vec![f64::NAN; width])[place] = *value;
            }
            heads.push(cell(&column.name));
        }
    }
    let mut out = line(&heads);
    for (time, values) in rows {
        let cells: Vec<String> = std::iter::once(words::machine(time)).chain(values.into_iter().map(number)).collect();
        out.push_str(&line(&cells));
    }
    out
}

fn table(frame: &Frame) -> String {
    let heads: Vec<String> = frame.columns.iter().map(|column| cell(&column.name)).collect();
    let rows = frame.columns.iter().map(|column| column.values.len()).max().unwrap_or(0);
    let mut out = line(&heads);
    for row in 0..rows {
        let cells: Vec<String> = frame.columns.iter().map(|column| value(&column.values, row)).collect();
        out.push_str(&line(&cells));
    }
    out
}

fn value(values: &Values, row: usize) -> String {
    match values {
        Values::Times(list) => list.get(row).map(|time| words::machine(*time)).unwrap_or_default(),
        Values::Numbers(list) => number(list.get(row).copied().unwrap_or(f64::NAN)),
        Values::Texts(list) => list.get(row).map(|text| cell(text)).unwrap_or_default(),
        Values::Flags(list) => list.get(row).map(ToString::to_string).unwrap_or_default(),
    }
}

/// A gap is empty.
fn number(value: f64) -> String {
    if value.is_nan() { String::new() } else { value.to_string() }
}

fn line(cells: &[String]) -> String {
    format!("{}\r\n", cells.join(","))
}

/// Somebody's text: spreadsheets take what begins like a formula for one, so it gets a quote before it.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if text.contains(['"', ',', '\n', '\r']) {
        return format!("\"{guard}{}\"", text.replace('"', "\"\""));
    }
    format!("{guard}{text}")
}

#[cfg(test)]
mod tests {
    use vitrine_model::Labels;

    use super::*;

    fn frame(columns: Vec<(&str, Values)>) -> Frame {
        let column = |(name, values): (&str, Values)| Column { name: name.to_owned(), labels: Labels::new(), unit: None, values };
        Frame { name: String::new(), columns: columns.into_iter().map(column).collect() }
    }

    #[test]
    fn series_stand_beside_each_other() {
        let one = frame(vec![("time", Values::Times(vec![0, 1_000])), ("a,b", Values::Numbers(vec![1.5, f64::NAN]))]);
        let two = frame(vec![("time", Values::Times(vec![1_000, 2_000])), ("=c", Values::Numbers(vec![-2.0, f64::INFINITY]))]);
        let expected =
            "time,\"a,b\",'=c\r\n1970-01-01T00:00:00Z,1.5,\r\n1970-01-01T00:00:01Z,,-2\r\n1970-01-01T00:00:02Z,,inf\r\n";
        assert_eq!(write(&[one, two]).replace(".000Z", "Z"), expected);
    }

    #[test]
    fn tables_stay_as_they_are() {
        let texts = Values::Texts(vec!["say \"x\"".to_owned(), "@now".to_owned()]);
        let table = frame(vec![("name", texts), ("ok", Values::Flags(vec![true, false]))]);
        let written = write(&[table.clone(), table]);
        let one = "name,ok\r\n\"say \"\"x\"\"\",true\r\n'@now,false\r\n";
        assert_eq!(written, format!("{one}\r\n{one}"));
        assert_eq!(write(&[]), "");
    }
}
