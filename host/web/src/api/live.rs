//! The live stream over WebSocket, and over server-sent events for those whose proxies know no WebSocket.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::dashboard::scope::Asked;
use crate::live::hub::JoinError;
use crate::live::viewer::Viewer;
use crate::middleware::is_foreign;
use crate::page::reader::Reader;
use crate::web::Web;

/// Pages have next to nothing to say.
const LONGEST_MESSAGE: usize = 4 * 1024;
/// A page that takes nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(20);
const HEARTBEAT: Duration = Duration::from_secs(25);

pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    Path(path): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
    reader: Reader,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
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
            Ok(viewer) => upgrade
                .read_buffer_size(LONGEST_MESSAGE)
                .write_buffer_size(0)
                .max_message_size(LONGEST_MESSAGE)
                .on_upgrade(move |socket| carry(socket, viewer))
                .into_response(),
            Err(error) => refuse(error),
        },
        (None, Err(rejection)) => rejection.into_response(),
    }
}

fn refuse(error: JoinError) -> Response {
    let status = match error {
        JoinError::Unknown => StatusCode::NOT_FOUND,
        JoinError::Full | JoinError::Closing => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [("retry-after", "30")], format!("{error}\n")).into_response()
}

fn stream_events(viewer: Viewer) -> Response {
    let events = stream::unfold(viewer, |mut viewer| async move {
        let message = viewer.next().await?;
        Some((Ok::<Event, Infallible>(Event::default().data(&*message)), viewer))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()
}

/// Messages out; from the page only its goodbye counts.
async fn carry(mut socket: WebSocket, mut viewer: Viewer) {
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    loop {
        let outgoing = tokio::select! {
            message = viewer.next() => match message {
                Some(text) => Message::Text((&*text).into()),
                None => break,
            },
            incoming = socket.recv() => match incoming {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            _ = heartbeat.tick() => Message::Ping(Vec::new().into()),
        };
        match tokio::time::timeout(PATIENCE, socket.send(outgoing)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
    let goodbye = CloseFrame { code: close_code::AWAY, reason: "the stream has ended: connect again".into() };
    // Whoever has gone already misses nothing.
    let _ = tokio::time::timeout(Duration::from_secs(1), socket.send(Message::Close(Some(goodbye)))).await;
}
