//! A small HTTP client: one connection per request, everything read, nothing followed.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub content_type: String,
    pub body: String,
}

impl Answer {
    /// The body with the marks of HTML replaced by what they stand for.
    pub fn readable(&self) -> String {
        let marks = [("&#x2f;", "/"), ("&#x27;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
        marks.iter().fold(self.body.clone(), |text, (mark, letter)| text.replace(mark, letter))
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }
}

/// `address` is `127.0.0.1:7878`. An error says that nobody answered.
pub async fn get(address: &str, path: &str) -> anyhow::Result<Answer> {
    let request = Request::get(path).header("host", address).body(Full::default())?;
    tokio::time::timeout(PATIENCE, exchange(address, request)).await?
}

/// As [`get`], with a body.
pub async fn post(address: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> anyhow::Result<Answer> {
    let mut request = Request::post(path).header("host", address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::from(body))?;
    tokio::time::timeout(PATIENCE, exchange(address, request)).await?
}

async fn exchange(address: &str, request: Request<Full<Bytes>>) -> anyhow::Result<Answer> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let status = response.status();
    let content_type =
        response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let body = response.into_body().collect().await?.to_bytes();
    driver.abort();
    Ok(Answer { status, content_type, body: String::from_utf8(body.to_vec())? })
}
