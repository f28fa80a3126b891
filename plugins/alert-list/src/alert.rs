//! Alerts from what the host answers: a table of its own, or series as Prometheus writes them.

use vitrine_sdk::panel::{Line, State, current, is_table, rows};
use vitrine_sdk::{Column, Frame, Label};

const SINCE: [&str; 4] = ["since", "active_at", "starts_at", "time"];
const KNOWN: [&str; 10] =
    ["since", "active_at", "starts_at", "time", "alertname", "name", "alertstate", "state", "summary", "__name__"];

pub(crate) fn lines(frame: &Frame) -> Vec<Line> {
    if is_table(frame) { (0..rows::count(frame)).filter_map(|row| of_row(frame, row)).collect() } else { of_series(frame) }
}

fn of_row(frame: &Frame, row: usize) -> Option<Line> {
    let said = |names: &[&str]| rows::column(frame, names).map(|column| rows::text(column, row)).unwrap_or_default();
    let time = rows::time(rows::column(frame, &SINCE)?, row)?;
    let field = |column: &Column| Label::new(column.name.as_str(), rows::text(column, row));
    let fields = frame.columns.iter().filter(|column| !KNOWN.contains(&column.name.as_str())).map(field).collect();
    Some(line(time, &said(&["alertname", "name"]), &said(&["alertstate", "state"]), &said(&["summary"]), fields))
}

/// Those that are there at the end of the range.
fn of_series(frame: &Frame) -> Vec<Line> {
    let times = frame.times().unwrap_or_default();
    let one = |(_, column, values): (u32, &Column, &[f64])| {
        if current(values).is_nan() || current(values) == 0.0 {
            return None;
        }
        let begun = values.iter().rposition(|value| value.is_nan() || *value == 0.0).map_or(0, |gap| gap + 1);
        let said = |name: &str| column.label(name).unwrap_or_default();
        let field = |label: &Label| Label::new(label.name.as_str(), label.value.as_str());
        let fields = column.labels.iter().filter(|label| !KNOWN.contains(&label.name.as_str())).map(field).collect();
        Some(line(*times.get(begun)?, said("alertname"), said("alertstate"), said("summary"), fields))
    };
    frame.series().filter_map(one).collect()
}

fn line(time: i64, name: &str, level: &str, summary: &str, fields: Vec<Label>) -> Line {
    let severity = fields.iter().find(|field| field.name == "severity").map_or("", |field| field.value.as_str());
    let state = match (level, severity) {
        ("firing", "warning" | "info" | "none") | ("pending", _) => State::Warning,
        _ => State::Bad,
    };
    let name = if name.is_empty() { "alert" } else { name };
    let text = if summary.is_empty() { name.to_owned() } else { [name, " · ", summary].concat() };
    Line { time, state, level: level.to_owned(), text, fields, link: String::new() }
}
