//! Which dashboards are shown, in short: `vitrine plan` compares files with them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::api::envelope::success;
use crate::dashboard::summary::Summary;
use crate::web::Web;

pub(crate) async fn list(State(web): State<Arc<Web>>) -> Response {
    let summaries: Vec<Summary> = web.shelf().dashboards.values().map(|dashboard| dashboard.summary()).collect();
    success(summaries)
}
