//! Who is on call now and next; overrides, put in and ended; alerts given to somebody.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{ConnectInfo, Extension, Path, Query, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use vitrine_model::oncall::{Override, Stage};
use vitrine_monitor::notify::oncall::{Cause, Schedule, Shift};
use vitrine_monitor::notify::{Gift, GroupView, NotHushed, Turn};

use crate::api::envelope::{ApiError, success};
use crate::audit;
use crate::web::Web;
use crate::words;

type Caller = Option<Extension<ConnectInfo<SocketAddr>>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Another moment than now.
    at: Option<Timestamp>,
}

/// Somebody on call for a while.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    schedule: String,
    person: String,
    /// Without it, from now on.
    from: Option<Timestamp>,
    to: Timestamp,
    #[serde(default = "local")]
    author: String,
    #[serde(default)]
    comment: String,
}

/// Somebody is given an alert or a group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    /// An alert's fingerprint, or a group's name in messages.
    target: String,
    person: String,
    #[serde(default = "local")]
    author: String,
    #[serde(default)]
    comment: String,
}

fn local() -> String {
    "local".to_owned()
}

impl From<NotHushed> for ApiError {
    fn from(reason: NotHushed) -> ApiError {
        match reason {
            NotHushed::Unknown(..) => ApiError::not_found(reason.to_string()),
            NotHushed::Invalid(_) => ApiError::bad_data(reason.to_string()),
            NotHushed::Store(_) => ApiError::internal(reason.to_string()),
        }
    }
}

pub(crate) async fn list(State(web): State<Arc<Web>>, asked: Result<Query<Asked>, QueryRejection>) -> Result<Response, ApiError> {
    let Query(asked) = asked.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let at = asked.at.map_or_else(|| web.clock.now(), Timestamp::as_millisecond);
    let routing = web.teller.routing();
    let overrides = web.teller.overrides();
    let one = |(name, schedule): (&String, &Schedule)| {
        let put = routing.roster.put_into(name, &overrides);
        let (now, next) = schedule.now_and_next(at, &put);
        json!({
            "name": name,
            "timeZone": schedule.zone.iana_name().unwrap_or("UTC"),
            "now": shift(&now, schedule),
            "next": next.map(|next| shift(&next, schedule)),
        })
    };
    let schedules: Vec<Value> = routing.roster.schedules.iter().map(one).collect();
    let teller = web.teller.clone();
    let groups = blocking(move || teller.groups()).await?;
    let escalations: Vec<Value> = groups.iter().filter_map(escalation).collect();
    Ok(success(json!({ "at": words::machine(at), "schedules": schedules, "escalations": escalations })))
}

/// How far the escalation of a group has come, now.
fn escalation(group: &GroupView) -> Option<Value> {
    let climb = group.climb.as_ref()?;
    let (state, next) = match climb.stage {
        Stage::Next(at) => ("climbing", Some(words::machine(at))),
        Stage::Paused(_) => ("paused", None),
        Stage::Taken => ("taken", None),
        Stage::Done => ("done", None),
    };
    Some(json!({
        "group": group.id,
        "labels": group.labels,
        "receiver": group.receiver,
        "escalation": climb.escalation,
        "told": climb.reached,
        "state": state,
        "next": next,
    }))
}

fn shift(shift: &Shift, schedule: &Schedule) -> Value {
    let layer = match shift.cause {
        Some(Cause::Layer(place)) => schedule.layers.get(place).map(|layer| layer.name.clone()),
        _ => None,
    };
    json!({
        "person": shift.person,
        "from": words::machine(shift.from),
        "until": shift.until.map(words::machine),
        "because": match shift.cause {
            Some(Cause::Layer(_)) => "layer",
            Some(Cause::Planned | Cause::Put) => "override",
            None => "nobody",
        },
        "layer": layer,
    })
}

pub(crate) async fn overrides(State(web): State<Arc<Web>>) -> Response {
    let shape = |one: Override| {
        json!({
            "id": one.id,
            "schedule": one.schedule,
            "person": one.person,
            "from": words::machine(one.starts_at),
            "to": words::machine(one.ends_at),
            "author": one.author,
            "made": words::machine(one.made_at),
            "comment": one.comment,
        })
    };
    success(json!({ "overrides": web.teller.overrides().into_iter().map(shape).collect::<Vec<Value>>() }))
}

pub(crate) async fn put(
    State(web): State<Arc<Web>>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(wanted) = body.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let turn = Turn {
        schedule: wanted.schedule,
        person: wanted.person,
        starts_at: wanted.from.map_or_else(|| web.clock.now(), Timestamp::as_millisecond),
        ends_at: wanted.to.as_millisecond(),
        author: wanted.author.clone(),
        comment: wanted.comment,
    };
    let what = format!("{} in {}", turn.person, turn.schedule);
    let id = blocking(move || web.teller.put_on_call(turn)).await??;
    audit::acted(&wanted.author, caller.map(|Extension(ConnectInfo(address))| address.ip()), "put on call", &what);
    Ok(success(json!({ "id": id })))
}

pub(crate) async fn end(State(web): State<Arc<Web>>, caller: Caller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let ended = id.clone();
    blocking(move || web.teller.end_override(&ended)).await??;
    audit::acted("anyone", caller.map(|Extension(ConnectInfo(address))| address.ip()), "ended override", &id);
    Ok(success(json!({ "id": id })))
}

pub(crate) async fn assign(
    State(web): State<Arc<Web>>,
    caller: Caller,
    body: Result<Json<Given>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(given) = body.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let author = given.author.clone();
    let (target, what) = (given.target.clone(), format!("{} to {}", given.target, given.person));
    let gift = Gift { target: given.target, person: given.person, author: given.author, comment: given.comment };
    blocking(move || web.teller.assign(gift)).await??;
    audit::acted(&author, caller.map(|Extension(ConnectInfo(address))| address.ip()), "assigned", &what);
    Ok(success(json!({ "target": target })))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ApiError::internal(error.to_string()))
}
