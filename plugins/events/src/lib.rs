//! The panel `events`: changes of series, or rows of tables, as lines.

use serde::Deserialize;
use vitrine_sdk::panel::{
    Levels, Line, LineColumns, Lines, Mapping, Request, View, is_table, meaning, series_names, table_lines,
};
use vitrine_sdk::{Fault, Frame, Label, Panel, export};

const EVENTS: usize = 100;
const MOST_EVENTS: usize = 2_000;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    time: Option<String>,
    text: Option<String>,
    level: Option<String>,
    map: Vec<Mapping>,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
    order: Order,
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    #[default]
    Newest,
    Oldest,
}

#[derive(Debug)]
pub struct Events;

impl Panel for Events {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let names = LineColumns { time: options.time.clone(), text: options.text.clone(), level: options.level.clone() };
        let (tables, series): (Vec<Frame>, Vec<Frame>) = request.frames.into_iter().partition(is_table);
        let mut lines = changes(&series, &options);
        for table in &tables {
            lines.append(&mut table_lines(table, &names)?);
        }
        lines.sort_by_key(|line| line.time);
        if options.order == Order::Newest {
            lines.reverse();
        }
        lines.truncate(options.limit.unwrap_or(EVENTS).min(MOST_EVENTS));
        Ok(View::Lines(Lines { lines, ages: false }))
    }
}

/// Every change of what a series means; a gap is none.
fn changes(frames: &[Frame], options: &Options) -> Vec<Line> {
    let levels = Levels { warn: options.warn, bad: options.bad };
    let names = series_names(frames, options.legend.as_deref());
    let series = frames.iter().flat_map(|frame| frame.series().map(move |one| (frame.times().unwrap_or_default(), one)));
    let mut lines = Vec::new();
    for ((times, (_, column, values)), name) in series.zip(names) {
        let mut before: Option<String> = None;
        for (time, value) in times.iter().zip(values).filter(|(_, value)| !value.is_nan()) {
            let (text, state) = meaning(*value, &options.map, levels);
            if let Some(before) = before.as_ref().filter(|before| **before != text) {
                let said = [&name, ": ", before, " → ", &text].concat();
                let fields = column.labels.iter().map(|label| Label::new(label.name.as_str(), label.value.as_str()));
                lines.push(Line {
                    time: *time,
                    state,
                    level: String::new(),
                    text: said,
                    fields: fields.collect(),
                    link: String::new(),
                });
            }
            before = Some(text);
        }
    }
    lines
}

export!(panel: Events);

#[cfg(test)]
mod tests;
