//! PromQL over HTTP, as Prometheus answers it.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use vitrine_model::frame::TimeRange;
use vitrine_model::{Labels, Millis, Span};
use vitrine_query::{Answer, Cancel, Engine, Expr, Matrix, QueryError};

use crate::api::envelope::{ApiError, success};
use crate::ask::AskError;
use crate::web::Web;

/// A larger answer would take more memory than a client can want.
const MOST_POINTS: usize = 2_000_000;

#[derive(Deserialize)]
pub(crate) struct InstantQuery {
    query: String,
    time: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct RangeQuery {
    query: String,
    start: String,
    end: String,
    step: String,
}

#[derive(Serialize)]
struct Data<T> {
    #[serde(rename = "resultType")]
    result_type: &'static str,
    result: T,
}

/// Seconds, and the value as text.
type Point = (f64, String);

#[derive(Serialize)]
struct VectorShape {
    metric: Labels,
    value: Point,
}

#[derive(Serialize)]
struct MatrixShape<'a> {
    metric: &'a Labels,
    values: Points<'a>,
}

/// The points of one series that are there, written one by one: an answer is too large to be kept twice.
struct Points<'a> {
    times: &'a [Millis],
    values: &'a [f64],
}

impl Serialize for Points<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let present = self.times.iter().zip(self.values).filter(|(_, value)| !value.is_nan());
        serializer.collect_seq(present.map(|(time, value)| -> Point { (seconds(*time), number(*value)) }))
    }
}

pub(crate) async fn instant(
    State(web): State<Arc<Web>>,
    form: Result<Form<InstantQuery>, FormRejection>,
) -> Result<Response, ApiError> {
    let Form(asked) = form.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let at = match &asked.time {
        Some(text) => moment(text, "time")?,
        None => web.clock.now(),
    };
    web.asker.work(move |engine, cancel| answer_instant(engine, cancel, &asked.query, at)).await?
}

pub(crate) async fn range(
    State(web): State<Arc<Web>>,
    form: Result<Form<RangeQuery>, FormRejection>,
) -> Result<Response, ApiError> {
    let Form(asked) = form.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let range = TimeRange { start: moment(&asked.start, "start")?, end: moment(&asked.end, "end")?, step: step(&asked.step)? };
    if range.end < range.start {
        return Err(ApiError::bad_data("`end` lies before `start`"));
    }
    web.asker.work(move |engine, cancel| answer_range(engine, cancel, &asked.query, range)).await?
}

/// Parsing, computing and writing all take long for what a stranger may send: none of it is done where others wait.
fn answer_instant(engine: &Engine, cancel: &Cancel, query: &str, at: Millis) -> Result<Response, ApiError> {
    let point = |value: f64| (seconds(at), number(value));
    Ok(match engine.instant(&parse(query)?, at, cancel)? {
        Answer::Scalar(value) => success(Data { result_type: "scalar", result: point(value) }),
        Answer::Text(text) => success(Data { result_type: "string", result: (seconds(at), text) }),
        Answer::Vector(vector) => {
            let list: Vec<VectorShape> =
                vector.into_iter().map(|(metric, value)| VectorShape { metric, value: point(value) }).collect();
            success(Data { result_type: "vector", result: list })
        }
    })
}

fn answer_range(engine: &Engine, cancel: &Cancel, query: &str, range: TimeRange) -> Result<Response, ApiError> {
    let matrix = engine.range(&parse(query)?, range, cancel)?;
    check_points(&matrix, MOST_POINTS)?;
    let shapes: Vec<MatrixShape<'_>> = matrix
        .series
        .iter()
        .map(|(metric, values)| MatrixShape { metric, values: Points { times: &matrix.times, values } })
        .collect();
    Ok(success(Data { result_type: "matrix", result: shapes }))
}

fn check_points(matrix: &Matrix, most: usize) -> Result<(), QueryError> {
    let points: usize = matrix.series.iter().map(|(_, values)| values.iter().filter(|value| !value.is_nan()).count()).sum();
    if points <= most {
        return Ok(());
    }
    Err(QueryError::Limit(format!(
        "the answer has {points} points, {most} are allowed: ask for a longer step, a shorter range or fewer series"
    )))
}

fn parse(text: &str) -> Result<Expr, ApiError> {
    Expr::parse(text).map_err(|error| ApiError::bad_data(error.to_string()))
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> ApiError {
        match error {
            AskError::Slow => ApiError::timeout(error.to_string()),
            AskError::Broken(_) => ApiError::internal(error.to_string()),
            AskError::Query(reason) => reason.into(),
        }
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> ApiError {
        match &error {
            QueryError::Store(_) => ApiError::internal(error.to_string()),
            _ => ApiError::execution(error.to_string()),
        }
    }
}

/// Seconds since the epoch, or RFC 3339.
fn moment(text: &str, name: &str) -> Result<Millis, ApiError> {
    if let Ok(seconds) = text.parse::<f64>()
        && seconds.abs() < 1e12
    {
        return Ok((seconds * 1000.0).round() as Millis);
    }
    match text.parse::<Timestamp>() {
        Ok(timestamp) => Ok(timestamp.as_millisecond()),
        Err(_) => {
            Err(ApiError::bad_data(format!("`{name}` is not a moment: write seconds since 1970, or `2026-11-20T08:00:00Z`")))
        }
    }
}

/// Seconds, or a duration.
fn step(text: &str) -> Result<Millis, ApiError> {
    let millis = match text.parse::<f64>() {
        Ok(seconds) if seconds.abs() < 1e12 => (seconds * 1000.0).round() as Millis,
        _ => text.parse::<Span>().map_err(|error| ApiError::bad_data(format!("`step`: {error}")))?.millis(),
    };
    if millis > 0 { Ok(millis) } else { Err(ApiError::bad_data("`step` must be longer than nothing")) }
}

fn seconds(time: Millis) -> f64 {
    time as f64 / 1000.0
}

/// As Prometheus writes numbers.
pub(crate) fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

/// As Go's `%e`, which Prometheus uses for the values of alerts: the shortest digits, an exponent of two or more.
pub(crate) fn scientific(value: f64) -> String {
    if !value.is_finite() {
        return number(value);
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_have_values_as_prometheus_writes_them() {
        for (value, text) in [
            (1.0, "1e+00"),
            (0.0, "0e+00"),
            (-12.5, "-1.25e+01"),
            (0.91, "9.1e-01"),
            (1e123, "1e+123"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(scientific(value), text);
        }
    }

    #[test]
    fn answers_are_bounded_by_the_points_that_are_there() {
        let matrix = Matrix { times: vec![1, 2, 3], series: vec![(Labels::new(), vec![1.0, f64::NAN, 2.0])] };
        assert!(check_points(&matrix, 2).is_ok());
        assert!(check_points(&matrix, 1).is_err());
    }
}
