//! The cache of compiled code: by digest and the engine's own hash, in a private folder, and from nowhere else.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::compile::Compiled;

/// Files kept, and bytes of them; the oldest go first.
const KEPT: usize = 200;
const KEPT_BYTES: u64 = 4 << 30;

/// A folder that only this user can write to.
#[derive(Debug)]
pub(crate) struct CodeCache {
    folder: PathBuf,
}

impl CodeCache {
    /// Makes the folder, private. A folder that others may write to is refused: its files would be run as they are.
    pub(crate) fn open(folder: &Path) -> Result<CodeCache, String> {
        let cannot = |error: std::io::Error| {
            format!(
                "the folder for compiled plugins {} cannot be used: {error}; make it writable, or change `data_dir`",
                folder.display()
            )
        };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(cannot)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, PermissionsExt};
            let metadata = fs::metadata(folder).map_err(cannot)?;
            let probe = folder.join(".owner");
            fs::write(&probe, b"").map_err(cannot)?;
            let own = fs::metadata(&probe).map_err(cannot)?.uid();
            if metadata.uid() != own || metadata.permissions().mode() & 0o022 != 0 {
                return Err(format!(
                    "the folder for compiled plugins {} belongs to or can be written by others: run `chmod 700` on it, or remove it",
                    folder.display()
                ));
            }
        }
        Ok(CodeCache { folder: folder.to_owned() })
    }

    /// The component's code, if it was compiled before.
    pub(crate) fn known(&self, engine: &Engine, digest: &str) -> Option<Component> {
        let file = self.file(engine, digest);
        if !file.exists() {
            return None;
        }
        let told = |error: &wasmtime::Error| {
            tracing::warn!(plugin.digest = digest, "compiled code in the cache cannot be used and is made anew: {error}");
        };
        read(engine, &file).inspect_err(told).ok()
    }

    /// Keeps what the compiler made, and loads it.
    pub(crate) fn keep(&self, engine: &Engine, digest: &str, code: &Compiled) -> Result<Component, String> {
        let file = self.file(engine, digest);
        let component = match self.store(&file, &code.0) {
            Ok(()) => read(engine, &file),
            Err(error) => {
                tracing::warn!(plugin.digest = digest, "compiled code cannot be kept: {error}");
                code.load(engine)
            }
        };
        component.map_err(|error| format!("its compiled code cannot be loaded: {error:#}"))
    }

    fn file(&self, engine: &Engine, digest: &str) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let name = digest.trim_start_matches("sha256:");
        self.folder.join(format!("{name}-{:016x}.cwasm", hasher.finish()))
    }

    fn store(&self, file: &Path, code: &[u8]) -> std::io::Result<()> {
        self.make_room(code.len() as u64);
        // Under a name of its own first: a crash never leaves half a file under the real name, and of two that compile the
        // same, none cuts the other's file.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let part = file.with_extension(format!("part{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
        let mut output = fs::File::create(&part)?;
        output.write_all(code)?;
        output.sync_all()?;
        fs::rename(&part, file)
    }

    fn make_room(&self, coming: u64) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let files = entries.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == "cwasm"));
        let sized = files.filter_map(|entry| entry.metadata().ok().map(|data| (data.modified().ok(), data.len(), entry.path())));
        for path in too_many(sized.collect(), coming) {
            // Another host on the same folder may have been faster.
            let _ = fs::remove_file(path);
        }
    }
}

/// Those that go so that one more of this size has room, by time and size.
fn too_many(mut files: Vec<(Option<SystemTime>, u64, PathBuf)>, coming: u64) -> Vec<PathBuf> {
    files.sort();
    let (mut number, mut bytes) = (1, coming);
    let kept = files.iter().rev().take_while(|(_, size, _)| {
        number += 1;
        bytes += size;
        number <= KEPT && bytes <= KEPT_BYTES
    });
    let going = files.len() - kept.count();
    files.into_iter().take(going).map(|(_, _, path)| path).collect()
}

#[expect(unsafe_code, reason = "wasmtime trusts the file; only `store` writes to this private folder")]
fn read(engine: &Engine, file: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the file came from `precompile_component` of this engine's version and settings (both are in its name),
    // through `store`, into a folder that only this user can write to.
    unsafe { Component::deserialize_file(engine, file) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn going(sizes: &[u64], coming: u64) -> usize {
        let file = |(second, size): (u64, u64)| {
            (Some(SystemTime::UNIX_EPOCH + Duration::from_secs(second)), size, PathBuf::from(second.to_string()))
        };
        // In no order, as a folder lists them.
        let files = (0..).zip(sizes.iter().copied()).map(file).collect::<Vec<_>>().into_iter().rev().collect();
        let going = too_many(files, coming);
        assert!(going.iter().enumerate().all(|(place, path)| path.as_os_str() == place.to_string().as_str()), "{going:?}");
        going.len()
    }

    #[test]
    fn the_oldest_make_room_by_number_and_by_bytes() {
        assert_eq!(going(&[], 1), 0);
        assert_eq!(going(&[1; KEPT - 1], 1), 0);
        assert_eq!(going(&[1; KEPT + 2], 1), 3);
        assert_eq!(going(&[KEPT_BYTES / 2, KEPT_BYTES / 4, KEPT_BYTES / 4], KEPT_BYTES / 4), 1);
        assert_eq!(going(&[1, KEPT_BYTES, 1], 1), 2);
        assert_eq!(going(&[1, 1], KEPT_BYTES + 1), 2);
    }
}
