//! What a channel is told, and what it answers. Mirrors `delivery` in `wit/channel.wit`.

use serde::{Deserialize, Serialize};

use crate::alert::EventKind;
use crate::{Fault, Labels, Millis, Span};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotifiedAlert {
    pub status: EventKind,
    pub labels: Labels,
    pub annotations: Labels,
    pub starts_at: Millis,
    pub ends_at: Option<Millis>,
    pub value: f64,
    /// The same alert has the same fingerprint in every notification.
    pub fingerprint: String,
    pub link: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    pub status: EventKind,
    pub title: String,
    /// Identifies the group over its life, to thread by.
    pub group: String,
    pub group_labels: Labels,
    pub alerts: Vec<NotifiedAlert>,
    /// The host's own address.
    pub host: String,
    pub time_zone: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub answer: String,
    pub id: Option<String>,
}

/// Why a notification was not taken, and whether to try again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    Permanent(Fault),
    #[error("{0}")]
    Retry(Fault),
    #[error("{0} (try again in {1})")]
    RetryAfter(Fault, Span),
}

impl Failure {
    pub fn fault(&self) -> &Fault {
        match self {
            Failure::Permanent(fault) | Failure::Retry(fault) | Failure::RetryAfter(fault, _) => fault,
        }
    }
}
