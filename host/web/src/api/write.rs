//! Remote write: what Prometheus and other agents send on.
//!
//! An answer below 500 is final, and its sender drops the samples; 429 and 503 ask it to come again with the same ones.
//! What is good of a request is kept, whatever the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use vitrine_model::push::Push;
use vitrine_monitor::push::Unreadable;
use vitrine_monitor::push::remote_write::{self, Decoded, Decoder, Version};

use crate::pushes::{self, LARGEST, LARGEST_COMPRESSED, Outcome, Pushes};
use crate::web::Web;

/// What the series' limits are counted under, and pages are told.
const SOURCE: &str = "remote-write";
/// Seconds after which a sender may come again.
const AGAIN: &str = "5";

/// Why a body was not taken.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) reason: String,
}

impl Refused {
    pub(crate) fn new(status: StatusCode, reason: impl Into<String>) -> Refused {
        Refused { status, reason: reason.into() }
    }

    /// The host cannot take it now.
    pub(crate) fn later(reason: impl Into<String>) -> Refused {
        Refused::new(StatusCode::SERVICE_UNAVAILABLE, reason)
    }
}

impl From<Unreadable> for Refused {
    fn from(unreadable: Unreadable) -> Refused {
        Refused::new(StatusCode::BAD_REQUEST, unreadable.0)
    }
}

impl From<vitrine_model::port::StoreError> for Refused {
    fn from(error: vitrine_model::port::StoreError) -> Refused {
        Refused::later(error.0)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, format!("{}\n", self.reason)).into_response();
        if matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(AGAIN));
        }
        response
    }
}

pub(crate) async fn take(State(web): State<Arc<Web>>, headers: HeaderMap, body: Body) -> Response {
    let answer = match written(&web, &headers, body).await {
        Ok((outcome, decoded)) => answer(&outcome, &decoded),
        Err(refused) => with_counts(refused.into_response(), 0),
    };
    web.pushes.count("remote_write", outcome_word(answer.status()));
    answer
}

pub(crate) fn outcome_word(status: StatusCode) -> &'static str {
    match status {
        status if status.is_success() => "taken",
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => "later",
        StatusCode::REQUEST_TIMEOUT => "slow",
        _ => "refused",
    }
}

async fn written(web: &Arc<Web>, headers: &HeaderMap, body: Body) -> Result<(Outcome, Decoded), Refused> {
    let version = version(headers)?;
    let encoding = text(headers, CONTENT_ENCODING.as_str());
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("snappy") {
        let reason = format!("the body is encoded as `{encoding}`: remote write sends one block of `snappy`");
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
    }
    let _turn = web.pushes.turn().await.ok_or_else(|| Refused::later("too many others write just now: send it again"))?;
    let compressed = web.pushes.read(body, LARGEST_COMPRESSED).await?;
    let length = remote_write::uncompressed_length(&compressed)?;
    if length > LARGEST {
        return Err(too_large(length, LARGEST));
    }
    let decoder = web.pushes.decoder();
    let (read, decoder) = pushes::decode(length, move || decode(&compressed, version, decoder)).await?;
    web.pushes.give_back(decoder);
    let (push, decoded) = read?;
    let mut outcome = Outcome::default();
    let appended = if push.is_empty() && push.families.is_empty() { Default::default() } else { web.pushes.push(push).await? };
    outcome.add(appended, decoded.refused.clone());
    Ok((outcome, decoded))
}

fn decode(compressed: &[u8], version: Version, mut decoder: Decoder) -> (Result<(Push, Decoded), Unreadable>, Decoder) {
    let mut push = Push::new(SOURCE);
    let read = decoder.decode(compressed, version, &mut push).map(|decoded| (push, decoded));
    (read, decoder)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
}

/// Which message the content type names; without a name, the first one.
fn version(headers: &HeaderMap) -> Result<Version, Refused> {
    let kind = text(headers, CONTENT_TYPE.as_str());
    let mut parts = kind.split(';').map(str::trim);
    let is_protobuf = matches!(parts.next(), Some("application/x-protobuf"));
    let proto = parts.find_map(|part| part.strip_prefix("proto="));
    match (is_protobuf, proto) {
        (true, None | Some("prometheus.WriteRequest")) => Ok(Version::First),
        (true, Some("io.prometheus.write.v2.Request")) => Ok(Version::Second),
        _ => Err(Refused::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!(
                "the content type is `{kind}`: send `application/x-protobuf`, with `;proto=prometheus.WriteRequest` or \
                 `;proto=io.prometheus.write.v2.Request`"
            ),
        )),
    }
}

pub(crate) fn too_large(bytes: usize, most: usize) -> Refused {
    let reason = format!("the body has {bytes} bytes, {most} are allowed: send it in parts");
    Refused::new(StatusCode::PAYLOAD_TOO_LARGE, reason)
}

/// Its sender takes longer than it may, and keeps others from their turn.
pub(crate) fn too_slow(patience: Duration) -> Refused {
    let reason = format!("the body did not come within {patience:?}: send it faster, in smaller parts, or raise `write_timeout`");
    Refused::new(StatusCode::REQUEST_TIMEOUT, reason)
}

impl Pushes {
    /// A whole body, as it comes.
    pub(crate) async fn read(&self, body: Body, most: usize) -> Result<Bytes, Refused> {
        let read = tokio::time::timeout(self.patience, Limited::new(body, most).collect()).await;
        match read.map_err(|_| too_slow(self.patience))? {
            Ok(read) => Ok(read.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {
                let reason = format!("the body has more than {most} bytes: send it in parts");
                Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, reason))
            }
            Err(error) => Err(Refused::new(StatusCode::BAD_REQUEST, format!("the body broke off: {error}"))),
        }
    }
}

fn answer(outcome: &Outcome, decoded: &Decoded) -> Response {
    if decoded.exemplars > 0 {
        tracing::debug!(push.exemplars = decoded.exemplars, "exemplars are not kept");
    }
    let response = match outcome.complaint() {
        None => StatusCode::NO_CONTENT.into_response(),
        Some(reason) if outcome.too_fast => Refused::new(StatusCode::TOO_MANY_REQUESTS, reason).into_response(),
        Some(reason) => Refused::new(StatusCode::BAD_REQUEST, reason).into_response(),
    };
    with_counts(response, outcome.written)
}

/// Version 2.0 wants to know what was written, also where something was not.
fn with_counts(mut response: Response, samples: u64) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-prometheus-remote-write-samples-written", samples.into());
    headers.insert("x-prometheus-remote-write-histograms-written", 0.into());
    headers.insert("x-prometheus-remote-write-exemplars-written", 0.into());
    response
}
