//! The first page: what is firing, and which dashboards there are.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::page::alerts::{AlertRow, rows};
use crate::page::frame::Frame;
use crate::web::Web;

#[derive(Serialize)]
struct Body {
    alerts: Vec<AlertRow>,
    trouble: Option<String>,
}

pub(crate) async fn show(State(web): State<Arc<Web>>) -> Response {
    let frame = Frame::new(&web, "home", "Dashboards").await;
    let body = match web.load_alerts().await {
        Ok(alerts) => Body { alerts: rows(&web, alerts), trouble: None },
        Err(reason) => Body { alerts: Vec::new(), trouble: Some(reason) },
    };
    web.page("home.html", &frame, body)
}
