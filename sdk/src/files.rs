//! Granted folders, read-only, for the grant `files`.
//!
//! A path is absolute, within a granted folder, or relative to the first of them.

pub use crate::bindings::shared::vitrine::plugin::files::Entry;
use crate::{Fault, host};

/// The most that the host gives at once.
const PIECE: u32 = 1 << 20;

/// The granted folders, absolute, as the admin ordered them.
pub fn folders() -> Result<Vec<String>, Fault> {
    host::files::folders()
}

/// At most `length` bytes from `offset` on, and at most 1 MiB; fewer only where the file ends.
pub fn read(path: &str, offset: u64, length: u32) -> Result<Vec<u8>, Fault> {
    host::files::read(path, offset, length)
}

/// A whole file; one of more than `most` bytes is `Invalid`.
pub fn read_all(path: &str, most: usize) -> Result<Vec<u8>, Fault> {
    let mut content = Vec::new();
    loop {
        // One byte more than may be tells a file that is too long.
        let wanted = (most + 1 - content.len()).min(PIECE as usize) as u32;
        let piece = read(path, content.len() as u64, wanted)?;
        content.extend_from_slice(&piece);
        if content.len() > most {
            return Err(Fault::Invalid(["`", path, "` is longer than ", &most.to_string(), " bytes"].concat()));
        }
        if piece.len() < wanted as usize {
            return Ok(content);
        }
    }
}

/// A whole file of text; what is no UTF-8 in it is replaced.
pub fn read_text(path: &str, most: usize) -> Result<String, Fault> {
    Ok(String::from_utf8_lossy(&read_all(path, most)?).into_owned())
}

/// What a folder holds, in order of the names. The empty path is the first granted folder itself.
pub fn entries(path: &str) -> Result<Vec<Entry>, Fault> {
    host::files::entries(path)
}
