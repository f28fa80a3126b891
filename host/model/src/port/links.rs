//! Addresses that a message carries: of pages where its reader acts, and of doors where its carrier reports.

use crate::Span;

/// What a link does once somebody confirms it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Takes the group on until it ends.
    Acknowledge,
    /// Takes it on for a while.
    Snooze(Span),
    /// Silences what has the group's labels for a while.
    Silence(Span),
}

/// A link for one person, one group and one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActLink {
    pub act: Act,
    /// The group's name in notifications.
    pub group: String,
    /// What the notice says, for the page that asks.
    pub title: String,
    /// The key of the delivery that carries the link.
    pub delivery: String,
    /// Who acts by it, as the message knows them.
    pub person: String,
}

/// Makes them.
pub trait Links: Send + Sync {
    /// A whole address, under the host's seal.
    fn act(&self, link: &ActLink) -> Result<String, String>;

    /// Where the far side of a channel reports on a delivery, if the admin has said how the host is reached from outside.
    fn callback(&self, channel: &str, name: &str, delivery: &str) -> Option<String>;
}
