//! Links to give away, made by programs: `POST /api/v1/shares`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::api::envelope::{ApiError, success};
use crate::page::share::Wish;
use crate::web::Web;
use crate::words;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    dashboard: String,
    panel: Option<String>,
    /// As the page's address says it: `range=6h&var-host=web-1`.
    #[serde(default)]
    query: String,
    /// `1h`, `7d`.
    expires: String,
    #[serde(default)]
    follow: bool,
}

pub(crate) async fn make(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    body: Result<Json<Asked>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(asked) = body.map_err(|rejection| ApiError::bad_data(rejection.body_text()))?;
    let wish = Wish {
        dashboard: &asked.dashboard,
        panel: asked.panel.as_deref(),
        query: &asked.query,
        expires: &asked.expires,
        follows: asked.follow,
    };
    let link = web.share(&wish, &headers).await?;
    let told = json!({ "url": link.url, "expires": words::machine(link.expires), "title": link.title });
    Ok((StatusCode::CREATED, success(told)).into_response())
}
