//! `http`: the one way out. Resolves once, vets the addresses, connects only to those, asks again at each redirect.

use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, COOKIE, HOST, HeaderName, HeaderValue, LOCATION, PROXY_AUTHORIZATION, USER_AGENT};
use hyper::{Method, Request as HyperRequest, Response as HyperResponse};
use url::Url;

use crate::bindings::imported::http::{Error, Header, Host, Request, Response, Timing};
use crate::context::Context;
use crate::grant::Grants;

mod connect;
mod tls;

pub(crate) use tls::Trust;

/// The most that an answer's body may hold.
const BODY_BYTES: usize = 8 << 20;
/// The most that an answer's head may hold.
const HEAD_BYTES: usize = 64 << 10;
const HEADERS: usize = 128;
const REDIRECTS: u8 = 10;

/// Requests under way from all guests together.
const CONCURRENT: usize = 256;

/// Sends guests' requests.
pub(crate) struct Egress {
    trust: Trust,
    slots: tokio::sync::Semaphore,
    user_agent: HeaderValue,
}

/// One exchange, as far as it went.
struct Outgoing {
    method: Method,
    url: Url,
    headers: hyper::HeaderMap,
    body: Bytes,
}

impl Egress {
    pub(crate) fn new(trust: Trust) -> Egress {
        let user_agent = HeaderValue::from_static(concat!("Vitrine/", env!("CARGO_PKG_VERSION")));
        Egress { trust, slots: tokio::sync::Semaphore::new(CONCURRENT), user_agent }
    }

    async fn send(&self, grants: &Grants, request: Request) -> Result<Response, Error> {
        let allowed = request.redirects.min(REDIRECTS);
        let mut outgoing = self.prepare(request)?;
        let _slot = self.slots.acquire().await.map_err(|_| Error::Connect("the host is stopping".to_owned()))?;
        let mut redirects = 0;
        loop {
            let (answer, mut connection, phases) = self.exchange(grants, &outgoing).await?;
            let target = if redirects < allowed { redirect(&outgoing.url, &answer) } else { None };
            let Some(target) = target else {
                return connection.serve(finish(answer, &outgoing, phases, redirects)).await;
            };
            redirects += 1;
            outgoing.follow(target, answer.status().as_u16());
        }
    }

    fn prepare(&self, request: Request) -> Result<Outgoing, Error> {
        let invalid = |what: &str| Error::Invalid(what.to_owned());
        if let Some(secret) = request.secrets.first() {
            return Err(Error::Denied(format!(
                "the secret `{}` is not granted: this version of Vitrine offers none yet",
                secret.name
            )));
        }
        let url: Url = request.url.parse().map_err(|error| Error::Invalid(format!("`{}` is not a URL: {error}", request.url)))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::Invalid(format!("`{}:` is neither http nor https", url.scheme())));
        }
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| invalid("the method is not an HTTP method"))?;
        if method == Method::CONNECT {
            return Err(invalid("the method CONNECT is not for plugins"));
        }
        let mut headers = hyper::HeaderMap::new();
        for header in request.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes())
                .map_err(|_| Error::Invalid(format!("`{}` is not a header name", header.name)))?;
            // What frames the message is the host's to write.
            if matches!(
                name.as_str(),
                "host" | "content-length" | "transfer-encoding" | "connection" | "upgrade" | "te" | "trailer"
            ) {
                return Err(Error::Invalid(format!("the header `{name}` is written by the host")));
            }
            let value = HeaderValue::from_str(&header.value)
                .map_err(|_| Error::Invalid(format!("the value of the header `{name}` holds letters that a header cannot")))?;
            headers.append(name, value);
        }
        headers.entry(USER_AGENT).or_insert_with(|| self.user_agent.clone());
        Ok(Outgoing { method, url, headers, body: request.body.into() })
    }

    async fn exchange(
        &self,
        grants: &Grants,
        outgoing: &Outgoing,
    ) -> Result<(HyperResponse<hyper::body::Incoming>, connect::Connection, Phases), Error> {
        grants.require_http(outgoing.method.as_str(), &outgoing.url).map_err(Error::Denied)?;
        let (connect::Open { mut sender, mut connection }, mut phases) =
            connect::open(&self.trust, grants, &outgoing.url).await?;
        let message = outgoing.message()?;
        let sent = Instant::now();
        let answer = connection.serve(sender.send_request(message)).await.map_err(|error| protocol(&error))?;
        phases.processing = sent.elapsed();
        phases.head_at = Some(Instant::now());
        Ok((answer, connection, phases))
    }
}

impl Outgoing {
    fn message(&self) -> Result<HyperRequest<Full<Bytes>>, Error> {
        let target = &self.url[url::Position::BeforePath..url::Position::AfterQuery];
        let host = &self.url[url::Position::BeforeHost..url::Position::AfterPort];
        let mut message = HyperRequest::builder()
            .method(self.method.clone())
            .uri(target)
            .body(Full::new(self.body.clone()))
            .map_err(|error| Error::Invalid(format!("the request cannot be built: {error}")))?;
        let host = HeaderValue::from_str(host).map_err(|_| Error::Invalid("the host's name is not a header value".to_owned()))?;
        *message.headers_mut() = self.headers.clone();
        message.headers_mut().insert(HOST, host);
        Ok(message)
    }

    /// As browsers do: 303 becomes GET, and so does a POST at 301 and 302; what is meant for one host stays with it.
    fn follow(&mut self, target: Url, status: u16) {
        if status == 303 || (matches!(status, 301 | 302) && self.method == Method::POST) {
            self.method = Method::GET;
            self.body = Bytes::new();
        }
        if target.origin() != self.url.origin() {
            for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
                self.headers.remove(name);
            }
        }
        self.url = target;
    }
}

/// Where the time of the last exchange went, and who answered.
struct Phases {
    resolve: Duration,
    connect: Duration,
    tls: Duration,
    processing: Duration,
    head_at: Option<Instant>,
    address: std::net::SocketAddr,
    certificate: Option<crate::bindings::imported::http::TlsInfo>,
}

fn redirect(from: &Url, answer: &HyperResponse<hyper::body::Incoming>) -> Option<Url> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let target = from.join(answer.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    matches!(target.scheme(), "http" | "https").then_some(target)
}

async fn finish(
    answer: HyperResponse<hyper::body::Incoming>,
    outgoing: &Outgoing,
    phases: Phases,
    redirects: u8,
) -> Result<Response, Error> {
    let (head, body) = answer.into_parts();
    let body = read(body).await?;
    let transfer = phases.head_at.map_or(Duration::ZERO, |moment| moment.elapsed());
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(Response {
        status: head.status.as_u16(),
        version: format!("{:?}", head.version).trim_start_matches("HTTP/").to_owned(),
        headers: head.headers.iter().map(|(name, value)| Header { name: name.to_string(), value: text(value) }).collect(),
        body,
        address: phases.address.to_string(),
        url: outgoing.url.to_string(),
        redirects,
        timing: Timing {
            resolve: phases.resolve.as_secs_f64(),
            connect: phases.connect.as_secs_f64(),
            tls: phases.tls.as_secs_f64(),
            processing: phases.processing.as_secs_f64(),
            transfer: transfer.as_secs_f64(),
        },
        tls: phases.certificate,
    })
}

async fn read(mut body: hyper::body::Incoming) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| protocol(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > BODY_BYTES {
            return Err(Error::TooLarge(format!("the answer is larger than {} MiB", BODY_BYTES >> 20)));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

fn protocol(error: &hyper::Error) -> Error {
    if error.is_parse() && error.to_string().contains("too large") {
        return Error::TooLarge(format!("the answer's head is larger than {} KiB or {HEADERS} fields", HEAD_BYTES >> 10));
    }
    Error::Protocol(format!("the server did not answer as HTTP asks: {error}"))
}

impl Host for Context {
    async fn send(&mut self, request: Request) -> Result<Response, Error> {
        let left = self.time_left();
        let wait = request.timeout.map_or(left, |millis| Duration::from_millis(millis.into()).min(left));
        let exchange = self.services.http.send(&self.grants, request);
        let outcome = match tokio::time::timeout(wait, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::Timeout(format!("no complete answer within {:.1} s", wait.as_secs_f64()))),
        };
        match &outcome {
            Err(Error::Denied(reason)) => self.refuse("http", reason),
            Err(Error::Invalid(_)) => {}
            _ => self.used("http"),
        }
        outcome
    }
}
