//! The page of deliveries: who was told, who is being told, and who could not be; the newest first.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use vitrine_model::port::deliveries::{DeliveryRecord, DeliveryState, Sought};

use crate::page::When;
use crate::page::frame::Frame;
use crate::page::reader::Reader;
use crate::page::receipts::with_receipts;
use crate::page::silences::{self, Caller};
use crate::web::Web;

/// Deliveries of a page.
const ROWS: usize = 50;
/// Alerts of one that are named.
const NAMED: usize = 5;

#[derive(Serialize)]
pub(crate) struct DeliveryRow {
    pub(crate) id: i64,
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
    /// The alerts it tells of, by name and page; and how many more.
    alerts: Vec<(String, String)>,
    more: usize,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

#[derive(Serialize)]
struct Body {
    deliveries: Vec<DeliveryRow>,
    channels: Vec<Choice>,
    states: Vec<Choice>,
    is_filtered: bool,
    newer: Option<String>,
    older: Option<String>,
    may_act: bool,
    trouble: Option<String>,
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
    let frame = Frame::new(&web, reader, "deliveries", reader.alerting().deliveries).await;
    let sought = sought(&pairs);
    let (port, asked) = (Arc::clone(&web.deliveries), sought.clone());
    // One more than is shown says whether there are more.
    let read = web.blocking(move || Ok((port.list(&asked, ROWS + 1)?, port.channels()?))).await;
    let (trouble, (mut records, channels)) = match read {
        Ok(read) => (None, read),
        Err(reason) => (Some(reason), Default::default()),
    };
    let has_more = records.len() > ROWS;
    if sought.after.is_some() && has_more {
        records.remove(0);
    }
    records.truncate(ROWS);
    let records = with_receipts(&web, records).await;
    let ends = records.first().zip(records.last()).map(|(first, last)| (first.delivery.id, last.delivery.id));
    let has_newer = if sought.after.is_some() { has_more } else { sought.before.is_some() };
    let has_older = sought.after.is_some() || has_more;
    let to = |name: &str, id: i64| format!("/deliveries?{}", address(&sought, name, &id.to_string()));
    let body = Body {
        newer: ends.filter(|_| has_newer).map(|(first, _)| to("after", first)),
        older: ends.filter(|_| has_older).map(|(_, last)| to("before", last)),
        deliveries: records.into_iter().map(|record| delivery_row(&web, reader, record)).collect(),
        channels: choices(
            reader.alerting().all_channels,
            channels.into_iter().map(|name| (name.clone(), name)),
            sought.channel.as_deref(),
        ),
        states: states(reader, &sought),
        is_filtered: sought.channel.is_some() || sought.state.is_some(),
        may_act: silences::refusal(&web, &headers, caller.map(|one| one.0.0)).is_none(),
        back: format!("deliveries?{}", address(&sought, "", "")),
        trouble,
    };
    web.page("deliveries.html", &frame, body)
}

fn sought(pairs: &[(String, String)]) -> Sought {
    let last = |name: &str| pairs.iter().rfind(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone());
    let all = [DeliveryState::Waiting, DeliveryState::Claimed, DeliveryState::Delivered, DeliveryState::Dead];
    Sought {
        channel: last("channel"),
        state: last("state").and_then(|word| all.into_iter().find(|state| state.word() == word)),
        alert: None,
        before: last("before").and_then(|text| text.parse().ok()),
        after: last("after").and_then(|text| text.parse().ok()),
    }
}

fn address(sought: &Sought, name: &str, id: &str) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    let own = [("channel", sought.channel.as_deref()), ("state", sought.state.map(DeliveryState::word))];
    text.extend_pairs(own.into_iter().filter_map(|(name, value)| Some((name, value?))));
    if !name.is_empty() {
        text.append_pair(name, id);
    }
    text.finish()
}

fn choices(all: &str, rest: impl Iterator<Item = (String, String)>, chosen: Option<&str>) -> Vec<Choice> {
    let first = [(String::new(), all.to_owned())];
    let choice = |(value, word): (String, String)| Choice { chosen: value == chosen.unwrap_or(""), value, word };
    first.into_iter().chain(rest).map(choice).collect()
}

fn states(reader: Reader, sought: &Sought) -> Vec<Choice> {
    let all = [DeliveryState::Waiting, DeliveryState::Claimed, DeliveryState::Delivered, DeliveryState::Dead];
    let rest = all.map(|state| (state.word().to_owned(), fate(state, false, reader).to_owned()));
    choices(reader.alerting().any_state, rest.into_iter(), sought.state.map(DeliveryState::word))
}

pub(crate) fn delivery_row(web: &Web, reader: Reader, record: DeliveryRecord) -> DeliveryRow {
    let is_again = record.delivery.attempts > 0;
    let alerts = &record.delivery.notification.alerts;
    let named = alerts.iter().take(NAMED);
    let named = named.map(|alert| (alert.labels.get("alertname").unwrap_or("alert").to_owned(), alert.fingerprint.clone()));
    DeliveryRow {
        id: record.delivery.id,
        is_dead: record.state == DeliveryState::Dead,
        mood: match record.state {
            DeliveryState::Delivered => "good",
            DeliveryState::Dead => "bad",
            DeliveryState::Waiting | DeliveryState::Claimed if is_again => "warning",
            DeliveryState::Waiting | DeliveryState::Claimed => "",
        },
        state: fate(record.state, is_again, reader),
        due: (record.state == DeliveryState::Waiting).then(|| web.when(reader, record.due_at)),
        alerts: named.collect(),
        more: alerts.len().saturating_sub(NAMED),
        channel: record.delivery.channel,
        title: record.delivery.notification.title,
        attempts: record.delivery.attempts,
        at: web.when(reader, record.delivery.created_at),
        answer: record.answer,
    }
}

fn fate(state: DeliveryState, is_again: bool, reader: Reader) -> &'static str {
    let says = reader.says();
    match state {
        DeliveryState::Waiting if is_again => reader.alerting().retrying_word,
        DeliveryState::Waiting => says.waiting,
        DeliveryState::Claimed => says.claimed_word,
        DeliveryState::Delivered => says.delivered_word,
        DeliveryState::Dead => says.dead_word,
    }
}
