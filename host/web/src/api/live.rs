//! The live stream over WebSocket, and over server-sent events for those whose proxies know no WebSocket.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::dashboard::scope::Asked;
use crate::live::HEARTBEAT;
use crate::live::hub::JoinError;
use crate::live::socket::Upgrade;
use crate::live::viewer::Viewer;
use crate::middleware::is_foreign;
use crate::page::reader::Reader;
use crate::web::Web;

/// An event without a word.
const COMMENT: &[u8] = b":\n\n";

pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    Path(path): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
    reader: Reader,
    headers: HeaderMap,
    upgrade: Result<Upgrade, Response>,
) -> Response {
    if is_foreign(&headers) {
        return (StatusCode::FORBIDDEN, "another site's page may not look on\n").into_response();
    }
    let events = path.strip_suffix("/events");
    let name = events.unwrap_or(&path);
    let asked = match Asked::parse(&asked) {
        Ok(asked) => asked.read_by(reader),
        Err(reason) => return (StatusCode::BAD_REQUEST, reason).into_response(),
    };
    match (events, upgrade) {
        (Some(_), _) => web.hubs.join(&web, name, &asked).await.map_or_else(refuse, stream_events),
        (None, Ok(upgrade)) => match web.hubs.join(&web, name, &asked).await {
            Ok(viewer) => upgrade.carry(viewer),
            Err(error) => refuse(error),
        },
        (None, Err(refusal)) => refusal,
    }
}

/// What pages without panels hear, over WebSocket.
pub(crate) async fn pulse(State(web): State<Arc<Web>>, headers: HeaderMap, upgrade: Result<Upgrade, Response>) -> Response {
    if is_foreign(&headers) {
        return (StatusCode::FORBIDDEN, "another site's page may not look on\n").into_response();
    }
    match upgrade {
        Ok(upgrade) => web.hubs.join_pages(&web).await.map_or_else(refuse, |viewer| upgrade.carry(viewer)),
        Err(refusal) => refusal,
    }
}

/// The same as events.
pub(crate) async fn pulse_events(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    if is_foreign(&headers) {
        return (StatusCode::FORBIDDEN, "another site's page may not look on\n").into_response();
    }
    web.hubs.join_pages(&web).await.map_or_else(refuse, stream_events)
}

fn refuse(error: JoinError) -> Response {
    let status = match error {
        JoinError::Unknown => StatusCode::NOT_FOUND,
        JoinError::Full | JoinError::Closing => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [("retry-after", "30")], format!("{error}\n")).into_response()
}

fn stream_events(viewer: Viewer) -> Response {
    let rounds = stream::unfold(viewer, |mut viewer| async move {
        let bytes = match tokio::time::timeout(HEARTBEAT, viewer.next()).await {
            Ok(round) => round?.events(),
            Err(_) => Bytes::from_static(COMMENT),
        };
        Some((Ok::<Bytes, Infallible>(bytes), viewer))
    });
    ([(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-cache")], Body::from_stream(rounds)).into_response()
}
