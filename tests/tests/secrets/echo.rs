//! A server that repeats what it was sent, in more than one way of writing, and that remembers it.

use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The server; it goes with the value.
pub(crate) struct Echo {
    port: u16,
    secret: &'static str,
    requests: Arc<Mutex<Vec<String>>>,
    listening: JoinHandle<()>,
}

impl Echo {
    pub(crate) async fn start(secret: &'static str) -> Echo {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let listening = tokio::spawn(listen(listener, Arc::clone(&requests)));
        Echo { port, secret, requests, listening }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// Whether a request came with both texts.
    pub(crate) fn has(&self, one: &str, other: &str) -> bool {
        self.requests.lock().unwrap().iter().any(|request| request.contains(one) && request.contains(other))
    }

    pub(crate) fn got_secret(&self) -> bool {
        self.got_secret_with("")
    }

    /// Whether a line came that holds this text and the secret after it.
    pub(crate) fn got_secret_with(&self, text: &str) -> bool {
        let forms = forms(self.secret);
        let holds = |line: &str| line.split_once(text).is_some_and(|(_, rest)| forms.iter().any(|form| rest.contains(form)));
        self.requests.lock().unwrap().iter().any(|request| request.lines().any(holds))
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// The ways in which a secret may be written: as it is, escaped for URLs, JSON and HTML, in base64 and in hexadecimal.
pub(crate) fn forms(secret: &str) -> Vec<String> {
    let escaped = |keep: &dyn Fn(u8) -> bool| -> String {
        let letter = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        secret.bytes().map(letter).collect()
    };
    let mut forms = vec![
        secret.to_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        escaped(&|byte| byte.is_ascii_alphanumeric()),
        escaped(&|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)),
        escaped(&|byte| byte.is_ascii_graphic() && byte != b'"'),
        escaped(&|_| false),
        serde_json::to_string(secret).unwrap().trim_matches('"').to_owned(),
        secret.replace('&', "&amp;").replace('"', "&quot;"),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
    ];
    for before in 0..3 {
        let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(secret.bytes()).collect();
        // Without the letters at both ends, which depend on the neighbours.
        let letters = base64(&bytes);
        let inner = letters[(before * 8_usize).div_ceil(6)..bytes.len() * 8 / 6].to_owned();
        forms.push(inner.replace('+', "-").replace('/', "_"));
        forms.push(inner);
    }
    forms
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().chain([0, 0].iter()).take(3).fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let four = [18, 12, 6, 0].map(|shift| char::from(LETTERS[bits >> shift & 63]));
        text.extend(&four[..=three.len()]);
    }
    text
}

async fn listen(listener: TcpListener, requests: Arc<Mutex<Vec<String>>>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        open.spawn(serve(stream, Arc::clone(&requests)));
    }
}

async fn serve(stream: TcpStream, requests: Arc<Mutex<Vec<String>>>) {
    let service = service_fn(|request| answer(request, &requests));
    // Some of the answers are broken off on purpose.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, requests: &Mutex<Vec<String>>) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    let mut text = format!("{} {}\n", head.method, head.uri);
    for (name, value) in &head.headers {
        text.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
    }
    text.push_str(&String::from_utf8_lossy(&body));
    requests.lock().unwrap().push(text.clone());
    let parameter = |wanted: &str| {
        let pairs = url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes());
        pairs.into_iter().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    let response = match head.uri.path() {
        "/redirect" => {
            let mut to = parameter("to").unwrap_or_default();
            if parameter("kind").as_deref() == Some("query") {
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("k", &parameter("key").unwrap_or_default())
                    .finish();
                to = format!("{to}?{query}");
            }
            Response::builder().status(302).header("location", to).body(Bytes::new())
        }
        "/compressed" => Response::builder().header("content-encoding", "gzip").body(Bytes::from(text)),
        "/broken" => return Err(std::io::Error::other("broken on purpose")),
        _ => {
            let pad = parameter("pad").and_then(|pad| pad.parse().ok()).unwrap_or(0);
            let mut response = Response::builder();
            for (name, value) in &head.headers {
                response = response.header(format!("echo-{name}"), value);
            }
            let json = serde_json::to_string(&text).unwrap_or_default();
            response.body(Bytes::from(format!("{text}\n{json}\n{}\n{text}", "x".repeat(pad))))
        }
    };
    Ok(response.map_err(std::io::Error::other)?.map(Full::new))
}
