//! What a source answers beside its schedule: queries in its own language, actions, pages of its log.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{ConnectInfo, Extension, Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;

use crate::act::{Offered, find};
use crate::api::envelope::{ApiError, success};
use crate::web::Web;

mod shape;

/// Queries of one request: as many as a panel may have.
const QUERIES: usize = 26;
/// Lines of one page, unless another number is asked for, and at most.
const LINES: u32 = 100;
const MOST_LINES: u32 = 1_000;
/// The range where none is given, and its step.
const RANGE: Millis = 3_600_000;
const STEP: Millis = 15_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    queries: Vec<String>,
    start: Option<jiff::Timestamp>,
    end: Option<jiff::Timestamp>,
    /// In seconds.
    step: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Order {
    arguments: Option<Value>,
    /// The person knows that it cannot be undone.
    confirm: bool,
}

#[derive(Deserialize)]
pub(crate) struct Reading {
    cursor: Option<String>,
    limit: Option<u32>,
}

pub(crate) async fn query(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    body: Result<Json<Asked>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(asked) = body.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    if asked.queries.is_empty() || asked.queries.len() > QUERIES {
        return Err(ApiError::bad_data(format!("{} queries: 1 to {QUERIES} are answered at once", asked.queries.len())));
    }
    let range = range(&asked, web.clock.now())?;
    let answers = find(&web, &name)?.query(&asked.queries, range).await.map_err(|fault| ApiError::fault(&fault))?;
    // Millions of values take their time to write.
    let written = tokio::task::spawn_blocking(move || success(shape::answers(&answers))).await;
    written.map_err(|error| ApiError::internal(error.to_string()))
}

fn range(asked: &Asked, now: Millis) -> Result<TimeRange, ApiError> {
    let end = asked.end.map_or(now, jiff::Timestamp::as_millisecond);
    let start = asked.start.map_or(end - RANGE, jiff::Timestamp::as_millisecond);
    let step = asked.step.map_or(STEP, |seconds| (seconds * 1_000.0).round() as Millis);
    match (end < start, step > 0) {
        (true, _) => Err(ApiError::bad_data("`end` lies before `start`")),
        (_, false) => Err(ApiError::bad_data("`step` must be longer than nothing")),
        _ => Ok(TimeRange { start, end, step }),
    }
}

pub(crate) async fn actions(State(web): State<Arc<Web>>, Path(name): Path<String>) -> Result<Response, ApiError> {
    let offered = find(&web, &name)?.actions().await.map_err(|fault| ApiError::fault(&fault))?;
    Ok(success(json!({ "actions": offered.iter().map(shape::action).collect::<Vec<Value>>() })))
}

/// Who may was asked before this: by method and address, as for all routes.
pub(crate) async fn act(
    State(web): State<Arc<Web>>,
    Path((name, action)): Path<(String, String)>,
    caller: Option<Extension<ConnectInfo<SocketAddr>>>,
    body: Result<Json<Order>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(order) = body.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let offered = Offered::find(&web, &name, &action).await?;
    let arguments = order.arguments.unwrap_or_else(|| json!({}));
    offered.fits(&arguments)?;
    if offered.action.destructive && !order.confirm {
        return Err(ApiError::bad_data(format!("`{action}` cannot be undone: say `\"confirm\": true` if you mean it")));
    }
    let from = caller.map(|Extension(ConnectInfo(address))| address.ip());
    offered.perform(arguments, from).await.map(|said| success(json!({ "answer": said })))
}

pub(crate) async fn logs(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    asked: Result<Query<Reading>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(asked) = asked.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let limit = asked.limit.unwrap_or(LINES);
    if !(1..=MOST_LINES).contains(&limit) {
        return Err(ApiError::bad_data(format!("`limit` is 1 to {MOST_LINES}")));
    }
    let page = find(&web, &name)?.logs(asked.cursor.as_deref(), limit).await.map_err(|fault| ApiError::fault(&fault))?;
    Ok(success(shape::page(&page)))
}
