//! An answer of the API, read.

use std::collections::BTreeMap;

use serde_json::Value;
use vitrine_model::{Labels, Millis};

/// A value as it was written: digits are shown as the host gave them.
pub(super) type Point = (Millis, String);

#[derive(Debug, PartialEq)]
pub(super) struct Series {
    pub(super) labels: Labels,
    pub(super) points: Vec<Point>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) series: Vec<Series>,
    /// One moment, or a range.
    pub(super) is_range: bool,
}

impl Answer {
    /// The `data` of an answer; nothing where it has another shape.
    pub(super) fn read(data: &Value) -> Option<Answer> {
        let result = &data["result"];
        let kind = data["resultType"].as_str()?;
        let series = match kind {
            "scalar" | "string" => vec![Series { labels: Labels::new(), points: vec![point(result)?] }],
            _ => result.as_array()?.iter().map(series).collect::<Option<_>>()?,
        };
        Some(Answer { series, is_range: kind == "matrix" })
    }
}

fn series(one: &Value) -> Option<Series> {
    let metric: BTreeMap<String, String> = serde_json::from_value(one["metric"].clone()).ok()?;
    let points = match one["values"].as_array() {
        Some(values) => values.iter().map(point).collect::<Option<_>>()?,
        None => vec![point(&one["value"])?],
    };
    Some(Series { labels: Labels::from_pairs(metric), points })
}

fn point(pair: &Value) -> Option<Point> {
    Some(((pair[0].as_f64()? * 1000.0).round() as Millis, pair[1].as_str()?.to_owned()))
}
