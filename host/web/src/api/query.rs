//! PromQL over HTTP, as Prometheus answers it.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vitrine_model::frame::TimeRange;
use vitrine_model::{Labels, Millis, Span};
use vitrine_query::{Answer, Expr, Matrix, QueryError};

use crate::api::envelope::{ApiError, success};
use crate::ask::AskError;
use crate::web::Web;

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
struct MatrixShape {
    metric: Labels,
    values: Vec<Point>,
}

pub(crate) async fn instant(
    State(web): State<Arc<Web>>,
    form: Result<Form<InstantQuery>, FormRejection>,
) -> Result<Response, ApiError> {
    let Form(asked) = form.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let expr = parse(&asked.query)?;
    let at = match &asked.time {
        Some(text) => moment(text, "time")?,
        None => web.clock.now(),
    };
    let point = |value: f64| (seconds(at), number(value));
    Ok(match web.asker.instant(Arc::new(expr), at).await? {
        Answer::Scalar(value) => success(Data { result_type: "scalar", result: point(value) }),
        Answer::Text(text) => success(Data { result_type: "string", result: (seconds(at), text) }),
        Answer::Vector(vector) => {
            let list: Vec<VectorShape> =
                vector.into_iter().map(|(metric, value)| VectorShape { metric, value: point(value) }).collect();
            success(Data { result_type: "vector", result: list })
        }
    })
}

pub(crate) async fn range(
    State(web): State<Arc<Web>>,
    form: Result<Form<RangeQuery>, FormRejection>,
) -> Result<Response, ApiError> {
    let Form(asked) = form.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let expr = parse(&asked.query)?;
    let range = TimeRange { start: moment(&asked.start, "start")?, end: moment(&asked.end, "end")?, step: step(&asked.step)? };
    if range.end < range.start {
        return Err(ApiError::bad_data("`end` lies before `start`"));
    }
    let matrix = web.asker.range(Arc::new(expr), range).await?;
    Ok(success(Data { result_type: "matrix", result: shapes(matrix) }))
}

fn shapes(matrix: Matrix) -> Vec<MatrixShape> {
    let times = matrix.times;
    let shape = |(metric, values): (Labels, Vec<f64>)| MatrixShape {
        metric,
        values: times
            .iter()
            .zip(values)
            .filter(|(_, value)| !value.is_nan())
            .map(|(time, value)| (seconds(*time), number(value)))
            .collect(),
    };
    matrix.series.into_iter().map(shape).collect()
}

fn parse(text: &str) -> Result<Expr, ApiError> {
    Expr::parse(text).map_err(|error| ApiError::bad_data(error.to_string()))
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> ApiError {
        match &error {
            AskError::Slow => ApiError::timeout(error.to_string()),
            AskError::Broken(_) | AskError::Query(QueryError::Store(_)) => ApiError::internal(error.to_string()),
            AskError::Query(_) => ApiError::execution(error.to_string()),
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
