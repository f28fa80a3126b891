//! Channels: whatever can tell people.

use async_trait::async_trait;

use crate::notification::{Failure, Notification, Receipt};

/// One configured channel.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Tells. `key` is the same for every try of one delivery.
    async fn deliver(&self, notification: &Notification, key: &str) -> Result<Receipt, Failure>;

    /// What the admin still has to set up before it can work, if anything: a sentence.
    fn waits_for(&self) -> Option<String>;
}
