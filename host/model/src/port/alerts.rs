//! The door to alert state and history. Calls block.

use crate::Millis;
use crate::alert::{Alert, AlertChange, AlertEvent, Flap};
use crate::port::StoreError;

/// An event with the number the store gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    pub id: i64,
    pub event: AlertEvent,
}

/// Alert state, kept.
pub trait Alerts: Send + Sync {
    /// All alerts that are pending or firing.
    fn load(&self) -> Result<Vec<Alert>, StoreError>;

    /// How often alerts changed of late. Whoever only shows alerts has none.
    fn flaps(&self) -> Result<Vec<Flap>, StoreError> {
        Ok(Vec::new())
    }

    /// State and events in one transaction.
    fn commit(&self, change: &AlertChange) -> Result<(), StoreError>;

    /// Events that nobody has planned deliveries for yet, oldest first.
    fn unplanned(&self, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// The newest events, newest first.
    fn history(&self, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// The newest events of the alert of this fingerprint, newest first.
    fn of(&self, fingerprint: &str, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// The newest ends of alerts that were firing at some moment from `start` to `end`, newest first; what fires still is
    /// among `load`.
    fn resolved(&self, start: Millis, end: Millis, limit: usize) -> Result<Vec<AlertEvent>, StoreError>;
}
