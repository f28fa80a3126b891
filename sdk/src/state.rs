//! A small store of the instance's own, with a quota, for the grant `state`.

use crate::{Fault, host};

pub fn get(key: &str) -> Result<Option<Vec<u8>>, Fault> {
    host::state::get(key)
}

pub fn set(key: &str, value: &[u8]) -> Result<(), Fault> {
    host::state::set(key, value)
}

pub fn delete(key: &str) -> Result<(), Fault> {
    host::state::delete(key)
}

/// The keys that start with a prefix.
pub fn keys(prefix: &str) -> Result<Vec<String>, Fault> {
    host::state::keys(prefix)
}
