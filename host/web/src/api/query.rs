//! PromQL over HTTP, as Prometheus answers it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;
use vitrine_model::sample::is_stale;
use vitrine_query::{Answer, Cancel, Engine, Expr, Matrix, QueryError};

use crate::api::answer::{self, Notes};
use crate::api::envelope::ApiError;
use crate::api::parameters::Parameters;
use crate::ask::AskError;
use crate::web::Web;

/// A larger answer would take more memory than a client can want.
const MOST_POINTS: usize = 2_000_000;
/// Bytes of an expression that is read on the spot.
const SHORT: usize = 512;

pub(crate) async fn instant(State(web): State<Arc<Web>>, asked: Parameters) -> Result<Response, ApiError> {
    let at = asked.moment("time")?.unwrap_or_else(|| web.clock.now());
    let (limit, timeout, lookback) = (asked.limit("limit")?, asked.timeout()?, asked.span("lookback_delta")?);
    let short = short(&asked)?;
    let work = move |engine: &Engine, cancel: &Cancel, expr: Option<Expr>| -> Result<_, ApiError> {
        let expr = expr.map_or_else(|| asked.query(), Ok)?;
        Ok(looking_back(engine, lookback).instant_with_notes(&expr, at, cancel)?)
    };
    let (mut answer, notes) = answered(&web, timeout, short, TimeRange { start: at, end: at, step: 1 }, work).await?;
    let mut notes = Notes::from(notes);
    if let Answer::Vector(vector) = &mut answer {
        shorten(vector, limit, &mut notes);
    }
    Ok(answer::instant(answer, at, &notes))
}

pub(crate) async fn range(State(web): State<Arc<Web>>, asked: Parameters) -> Result<Response, ApiError> {
    let step = asked.span("step")?.ok_or_else(|| ApiError::bad_data("the parameter `step` is missing: add it to the request"))?;
    let range = TimeRange { start: asked.need_moment("start")?, end: asked.need_moment("end")?, step };
    if range.end < range.start {
        return Err(ApiError::bad_data("invalid parameter `end`: it lies before `start`; exchange them"));
    }
    let (limit, timeout, lookback) = (asked.limit("limit")?, asked.timeout()?, asked.span("lookback_delta")?);
    let short = short(&asked)?;
    let work = move |engine: &Engine, cancel: &Cancel, expr: Option<Expr>| -> Result<_, ApiError> {
        let expr = expr.map_or_else(|| asked.query(), Ok)?;
        let (matrix, notes) = looking_back(engine, lookback).range_with_notes(&expr, range, cancel)?;
        check_points(&matrix, MOST_POINTS)?;
        Ok((matrix, notes))
    };
    let (mut matrix, notes) = answered(&web, timeout, short, range, work).await?;
    let mut notes = Notes::from(notes);
    shorten(&mut matrix.series, limit, &mut notes);
    Ok(answer::range(matrix, &notes))
}

/// An expression so short that reading it keeps nobody waiting.
fn short(asked: &Parameters) -> Result<Option<Expr>, ApiError> {
    asked.get("query").filter(|text| text.len() <= SHORT).map(|_| asked.query()).transpose()
}

/// Parsing and computing both take long for what a stranger may send: neither is done where others wait, but for what is
/// known to be quick.
async fn answered<T: Send + 'static>(
    web: &Web,
    timeout: Option<Duration>,
    short: Option<Expr>,
    range: TimeRange,
    work: impl FnOnce(&Engine, &Cancel, Option<Expr>) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    if let Some(spot) = short.as_ref().and_then(|expr| web.asker.on_the_spot(expr, range)) {
        let (engine, cancel) = (spot.engine, &spot.cancel);
        return work(engine, cancel, short.clone());
    }
    web.asker.within(timeout, move |engine, cancel| work(engine, cancel, short)).await?
}

/// As many as were asked for; says so where there are more.
pub(crate) fn shorten<T>(list: &mut Vec<T>, limit: Option<usize>, notes: &mut Notes) {
    if let Some(limit) = limit
        && list.len() > limit
    {
        list.truncate(limit);
        notes.warnings.push("results truncated due to limit".to_owned());
    }
}

/// The engine, for which a sample stands for its series as long as was asked.
fn looking_back(engine: &Engine, lookback: Option<Millis>) -> Engine {
    lookback.map_or_else(|| engine.clone(), |lookback| engine.looking_back(lookback))
}

fn check_points(matrix: &Matrix, most: usize) -> Result<(), QueryError> {
    let points: usize = matrix.series.iter().map(|(_, values)| values.iter().filter(|value| !is_stale(**value)).count()).sum();
    if points <= most {
        return Ok(());
    }
    Err(QueryError::Limit(format!(
        "the answer has {points} points, {most} are allowed: ask for a longer step, a shorter range or fewer series"
    )))
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> ApiError {
        match error {
            AskError::Slow(_) => ApiError::timeout(error.to_string()),
            AskError::Broken(_) => ApiError::internal(error.to_string()),
            AskError::Query(reason) => reason.into(),
        }
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> ApiError {
        match &error {
            QueryError::Store(_) => ApiError::internal(error.to_string()),
            QueryError::Range(_) => ApiError::bad_data(error.to_string()),
            QueryError::Cancelled => ApiError::canceled(error.to_string()),
            _ => ApiError::execution(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vitrine_model::Labels;

    #[test]
    fn answers_are_bounded_by_the_points_that_are_there() {
        let matrix =
            Matrix { times: vec![1, 2, 3], series: vec![(Labels::new(), vec![1.0, vitrine_model::sample::stale(), 2.0])] };
        assert!(check_points(&matrix, 2).is_ok());
        assert!(check_points(&matrix, 1).is_err());
    }
}
