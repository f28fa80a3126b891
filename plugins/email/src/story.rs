//! What a notification says, before it is written as text or as HTML: both tell the same.

use vitrine_sdk::Label;
use vitrine_sdk::channel::story::{Severity, number, when_by};
use vitrine_sdk::channel::{Alert, Notification, Status};

use crate::moment::moment;

/// A message lists no more alerts than a person reads.
const MOST_ALERTS: usize = 50;

const LONGEST_SUBJECT: usize = 200;

/// How urgent it is, which the colour says beside the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mood {
    /// It is over.
    Calm,
    Notice,
    Warning,
    Alarm,
}

/// Addresses by which the reader acts; there may be none.
#[derive(Debug, Default)]
pub(crate) struct Links {
    pub(crate) acknowledge: Option<String>,
    pub(crate) silence: Option<String>,
}

/// A panel, by the names of its pictures among the attachments; or why there are none.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) name: String,
    pub(crate) light: Option<String>,
    pub(crate) dark: Option<String>,
    pub(crate) trouble: Option<String>,
}

pub(crate) struct Story<'a> {
    pub(crate) subject: String,
    /// The subject without the state.
    pub(crate) title: String,
    pub(crate) status: Status,
    pub(crate) mood: Mood,
    pub(crate) host: &'a str,
    pub(crate) person: &'a str,
    pub(crate) pictures: &'a [Picture],
    pub(crate) links: Links,
    pub(crate) paragraphs: Vec<Paragraph<'a>>,
    /// How many alerts there was no room for.
    pub(crate) more: usize,
}

/// One alert.
pub(crate) struct Paragraph<'a> {
    pub(crate) status: Status,
    pub(crate) mood: Mood,
    /// What is wrong, as the rule's author put it.
    pub(crate) what: &'a str,
    /// Since when, or how long it lasted.
    pub(crate) when: String,
    pub(crate) value: Option<String>,
    pub(crate) severity: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    /// A web address, or whatever else the rule's author wrote.
    pub(crate) runbook: Option<&'a str>,
    pub(crate) labels: &'a [Label],
    pub(crate) link: &'a str,
}

impl<'a> Story<'a> {
    pub(crate) fn of(
        notification: &'a Notification,
        person: &'a str,
        pictures: &'a [Picture],
        links: Links,
        now: i64,
    ) -> Story<'a> {
        let shown = notification.alerts.iter().take(MOST_ALERTS);
        let paragraphs: Vec<Paragraph<'_>> = shown.map(|alert| paragraph(alert, now)).collect();
        let title = title(notification);
        let subject = ["[", word(notification.status), "] ", &title].concat();
        Story {
            subject: subject.chars().take(LONGEST_SUBJECT).collect(),
            title,
            status: notification.status,
            mood: paragraphs.iter().map(|paragraph| paragraph.mood).max().unwrap_or(Mood::Calm),
            host: &notification.host,
            person,
            pictures,
            links,
            paragraphs,
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

/// On one line, without the state that may stand before it.
fn title(notification: &Notification) -> String {
    let state = ["[", word(notification.status), "] "].concat();
    let title = notification.title.strip_prefix(&state).unwrap_or(&notification.title);
    title.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn paragraph(alert: &Alert, now: i64) -> Paragraph<'_> {
    let name = alert.label("alertname").unwrap_or("alert");
    let severity = alert.label("severity").filter(|severity| !severity.is_empty());
    Paragraph {
        status: alert.status,
        mood: mood(alert.status, severity),
        what: alert.annotation("summary").unwrap_or(name),
        when: when_by(alert, now, moment),
        value: (!alert.value.is_nan()).then(|| number(alert.value)),
        severity,
        description: alert.annotation("description"),
        runbook: alert.annotation("runbook_url"),
        labels: &alert.labels,
        link: &alert.link,
    }
}

fn mood(status: Status, severity: Option<&str>) -> Mood {
    match (status, Severity::of(severity)) {
        (Status::Resolved, _) => Mood::Calm,
        (_, Severity::Info) => Mood::Notice,
        (_, Severity::Warning) => Mood::Warning,
        (_, Severity::Error | Severity::Critical) => Mood::Alarm,
    }
}
