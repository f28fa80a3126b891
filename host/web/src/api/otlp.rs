//! Metrics of OpenTelemetry over HTTP, as protobuf.
//!
//! <https://opentelemetry.io/docs/specs/otlp/#otlphttp>. What is refused of a request that could be read is told in the
//! answer, as the specification wants it; 429 and 503 ask the exporter to come again.

use std::io::Read;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use vitrine_model::push::Push;
use vitrine_monitor::push::{Unreadable, otlp};

use crate::api::write::{Refused, outcome_word, too_large};
use crate::pushes::{self, LARGEST, LARGEST_COMPRESSED, Outcome};
use crate::web::Web;

const SOURCE: &str = "otlp";
const PROTOBUF: &str = "application/x-protobuf";

pub(crate) async fn take(State(web): State<Arc<Web>>, headers: HeaderMap, body: Body) -> Response {
    let response = match written(&web, &headers, body).await {
        Ok(outcome) if outcome.too_fast => {
            let reason = outcome.complaint().unwrap_or_default();
            Refused::new(StatusCode::TOO_MANY_REQUESTS, reason).into_response()
        }
        Ok(outcome) => {
            let complaint = outcome.complaint();
            ([(CONTENT_TYPE, PROTOBUF)], otlp::answer(outcome.refused, complaint.as_deref())).into_response()
        }
        Err(refused) => refused.into_response(),
    };
    web.pushes.count("otlp", outcome_word(response.status()));
    response
}

async fn written(web: &Web, headers: &HeaderMap, body: Body) -> Result<Outcome, Refused> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, encoding) = (text(CONTENT_TYPE), text(CONTENT_ENCODING));
    if kind.split(';').next().unwrap_or_default().trim() != PROTOBUF {
        let reason = format!("the content type is `{kind}`: let the exporter use `http/protobuf`");
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
    }
    let is_gzip = match encoding.as_str() {
        "" | "identity" => false,
        "gzip" => true,
        other => {
            let reason = format!("the body is encoded as `{other}`: send it as it is, or as `gzip`");
            return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
        }
    };
    let _turn = web.pushes.turn().await.ok_or_else(|| Refused::later("too many others write just now: send it again"))?;
    let body = web.pushes.read(body, LARGEST_COMPRESSED).await?;
    // How large a compressed one is, is known only afterwards.
    let size = if is_gzip { usize::MAX } else { body.len() };
    let decoded = pushes::decode(size, move || {
        let mut push = Push::new(SOURCE);
        let body = if is_gzip { unpacked(&body)? } else { body.to_vec() };
        let refused = otlp::decode(&body, &mut push)?;
        Ok::<_, Refused>((push, refused))
    });
    let (push, refused) = decoded.await??;
    let mut outcome = Outcome::default();
    let appended = if push.is_empty() && push.families.is_empty() { Default::default() } else { web.pushes.push(push).await? };
    outcome.add(appended, refused);
    Ok(outcome)
}

fn unpacked(body: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut unpacked = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(body).take(LARGEST as u64 + 1).read_to_end(&mut unpacked);
    read.map_err(|error| Unreadable(format!("the body is not gzip: {error}")))?;
    if unpacked.len() > LARGEST { Err(too_large(unpacked.len(), LARGEST)) } else { Ok(unpacked) }
}
