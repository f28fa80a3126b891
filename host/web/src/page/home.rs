//! The first page: what is firing, which sources fail, and which dashboards there are.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::alerts::{Entry, Standing};
use crate::page::When;
use crate::page::alerts::{AlertRow, row};
use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::web::Web;

/// The page of alerts has more.
const MOST_ALERTS: usize = 50;

/// The sources page has them all.
const MOST_FAILING: usize = 8;

#[derive(Serialize)]
struct Body {
    alerts: Vec<AlertRow>,
    /// How many more there are than are shown.
    left_out: Option<String>,
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
    let body = match web.board().await {
        Ok(board) => {
            let loud = |entry: &&Entry| !matches!(entry.standing, Standing::Silenced | Standing::Inhibited);
            let more = board.entries.iter().filter(loud).count().saturating_sub(MOST_ALERTS);
            let shown = board.entries.iter().filter(loud).take(MOST_ALERTS);
            let alerts = shown.map(|entry| row(&web, reader, &board, entry)).collect();
            let left_out = (more > 0).then(|| filled(reader.says().rest_alerts, &[&more.to_string()]));
            Body { alerts, left_out, trouble: None, failing }
        }
        Err(reason) => Body { alerts: Vec::new(), left_out: None, trouble: Some(reason), failing },
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
