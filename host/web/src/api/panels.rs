//! The data of a panel, to be taken elsewhere: `/api/v1/dashboards/NAME/panels/ID.csv` and `.json`.

mod csv;
mod json;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::api::envelope::ApiError;
use crate::dashboard::scope::Asked;
use crate::web::Web;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
}

/// The time and the variables are asked for as on the page.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    Path(path): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, ApiError> {
    let (name, id, format) = parts(&path)
        .ok_or_else(|| ApiError::not_found("there is nothing here: write `/api/v1/dashboards/NAME/panels/ID.csv`, or `.json`"))?;
    let asked = Asked::parse(&asked).map_err(ApiError::bad_data)?;
    let found = web.layout(name, &asked).await;
    let (_, layout) = found.ok_or_else(|| ApiError::not_found(format!("there is no dashboard `{name}`")))?;
    let panel = layout
        .panels()
        .find(|panel| panel.id == id)
        .ok_or_else(|| ApiError::not_found(format!("the dashboard `{name}` has no panel `{id}`: `id:` in its file names one")))?;
    let frames = web.evaluator.data(&layout, panel, web.clock.now()).await.map_err(|fault| ApiError::fault(&fault))?;
    let made = tokio::task::spawn_blocking(move || match format {
        Format::Csv => csv::write(&frames),
        Format::Json => json::write(&frames),
    });
    let body = made.await.map_err(|error| ApiError::internal(format!("the data could not be written: {error}")))?;
    Ok(attached(name, id, format, body))
}

fn parts(path: &str) -> Option<(&str, &str, Format)> {
    let (name, file) = path.rsplit_once("/panels/")?;
    let (id, ending) = file.rsplit_once('.')?;
    let format = match ending {
        "csv" => Format::Csv,
        "json" => Format::Json,
        _ => return None,
    };
    (!name.is_empty() && !id.is_empty()).then_some((name, id, format))
}

fn attached(name: &str, id: &str, format: Format, body: String) -> Response {
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        Format::Json => ("application/json", "json"),
    };
    let mut response = ([(CONTENT_TYPE, kind)], body).into_response();
    // A name of a file is of letters that every system takes.
    let letter = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
    let file: String = format!("{name}-{id}").chars().map(letter).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{file}.{ending}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}
