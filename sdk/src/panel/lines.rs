//! Tables as lines of a log: which column is the time, which the text, which the weight.

use serde::Deserialize;

use super::{Line, rows, severity};
use crate::{Column, Fault, Frame, Label, Values};

const TIMES: [&str; 6] = ["time", "timestamp", "@timestamp", "ts", "at", "date"];
const TEXTS: [&str; 8] = ["message", "msg", "text", "line", "log", "body", "event", "title"];
const LEVELS: [&str; 6] = ["level", "severity", "lvl", "loglevel", "priority", "state"];
/// The host takes no more.
const MOST_FIELDS: usize = 100;

/// The options `time`, `text` and `level`: the names of columns, where they are not the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LineColumns {
    pub time: Option<String>,
    pub text: Option<String>,
    pub level: Option<String>,
}

/// A line for each row that has a time; what is neither time, text nor level is a field.
pub fn table_lines(frame: &Frame, names: &LineColumns) -> Result<Vec<Line>, Fault> {
    let time = match named(frame, names.time.as_deref(), "time")?.or_else(|| rows::column(frame, &TIMES)) {
        Some(column) => Some(column),
        None => frame.columns.iter().find(|column| matches!(column.values, Values::Times(_))),
    };
    let Some(time) = time else { return Err(Fault::Invalid(missing(frame, "time", "times"))) };
    let text = named(frame, names.text.as_deref(), "text")?.or_else(|| rows::column(frame, &TEXTS));
    let Some(text) = text.or_else(|| rows::first_texts(frame)) else {
        return Err(Fault::Invalid(missing(frame, "text", "texts")));
    };
    let level = named(frame, names.level.as_deref(), "level")?.or_else(|| rows::column(frame, &LEVELS));
    let known = |column: &Column| [Some(time), Some(text), level].into_iter().flatten().any(|one| std::ptr::eq(one, column));
    let rest: Vec<&Column> = frame.columns.iter().filter(|column| !known(column)).take(MOST_FIELDS).collect();
    let line = |row: usize| {
        let level = level.map(|level| rows::text(level, row)).unwrap_or_default();
        let field = |column: &&Column| Label::new(column.name.as_str(), rows::text(column, row));
        Some(Line {
            time: rows::time(time, row)?,
            state: severity(&level).0,
            text: rows::text(text, row),
            fields: rest.iter().map(field).collect(),
            level,
            ..Line::default()
        })
    };
    Ok((0..rows::count(frame)).filter_map(line).collect())
}

fn named<'a>(frame: &'a Frame, name: Option<&str>, option: &str) -> Result<Option<&'a Column>, Fault> {
    match name {
        None => Ok(None),
        Some(name) => match rows::column(frame, &[name]) {
            Some(column) => Ok(Some(column)),
            None => Err(Fault::Invalid(["`", option, "`: there is no column `", name, "`, but ", &titles(frame)].concat())),
        },
    }
}

fn missing(frame: &Frame, option: &str, what: &str) -> String {
    ["none of the columns ", &titles(frame), " holds ", what, ": say which one by `", option, "`"].concat()
}

fn titles(frame: &Frame) -> String {
    frame.columns.iter().take(20).map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::State;

    fn column(name: &str, values: Values) -> Column {
        Column { name: name.to_owned(), labels: Vec::new(), unit: None, values }
    }

    #[test]
    fn the_usual_names_are_known() {
        let texts = |list: [&str; 2]| Values::Texts(list.map(str::to_owned).to_vec());
        let columns = vec![
            column("host", texts(["web", "db"])),
            column("Msg", texts(["no answer", "started"])),
            column("severity", texts(["ERROR", ""])),
            column("ts", Values::Numbers(vec![2.5, f64::NAN])),
        ];
        let frame = Frame { name: String::new(), columns };
        let lines = table_lines(&frame, &LineColumns::default()).unwrap_or_default();
        assert_eq!(lines.len(), 1);
        let line = &lines[0];
        assert_eq!((line.time, line.state, line.level.as_str(), line.text.as_str()), (2_500, State::Bad, "ERROR", "no answer"));
        assert_eq!(line.fields, [Label::new("host", "web")]);
        let named = LineColumns { text: Some("host".to_owned()), ..LineColumns::default() };
        assert_eq!(table_lines(&frame, &named).unwrap_or_default()[0].text, "web");
        let named = LineColumns { text: Some("words".to_owned()), ..LineColumns::default() };
        let fault = table_lines(&frame, &named).err().map(|fault| fault.reason().to_owned());
        assert_eq!(fault.as_deref(), Some("`text`: there is no column `words`, but host, Msg, severity, ts"));
    }
}
