//! What a notification says, before it is written as text or as HTML: both tell the same.

use vitrine_sdk::Label;
use vitrine_sdk::channel::{Alert, Notification, Status};
use vitrine_sdk::clock::Utc;

/// A message lists no more alerts than a person reads.
const MOST_ALERTS: usize = 50;

const LONGEST_SUBJECT: usize = 200;

pub(crate) struct Story<'a> {
    pub(crate) subject: String,
    pub(crate) host: &'a str,
    pub(crate) paragraphs: Vec<Paragraph<'a>>,
    /// How many alerts there was no room for.
    pub(crate) more: usize,
}

/// One alert.
pub(crate) struct Paragraph<'a> {
    pub(crate) status: Status,
    /// What is wrong, as the rule's author put it.
    pub(crate) what: &'a str,
    /// Since when, or how long it lasted.
    pub(crate) when: String,
    pub(crate) value: Option<String>,
    pub(crate) description: Option<&'a str>,
    /// A web address, or whatever else the rule's author wrote.
    pub(crate) runbook: Option<&'a str>,
    pub(crate) labels: &'a [Label],
    pub(crate) link: &'a str,
}

impl Story<'_> {
    pub(crate) fn of(notification: &Notification, now: i64) -> Story<'_> {
        let shown = notification.alerts.iter().take(MOST_ALERTS);
        Story {
            subject: subject(notification),
            host: &notification.host,
            paragraphs: shown.map(|alert| paragraph(alert, now)).collect(),
            more: notification.alerts.len().saturating_sub(MOST_ALERTS),
        }
    }
}

pub(crate) fn word(status: Status) -> &'static str {
    match status {
        Status::Firing => "firing",
        Status::Resolved => "resolved",
    }
}

/// The title with its state before it, on one line.
fn subject(notification: &Notification) -> String {
    let state = ["[", word(notification.status), "] "].concat();
    let title = notification.title.strip_prefix(&state).unwrap_or(&notification.title);
    let line = |character: char| if character.is_control() { ' ' } else { character };
    state.chars().chain(title.chars().map(line)).take(LONGEST_SUBJECT).collect()
}

fn paragraph(alert: &Alert, now: i64) -> Paragraph<'_> {
    let name = alert.label("alertname").unwrap_or("alert");
    Paragraph {
        status: alert.status,
        what: alert.annotation("summary").unwrap_or(name),
        when: when(alert, now),
        value: (!alert.value.is_nan()).then(|| number(alert.value)),
        description: alert.annotation("description"),
        runbook: alert.annotation("runbook_url"),
        labels: &alert.labels,
        link: &alert.link,
    }
}

/// Milliseconds.
const MINUTE: i64 = 60_000;

fn when(alert: &Alert, now: i64) -> String {
    let start = moment(alert.starts_at);
    match (alert.status, alert.ends_at) {
        // It was just now that it began, unless the message had to wait.
        (Status::Firing, _) if now - alert.starts_at < MINUTE => ["since ", &start].concat(),
        (Status::Firing, _) => ["since ", &start, ", for ", &span(now - alert.starts_at), " now"].concat(),
        (Status::Resolved, Some(end)) => {
            ["lasted ", &span(end - alert.starts_at), ", from ", &start, " to ", &moment(end)].concat()
        }
        (Status::Resolved, None) => ["began ", &start].concat(),
    }
}

/// `2026-11-20 12:34 UTC`: a guest knows no other time zone.
fn moment(time: i64) -> String {
    let Utc { year, month, day, hour, minute, .. } = Utc::from_milliseconds(time);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// The two largest units: `2 h 5 min`.
fn span(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// Four significant digits; whole numbers as they are.
fn number(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e15 {
        return format!("{value}");
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = (3.0 - size.log10().floor()).clamp(0.0, 8.0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
