//! What comes back: read within bounds, and turned into the guest's words.

use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, LOCATION};
use url::Url;

use super::count::Counters;
use super::{HEAD_BYTES, HEADERS, Keys, Outgoing, Stop};
use crate::bindings::imported::http::{Error, Header, Response, Timing, TlsInfo};
use crate::grant::http::socket_of;

/// The most that an answer's body may hold.
pub(super) const BODY_BYTES: usize = 8 << 20;

pub(super) type Answer = hyper::Response<Incoming>;

/// Where the time of the last exchange went, and who answered.
#[derive(Debug)]
pub(super) struct Phases {
    pub(super) resolve: Duration,
    pub(super) connect: Duration,
    pub(super) tls: Duration,
    pub(super) processing: Duration,
    pub(super) head_at: Option<Instant>,
    pub(super) address: String,
    pub(super) certificate: Option<TlsInfo>,
}

/// Where an answer sends on to, if that can be followed: to HTTP, or within the same socket.
pub(super) fn redirect(from: &Url, answer: &Answer) -> Option<Url> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let target = from.join(answer.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    let within = || socket_of(from).is_some_and(|socket| Some(socket) == socket_of(&target));
    (matches!(target.scheme(), "http" | "https") || within()).then_some(target)
}

/// The last answer of an exchange, and all that the guest is told beside it.
pub(super) struct Finish<'a> {
    pub(super) outgoing: &'a Outgoing,
    pub(super) keys: &'a Keys,
    pub(super) phases: Phases,
    pub(super) redirects: u8,
    pub(super) counters: &'a Counters,
}

impl Finish<'_> {
    pub(super) async fn finish(self, answer: Answer) -> Result<Response, Stop> {
        let (head, body) = answer.into_parts();
        let coding =
            head.headers.get(CONTENT_ENCODING).is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
        if coding && !self.keys.is_empty() {
            let reason = "the answer to a request with a secret came compressed, so it cannot be searched for the secret";
            return Err(Error::Protocol(reason.to_owned()).into());
        }
        let body = read(body, self.counters).await?;
        let Phases { resolve, connect, tls, processing, head_at, address, certificate } = self.phases;
        let transfer = head_at.map_or(Duration::ZERO, |moment| moment.elapsed());
        let headers = head.headers.iter().map(|(name, value)| Header {
            name: self.keys.hide_text(name.as_str()),
            value: self.keys.hide_text(&String::from_utf8_lossy(value.as_bytes())),
        });
        Ok(Response {
            status: head.status.as_u16(),
            version: format!("{:?}", head.version).trim_start_matches("HTTP/").to_owned(),
            headers: headers.collect(),
            body: self.keys.hide_body(body).await?,
            address,
            url: self.keys.hide_text(self.outgoing.url.as_str()),
            redirects: self.redirects,
            timing: Timing {
                resolve: resolve.as_secs_f64(),
                connect: connect.as_secs_f64(),
                tls: tls.as_secs_f64(),
                processing: processing.as_secs_f64(),
                transfer: transfer.as_secs_f64(),
            },
            tls: certificate,
        })
    }
}

async fn read(mut body: Incoming, counters: &Counters) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| protocol(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        counters.received(data.len() as u64);
        if bytes.len() + data.len() > BODY_BYTES {
            return Err(Error::TooLarge(format!("the answer is larger than {} MiB", BODY_BYTES >> 20)));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

pub(super) fn protocol(error: &hyper::Error) -> Error {
    if error.is_parse() && error.to_string().contains("too large") {
        return Error::TooLarge(format!("the answer's head is larger than {} KiB or {HEADERS} fields", HEAD_BYTES >> 10));
    }
    Error::Protocol(format!("the server did not answer as HTTP asks: {error}"))
}
