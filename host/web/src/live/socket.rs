//! A page's WebSocket. What a round tells is written straight from where it lies, once for all: no viewer has a copy.

use std::io;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};

use crate::live::HEARTBEAT;
use crate::live::viewer::Viewer;

/// Pages have next to nothing to say.
const LONGEST_MESSAGE: usize = 1024;
/// What is written at once: a slow page takes a long round piece by piece.
const PIECE: usize = 64 << 10;
/// A page that takes no piece for so long is gone.
const PATIENCE: Duration = Duration::from_secs(20);
/// For the last word.
const GOODBYE: Duration = Duration::from_secs(1);

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// A request that asks for a WebSocket in order.
pub(crate) struct Upgrade {
    connection: OnUpgrade,
    accept: HeaderValue,
}

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Upgrade, Response> {
        let connection = parts.extensions.get::<OnUpgrade>().cloned();
        // It looks at all that a handshake needs; its own socket would copy each message for each viewer.
        let checked: Result<WebSocketUpgrade, WebSocketUpgradeRejection> =
            WebSocketUpgrade::from_request_parts(parts, state).await;
        drop(checked.map_err(IntoResponse::into_response)?);
        let refused = || (StatusCode::BAD_REQUEST, "this is no WebSocket handshake of HTTP/1.1\n").into_response();
        let key = parts.headers.get(SEC_WEBSOCKET_KEY).ok_or_else(refused)?;
        let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes())).map_err(|_| refused())?;
        Ok(Upgrade { connection: connection.ok_or_else(refused)?, accept })
    }
}

impl Upgrade {
    /// Answers the handshake, and carries to the page what the viewer hears until one of them ends.
    pub(crate) fn carry(self, viewer: Viewer) -> Response {
        let Upgrade { connection, accept } = self;
        tokio::spawn(async move {
            // A connection that ends before it is handed over has nobody behind it.
            let Ok(upgraded) = connection.await else { return };
            let config = WebSocketConfig::default()
                .read_buffer_size(LONGEST_MESSAGE)
                .write_buffer_size(0)
                .max_message_size(Some(LONGEST_MESSAGE))
                .max_frame_size(Some(LONGEST_MESSAGE));
            let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
            carry(socket, viewer).await;
        });
        let (upgrade, websocket) = (HeaderValue::from_static("upgrade"), HeaderValue::from_static("websocket"));
        (StatusCode::SWITCHING_PROTOCOLS, [(CONNECTION, upgrade), (UPGRADE, websocket), (SEC_WEBSOCKET_ACCEPT, accept)])
            .into_response()
    }
}

/// Rounds out; from the page only its goodbye counts.
async fn carry(mut socket: Socket, mut viewer: Viewer) {
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    loop {
        let sent = tokio::select! {
            told = viewer.next() => match told {
                Some(round) => write(&mut socket, &round.frames()).await,
                None => break,
            },
            incoming = socket.next() => match incoming {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            _ = heartbeat.tick() => ping(&mut socket).await,
        };
        if sent.is_err() {
            return;
        }
    }
    let goodbye = CloseFrame { code: CloseCode::Away, reason: "the stream has ended: connect again".into() };
    // Whoever has gone already misses nothing.
    let _ = tokio::time::timeout(GOODBYE, socket.close(Some(goodbye))).await;
}

/// Whole frames, after what the socket itself may still have to say: half a frame of each would end the stream.
async fn write(socket: &mut Socket, frames: &[u8]) -> io::Result<()> {
    tokio::time::timeout(PATIENCE, socket.flush()).await?.map_err(io::Error::other)?;
    for piece in frames.chunks(PIECE) {
        tokio::time::timeout(PATIENCE, socket.get_mut().write_all(piece)).await??;
    }
    Ok(())
}

async fn ping(socket: &mut Socket) -> io::Result<()> {
    tokio::time::timeout(PATIENCE, socket.send(Message::Ping(Vec::new().into()))).await?.map_err(io::Error::other)
}
