//! Frames, actions and log pages as JSON. A number that is not finite is `null`.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use vitrine_model::frame::{Column, Frame, Values};
use vitrine_model::port::source::{Action, LogPage};
use vitrine_model::{Fault, Labels};

use crate::words;

#[derive(Serialize)]
pub(super) struct Answers<'a> {
    /// One for each query, in order.
    answers: Vec<AnswerShape<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum AnswerShape<'a> {
    Frames(Vec<FrameShape<'a>>),
    Fault(FaultShape<'a>),
}

#[derive(Serialize)]
struct FaultShape<'a> {
    whose: &'static str,
    reason: &'a str,
}

#[derive(Serialize)]
struct FrameShape<'a> {
    name: &'a str,
    columns: Vec<ColumnShape<'a>>,
}

#[derive(Serialize)]
struct ColumnShape<'a> {
    name: &'a str,
    labels: &'a Labels,
    unit: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    values: ValuesShape<'a>,
}

struct ValuesShape<'a>(&'a Values);

/// Times are milliseconds since 1970.
impl Serialize for ValuesShape<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Values::Times(values) => values.serialize(serializer),
            Values::Numbers(values) => values.serialize(serializer),
            Values::Texts(values) => values.serialize(serializer),
            Values::Flags(values) => values.serialize(serializer),
        }
    }
}

pub(super) fn answers(answers: &[Result<Vec<Frame>, Fault>]) -> Answers<'_> {
    Answers { answers: answers.iter().map(answer).collect() }
}

fn answer(answer: &Result<Vec<Frame>, Fault>) -> AnswerShape<'_> {
    match answer {
        Ok(frames) => AnswerShape::Frames(frames.iter().map(frame).collect()),
        Err(fault) => AnswerShape::Fault(FaultShape { whose: fault.whose(), reason: fault.reason() }),
    }
}

fn frame(frame: &Frame) -> FrameShape<'_> {
    FrameShape { name: &frame.name, columns: frame.columns.iter().map(column).collect() }
}

fn column(column: &Column) -> ColumnShape<'_> {
    let kind = match &column.values {
        Values::Times(_) => "times",
        Values::Numbers(_) => "numbers",
        Values::Texts(_) => "texts",
        Values::Flags(_) => "flags",
    };
    let (labels, unit) = (&column.labels, column.unit.as_deref());
    ColumnShape { name: &column.name, labels, unit, kind, values: ValuesShape(&column.values) }
}

pub(super) fn action(action: &Action) -> Value {
    json!({
        "name": action.name,
        "title": action.title,
        "description": action.description,
        "destructive": action.destructive,
        "arguments": serde_json::from_str(&action.arguments).unwrap_or(Value::Null),
    })
}

pub(super) fn page(page: &LogPage) -> Value {
    let lines = page.lines.iter();
    let lines = lines.map(|line| json!({ "time": words::machine(line.time), "level": line.level, "message": line.message }));
    json!({ "lines": lines.collect::<Vec<Value>>(), "labels": page.labels, "cursor": page.cursor })
}
