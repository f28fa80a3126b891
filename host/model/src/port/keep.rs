//! The door to small values kept by name. Calls block.

use crate::port::StoreError;

/// How much one owner keeps, or may keep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    pub keys: u64,
    /// Of keys and values together.
    pub bytes: u64,
}

/// What became of a value that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept; this much is used now.
    Yes(Room),
    /// There is no room; nothing has changed, and this much is used.
    Full(Room),
}

/// Values by owner and key.
pub trait Keep: Send + Sync {
    fn get(&self, owner: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps a value, unless the owner would then use more than `most`. Once it returns, a crash loses nothing of it.
    fn set(&self, owner: &str, key: &str, value: &[u8], most: Room) -> Result<Kept, StoreError>;

    /// Returns what is used then.
    fn delete(&self, owner: &str, key: &str) -> Result<Room, StoreError>;

    /// The owner's keys that begin so, in order.
    fn keys(&self, owner: &str, prefix: &str) -> Result<Vec<String>, StoreError>;

    fn used(&self, owner: &str) -> Result<Room, StoreError>;

    /// Forgets what owners keep that are not among these and have not been for `unseen` milliseconds; `now` is when they
    /// were last seen. Returns whose values went.
    fn prune(&self, owners: &[String], now: crate::Millis, unseen: crate::Millis) -> Result<Vec<String>, StoreError>;
}
