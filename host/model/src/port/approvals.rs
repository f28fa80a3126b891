//! The door to what admins approved, kept by instance. Calls block.

use crate::port::StoreError;

/// Texts by instance (`source/shop`); what they say is the asker's matter.
pub trait Approvals: Send + Sync {
    /// All of them.
    fn load(&self) -> Result<Vec<(String, String)>, StoreError>;

    /// Writes one down, in place of the one before. Once it returns, a crash loses nothing of it.
    fn set(&self, instance: &str, text: &str) -> Result<(), StoreError>;

    fn forget(&self, instance: &str) -> Result<(), StoreError>;
}
