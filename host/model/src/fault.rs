//! Whose fault a failure is: what `fault` in `wit/types.wit` says, and what only the host can say.

use serde::{Deserialize, Serialize};

/// A failure, sorted by who can mend it; the text is a sentence for that person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "whose", content = "reason", rename_all = "snake_case")]
pub enum Fault {
    /// The admin's configuration or query.
    #[error("{0}")]
    Invalid(String),
    /// The system watched, or the way to it.
    #[error("{0}")]
    Upstream(String),
    /// A right that was not granted.
    #[error("{0}")]
    Denied(String),
    /// The plugin itself: only this one counts against it.
    #[error("{0}")]
    Internal(String),
    /// This host: it has no room for the call now. A guest cannot say this.
    #[serde(rename = "host")]
    #[error("{0}")]
    Busy(String),
}

impl Fault {
    /// The taxonomy's word, for metrics and logs.
    pub fn whose(&self) -> &'static str {
        match self {
            Fault::Invalid(_) => "invalid",
            Fault::Upstream(_) => "upstream",
            Fault::Denied(_) => "denied",
            Fault::Internal(_) => "internal",
            Fault::Busy(_) => "host",
        }
    }

    pub fn reason(&self) -> &str {
        match self {
            Fault::Invalid(reason)
            | Fault::Upstream(reason)
            | Fault::Denied(reason)
            | Fault::Internal(reason)
            | Fault::Busy(reason) => reason,
        }
    }
}
