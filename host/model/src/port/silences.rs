//! The door to silences and acknowledgements. Calls block.

use crate::Millis;
use crate::port::StoreError;
use crate::silence::{Acknowledgement, Silence};

/// Silences and acknowledgements, kept.
pub trait Silences: Send + Sync {
    /// All that are not forgotten yet, expired ones too.
    fn load(&self) -> Result<Vec<Silence>, StoreError>;

    /// Writes these, new or changed, in one transaction.
    fn put(&self, silences: &[Silence]) -> Result<(), StoreError>;

    /// Forgets those that ended before a moment, and acknowledgements that ran out before it.
    fn prune(&self, before: Millis) -> Result<u64, StoreError>;

    fn acknowledgements(&self) -> Result<Vec<Acknowledgement>, StoreError>;

    /// Writes one; an earlier one of the same target gives way.
    fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<(), StoreError>;

    /// Takes those of these targets back.
    fn withdraw(&self, targets: &[String]) -> Result<(), StoreError>;
}
