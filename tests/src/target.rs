//! A web server to be watched, whose behaviour the test changes.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How often a dripping body gives a byte.
const DRIP: Duration = Duration::from_millis(100);

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// This status, at once.
    Answer(u16),
    /// 200 with this JSON, at once.
    Say(&'static str),
    /// Takes the request and never answers.
    Hang,
    /// A body that never ends, a byte at a time.
    Drip,
}

struct State {
    behaviour: Mutex<Behaviour>,
    connections: AtomicU64,
    requests: AtomicU64,
}

/// The server; it goes with the value.
pub struct Target {
    port: u16,
    state: Arc<State>,
    listening: JoinHandle<()>,
}

impl Target {
    pub async fn start(behaviour: Behaviour) -> Target {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state =
            Arc::new(State { behaviour: Mutex::new(behaviour), connections: AtomicU64::new(0), requests: AtomicU64::new(0) });
        let listening = tokio::spawn(listen(listener, Arc::clone(&state)));
        Target { port, state, listening }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.state.behaviour.lock().unwrap() = behaviour;
    }

    /// Connections so far.
    pub fn connections(&self) -> u64 {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        self.state.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, state: Arc<State>) {
    // The open connections end with the task that holds them.
    let mut open = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        state.connections.fetch_add(1, Ordering::SeqCst);
        open.spawn(serve(stream, Arc::clone(&state)));
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(|request| answer(request, &state));
    // A client that goes away is none of our business.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(_request: Request<Incoming>, state: &State) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    state.requests.fetch_add(1, Ordering::SeqCst);
    let behaviour = *state.behaviour.lock().unwrap();
    let response = match behaviour {
        Behaviour::Answer(status) => Response::builder().status(status).body(Full::from("{\"ok\":true}").boxed()),
        Behaviour::Say(body) => Response::builder().header("content-type", "application/json").body(Full::from(body).boxed()),
        Behaviour::Hang => std::future::pending().await,
        Behaviour::Drip => {
            let drops = stream::unfold((), |()| async {
                tokio::time::sleep(DRIP).await;
                Some((Ok(Frame::data(Bytes::from_static(b"."))), ()))
            });
            Response::builder().body(StreamBody::new(drops).boxed())
        }
    };
    Ok(response.unwrap())
}
