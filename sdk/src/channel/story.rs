//! What a notification says, before a channel writes it in its service's own form: what is wrong, how bad, since when,
//! with which labels, and where to look. All services tell the same, cut to what each takes.

mod fit;
mod markup;
mod time;

pub use fit::{Budget, Fitted};
pub use markup::{Html, Markup, Plain, clean, cut, is_web, one_line};
pub use time::{number, when, when_by};

use super::{Alert, Notification, Status};
use crate::Label;

const LONGEST_TITLE: usize = 200;

/// How bad it is, from the label `severity`; most services have as many steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Info,
    Warning,
    Error,
    Critical,
}

/// How something looks: a colour, `0xRRGGBB`, and a sign that is a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub colour: u32,
    pub sign: &'static str,
}

/// A notification, ready to be written.
#[derive(Debug)]
pub struct Story<'a> {
    pub status: Status,
    /// The worst of the alerts that fire, or, where all are over, of these.
    pub severity: Severity,
    /// On one line, without its state.
    pub title: String,
    pub host: &'a str,
    /// Where all alerts are to be seen.
    pub link: String,
    pub paragraphs: Vec<Paragraph<'a>>,
}

/// One alert.
#[derive(Debug)]
pub struct Paragraph<'a> {
    pub status: Status,
    pub severity: Severity,
    /// What is wrong, as the rule's author put it.
    pub what: &'a str,
    /// Since when, or how long it lasted.
    pub when: String,
    pub value: Option<String>,
    pub description: Option<&'a str>,
    /// A web address, or whatever else the rule's author wrote.
    pub runbook: Option<&'a str>,
    pub labels: &'a [Label],
    /// Annotations that have no place of their own.
    pub notes: Vec<&'a Label>,
    pub link: &'a str,
}

impl Story<'_> {
    /// `now` is in milliseconds since the Unix epoch.
    pub fn of(notification: &Notification, now: i64) -> Story<'_> {
        let paragraphs: Vec<Paragraph<'_>> = notification.alerts.iter().map(|alert| paragraph(alert, now)).collect();
        Story {
            status: notification.status,
            severity: worst(&paragraphs, notification.status),
            title: title(notification),
            host: &notification.host,
            link: [notification.host.trim_end_matches('/'), "/alerts"].concat(),
            paragraphs,
        }
    }

    /// `[firing] disk space on web-1: 91 %`
    pub fn headline(&self) -> String {
        ["[", word(self.status), "] ", &self.title].concat()
    }

    pub fn look(&self) -> Look {
        look(self.status, self.severity)
    }
}

impl Paragraph<'_> {
    pub fn look(&self) -> Look {
        look(self.status, self.severity)
    }
}

impl Severity {
    /// Words that people use; what nobody knows counts as an error.
    pub fn of(word: Option<&str>) -> Severity {
        match word.unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "critical" | "crit" | "page" | "emergency" | "fatal" | "disaster" | "p1" => Severity::Critical,
            "warning" | "warn" | "minor" | "medium" | "average" | "ticket" | "p3" => Severity::Warning,
            "info" | "information" | "informational" | "notice" | "low" | "none" | "debug" | "p4" | "p5" => Severity::Info,
            _ => Severity::Error,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
            Severity::Critical => "critical",
        }
    }
}

pub fn word(status: Status) -> &'static str {
    match status {
        Status::Firing => "firing",
        Status::Resolved => "resolved",
    }
}

/// What is over is green, however bad it was.
fn look(status: Status, severity: Severity) -> Look {
    match (status, severity) {
        (Status::Resolved, _) => Look { colour: 0x2e_7d32, sign: "✅" },
        (Status::Firing, Severity::Critical) => Look { colour: 0xc6_2828, sign: "🔴" },
        (Status::Firing, Severity::Error) => Look { colour: 0xe6_5100, sign: "🟠" },
        (Status::Firing, Severity::Warning) => Look { colour: 0xf9_a825, sign: "🟡" },
        (Status::Firing, Severity::Info) => Look { colour: 0x15_65c0, sign: "🔵" },
    }
}

fn worst(paragraphs: &[Paragraph<'_>], status: Status) -> Severity {
    let counted = paragraphs.iter().filter(|paragraph| paragraph.status == status);
    counted.map(|paragraph| paragraph.severity).max().unwrap_or(Severity::Error)
}

fn title(notification: &Notification) -> String {
    let state = ["[", word(notification.status), "] "].concat();
    one_line(notification.title.strip_prefix(&state).unwrap_or(&notification.title), LONGEST_TITLE)
}

fn paragraph(alert: &Alert, now: i64) -> Paragraph<'_> {
    const OWN_PLACE: [&str; 3] = ["summary", "description", "runbook_url"];
    Paragraph {
        status: alert.status,
        severity: Severity::of(alert.label("severity")),
        what: alert.annotation("summary").or_else(|| alert.label("alertname")).unwrap_or("alert"),
        when: time::when(alert, now),
        value: (!alert.value.is_nan()).then(|| time::number(alert.value)),
        description: alert.annotation("description"),
        runbook: alert.annotation("runbook_url"),
        labels: &alert.labels,
        notes: alert.annotations.iter().filter(|note| !OWN_PLACE.contains(&note.name.as_str())).collect(),
        link: &alert.link,
    }
}
