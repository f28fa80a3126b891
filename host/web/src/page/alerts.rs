//! Alerts: what is true now, what was, and who was told.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use vitrine_model::Labels;
use vitrine_model::alert::{Alert, AlertState, EventKind};
use vitrine_model::labels::NAME;
use vitrine_model::port::deliveries::DeliveryState;
use vitrine_monitor::fingerprint;
use vitrine_monitor::notify::AlertView;

use crate::draw::unit::{marked, significant};
use crate::page::When;
use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::page::silences::{self, Caller};
use crate::web::Web;

const RECENT: usize = 50;
/// Alerts on the page: those that fire come first, the longest first.
const SHOWN: usize = 500;

#[derive(Serialize)]
pub(crate) struct AlertRow {
    /// Where links in messages lead.
    id: String,
    name: String,
    summary: String,
    labels: Vec<(String, String)>,
    state: &'static str,
    is_firing: bool,
    severity: String,
    since: When,
    value: String,
}

#[derive(Serialize)]
struct EventRow {
    /// Set where no row above has it: where links in messages lead once the alert is over.
    id: Option<String>,
    kind: &'static str,
    is_firing: bool,
    name: String,
    labels: Vec<(String, String)>,
    at: When,
}

#[derive(Serialize)]
struct DeliveryRow {
    id: i64,
    is_dead: bool,
    channel: String,
    title: String,
    state: &'static str,
    /// `good`, `warning`, `bad` or nothing.
    mood: &'static str,
    attempts: u32,
    at: When,
    due: Option<When>,
    answer: String,
}

#[derive(Serialize)]
struct Body {
    alerts: Vec<AlertRow>,
    /// How many more there are than are shown.
    left_out: Option<String>,
    events: Vec<EventRow>,
    deliveries: Vec<DeliveryRow>,
    /// Of alerts by their ids: what keeps people from being told, and who has taken them on.
    muted: BTreeMap<String, Vec<String>>,
    may_act: bool,
    /// What could not be read, and why.
    troubles: Vec<String>,
}

pub(crate) async fn show(State(web): State<Arc<Web>>, reader: Reader, caller: Caller, headers: HeaderMap) -> Response {
    let frame = Frame::new(&web, reader, "alerts", reader.says().alerts).await;
    let mut troubles = Vec::new();
    let alerts = web.load_alerts().await.map(|alerts| rows(&web, reader, alerts));
    let left_out = alerts.as_ref().map_or(0, |rows| rows.len().saturating_sub(SHOWN));
    let alerts = alerts.map(|rows| rows.into_iter().take(SHOWN).collect::<Vec<_>>());
    let known = alerts.iter().flatten().map(|row| row.id.clone()).collect();
    let events = events(&web, reader, known).await;
    let deliveries = deliveries(&web, reader).await;
    let body = Body {
        alerts: alerts.unwrap_or_else(|reason| noted(&mut troubles, reason)),
        events: events.unwrap_or_else(|reason| noted(&mut troubles, reason)),
        deliveries: deliveries.unwrap_or_else(|reason| noted(&mut troubles, reason)),
        left_out: (left_out > 0).then(|| filled(reader.says().rest_alerts, &[&left_out.to_string()])),
        muted: muted(&web, reader).await,
        may_act: silences::refusal(&web, &headers, caller.map(|one| one.0.0)).is_none(),
        troubles,
    };
    web.page("alerts.html", &frame, body)
}

async fn muted(web: &Web, reader: Reader) -> BTreeMap<String, Vec<String>> {
    let teller = web.teller.clone();
    let told = tokio::task::spawn_blocking(move || (teller.alerts(), teller.silences())).await;
    let (alerts, silences) = told.unwrap_or_default();
    let says = reader.says();
    let notes = |view: AlertView| {
        let by = view.muted.silenced_by.iter().filter_map(|id| silences.iter().find(|silence| silence.id == *id));
        let mut notes: Vec<String> = by.map(|silence| filled(says.silenced_by, &[&silence.author, &silence.comment])).collect();
        notes.extend((!view.muted.inhibited_by.is_empty()).then(|| says.inhibited.to_owned()));
        notes.extend(view.muted.acknowledged.map(|given| filled(says.acknowledged_by, &[&given.author])));
        (view.fingerprint, notes)
    };
    alerts.into_iter().map(notes).filter(|(_, notes)| !notes.is_empty()).collect()
}

fn noted<T>(troubles: &mut Vec<String>, reason: String) -> Vec<T> {
    troubles.push(reason);
    Vec::new()
}

/// Firing ones first, the longest first.
pub(crate) fn rows(web: &Web, reader: Reader, mut alerts: Vec<Alert>) -> Vec<AlertRow> {
    let says = reader.says();
    alerts.sort_by_key(|alert| (alert.state != AlertState::Firing, alert.fired_at.unwrap_or(alert.active_at)));
    alerts
        .into_iter()
        .map(|alert| AlertRow {
            id: fingerprint(&alert.labels),
            name: name(&alert.labels),
            summary: alert.annotations.get("summary").unwrap_or("").to_owned(),
            severity: alert.labels.get("severity").unwrap_or("").to_owned(),
            labels: telling(&alert.labels),
            state: if alert.state == AlertState::Firing { says.firing_word } else { says.pending_word },
            is_firing: alert.state == AlertState::Firing,
            since: web.when(reader, alert.fired_at.unwrap_or(alert.active_at)),
            value: marked(&significant(alert.value), reader.language),
        })
        .collect()
}

async fn events(web: &Web, reader: Reader, mut known: HashSet<String>) -> Result<Vec<EventRow>, String> {
    let alerts = Arc::clone(&web.alerts);
    let says = reader.says();
    let events = web.blocking(move || alerts.history(RECENT)).await?;
    let row = |stored: vitrine_model::port::alerts::StoredEvent| EventRow {
        id: Some(fingerprint(&stored.event.alert.labels)).filter(|id| known.insert(id.clone())),
        kind: if stored.event.kind == EventKind::Firing { says.firing_word } else { says.resolved_word },
        is_firing: stored.event.kind == EventKind::Firing,
        name: name(&stored.event.alert.labels),
        labels: telling(&stored.event.alert.labels),
        at: web.when(reader, stored.event.at),
    };
    Ok(events.into_iter().map(row).collect())
}

async fn deliveries(web: &Web, reader: Reader) -> Result<Vec<DeliveryRow>, String> {
    let port = Arc::clone(&web.deliveries);
    let records = web.blocking(move || port.recent(RECENT)).await?;
    let row = |record: vitrine_model::port::deliveries::DeliveryRecord| DeliveryRow {
        id: record.delivery.id,
        is_dead: record.state == DeliveryState::Dead,
        mood: match record.state {
            DeliveryState::Delivered => "good",
            DeliveryState::Dead => "bad",
            DeliveryState::Waiting | DeliveryState::Claimed if record.delivery.attempts > 0 => "warning",
            DeliveryState::Waiting | DeliveryState::Claimed => "",
        },
        state: fate(record.state, reader),
        due: (record.state == DeliveryState::Waiting).then(|| web.when(reader, record.due_at)),
        channel: record.delivery.channel,
        title: record.delivery.notification.title,
        attempts: record.delivery.attempts,
        at: web.when(reader, record.delivery.created_at),
        answer: record.answer,
    };
    Ok(records.into_iter().map(row).collect())
}

fn fate(state: DeliveryState, reader: Reader) -> &'static str {
    let says = reader.says();
    match state {
        DeliveryState::Waiting => says.waiting,
        DeliveryState::Claimed => says.claimed_word,
        DeliveryState::Delivered => says.delivered_word,
        DeliveryState::Dead => says.dead_word,
    }
}

fn name(labels: &Labels) -> String {
    labels.get("alertname").unwrap_or("alert").to_owned()
}

/// The labels that say which one it is.
fn telling(labels: &Labels) -> Vec<(String, String)> {
    let known = ["alertname", "severity", NAME];
    labels.iter().filter(|(name, _)| !known.contains(name)).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
