//! The first page: what is firing, which sources fail, and which dashboards there are.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::page::When;
use crate::page::alerts::{AlertRow, rows};
use crate::page::frame::Frame;
use crate::page::reader::Reader;
use crate::web::Web;

/// The sources page has them all.
const MOST_FAILING: usize = 8;

#[derive(Serialize)]
struct Body {
    alerts: Vec<AlertRow>,
    trouble: Option<String>,
    failing: Vec<FailingRow>,
}

#[derive(Serialize)]
struct FailingRow {
    name: String,
    reason: String,
    since: When,
}

pub(crate) async fn show(State(web): State<Arc<Web>>, reader: Reader) -> Response {
    let frame = Frame::new(&web, reader, "home", reader.says().dashboards).await;
    let failing = failing(&web, reader);
    let body = match web.load_alerts().await {
        Ok(alerts) => Body { alerts: rows(&web, reader, alerts), trouble: None, failing },
        Err(reason) => Body { alerts: Vec::new(), trouble: Some(reason), failing },
    };
    web.page("home.html", &frame, body)
}

fn failing(web: &Web, reader: Reader) -> Vec<FailingRow> {
    let row = |one: vitrine_monitor::status::SourceStatus| {
        let (fault, since) = one.fault?;
        Some(FailingRow { name: one.name, reason: fault.reason().to_owned(), since: web.when(reader, since) })
    };
    web.status.sources().into_iter().filter_map(row).take(MOST_FAILING).collect()
}
