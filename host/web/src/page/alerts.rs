//! The page of alerts: what is true now, found and grouped as somebody asks for it, what was lately, and who was told.

mod find;
mod rows;

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use vitrine_model::alert::EventKind;

use self::find::{Found, Page};
pub(crate) use self::rows::{AlertRow, moods, name, row, telling};
use crate::alerts::filter::{self, Wanted};
use crate::page::When;
use crate::page::deliveries::{DeliveryRow, delivery_row};
use crate::page::frame::Frame;
use crate::page::reader::Reader;
use crate::page::receipts::with_receipts;
use crate::page::silences::{self, Caller};
use crate::web::Web;

/// Events and deliveries that are told below the alerts.
const RECENT: usize = 20;

#[derive(Serialize)]
struct EventRow {
    /// Set where no row above has it: where links in older messages lead once the alert is over.
    id: Option<String>,
    alert: String,
    kind: &'static str,
    is_firing: bool,
    name: String,
    labels: Vec<(String, String)>,
    at: When,
}

#[derive(Serialize)]
struct Body {
    wanted: Wanted,
    /// What of it cannot be understood.
    mistake: Option<String>,
    /// Why nothing was done.
    refusal: Option<String>,
    found: Found,
    /// Labels to group by, beside the usual ones.
    labels: Vec<String>,
    events: Vec<EventRow>,
    deliveries: Vec<DeliveryRow>,
    may_act: bool,
    /// What could not be read, and why.
    troubles: Vec<String>,
    /// What the address says, to come back to.
    back: String,
}

pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Query(pairs): Query<Vec<(String, String)>>,
    caller: Caller,
    headers: HeaderMap,
) -> Response {
    let may_act = silences::refusal(&web, &headers, caller.map(|one| one.0.0)).is_none();
    shown(&web, reader, &pairs, may_act, None).await
}

/// The page as these words ask for it; `refusal` is why nothing was done.
pub(crate) async fn shown(
    web: &Web,
    reader: Reader,
    pairs: &[(String, String)],
    may_act: bool,
    refusal: Option<String>,
) -> Response {
    let frame = Frame::new(web, reader, "alerts", reader.says().alerts).await;
    let mut troubles = Vec::new();
    let wanted = Wanted::read(pairs);
    let page = Page::read(pairs);
    let board = web.board().await.unwrap_or_else(|reason| {
        troubles.push(reason);
        Arc::default()
    });
    let (found, mistake) = match wanted.filter() {
        Ok(filter) => (Found::new(web, reader, &board, &wanted, &filter, page), None),
        Err(reason) => (Found::nothing(), Some(reason)),
    };
    let known = found.ids();
    let events = events(web, reader, known).await;
    let deliveries = Arc::clone(&web.deliveries);
    let deliveries = web.blocking(move || deliveries.recent(RECENT)).await;
    let deliveries = match deliveries {
        Ok(list) => Ok(with_receipts(web, list).await.into_iter().map(|record| delivery_row(web, reader, record)).collect()),
        Err(reason) => Err(reason),
    };
    let body = Body {
        back: wanted.address(&[("page", page.word().as_str())]),
        labels: filter::labels(&board),
        events: events.unwrap_or_else(|reason| noted(&mut troubles, reason)),
        deliveries: deliveries.unwrap_or_else(|reason| noted(&mut troubles, reason)),
        wanted,
        mistake,
        refusal,
        found,
        may_act,
        troubles,
    };
    web.page("alerts.html", &frame, body)
}

fn noted<T>(troubles: &mut Vec<String>, reason: String) -> Vec<T> {
    troubles.push(reason);
    Vec::new()
}

async fn events(web: &Web, reader: Reader, mut known: HashSet<String>) -> Result<Vec<EventRow>, String> {
    let alerts = Arc::clone(&web.alerts);
    let says = reader.says();
    let events = web.blocking(move || alerts.history(RECENT)).await?;
    let row = |stored: vitrine_model::port::alerts::StoredEvent| {
        let labels = &stored.event.alert.labels;
        let alert = labels.fingerprint();
        EventRow {
            id: Some(alert.clone()).filter(|id| known.insert(id.clone())),
            kind: if stored.event.kind == EventKind::Firing { says.firing_word } else { says.resolved_word },
            is_firing: stored.event.kind == EventKind::Firing,
            name: name(labels),
            labels: telling(labels),
            at: web.when(reader, stored.event.at),
            alert,
        }
    };
    Ok(events.into_iter().map(row).collect())
}
