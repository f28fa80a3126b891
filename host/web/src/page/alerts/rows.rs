//! An alert as a row of a page.

use serde::Serialize;
use vitrine_model::Labels;
use vitrine_model::labels::NAME;

use crate::alerts::{Board, Entry, Standing};
use crate::draw::unit::{marked, significant};
use crate::page::When;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::web::Web;

#[derive(Serialize)]
pub(crate) struct AlertRow {
    /// Names its page.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) state: &'static str,
    /// `bad`, `warning` or nothing: silenced and inhibited ones are calm.
    pub(crate) mood: &'static str,
    pub(crate) is_firing: bool,
    /// Somebody has taken it on.
    pub(crate) is_taken: bool,
    pub(crate) severity: String,
    pub(crate) since: When,
    pub(crate) value: String,
    /// What keeps people from being told, and who has taken it on.
    pub(crate) notes: Vec<String>,
}

pub(crate) fn row(web: &Web, reader: Reader, board: &Board, entry: &Entry) -> AlertRow {
    let alert = &entry.alert;
    AlertRow {
        id: entry.id.clone(),
        name: name(&alert.labels),
        summary: alert.annotations.get("summary").unwrap_or("").to_owned(),
        severity: alert.labels.get("severity").unwrap_or("").to_owned(),
        labels: telling(&alert.labels),
        state: word(entry, reader),
        mood: moods(entry.standing),
        is_firing: entry.standing != Standing::Pending,
        is_taken: entry.muted.acknowledged.is_some(),
        since: web.when(reader, alert.since()),
        value: marked(&significant(alert.value), reader.language),
        notes: notes(web, reader, board, entry),
    }
}

pub(crate) fn moods(standing: Standing) -> &'static str {
    match standing {
        Standing::Firing => "bad",
        Standing::Acknowledged | Standing::Pending => "warning",
        Standing::Inhibited | Standing::Silenced => "quiet",
    }
}

fn word(entry: &Entry, reader: Reader) -> &'static str {
    let (says, of_alerts) = (reader.says(), reader.alerting());
    match entry.standing {
        Standing::Firing => says.firing_word,
        Standing::Pending => says.pending_word,
        Standing::Silenced => of_alerts.silenced_word,
        Standing::Inhibited => of_alerts.inhibited_word,
        Standing::Acknowledged => match &entry.muted.acknowledged {
            Some(given) if given.until.is_some() => of_alerts.snoozed_word,
            _ => of_alerts.acknowledged_word,
        },
    }
}

fn notes(web: &Web, reader: Reader, board: &Board, entry: &Entry) -> Vec<String> {
    let says = reader.says();
    let by = entry.muted.silenced_by.iter().filter_map(|id| board.silences.iter().find(|silence| silence.id == *id));
    let silenced = |silence: &vitrine_model::silence::Silence| {
        filled(says.silenced_by, &[&silence.author, &silence.comment]).trim_end_matches([' ', ':']).to_owned()
    };
    let mut notes: Vec<String> = by.map(silenced).collect();
    notes.extend((!entry.muted.inhibited_by.is_empty()).then(|| says.inhibited.to_owned()));
    if let Some(given) = &entry.muted.acknowledged {
        let note = match given.until {
            Some(until) => filled(reader.alerting().event_snoozed, &[&given.author, &web.when(reader, until).exact]),
            None => filled(says.acknowledged_by, &[&given.author]),
        };
        notes.push(if given.comment.is_empty() { note } else { format!("{note}: {}", given.comment) });
    }
    notes
}

pub(crate) fn name(labels: &Labels) -> String {
    labels.get("alertname").unwrap_or("alert").to_owned()
}

/// The labels that say which one it is.
pub(crate) fn telling(labels: &Labels) -> Vec<(String, String)> {
    let known = ["alertname", "severity", NAME];
    labels.iter().filter(|(name, _)| !known.contains(name)).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
