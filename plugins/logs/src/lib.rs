//! The panel `logs`: rows of tables, or series with a text among their labels, as lines.

use serde::Deserialize;
use vitrine_sdk::panel::{Line, LineColumns, Lines, Request, View, is_table, severity, table_lines};
use vitrine_sdk::{Column, Fault, Frame, Label, Panel, export};

const LINES: usize = 5_000;
const MOST_LINES: usize = 10_000;
const TEXTS: [&str; 4] = ["message", "msg", "text", "line"];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    time: Option<String>,
    text: Option<String>,
    level: Option<String>,
    least: Option<Least>,
    search: Option<String>,
    order: Order,
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Least {
    Trace,
    Debug,
    Info,
    Warning,
    Error,
    Fatal,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    #[default]
    Newest,
    Oldest,
}

#[derive(Debug)]
pub struct Logs;

impl Panel for Logs {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let names = LineColumns { time: options.time, text: options.text, level: options.level };
        let mut lines = Vec::new();
        for frame in request.frames.iter().filter(|frame| !frame.columns.is_empty()) {
            match is_table(frame) {
                true => lines.append(&mut table_lines(frame, &names)?),
                false => lines.extend(of_series(frame)),
            }
        }
        if let Some(least) = options.least {
            lines.retain(|line| severity(&line.level).1 >= least as u8);
        }
        if let Some(search) = options.search.map(|search| search.to_lowercase()) {
            lines.retain(|line| says(line, &search));
        }
        lines.sort_by_key(|line| line.time);
        if options.order == Order::Newest {
            lines.reverse();
        }
        lines.truncate(options.limit.unwrap_or(LINES).min(MOST_LINES));
        Ok(View::Lines(Lines { lines, ages: false }))
    }
}

/// At the time of their last values.
fn of_series(frame: &Frame) -> impl Iterator<Item = Line> {
    let times = frame.times().unwrap_or_default();
    frame.series().filter_map(move |(_, column, values)| {
        let last = values.iter().rposition(|value| !value.is_nan())?;
        let level = column.label("level").or(column.label("severity")).unwrap_or_default().to_owned();
        Some(Line {
            time: *times.get(last)?,
            state: severity(&level).0,
            level,
            text: text(column),
            fields: column.labels.iter().filter(|label| !TEXTS.contains(&label.name.as_str())).map(copy).collect(),
            ..Line::default()
        })
    })
}

fn text(column: &Column) -> String {
    TEXTS.iter().find_map(|name| column.label(name)).unwrap_or(&column.name).to_owned()
}

fn copy(label: &Label) -> Label {
    Label::new(label.name.as_str(), label.value.as_str())
}

fn says(line: &Line, search: &str) -> bool {
    line.text.to_lowercase().contains(search) || line.fields.iter().any(|field| field.value.to_lowercase().contains(search))
}

export!(panel: Logs);

#[cfg(test)]
mod tests;
