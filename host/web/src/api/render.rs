//! Pictures of dashboards and panels: `/render/NAME[/PANEL].svg`, `.png` and `.pdf`.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::api::envelope::ApiError;
use crate::dashboard::scope::Asked;
use crate::page::reader::Reader;
use crate::render::{Format, Look, Made, Problem, Wanted};
use crate::web::Web;

/// The time and the variables are asked for as on the page; `theme`, `width`, `height` and `scale` say how it looks.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Path(path): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (name, format) = parts(&path).ok_or_else(|| {
        ApiError::not_found("there is nothing here: write `/render/NAME.svg`, `.png` or `.pdf`, or `/render/NAME/PANEL.png`")
    })?;
    let asked = Asked::parse(&pairs).map_err(ApiError::bad_data)?.read_by(reader);
    let look = Look::parse(format, &pairs).map_err(ApiError::bad_data)?;
    let (dashboard, panel) = found(&web, name);
    let wanted = Wanted { dashboard, panel, asked, look };
    let made = web.picture(&wanted).await.map_err(ApiError::from)?;
    Ok(answer(&made, &wanted, &headers))
}

fn parts(path: &str) -> Option<(&str, Format)> {
    let (name, ending) = path.rsplit_once('.')?;
    let format = Format::ALL.into_iter().find(|format| format.ending() == ending)?;
    (!name.is_empty()).then_some((name, format))
}

/// A dashboard, or a panel of one: a dashboard's name may have slashes too, and goes first.
fn found(web: &Web, name: &str) -> (String, Option<String>) {
    if web.dashboard(name).is_none()
        && let Some((dashboard, panel)) = name.rsplit_once('/')
        && web.dashboard(dashboard).is_some()
    {
        return (dashboard.to_owned(), Some(panel.to_owned()));
    }
    (name.to_owned(), None)
}

fn answer(made: &Made, wanted: &Wanted, headers: &HeaderMap) -> Response {
    let tag = HeaderValue::from_str(&made.tag).unwrap_or(HeaderValue::from_static("\"\""));
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut response = match known.split(',').any(|one| one.trim().trim_start_matches("W/") == made.tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => made.bytes.clone().into_response(),
    };
    let told = response.headers_mut();
    told.insert(CONTENT_TYPE, HeaderValue::from_static(wanted.look.format.media_type()));
    told.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    told.insert(ETAG, tag);
    told.insert(VARY, HeaderValue::from_static("accept-language, cookie"));
    // A name of a file is of letters that every system takes.
    let letter = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
    let panel = wanted.panel.as_ref().map_or(String::new(), |panel| format!("-{panel}"));
    let file: String = format!("{}{panel}", wanted.dashboard).chars().map(letter).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename=\"{file}.{}\"", wanted.look.format.ending())) {
        told.insert(CONTENT_DISPOSITION, value);
    }
    response
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> ApiError {
        match problem {
            Problem::Missing(reason) => ApiError::not_found(reason),
            Problem::TooLarge(reason) => ApiError::execution(reason),
            Problem::Busy(reason) => ApiError::unavailable(reason),
            Problem::Broken(reason) => ApiError::internal(reason),
        }
    }
}
