//! What building costs much and gives the same again: toolchains from the registries, the SDK's files, components.
//!
//! All of it lies in the user's cache folder, under names that are hashes of what it was made from; it can be removed at
//! any time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::sources;

/// Components kept; the oldest go first.
const KEPT: usize = 50;

/// In a folder that is whole.
const COMPLETE: &str = ".complete";

/// `$XDG_CACHE_HOME/vitrine`, or `~/.cache/vitrine`.
pub fn root() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").or_else(|| set("USERPROFILE")).map(|home| home.join(".cache"));
    let cache = set("XDG_CACHE_HOME").or_else(home).context("there is no folder for caches: set XDG_CACHE_HOME")?;
    Ok(cache.join("vitrine"))
}

/// A hash of texts and files, as a name. Each piece counts with its length, so that none runs into the next.
#[derive(Default)]
pub(super) struct Key(Sha256);

impl Key {
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.0.update((piece.len() as u64).to_le_bytes());
        self.0.update(piece);
    }

    /// All files of a folder, with their names; but not what tools leave there.
    pub(super) fn add_folder(&mut self, folder: &Path, skipped: &[&str]) -> Result<()> {
        let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if skipped.contains(&name.as_str()) || name.ends_with(".wasm") {
                continue;
            }
            self.add(name.as_bytes());
            match path.is_dir() {
                true => self.add_folder(&path, skipped)?,
                false => self.add(&fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?),
            }
        }
        Ok(())
    }

    pub(super) fn name(self) -> String {
        self.0.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A folder that is filled once, and from then on only read. Two builds at once do not meet in it.
pub(super) fn filled(name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let root = root()?.join("toolchains");
    let folder = root.join(name);
    fs::create_dir_all(&root).with_context(|| format!("cannot create the folder {}", root.display()))?;
    let lock = root.join(format!("{name}.lock"));
    let lock = File::create(&lock).with_context(|| format!("cannot create {}", lock.display()))?;
    lock.lock().context("cannot lock the cache")?;
    if !folder.join(COMPLETE).exists() {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
        fill(&folder)?;
        sources::create(&folder.join(COMPLETE), b"")?;
    }
    Ok(folder)
}

/// The SDK of this release with `wit/`: `js`, `python` and `wit` are below.
pub(super) fn sdk() -> Result<PathBuf> {
    filled(&format!("sdk-{}", sdk_key()), |folder| {
        sources::all().iter().try_for_each(|(place, bytes)| sources::create(&folder.join(place), bytes))
    })
}

pub(super) fn sdk_key() -> String {
    let mut key = Key::default();
    for (place, bytes) in sources::all() {
        key.add(place.as_bytes());
        key.add(bytes);
    }
    key.name()
}

/// A component that was made of the same before, or the one that is made now.
pub(super) fn component(key: Key, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    let folder = root()?.join("components");
    let file = folder.join(format!("{}.wasm", key.name()));
    if let Ok(bytes) = fs::read(&file) {
        return Ok(bytes);
    }
    let bytes = make()?;
    // Under a name of its own first: a build that is ended never leaves half a component.
    let part = file.with_extension(format!("part{}", std::process::id()));
    sources::create(&part, &bytes)?;
    fs::rename(&part, &file).with_context(|| format!("cannot write {}", file.display()))?;
    make_room(&folder);
    Ok(bytes)
}

fn make_room(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let age = |entry: &fs::DirEntry| entry.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut files: Vec<fs::DirEntry> = entries.flatten().collect();
    files.sort_by_key(age);
    for entry in files.iter().rev().skip(KEPT) {
        // Another build may have been faster.
        let _ = fs::remove_file(entry.path());
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn a_key_is_of_names_and_contents_and_nothing_that_tools_leave() {
        let folder = tempfile::tempdir().unwrap();
        let key = || {
            let mut key = Key::default();
            key.add_folder(folder.path(), &["node_modules"]).unwrap();
            key.name()
        };
        sources::create(&folder.path().join("src/a.js"), b"1").unwrap();
        let first = key();
        sources::create(&folder.path().join("node_modules/x/index.js"), b"2").unwrap();
        sources::create(&folder.path().join("built.wasm"), b"3").unwrap();
        assert_eq!(key(), first);
        sources::create(&folder.path().join("src/a.js"), b"2").unwrap();
        let second = key();
        assert_ne!(second, first);
        fs::rename(folder.path().join("src/a.js"), folder.path().join("src/b.js")).unwrap();
        assert_ne!(key(), second);
    }

    #[test]
    fn pieces_do_not_run_into_each_other() {
        let name = |pieces: [&[u8]; 2]| {
            let mut key = Key::default();
            pieces.iter().for_each(|piece| key.add(piece));
            key.name()
        };
        assert_ne!(name([b"ab", b"c"]), name([b"a", b"bc"]));
    }
}
