//! A granted folder, read-only. Paths are relative to it; `..` is refused.

pub use crate::bindings::shared::vitrine::plugin::files::Entry;
use crate::{Fault, host};

/// At most `length` bytes from `offset` on.
pub fn read(path: &str, offset: u64, length: u32) -> Result<Vec<u8>, Fault> {
    host::files::read(path, offset, length)
}

/// What a folder holds.
pub fn entries(path: &str) -> Result<Vec<Entry>, Fault> {
    host::files::entries(path)
}
