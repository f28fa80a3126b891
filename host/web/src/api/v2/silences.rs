//! Silences in Alertmanager's shape: listed, made, edited, ended.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use vitrine_model::silence::{Condition, Silence, SilenceState};
use vitrine_model::{Millis, Span};
use vitrine_monitor::notify::{Draft, NotHushed};

use super::query::Wanted;
use super::{Refused, blocking, shape};
use crate::audit;
use crate::web::Web;

/// A silence as somebody wants it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Postable {
    id: Option<String>,
    matchers: Vec<Condition>,
    starts_at: Timestamp,
    ends_at: Timestamp,
    created_by: String,
    comment: String,
    /// How long before its end somebody is reminded, such as `30m`: not Alertmanager's.
    remind_before: Option<Span>,
}

type Caller = Option<Extension<ConnectInfo<SocketAddr>>>;

impl From<NotHushed> for Refused {
    fn from(reason: NotHushed) -> Refused {
        let status = match &reason {
            NotHushed::Unknown(..) => StatusCode::NOT_FOUND,
            NotHushed::Invalid(_) => StatusCode::BAD_REQUEST,
            NotHushed::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Refused(status, reason.to_string())
    }
}

/// Active ones first, by their end; then those to come, by their start; then those that ended, the last one first.
fn order(silence: &Silence, now: Millis) -> (SilenceState, Millis) {
    let state = silence.state(now);
    match state {
        SilenceState::Active => (state, silence.ends_at),
        SilenceState::Pending => (state, silence.starts_at),
        SilenceState::Expired => (state, -silence.ends_at),
    }
}

pub(crate) async fn list(State(web): State<Arc<Web>>, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let wanted = Wanted::read(query.as_deref())?;
    let now = web.clock.now();
    let mut silences = web.teller.silences();
    silences.retain(|silence| wanted.has_conditions(&silence.conditions));
    silences.sort_by_key(|silence| order(silence, now));
    Ok(Json(silences.iter().map(|silence| shape::silence(silence, now)).collect::<Vec<_>>()).into_response())
}

pub(crate) async fn show(State(web): State<Arc<Web>>, Path(id): Path<String>) -> Result<Response, Refused> {
    let found = web.teller.silences().into_iter().find(|silence| silence.id == id);
    let silence = found.ok_or(Refused(StatusCode::NOT_FOUND, format!("there is no silence `{id}`")))?;
    Ok(Json(shape::silence(&silence, web.clock.now())).into_response())
}

pub(crate) async fn write(
    State(web): State<Arc<Web>>,
    caller: Caller,
    body: Result<Json<Postable>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(posted) = body.map_err(|rejection| Refused::bad(rejection.body_text()))?;
    let draft = Draft {
        id: posted.id.filter(|id| !id.is_empty()),
        conditions: posted.matchers,
        starts_at: posted.starts_at.as_millisecond(),
        ends_at: posted.ends_at.as_millisecond(),
        author: posted.created_by,
        comment: posted.comment,
        remind: posted.remind_before.map(Span::millis),
    };
    let matchers: Vec<String> = draft.conditions.iter().map(Condition::to_string).collect();
    let (author, what) = (draft.author.clone(), format!("{{{}}}", matchers.join(", ")));
    let id = blocking(move || web.teller.silence(draft)).await??;
    audit::acted(&author, caller.map(|Extension(ConnectInfo(address))| address.ip()), "silenced", &what);
    Ok(Json(json!({ "silenceID": id })).into_response())
}

pub(crate) async fn expire(State(web): State<Arc<Web>>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refused> {
    let ended = id.clone();
    blocking(move || web.teller.expire_silence(&ended)).await??;
    audit::acted("anyone", caller.map(|Extension(ConnectInfo(address))| address.ip()), "ended silence", &id);
    Ok(StatusCode::OK.into_response())
}
