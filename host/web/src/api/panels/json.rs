//! Frames as JSON, in columns.

use serde_json::{Map, Value, json};
use vitrine_model::frame::{Column, Frame, Values};

use crate::words;

/// `{"frames": [{"name", "columns": [{"name", "labels", "unit", "type", "values"}]}]}`; times are RFC 3339, gaps are null.
pub(super) fn write(frames: &[Frame]) -> String {
    json!({ "frames": frames.iter().map(frame).collect::<Vec<Value>>() }).to_string()
}

fn frame(frame: &Frame) -> Value {
    json!({ "name": frame.name, "columns": frame.columns.iter().map(column).collect::<Vec<Value>>() })
}

fn column(column: &Column) -> Value {
    let labels: Map<String, Value> = column.labels.iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    let (kind, values): (&str, Vec<Value>) = match &column.values {
        Values::Times(list) => ("time", list.iter().map(|time| words::machine(*time).into()).collect()),
        Values::Numbers(list) => ("number", list.iter().map(|value| number(*value)).collect()),
        Values::Texts(list) => ("text", list.iter().map(|text| text.as_str().into()).collect()),
        Values::Flags(list) => ("flag", list.iter().map(|flag| (*flag).into()).collect()),
    };
    json!({ "name": column.name, "labels": labels, "unit": column.unit, "type": kind, "values": values })
}

/// JSON has no word for what is not finite: Prometheus's stand there.
fn number(value: f64) -> Value {
    match value {
        _ if value.is_nan() => Value::Null,
        _ if value.is_infinite() => Value::from(if value > 0.0 { "+Inf" } else { "-Inf" }),
        _ => Value::from(value),
    }
}
