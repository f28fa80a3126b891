//! What the tests of egress ask: real listeners, a resolver that the test holds, secrets that the test plants.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinHandle;
use vitrine_pack::Manifest;

use super::super::*;
use crate::bindings::imported::http::{Placement, SecretUse};
use crate::grant::{DetailedGrant, GrantSettings, SecretGrants};

pub(super) const WAIT: Duration = Duration::from_secs(20);

/// What asks for everything.
const MANIFEST: &str = r#"
name = "asks"
kind = "data-source"
version = "0.1.0"
title = "Asks"
description = "Asks."
offers = ["collector"]
rights.http = { reason = "asks" }
secrets.key = { reason = "signs in", hosts = ["*"] }
"#;

/// An egress and one instance that uses it.
pub(super) struct World {
    pub(super) egress: Egress,
    pub(super) line: Arc<Line>,
}

impl World {
    pub(super) fn new() -> World {
        World::trusting(Trust::new(None))
    }

    pub(super) fn trusting(trust: Trust) -> World {
        let egress = Egress::new(trust, HttpMetrics::default());
        let line = egress.line(&"asks".into());
        World { egress, line }
    }

    /// Names have the addresses that the test says, look-up after look-up; the last one stays.
    pub(super) fn resolving(mut self, answers: Vec<Vec<SocketAddr>>) -> (World, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        self.egress.resolver = Arc::new(move |_, _| {
            let turn = counted.fetch_add(1, Ordering::SeqCst);
            Ok(answers[turn.min(answers.len() - 1)].clone())
        });
        (self, count)
    }

    /// Plants the secret `key`, bound to these hosts.
    pub(super) fn plant(&self, value: &str, hosts: &[&str]) {
        let value = value.to_owned();
        let fetch = Arc::new(move || Ok(zeroize::Zeroizing::new(value.clone())));
        let hosts = hosts.iter().map(|host| host.parse().unwrap()).collect();
        self.egress.vault().set(BTreeMap::from([("key".to_owned(), SecretSource { hosts, fetch })]));
    }

    pub(super) async fn send(&self, grants: &Grants, request: Request) -> Result<Response, Error> {
        self.send_within(grants, request, WAIT).await.map_err(|stop| stop.error)
    }

    pub(super) async fn send_within(&self, grants: &Grants, request: Request, wait: Duration) -> Result<Response, Stop> {
        self.egress.send(&self.line, grants, request, wait).await.map(|(response, _)| response)
    }
}

pub(super) fn grants(http: &[&str], networks: &[&str]) -> Grants {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    let secrets = SecretGrants::Same(vec!["key".to_owned()]);
    let details = DetailedGrant { http: texts(http), networks: texts(networks), secrets, ..DetailedGrant::default() };
    Grants::new(&GrantSettings::Detailed(details), &Manifest::parse(MANIFEST).unwrap()).unwrap()
}

pub(super) fn get(url: &str) -> Request {
    Request {
        method: "GET".to_owned(),
        url: url.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        secrets: Vec::new(),
        timeout: None,
        redirects: 5,
    }
}

pub(super) fn with_key(request: Request, placement: Placement) -> Request {
    Request { secrets: vec![SecretUse { name: "key".to_owned(), placement }], ..request }
}

/// What a server does with a connection, once it has read a request.
#[derive(Clone)]
pub(super) enum Answer {
    /// These bytes, then the end.
    Say(Vec<u8>),
    /// The request itself is the body.
    Echo,
    /// This text without an end, as fast as it is taken.
    Pour(&'static str, Vec<u8>),
    /// This text, and then nothing for ever.
    Wait(&'static str),
}

pub(super) fn say(text: &str) -> Answer {
    Answer::Say(text.replace('\n', "\r\n").into_bytes())
}

/// A server on this machine; it goes with the value.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    work: JoinHandle<()>,
}

impl Server {
    pub(super) async fn start(answer: Answer) -> Server {
        Server::at("127.0.0.1:0", answer).await
    }

    pub(super) async fn at(address: &str, answer: Answer) -> Server {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&requests);
        let work = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), Arc::clone(&seen)));
            }
        });
        Server { address, requests, work }
    }

    pub(super) async fn socket(path: &std::path::Path, answer: Answer) -> Server {
        let listener = UnixListener::bind(path).unwrap();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&requests);
        let work = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), Arc::clone(&seen)));
            }
        });
        Server { address: "127.0.0.1:0".parse().unwrap(), requests, work }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, heads and bodies.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.work.abort();
    }
}

pub(super) async fn serve<S>(mut stream: S, answer: Answer, seen: Arc<Mutex<Vec<String>>>)
where
    S: AsyncReadExt + AsyncWriteExt + Unpin,
{
    let Some(request) = read(&mut stream).await else { return };
    seen.lock().unwrap().push(request.clone());
    // A client that has gone away is what some tests are about.
    let _ = match answer {
        Answer::Say(bytes) => stream.write_all(&bytes).await,
        Answer::Echo => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nx-line: {}\r\n", request.len(), first_line(&request));
            stream.write_all(format!("{head}\r\n{request}").as_bytes()).await
        }
        Answer::Pour(head, piece) => {
            let _ = stream.write_all(head.replace('\n', "\r\n").as_bytes()).await;
            while stream.write_all(&piece).await.is_ok() {}
            Ok(())
        }
        Answer::Wait(head) => {
            let _ = stream.write_all(head.replace('\n', "\r\n").as_bytes()).await;
            std::future::pending().await
        }
    };
    let _ = stream.shutdown().await;
}

fn first_line(request: &str) -> &str {
    request.lines().next().unwrap_or_default()
}

/// A head, and as much of a body as it announces.
async fn read(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
