//! All chat services at one address: each is asked to wait at its first request, and answers the next ones as it documents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) method: String,
    /// With its parameters.
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Default)]
struct State {
    got: Vec<Got>,
    /// The services that have asked to wait.
    waited: BTreeSet<String>,
}

/// The server; it goes with the value.
pub(crate) struct Receiver {
    port: u16,
    state: Arc<Mutex<State>>,
    listening: JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state: Arc<Mutex<State>> = Arc::default();
        let listening = tokio::spawn(listen(listener, Arc::clone(&state)));
        Receiver { port, state, listening }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What came for a service, the first step of the path.
    pub(crate) fn of(&self, service: &str) -> Vec<Got> {
        self.state.lock().unwrap().got.iter().filter(|got| first_step(&got.path) == service).cloned().collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn first_step(path: &str) -> &str {
    path.split(['/', '?']).nth(1).unwrap_or_default()
}

async fn listen(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        open.spawn(serve(stream, Arc::clone(&state)));
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    let service = service_fn(|request| answer(request, &state));
    // A client that goes away is none of our business.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, state: &Mutex<State>) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let path = head.uri.to_string();
    let service = first_step(&path).to_owned();
    let is_first = {
        let mut state = state.lock().unwrap();
        let method = head.method.to_string();
        state.got.push(Got { method, path, headers: headers.collect(), body: body.to_vec() });
        state.waited.insert(service.clone())
    };
    let (status, said) = if is_first { (429, "{}") } else { well(&service) };
    let response = Response::builder().status(status).header("content-type", "application/json");
    let response = if is_first { response.header("retry-after", "1") } else { response };
    response.body(Full::from(said)).map_err(std::io::Error::other)
}

/// What each service answers to what it takes.
fn well(service: &str) -> (u16, &'static str) {
    match service {
        "slack" => (200, r#"{"ok":true,"channel":"C0123456789","ts":"1795177800.000100"}"#),
        "ntfy" => (200, r#"{"id":"hwQ2YpKdmg","time":1795177800,"event":"message","topic":"alerts"}"#),
        "telegram" => (200, r#"{"ok":true,"result":{"message_id":42,"date":1795177800}}"#),
        "pagerduty" => (202, r#"{"status":"success","message":"Event processed","dedup_key":"vitrine/x"}"#),
        "matrix" => (200, r#"{"event_id":"$first:shop.test"}"#),
        "teams" => (202, ""),
        "discord" => (200, r#"{"id":"1308000000000000001","type":0}"#),
        _ => (200, "thanks"),
    }
}
