//! Everything that happened to one alert, as lines, the newest first.

use serde::Serialize;
use vitrine_model::Millis;
use vitrine_model::alert::{Alert, AlertState, EventKind};
use vitrine_model::port::alerts::StoredEvent;
use vitrine_model::port::deliveries::{DeliveryRecord, DeliveryState};
use vitrine_model::silence::{Act, Deed, Silence};

use super::{Known, ROWS};
use crate::page::When;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::web::Web;

#[derive(Serialize)]
pub(super) struct Happening {
    at: When,
    /// `bad`, `warning`, `good` or nothing.
    mood: &'static str,
    text: String,
    /// What was said, or what came back.
    note: String,
}

/// When it fired, from and until; the newest first.
pub(super) fn fired(events: &[StoredEvent], now: Option<&Alert>) -> Vec<(Millis, Option<Millis>)> {
    let ends = events.iter().filter(|stored| stored.event.kind == EventKind::Resolved);
    let over = ends.map(|stored| (stored.event.alert.since(), Some(stored.event.at)));
    let still = now.filter(|alert| alert.state == AlertState::Firing).map(|alert| (alert.since(), None));
    still.into_iter().chain(over).collect()
}

pub(super) fn all(web: &Web, reader: Reader, known: Known, silences: &[Silence], now: Option<&Alert>) -> Vec<Happening> {
    let mut list: Vec<(Millis, Happening)> = Vec::new();
    let mut add = |at: Millis, mood: &'static str, text: String, note: String| {
        list.push((at, Happening { at: web.when(reader, at), mood, text, note }));
    };
    let says = reader.alerting();
    if let Some(alert) = now.filter(|alert| alert.state == AlertState::Pending) {
        add(alert.active_at, "warning", says.event_pending.to_owned(), String::new());
    }
    for stored in &known.events {
        let alert = &stored.event.alert;
        match stored.event.kind {
            EventKind::Firing => {
                add(stored.event.at, "bad", says.event_fired.to_owned(), String::new());
                if alert.active_at < alert.since() {
                    add(alert.active_at, "warning", says.event_pending.to_owned(), String::new());
                }
            }
            EventKind::Resolved => add(stored.event.at, "good", says.event_resolved.to_owned(), String::new()),
        }
    }
    for silence in silences.iter().filter(|silence| silence.starts_at <= web.clock.now()) {
        let until = web.when(reader, silence.ends_at).exact;
        add(silence.starts_at, "", filled(says.event_silence, &[&silence.author, &until]), silence.comment.clone());
    }
    for act in known.acts {
        let text = act_line(web, reader, &act);
        add(act.at, "", text, act.text);
    }
    for record in known.deliveries {
        let (mood, text) = delivery_line(reader, &record);
        // An end lies where it was told, a telling that lasts where it began.
        let at = if matches!(record.state, DeliveryState::Delivered | DeliveryState::Dead) {
            record.due_at
        } else {
            record.delivery.created_at
        };
        add(at, mood, text, record.answer);
    }
    list.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    list.truncate(ROWS);
    list.into_iter().map(|(_, happening)| happening).collect()
}

fn act_line(web: &Web, reader: Reader, act: &Act) -> String {
    let says = reader.alerting();
    match act.deed {
        Deed::Acknowledged => filled(says.event_acknowledged, &[&act.author]),
        Deed::Snoozed => {
            let until = act.until.map(|until| web.when(reader, until).exact).unwrap_or_default();
            filled(says.event_snoozed, &[&act.author, &until])
        }
        Deed::Withdrew => filled(says.event_withdrew, &[&act.author]),
        Deed::Commented => filled(says.event_commented, &[&act.author]),
    }
}

fn delivery_line(reader: Reader, record: &DeliveryRecord) -> (&'static str, String) {
    let says = reader.alerting();
    let (mood, sentence) = match record.state {
        DeliveryState::Delivered => ("", says.event_told),
        DeliveryState::Dead => ("bad", says.event_untold),
        DeliveryState::Waiting | DeliveryState::Claimed => ("", says.event_telling),
    };
    let status = match record.delivery.notification.status {
        EventKind::Firing => reader.says().firing_word,
        EventKind::Resolved => reader.says().resolved_word,
    };
    (mood, filled(sentence, &[&record.delivery.channel, status]))
}
