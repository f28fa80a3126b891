//! Alerts: what a rule says of one label set, and how that changes.

use serde::{Deserialize, Serialize};

use crate::{Labels, Millis};

/// Where an alert is in its life. Inactive alerts are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// True, but not yet for as long as the rule's `for` asks.
    Pending,
    Firing,
}

impl AlertState {
    pub fn word(self) -> &'static str {
        match self {
            AlertState::Pending => "pending",
            AlertState::Firing => "firing",
        }
    }
}

/// The annotation of an alert that begins and ends all the time: says how often.
pub const FLAPPING: &str = "flapping";

/// The `rule` of alerts that another program brought: no rule of a file is named so.
pub const OUTSIDE: &str = "outside";

/// One alert of one rule. `(rule, labels)` identifies it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// `file;group;alertname`: survives a restart and an edit elsewhere in the file.
    pub rule: String,
    pub labels: Labels,
    pub annotations: Labels,
    pub state: AlertState,
    /// Since when the expression has been true.
    pub active_at: Millis,
    /// When it began to fire.
    pub fired_at: Option<Millis>,
    /// What the expression had last.
    pub value: f64,
    /// Where one that came from outside says that more is to be read; else empty.
    pub link: String,
    /// When one that came from outside is over, if nobody speaks of it again.
    pub expires_at: Option<Millis>,
}

impl Alert {
    /// Since when it is true, as people are told.
    pub fn since(&self) -> Millis {
        self.fired_at.unwrap_or(self.active_at)
    }

    /// Whether it begins and ends so often that people are told once of all that.
    pub fn is_flapping(&self) -> bool {
        self.annotations.get(FLAPPING).is_some()
    }
}

/// A change that people may have to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    Firing,
    Resolved,
}

impl EventKind {
    pub fn word(self) -> &'static str {
        match self {
            EventKind::Firing => "firing",
            EventKind::Resolved => "resolved",
        }
    }
}

/// A row of the alerts' history, written in the same transaction as the state.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertEvent {
    pub kind: EventKind,
    pub at: Millis,
    pub alert: Alert,
}

/// How often an alert began or ended of late; there may be no such alert just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flap {
    pub rule: String,
    pub labels: Labels,
    /// When it began or ended, oldest first; as many as count.
    pub changes: Vec<Millis>,
    /// Since when it changes too often: it is taken to fire all the time.
    pub since: Option<Millis>,
    /// Whether it would fire, did it not flap.
    pub is_true: bool,
    /// Since when its expression is true again, where it would not fire yet.
    pub true_since: Option<Millis>,
}

impl Flap {
    pub fn new(rule: &str, labels: Labels) -> Flap {
        Flap { rule: rule.to_owned(), labels, changes: Vec::new(), since: None, is_true: false, true_since: None }
    }
}

/// What an evaluation changes; committed as a whole or not at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AlertChange {
    pub set: Vec<Alert>,
    /// `(rule, labels)` of alerts that are over.
    pub removed: Vec<(String, Labels)>,
    pub events: Vec<AlertEvent>,
    pub flaps: Vec<Flap>,
    /// `(rule, labels)` of alerts that did not change of late.
    pub calm: Vec<(String, Labels)>,
}

impl AlertChange {
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.removed.is_empty() && self.events.is_empty() && self.flaps.is_empty() && self.calm.is_empty()
    }
}
