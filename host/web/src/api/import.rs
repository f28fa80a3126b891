//! History, as text or as a table: read while it comes in, a part at a time, so that its length does not matter.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::json;
use vitrine_model::push::Push;
use vitrine_monitor::push::csv::{Columns, CsvImport};
use vitrine_monitor::push::text::TextImport;
use vitrine_monitor::push::{Import, Unreadable};

use crate::api::envelope::{ApiError, success};
use crate::api::parameters::Parameters;
use crate::api::write::{Refused, outcome_word, too_slow};
use crate::pushes::{Outcome, unpack};
use crate::web::Web;

const SOURCE: &str = "import";
/// Bytes gathered before they are read and committed.
const PART: usize = 1024 * 1024;
/// A compressed body is unpacked in bites, lest a small one become a huge part.
const BITE: usize = 4 * 1024;

/// `POST /api/v1/import/prometheus`: the content type says which of both formats it is.
pub(crate) async fn text(State(web): State<Arc<Web>>, headers: HeaderMap, body: Body) -> Response {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let import = TextImport::of_content_type(kind, web.clock.now());
    answer(&web, take(&web, Box::new(import), &headers, body).await)
}

/// `POST /api/v1/import/csv`: `format` in the address says what the columns are, or the first line does.
pub(crate) async fn csv(State(web): State<Arc<Web>>, headers: HeaderMap, request: axum::extract::Request) -> Response {
    let asked = Parameters::of_address(request.uri());
    let columns = asked.and_then(|asked| {
        let columns = asked.get("format").map(Columns::parse).transpose();
        columns.map_err(|reason| ApiError::bad_data(format!("invalid parameter `format`: {reason}")))
    });
    match columns {
        Ok(columns) => answer(&web, take(&web, Box::new(CsvImport::new(columns)), &headers, request.into_body()).await),
        Err(error) => error.into_response(),
    }
}

fn answer(web: &Web, taken: (Outcome, Option<Refused>)) -> Response {
    let response = match taken {
        (outcome, None) => success(json!({
            "written": outcome.written,
            "refused": outcome.refused,
            "reason": outcome.example,
        })),
        (outcome, Some(refused)) => {
            let reason = format!("{}; {} samples before it were written", refused.reason, outcome.written);
            match refused.status {
                StatusCode::SERVICE_UNAVAILABLE => ApiError::unavailable(reason).into_response(),
                status => ApiError::bad_data(reason).with_status(status).into_response(),
            }
        }
    };
    web.pushes.count("import", outcome_word(response.status()));
    response
}

/// Reads a body to its end, or to its first mistake; what came before that is kept.
async fn take(web: &Web, mut import: Box<dyn Import>, headers: &HeaderMap, mut body: Body) -> (Outcome, Option<Refused>) {
    let mut outcome = Outcome::default();
    let mut unpacking = match encoding(headers) {
        Ok(is_gzip) => is_gzip.then(|| flate2::write::MultiGzDecoder::new(Vec::new())),
        Err(refused) => return (outcome, Some(refused)),
    };
    let Some(_turn) = web.pushes.turn().await else {
        return (outcome, Some(Refused::later("too many others write just now: send it again")));
    };
    let mut part = Vec::new();
    let mut patience = web.pushes.patience;
    loop {
        let bytes = match next(&mut body, &mut patience, web.pushes.patience).await {
            Ok(None) => break,
            Ok(Some(bytes)) => bytes,
            Err(refused) => return (outcome, Some(refused)),
        };
        for bite in bytes.chunks(if unpacking.is_some() { BITE } else { PART }) {
            if let Err(unreadable) = unpack(&mut unpacking, bite, &mut part) {
                return (outcome, Some(unreadable.into()));
            }
            if part.len() >= PART {
                match read(web, import, std::mem::take(&mut part), false, &mut outcome).await {
                    Ok(same) => (import, patience) = (same, web.pushes.patience),
                    Err(refused) => return (outcome, Some(refused)),
                }
            }
        }
    }
    if let Some(decoder) = unpacking {
        match decoder.finish() {
            Ok(rest) => part.extend(rest),
            Err(error) => return (outcome, Some(Unreadable(format!("the body is not gzip: {error}")).into())),
        }
    }
    let last = read(web, import, part, true, &mut outcome).await;
    (outcome, last.err())
}

/// What comes next of a body, and what is left of the time in which a part has to come.
async fn next(body: &mut Body, left: &mut Duration, most: Duration) -> Result<Option<Bytes>, Refused> {
    let begun = Instant::now();
    let frame = tokio::time::timeout(*left, body.frame()).await.map_err(|_| too_slow(most))?;
    *left = left.saturating_sub(begun.elapsed());
    match frame {
        None => Ok(None),
        Some(Ok(frame)) => Ok(Some(frame.into_data().unwrap_or_default())),
        Some(Err(error)) => Err(Refused::new(StatusCode::BAD_REQUEST, format!("the body broke off: {error}"))),
    }
}

/// Reads a part where it keeps nobody waiting, and commits what it holds.
async fn read(
    web: &Web,
    mut import: Box<dyn Import>,
    part: Vec<u8>,
    is_last: bool,
    outcome: &mut Outcome,
) -> Result<Box<dyn Import>, Refused> {
    let work = move || {
        let mut push = Push::new(SOURCE);
        push.backfill = true;
        let read = import.feed(&part, &mut push);
        let read = if is_last { read.and_then(|()| import.end(&mut push)) } else { read };
        (import, push, read)
    };
    let (mut import, push, read) = crate::pushes::decode(usize::MAX, work).await?;
    let appended = if push.is_empty() && push.families.is_empty() { Default::default() } else { web.pushes.push(push).await? };
    outcome.add(appended, import.refused());
    read?;
    Ok(import)
}

/// Whether the body is compressed.
fn encoding(headers: &HeaderMap) -> Result<bool, Refused> {
    match headers.get(CONTENT_ENCODING).map(|encoding| encoding.to_str().unwrap_or("?").to_ascii_lowercase()).as_deref() {
        None | Some("" | "identity") => Ok(false),
        Some("gzip" | "x-gzip") => Ok(true),
        Some(other) => {
            let reason = format!("the body is encoded as `{other}`: send it as it is, or as `gzip`");
            Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason))
        }
    }
}
