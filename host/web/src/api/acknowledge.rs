//! Acknowledgements: who has taken which alert or group on, and until when.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, Extension, Path, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use vitrine_model::silence::Acknowledgement;
use vitrine_monitor::notify::NotHushed;

use crate::api::envelope::{ApiError, success};
use crate::audit;
use crate::web::Web;
use crate::words;

type Caller = Option<Extension<ConnectInfo<SocketAddr>>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// An alert's fingerprint, or a group's name in messages.
    target: String,
    #[serde(default = "local")]
    author: String,
    #[serde(default)]
    comment: String,
    /// Snoozed until then; without it, until it ends.
    until: Option<Timestamp>,
}

fn local() -> String {
    "local".to_owned()
}

pub(crate) async fn list(State(web): State<Arc<Web>>) -> Response {
    let now = web.clock.now();
    let shape = |given: Acknowledgement| {
        json!({
            "target": given.target,
            "author": given.author,
            "comment": given.comment,
            "at": words::machine(given.at),
            "until": given.until.map(words::machine),
        })
    };
    let mut all = web.teller.acknowledgements();
    all.retain(|given| given.holds(now));
    success(json!({ "acknowledgements": all.into_iter().map(shape).collect::<Vec<Value>>() }))
}

pub(crate) async fn give(
    State(web): State<Arc<Web>>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(wanted) = body.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let given = Acknowledgement {
        target: wanted.target.clone(),
        author: wanted.author.clone(),
        comment: wanted.comment,
        at: web.clock.now(),
        until: wanted.until.map(Timestamp::as_millisecond),
    };
    let done = tokio::task::spawn_blocking(move || web.teller.acknowledge(&given)).await;
    let done = done.map_err(|error| ApiError::internal(error.to_string()))?;
    done.map_err(|reason| match reason {
        NotHushed::Store(error) => ApiError::internal(error.to_string()),
        NotHushed::Unknown(..) | NotHushed::Invalid(_) => ApiError::bad_data(reason.to_string()),
    })?;
    audit::acted(&wanted.author, caller.map(|Extension(ConnectInfo(address))| address.ip()), "acknowledged", &wanted.target);
    Ok(success(json!({ "target": wanted.target })))
}

pub(crate) async fn withdraw(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path(target): Path<String>,
) -> Result<Response, ApiError> {
    let withdrawn = target.clone();
    let done = tokio::task::spawn_blocking(move || web.teller.withdraw(&withdrawn, "local")).await;
    done.map_err(|error| ApiError::internal(error.to_string()))?.map_err(|reason| ApiError::internal(reason.to_string()))?;
    audit::acted("anyone", caller.map(|Extension(ConnectInfo(address))| address.ip()), "withdrew acknowledgement", &target);
    Ok(success(json!({ "target": target })))
}

/// Tries a delivery again that was given up.
pub(crate) async fn resend(State(web): State<Arc<Web>>, caller: Caller, Path(id): Path<i64>) -> Result<Response, ApiError> {
    let teller = web.teller.clone();
    let is_sent = web.blocking(move || teller.resend(id)).await.map_err(ApiError::internal)?;
    if !is_sent {
        return Err(ApiError::not_found(format!("no delivery {id} was given up")));
    }
    audit::acted("anyone", caller.map(|Extension(ConnectInfo(address))| address.ip()), "resent delivery", &id.to_string());
    Ok(success(json!({ "id": id })))
}
