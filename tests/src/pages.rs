//! A small web server whose pages the test writes: what it shows, of which type, at which path.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

type Shown = Arc<Mutex<BTreeMap<String, (String, Bytes)>>>;

/// The server; it goes with the value. A path without a page is 404.
pub struct Pages {
    port: u16,
    shown: Shown,
    listening: JoinHandle<()>,
}

impl Pages {
    pub async fn start() -> Pages {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shown = Shown::default();
        let listening = tokio::spawn(listen(listener, Arc::clone(&shown)));
        Pages { port, shown, listening }
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn show(&self, path: &str, content_type: &str, body: &str) {
        let page = (content_type.to_owned(), Bytes::copy_from_slice(body.as_bytes()));
        self.shown.lock().unwrap().insert(path.to_owned(), page);
    }

    pub fn hide(&self, path: &str) {
        self.shown.lock().unwrap().remove(path);
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, shown: Shown) {
    // The open connections end with the task that holds them.
    let mut open = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shown = Arc::clone(&shown);
        open.spawn(async move {
            let service = service_fn(|request| answer(request, &shown));
            // A client that goes away is none of our business.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, shown: &Shown) -> Result<Response<Full<Bytes>>, Infallible> {
    let page = shown.lock().unwrap().get(request.uri().path()).cloned();
    let response = match page {
        Some((content_type, body)) => Response::builder().header("content-type", content_type).body(Full::from(body)),
        None => Response::builder().status(404).body(Full::default()),
    };
    Ok(response.unwrap())
}
