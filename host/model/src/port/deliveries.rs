//! The door to deliveries: each is a row until it is done. Calls block.

use std::collections::BTreeMap;

use crate::Millis;
use crate::notification::{Notification, Receipt};
use crate::port::StoreError;

/// A delivery to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDelivery {
    /// The same for every try, and unique.
    pub key: String,
    pub channel: String,
    /// What must be told in order, on the same channel: all of one group.
    pub line: String,
    /// Which channels to try where this one fails, in order.
    pub fallbacks: Vec<String>,
    pub notification: Notification,
    pub created_at: Millis,
}

/// A delivery as the store holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub id: i64,
    pub key: String,
    pub channel: String,
    pub line: String,
    /// Which channels to try where this one fails, in order.
    pub fallbacks: Vec<String>,
    pub notification: Notification,
    pub created_at: Millis,
    /// Tries so far, this one included once claimed.
    pub attempts: u32,
}

/// Where a delivery stands, for pages and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    Waiting,
    Claimed,
    Delivered,
    Dead,
}

impl DeliveryState {
    pub fn word(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Claimed => "claimed",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Dead => "dead",
        }
    }
}

/// A delivery with its fate so far.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryRecord {
    pub delivery: Delivery,
    pub state: DeliveryState,
    pub due_at: Millis,
    /// The last answer or the last reason.
    pub answer: String,
}

/// How many deliveries may be taken: no channel takes another's place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Room {
    pub all: usize,
    /// Of each channel that is not named in `of`.
    pub each: usize,
    pub of: BTreeMap<String, usize>,
}

impl Room {
    /// As many as there is room for, of whatever channel.
    pub fn of_all(count: usize) -> Room {
        Room { all: count, each: count, of: BTreeMap::new() }
    }

    pub fn of(&self, channel: &str) -> usize {
        self.of.get(channel).copied().unwrap_or(self.each).min(self.all)
    }
}

/// Which deliveries are asked for; nothing means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    pub channel: Option<String>,
    pub state: Option<DeliveryState>,
    /// Those that tell of the alert with this fingerprint, among the newest thousands.
    pub alert: Option<String>,
    /// Older than this one.
    pub before: Option<i64>,
    /// Newer than this one.
    pub after: Option<i64>,
}

/// Deliveries, kept.
pub trait Deliveries: Send + Sync {
    /// Takes what is due, of each channel the oldest first, so that nobody else takes it before `until`. One whose line has
    /// an older one that is not done, on the same channel, waits for that.
    fn claim(&self, now: Millis, until: Millis, room: &Room) -> Result<Vec<Delivery>, StoreError>;

    fn delivered(&self, id: i64, at: Millis, receipt: &Receipt) -> Result<(), StoreError>;

    /// Puts it back for a later try.
    fn retry(&self, id: i64, due_at: Millis, reason: &str) -> Result<(), StoreError>;

    /// Gives up; it stays visible.
    fn bury(&self, id: i64, at: Millis, reason: &str) -> Result<(), StoreError>;

    /// Gives up, and leaves it to another channel, in one transaction.
    fn fall_back(&self, id: i64, at: Millis, reason: &str, other: &NewDelivery) -> Result<(), StoreError>;

    /// Tries one again that was given up; whether there is such a one.
    fn resend(&self, id: i64, at: Millis) -> Result<bool, StoreError>;

    /// Frees all claims: called once at start, when whoever held them is gone.
    fn release(&self) -> Result<u64, StoreError>;

    /// When the next one is due that can be claimed then, if there is one of a channel that there is room for.
    fn next_due(&self, room: &Room) -> Result<Option<Millis>, StoreError>;

    /// The newest, newest first.
    fn recent(&self, limit: usize) -> Result<Vec<DeliveryRecord>, StoreError> {
        self.list(&Sought::default(), limit)
    }

    /// The newest of those that are sought, newest first.
    fn list(&self, sought: &Sought, limit: usize) -> Result<Vec<DeliveryRecord>, StoreError>;

    /// The channels that anything was ever to be told on, by name.
    fn channels(&self) -> Result<Vec<String>, StoreError>;
}
