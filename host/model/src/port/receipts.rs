//! The door to receipts: what became of a delivery at each of those it was told to. Calls block.

use crate::Millis;
use crate::port::StoreError;
use crate::port::deliveries::{Delivery, NewDelivery};

/// How far a message has come; later words do not go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The far side took it.
    Taken,
    /// The far side handed it on.
    Sent,
    /// It is with the person.
    Delivered,
    /// It came to nothing.
    Failed,
}

impl Step {
    pub const ALL: [Step; 4] = [Step::Taken, Step::Sent, Step::Delivered, Step::Failed];

    pub fn word(self) -> &'static str {
        match self {
            Step::Taken => "taken",
            Step::Sent => "sent",
            Step::Delivered => "delivered",
            Step::Failed => "failed",
        }
    }

    /// Where a message ends.
    pub fn is_last(self) -> bool {
        matches!(self, Step::Delivered | Step::Failed)
    }
}

/// What is known of one person's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonReceipt {
    /// An address, a number: as the channel names them.
    pub person: String,
    pub step: Step,
    /// The far side's name for the message.
    pub id: Option<String>,
    /// What it said last.
    pub answer: String,
    pub at: Millis,
}

/// What a report changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// Nobody knows of such a message.
    Unknown,
    /// It was known already, or comes late.
    Old,
    Noted,
    /// Nobody got the delivery: all of its messages have failed now, and it is given up.
    AllFailed,
}

/// The delivery that somebody was told of last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastTold {
    /// The group's name in notifications.
    pub group: String,
    pub title: String,
    pub key: String,
}

/// From a delivery that came to nothing to the one that is tried instead.
pub type Next<'a> = &'a dyn Fn(&Delivery) -> Option<NewDelivery>;

/// Receipts, kept with their deliveries.
pub trait Receipts: Send + Sync {
    /// Writes down that somebody was told. Once it returns, a crash loses nothing of it.
    fn told(&self, delivery: &str, receipt: &PersonReceipt) -> Result<(), StoreError>;

    /// Those who got a delivery, or may have yet.
    fn reached(&self, delivery: &str) -> Result<Vec<String>, StoreError>;

    /// Takes a report of the far side's. A delivery that nobody got is given up in the same transaction, and what `next`
    /// makes of it is to be delivered instead.
    fn report(&self, delivery: &str, receipt: &PersonReceipt, next: Next<'_>) -> Result<Reported, StoreError>;

    /// Of these deliveries, by their keys, each with its key.
    fn of(&self, deliveries: &[String]) -> Result<Vec<(String, PersonReceipt)>, StoreError>;

    /// What a channel told somebody last.
    fn last_told(&self, channel: &str, person: &str) -> Result<Option<LastTold>, StoreError>;
}
