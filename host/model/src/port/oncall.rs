//! The door to overrides of who is on call. Calls block.

use crate::Millis;
use crate::oncall::Override;
use crate::port::StoreError;

/// Overrides that people put in, kept.
pub trait OnCall: Send + Sync {
    /// All that are not forgotten yet, by their start.
    fn overrides(&self) -> Result<Vec<Override>, StoreError>;

    /// Writes one, new or changed.
    fn put(&self, given: &Override) -> Result<(), StoreError>;

    /// Forgets those that ended before a moment.
    fn prune(&self, before: Millis) -> Result<u64, StoreError>;
}
