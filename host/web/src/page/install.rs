//! What lets browsers install the pages as an app: the manifest, the worker that says when the host is away, its notice.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::assets;
use crate::live::message::Health;
use crate::page::frame::Frame;
use crate::page::reader::Reader;
use crate::web::Web;

/// Lies at the top, since a worker rules over the addresses below its own.
const WORKER: &str = include_str!("../../assets/dist/worker.js");

pub(crate) async fn manifest(reader: Reader) -> Response {
    let icon = |name: &str, sizes: &str, kind: &str, purpose: &str| {
        assets::address(name).map(|src| json!({ "src": src, "sizes": sizes, "type": kind, "purpose": purpose }))
    };
    let icons: Vec<_> = [
        icon("icon.svg", "any", "image/svg+xml", "any"),
        icon("icon-192.png", "192x192", "image/png", "any"),
        icon("icon-512.png", "512x512", "image/png", "any"),
        icon("icon-maskable-512.png", "512x512", "image/png", "maskable"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let manifest = json!({
        "name": "Vitrine",
        "short_name": "Vitrine",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": reader.language.tag(),
        "background_color": "#f4f5f6",
        "theme_color": "#f4f5f6",
        "icons": icons,
    });
    ([(CONTENT_TYPE, "application/manifest+json"), (CACHE_CONTROL, "no-cache")], Json(manifest).0.to_string()).into_response()
}

pub(crate) async fn worker() -> Response {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")], WORKER).into_response()
}

/// Kept by the worker for when nothing else can be had: it must say nothing of the host's state.
pub(crate) async fn offline(State(web): State<Arc<Web>>, reader: Reader) -> Response {
    let health = Health { sources: 0, alerts: 0, newest: 0, stale: 0, time: web.clock.now() };
    let mut frame = Frame::with(&web, reader, "offline", reader.says().offline, health);
    frame.folders.clear();
    frame.problems.clear();
    (StatusCode::OK, web.page("offline.html", &frame, ())).into_response()
}
