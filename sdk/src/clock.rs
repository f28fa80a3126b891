//! Time. Needs no grant.

use crate::host;

/// Milliseconds since the Unix epoch.
pub fn now() -> i64 {
    host::clock::now()
}

/// Nanoseconds since an arbitrary moment; never goes back.
pub fn monotonic() -> u64 {
    host::clock::monotonic()
}
