//! A folder that nobody leaves: each step of a path is walked beneath it by the kernel (`openat2` with `RESOLVE_BENEATH`
//! and `RESOLVE_NO_MAGICLINKS` on Linux, by hand elsewhere), whatever links there are and however they change meanwhile.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, MetadataExt, OpenOptions, OpenOptionsExt};
use rustix::fs::OFlags;

use crate::bindings::imported::files::Entry;

/// The most that one read gives back.
pub(super) const READ_BYTES: u32 = 1 << 20;

/// What a folder may hold to be listed.
pub(super) const ENTRIES: usize = 10_000;

/// What `statfs` calls the file system that shows processes: their memory and environment, this host's too.
const PROC: i64 = 0x9fa0;

/// Why there is no answer; it goes on a sentence that begins with the path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// To where nothing is granted.
    Leads(String),
    /// Not what was asked for; it will not be next time either.
    Wrong(String),
    /// Not now.
    Failed(String),
}

/// At most `length` bytes from `offset` on; fewer only where the file ends.
pub(super) fn read(folder: &Path, path: &Path, offset: u64, length: u32) -> Result<Vec<u8>, Trouble> {
    let file = open(&beneath(folder)?, path)?.into_std();
    let mut content = vec![0; length.min(READ_BYTES) as usize];
    let mut filled = 0;
    // A file may grow, shrink or be replaced meanwhile: what there is when it is asked for counts.
    while filled < content.len() {
        let Some(place) = offset.checked_add(filled as u64).filter(|place| i64::try_from(*place).is_ok()) else { break };
        match file.read_at(&mut content[filled..], place) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // No file is so long that anything could be there.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => break,
            Err(error) => return Err(sort(&error)),
        }
    }
    content.truncate(filled);
    Ok(content)
}

/// Files and folders that can be read, in order of their names. What leads out, or is neither, is left out.
pub(super) fn entries(folder: &Path, path: &Path) -> Result<Vec<Entry>, Trouble> {
    let root = beneath(folder)?;
    let listed = if path.as_os_str().is_empty() { root } else { root.open_dir(path).map_err(|error| sort(&error))? };
    let mut found = Vec::new();
    for (count, entry) in listed.entries().map_err(|error| sort(&error))?.enumerate() {
        if count >= ENTRIES {
            return Err(Trouble::Wrong(format!("holds more than the {ENTRIES} entries that can be listed")));
        }
        // One that goes while the folder is listed is not there.
        let Ok(entry) = entry else { continue };
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Asked by the name, so that a link shows what it leads to, if that lies within.
        let Ok(metadata) = listed.metadata(&name) else { continue };
        if metadata.is_file() || metadata.is_dir() {
            found.push(shown(name, &metadata));
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

fn shown(name: String, metadata: &Metadata) -> Entry {
    Entry {
        name,
        size: if metadata.is_dir() { 0 } else { metadata.len() },
        folder: metadata.is_dir(),
        modified: metadata.mtime().saturating_mul(1_000).saturating_add(metadata.mtime_nsec() / 1_000_000),
    }
}

/// Opened anew each time: a folder that was moved away and made again is the new one.
fn beneath(folder: &Path) -> Result<Dir, Trouble> {
    Dir::open_ambient_dir(folder, ambient_authority())
        .map_err(|error| Trouble::Failed(format!("cannot be read: the granted folder {}: {error}", folder.display())))
}

/// A regular file, or nothing. A pipe would wait for somebody to write to it, and a device may do anything when opened.
fn open(root: &Dir, path: &Path) -> Result<File, Trouble> {
    if path.as_os_str().is_empty() {
        return Err(Trouble::Wrong("is a folder".to_owned()));
    }
    regular(&root.metadata(path).map_err(|error| sort(&error))?)?;
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(i32::try_from(flags).unwrap_or_default());
    let file = root.open_with(path, &options).map_err(|error| sort(&error))?;
    // Somebody may have put another thing there between look and open.
    regular(&file.metadata().map_err(|error| sort(&error))?)?;
    #[cfg(target_os = "linux")]
    if rustix::fs::fstatfs(&file).is_ok_and(|system| system.f_type == PROC) {
        return Err(Trouble::Leads("lies in /proc, which shows the secrets of processes".to_owned()));
    }
    Ok(file)
}

fn regular(metadata: &Metadata) -> Result<(), Trouble> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(Trouble::Wrong(if metadata.is_dir() { "is a folder" } else { "is neither a file nor a folder" }.to_owned()))
}

fn sort(error: &io::Error) -> Trouble {
    match error.kind() {
        // What the walk answers where a step would leave the folder has no number of the system's.
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
            Trouble::Leads("leads out of the granted folder".to_owned())
        }
        _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            Trouble::Leads("leads through a link that may not be followed".to_owned())
        }
        io::ErrorKind::PermissionDenied => Trouble::Failed("cannot be read: this host's user may not".to_owned()),
        io::ErrorKind::NotFound => Trouble::Failed("is not there".to_owned()),
        io::ErrorKind::NotADirectory => Trouble::Wrong("is not a folder".to_owned()),
        io::ErrorKind::IsADirectory => Trouble::Wrong("is a folder".to_owned()),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => Trouble::Wrong("is no path".to_owned()),
        _ => Trouble::Failed(format!("cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests;
