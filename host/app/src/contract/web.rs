//! The web server around a plugin under test: it behaves, or misbehaves in one of the ways that servers do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use vitrine_plugin::Canned;

/// Larger than any answer that the host takes.
const HUGE_BYTES: usize = 80 << 20;
/// Nested deeper than any parser should follow.
const DEPTH: usize = 100_000;
/// What is kept of a request, and how many are.
const REQUEST_BYTES: usize = 1 << 20;
const REQUESTS: usize = 1_000;

/// How the server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// As `[test]` says; else 200 and an empty JSON object.
    Well,
    /// Takes the request and never answers.
    Silent,
    /// Ends the connection without a word.
    Resets,
    /// Ends it in the middle of the body.
    BreaksOff,
    Status(u16),
    Huge,
    Empty,
    InvalidUtf8,
    /// Speaks something else than HTTP.
    Gibberish,
    Nested,
    /// The word `null`.
    Null,
}

/// Each way to misbehave, with words for it.
pub const FAULTS: [(&str, Behaviour); 11] = [
    ("a server that never answers", Behaviour::Silent),
    ("a server that resets the connection", Behaviour::Resets),
    ("an answer that breaks off", Behaviour::BreaksOff),
    ("status 500", Behaviour::Status(500)),
    ("status 404", Behaviour::Status(404)),
    ("a huge answer", Behaviour::Huge),
    ("an empty answer", Behaviour::Empty),
    ("an answer that is not UTF-8", Behaviour::InvalidUtf8),
    ("an answer that is not HTTP", Behaviour::Gibberish),
    ("an answer nested 100,000 deep", Behaviour::Nested),
    ("the answer `null`", Behaviour::Null),
];

struct State {
    behaviour: Mutex<Behaviour>,
    canned: Vec<Canned>,
    requests: Mutex<Vec<Vec<u8>>>,
}

/// The server; it goes with the value.
pub struct Web {
    address: SocketAddr,
    state: Arc<State>,
    listening: JoinHandle<()>,
    /// Bound and not listening: whoever connects there is refused.
    _closed: TcpSocket,
    closed_address: SocketAddr,
}

impl Web {
    pub async fn start(canned: Vec<Canned>) -> std::io::Result<Web> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (closed, closed_address) = closed()?;
        let state = Arc::new(State { behaviour: Mutex::new(Behaviour::Well), canned, requests: Mutex::default() });
        let listening = tokio::spawn(listen(listener, Arc::clone(&state)));
        Ok(Web { address, state, listening, _closed: closed, closed_address })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An address of the same form where nobody listens.
    pub fn closed_url(&self) -> String {
        format!("http://{}", self.closed_address)
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.state.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    /// The requests since the last time that somebody asked, heads and bodies.
    pub fn take_requests(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.state.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// A port that is taken, so that nobody else gets it, and where nobody listens.
pub fn closed() -> std::io::Result<(TcpSocket, SocketAddr)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

async fn listen(listener: TcpListener, state: Arc<State>) {
    // The open connections end with the task that holds them.
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while open.try_join_next().is_some() {}
        open.spawn(serve(stream, Arc::clone(&state)));
    }
}

/// One request and its answer. A client that goes away is none of our business.
async fn serve(mut stream: TcpStream, state: Arc<State>) {
    let Some(request) = read(&mut stream).await else { return };
    let path = path(&request);
    {
        let mut requests = state.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() < REQUESTS {
            requests.push(request);
        }
    }
    let behaviour = *state.behaviour.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = match behaviour {
        Behaviour::Well => well(&state.canned, &path),
        Behaviour::Silent => return std::future::pending().await,
        Behaviour::Resets => return drop(stream.set_zero_linger()),
        Behaviour::BreaksOff => b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"a\":".to_vec(),
        Behaviour::Status(status) => http(status, "text/plain", b"out of order"),
        Behaviour::Huge => return drop(huge(&mut stream).await),
        Behaviour::Empty => http(200, "application/json", b""),
        Behaviour::InvalidUtf8 => http(200, "application/json", b"{\"a\xff\xfe\": \"\xc3\x28\"}"),
        Behaviour::Gibberish => b"220 mail.example ESMTP\r\n".to_vec(),
        Behaviour::Nested => http(200, "application/json", "[".repeat(DEPTH).as_bytes()),
        Behaviour::Null => http(200, "application/json", b"null"),
    };
    if stream.write_all(&answer).await.is_ok() {
        let _ = stream.shutdown().await;
    }
}

fn well(canned: &[Canned], path: &str) -> Vec<u8> {
    let answer = canned.iter().find(|answer| answer.path.as_deref().is_none_or(|wanted| wanted == path));
    match answer {
        Some(answer) => http(answer.status, &answer.content_type, answer.body.as_bytes()),
        None => http(200, "application/json", b"{}"),
    }
}

fn http(status: u16, content_type: &str, body: &[u8]) -> Vec<u8> {
    let kind = if content_type.is_empty() { "text/plain" } else { content_type };
    let head = format!(
        "HTTP/1.1 {status} Status\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn huge(stream: &mut TcpStream) -> std::io::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {HUGE_BYTES}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let piece = vec![b'7'; 64 << 10];
    for _ in 0..HUGE_BYTES / piece.len() {
        stream.write_all(&piece).await?;
    }
    Ok(())
}

/// Head and body, as far as they are of interest.
async fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut piece = [0; 4 << 10];
    loop {
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&piece[..count]);
        if request.len() >= REQUEST_BYTES || is_whole(&request) {
            return Some(request);
        }
    }
}

fn is_whole(request: &[u8]) -> bool {
    let Some(head) = request.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    request.len() >= head + 4 + length.unwrap_or(0)
}

/// Without the query.
fn path(request: &[u8]) -> String {
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let target = String::from_utf8_lossy(line).split(' ').nth(1).unwrap_or_default().to_owned();
    target.split('?').next().unwrap_or_default().to_owned()
}
