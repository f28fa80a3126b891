//! A small store of the instance's own, with a quota, for the grant `state`.
//!
//! What is set survives restarts and new builds of the plugin. Keep what cannot be asked again (where reading a log
//! ended, what was told already), and not what can.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Fault, host};

pub fn get(key: &str) -> Result<Option<Vec<u8>>, Fault> {
    host::state::get(key)
}

/// Once it returns, a crash loses nothing of it. `Denied` where the quota is used up; nothing has changed then.
pub fn set(key: &str, value: &[u8]) -> Result<(), Fault> {
    host::state::set(key, value)
}

/// Also where there is no such key.
pub fn delete(key: &str) -> Result<(), Fault> {
    host::state::delete(key)
}

/// The keys that start with a prefix, in order.
pub fn keys(prefix: &str) -> Result<Vec<String>, Fault> {
    host::state::keys(prefix)
}

/// A value of a type of yours. One that another build wrote in another shape counts as none.
pub fn load<T: DeserializeOwned>(key: &str) -> Result<Option<T>, Fault> {
    Ok(get(key)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Keeps a value of a type of yours, as JSON.
pub fn save<T: Serialize>(key: &str, value: &T) -> Result<(), Fault> {
    let bytes = serde_json::to_vec(value).map_err(|error| Fault::Internal(error.to_string()))?;
    set(key, &bytes)
}
