//! The door to small values kept by name. Calls block.

use crate::port::StoreError;

/// Values by owner and key.
pub trait Keep: Send + Sync {
    fn get(&self, owner: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError>;
    fn set(&self, owner: &str, key: &str, value: &[u8]) -> Result<(), StoreError>;
    fn delete(&self, owner: &str, key: &str) -> Result<(), StoreError>;
    fn keys(&self, owner: &str, prefix: &str) -> Result<Vec<String>, StoreError>;
}
