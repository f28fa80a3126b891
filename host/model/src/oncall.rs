//! Who is on call because somebody said so, and how far an escalation has come.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// Somebody is on call in a schedule for a while, whoever it would be otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// A UUID.
    pub id: String,
    pub schedule: String,
    pub person: String,
    pub starts_at: Millis,
    pub ends_at: Millis,
    /// Who put it in, when, and why.
    pub author: String,
    pub made_at: Millis,
    pub comment: String,
}

impl Override {
    pub fn holds(&self, moment: Millis) -> bool {
        (self.starts_at..self.ends_at).contains(&moment)
    }
}

/// How far the escalation of a group has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Climb {
    /// The escalation's name.
    pub escalation: String,
    /// Steps told so far, in all rounds.
    pub reached: u32,
    pub stage: Stage,
}

/// What an escalation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The moment at which the next step is told.
    Next(Millis),
    /// The end of silences, inhibitions and quiet times; so much is left until the next step.
    Paused(Millis),
    /// Nothing: somebody has taken it on.
    Taken,
    /// Nothing: all steps were told.
    Done,
}
