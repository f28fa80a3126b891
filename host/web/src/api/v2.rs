//! Alertmanager's API, version 2: what brings alerts to Alertmanager brings them here, and `amtool` works.

pub(crate) mod alerts;
mod query;
mod shape;
pub(crate) mod silences;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::web::Web;
use crate::words;

/// Why not: a text in JSON, as Alertmanager answers.
#[derive(Debug)]
pub(crate) struct Refused(StatusCode, String);

impl Refused {
    pub(crate) fn bad(reason: impl Into<String>) -> Refused {
        Refused(StatusCode::BAD_REQUEST, reason.into())
    }

    fn internal(reason: impl Into<String>) -> Refused {
        Refused(StatusCode::INTERNAL_SERVER_ERROR, reason.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

/// Runs what blocks, away from the threads that serve.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Refused::internal(error.to_string()))
}

pub(crate) async fn status(State(web): State<Arc<Web>>) -> Response {
    let routing = web.teller.routing();
    let version = json!({
        "version": web.version, "revision": "", "branch": "", "buildUser": "", "buildDate": "", "goVersion": "",
    });
    Json(json!({
        "cluster": { "name": "", "status": "disabled", "peers": [] },
        "versionInfo": version,
        "config": { "original": shape::routes(&routing) },
        "uptime": words::machine(web.begun),
    }))
    .into_response()
}

pub(crate) async fn receivers(State(web): State<Arc<Web>>) -> Response {
    let routing = web.teller.routing();
    Json(routing.receivers.keys().map(|name| json!({ "name": name })).collect::<Vec<_>>()).into_response()
}
