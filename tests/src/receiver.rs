//! A receiver of webhooks whose behaviour the test changes path by path, and what it was sent, in order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::wait::{LONG, wait_until};

/// How often a slow answer gives a byte.
const DRIP: Duration = Duration::from_millis(5);

/// What is done with a request, once all of it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mood {
    Take,
    /// This status, with these lines in the head.
    Answer(u16, &'static str),
    /// No answer until the mood is another one, which then holds.
    Hang,
    /// The connection is torn.
    Reset,
    /// Taken, with an answer that comes a byte at a time.
    Slow,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    pub path: String,
    /// The header `Idempotency-Key`.
    pub key: String,
    pub body: Value,
    pub at: Instant,
    /// It was answered with 200.
    pub taken: bool,
}

type Moods = BTreeMap<String, Mood>;

/// The server; it goes with the value.
pub struct Receiver {
    address: SocketAddr,
    closed: Option<TcpSocket>,
    posted: Arc<Mutex<Vec<Posted>>>,
    moods: watch::Sender<Moods>,
    listening: Option<JoinHandle<()>>,
}

impl Receiver {
    /// Takes everything.
    pub fn start() -> Receiver {
        let mut receiver = Receiver::closed();
        receiver.open();
        receiver
    }

    /// Has its address, and refuses all connections.
    pub fn closed() -> Receiver {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        Receiver { address, closed: Some(socket), posted: Arc::default(), moods: watch::Sender::default(), listening: None }
    }

    pub fn open(&mut self) {
        let listener = self.closed.take().expect("it is closed").listen(256).unwrap();
        self.listening = Some(tokio::spawn(listen(listener, Arc::clone(&self.posted), self.moods.clone())));
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, for what is posted to this path.
    pub fn behave(&self, path: &str, mood: Mood) {
        self.moods.send_modify(|moods| {
            moods.insert(path.to_owned(), mood);
        });
    }

    /// Everything that came to a path, in order.
    pub fn posted(&self, path: &str) -> Vec<Posted> {
        self.posted.lock().unwrap().iter().filter(|posted| posted.path == path).cloned().collect()
    }

    /// What it took of that.
    pub fn taken(&self, path: &str) -> Vec<Posted> {
        self.posted(path).into_iter().filter(|posted| posted.taken).collect()
    }

    /// Waits until so many were taken.
    pub async fn takes(&self, path: &str, count: usize) {
        let what = format!("{count} notices are taken at {path}");
        wait_until(&what, 2 * LONG, async || (self.taken(path).len() >= count).then_some(())).await;
    }

    /// Waits until so many came.
    pub async fn is_asked(&self, path: &str, count: usize) {
        let what = format!("{count} notices come to {path}");
        wait_until(&what, LONG, async || (self.posted(path).len() >= count).then_some(())).await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

async fn listen(listener: TcpListener, posted: Arc<Mutex<Vec<Posted>>>, moods: watch::Sender<Moods>) {
    // The open connections end with the task that holds them.
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // A client that goes away is none of our business.
        let (posted, moods) = (Arc::clone(&posted), moods.subscribe());
        open.spawn(async move { drop(serve(stream, &posted, moods).await) });
    }
}

/// One request on each connection.
async fn serve(mut stream: TcpStream, posted: &Mutex<Vec<Posted>>, mut moods: watch::Receiver<Moods>) -> std::io::Result<()> {
    let Some(request) = read(&mut stream).await? else { return Ok(()) };
    let path = request.path.clone();
    let place = {
        let mut posted = posted.lock().unwrap();
        posted.push(request);
        posted.len() - 1
    };
    let mood = |moods: &Moods| moods.get(&path).cloned().unwrap_or(Mood::Take);
    let Ok(mood) = moods.wait_for(|moods| mood(moods) != Mood::Hang).await.map(|moods| mood(&moods)) else { return Ok(()) };
    let taken = || posted.lock().unwrap()[place].taken = true;
    let head = |status, more: &str| format!("HTTP/1.1 {status} x\r\n{more}content-length: 2\r\nconnection: close\r\n\r\n{{}}");
    match mood {
        Mood::Take | Mood::Hang => {
            taken();
            stream.write_all(head(200, "").as_bytes()).await?;
        }
        Mood::Answer(status, more) => stream.write_all(head(status, more).as_bytes()).await?,
        Mood::Reset => return stream.set_zero_linger(),
        Mood::Slow => {
            taken();
            for byte in head(200, "").bytes() {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(DRIP).await;
            }
        }
    }
    stream.shutdown().await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Posted>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let field = |name: &str| {
                let mut fields = head.lines().filter_map(|line| line.split_once(": "));
                fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, text)| text.to_owned()).unwrap_or_default()
            };
            let body = &bytes[end + 4..];
            if body.len() >= field("content-length").parse().unwrap_or(0) {
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let body = serde_json::from_slice(body).unwrap_or(Value::Null);
                return Ok(Some(Posted { path, key: field("idempotency-key"), body, at: Instant::now(), taken: false }));
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}
