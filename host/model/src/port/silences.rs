//! The door to silences and acknowledgements. Calls block.

use crate::Millis;
use crate::port::StoreError;
use crate::silence::{Acknowledgement, Act, Silence};

/// Silences and acknowledgements, kept.
pub trait Silences: Send + Sync {
    /// All that are not forgotten yet, expired ones too.
    fn load(&self) -> Result<Vec<Silence>, StoreError>;

    /// Writes these, new or changed, in one transaction.
    fn put(&self, silences: &[Silence]) -> Result<(), StoreError>;

    /// Forgets those that ended before a moment, and acknowledgements that ran out before it.
    fn prune(&self, before: Millis) -> Result<u64, StoreError>;

    fn acknowledgements(&self) -> Result<Vec<Acknowledgement>, StoreError>;

    /// Writes these, and that they were given, in one transaction; an earlier one of the same target gives way.
    fn acknowledge(&self, given: &[Acknowledgement]) -> Result<(), StoreError>;

    /// Takes those of these targets back.
    fn withdraw(&self, targets: &[String]) -> Result<(), StoreError>;

    /// Writes down what somebody did.
    fn record(&self, acts: &[Act]) -> Result<(), StoreError>;

    /// What was done about this, the newest first.
    fn acts(&self, target: &str, limit: usize) -> Result<Vec<Act>, StoreError>;
}
