//! Plugin files by their digest, in the data folder: what was approved or installed stays there to be run, whatever
//! becomes of the file that it came from.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;

use vitrine_model::Millis;

/// What a digest begins with; the hash follows in hexadecimal.
const ALGORITHM: &str = "sha256:";
const HASH_LETTERS: usize = 64;

/// What was put there just now is about to be named somewhere.
const JUST_NOW: Millis = 3_600_000;

/// Tells apart files that are being written.
static WRITTEN: AtomicU32 = AtomicU32::new(0);

/// `data/plugins/`, for this user's eyes only.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// Makes the folder if it is missing.
    pub fn open(data_dir: &Path) -> Result<Shelf, String> {
        let folder = data_dir.join("plugins");
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        Ok(Shelf { folder })
    }

    /// Keeps a file, and tells its digest.
    pub fn put(&self, bytes: &[u8]) -> Result<String, String> {
        let digest = vitrine_pack::digest(bytes);
        let file = self.place(&digest)?;
        if self.get(&digest).is_ok() {
            return Ok(digest);
        }
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let beside = self.folder.join(format!(".new-{}-{number}", std::process::id()));
        let written = write(&beside, bytes).and_then(|()| std::fs::rename(&beside, &file));
        written.map_err(|error| {
            // What is half written is of no use to anybody.
            let _ = std::fs::remove_file(&beside);
            format!("cannot write {}: {error}", file.display())
        })?;
        Ok(digest)
    }

    /// The file of that digest, as it was put there: one that was changed since is refused.
    pub fn get(&self, digest: &str) -> Result<Vec<u8>, String> {
        let file = self.place(digest)?;
        let bytes = std::fs::read(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        if vitrine_pack::digest(&bytes) == digest {
            return Ok(bytes);
        }
        Err(format!("{} was changed: its digest is another than its name says", file.display()))
    }

    /// Removes all but these and those that came just now, and tells how many went.
    pub fn prune(&self, keep: &BTreeSet<String>, now: Millis) -> Result<usize, String> {
        let names: BTreeSet<PathBuf> = keep.iter().filter_map(|digest| self.place(digest).ok()).collect();
        let entries =
            std::fs::read_dir(&self.folder).map_err(|error| format!("cannot read {}: {error}", self.folder.display()))?;
        let is_old = |file: &Path| {
            let written = std::fs::metadata(file).and_then(|data| data.modified()).ok();
            let written = written.and_then(|moment| moment.duration_since(UNIX_EPOCH).ok());
            written.is_some_and(|since| i128::try_from(since.as_millis()).is_ok_and(|at| at + i128::from(JUST_NOW) < now.into()))
        };
        let mut gone = 0;
        for file in entries.flatten().map(|entry| entry.path()) {
            let is_ours = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sha256-"));
            if is_ours && !names.contains(&file) && is_old(&file) && std::fs::remove_file(&file).is_ok() {
                gone += 1;
            }
        }
        Ok(gone)
    }

    /// Where the file of that digest lies.
    pub fn file(&self, digest: &str) -> Result<PathBuf, String> {
        self.place(digest)
    }

    /// A digest comes from files that people write: nothing but a hash may become a path.
    fn place(&self, digest: &str) -> Result<PathBuf, String> {
        if is_digest(digest) {
            Ok(self.folder.join(format!("{}.wasm", digest.replace(':', "-"))))
        } else {
            Err(not_a_digest(digest))
        }
    }
}

/// Whether this is `sha256:` and a hash in lower-case hexadecimal.
pub fn is_digest(text: &str) -> bool {
    let hash = text.strip_prefix(ALGORITHM).unwrap_or_default();
    hash.len() == HASH_LETTERS && hash.bytes().all(|letter| matches!(letter, b'0'..=b'9' | b'a'..=b'f'))
}

pub fn not_a_digest(text: &str) -> String {
    format!("`{text}` is not a digest: write `sha256:` and its {HASH_LETTERS} digits, as `vitrine plugin inspect` shows it")
}

fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn what_was_put_there_comes_back_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        let (one, two) = (shelf.put(b"one").unwrap(), shelf.put(b"two").unwrap());
        assert_eq!(shelf.put(b"one").unwrap(), one);
        assert_eq!(shelf.get(&one).unwrap(), b"one");
        // A file that somebody changed is not what was approved; putting it there again mends it.
        let file = folder.path().join("plugins").join(format!("{}.wasm", one.replace(':', "-")));
        std::fs::write(&file, b"eno").unwrap();
        assert!(shelf.get(&one).unwrap_err().contains("was changed"));
        shelf.put(b"one").unwrap();
        assert_eq!(shelf.get(&one).unwrap(), b"one");
        let keep = BTreeSet::from([two.clone()]);
        assert_eq!((shelf.prune(&keep, 0).unwrap(), shelf.prune(&keep, Millis::MAX).unwrap()), (0, 1));
        assert!(shelf.get(&one).is_err());
        assert_eq!(shelf.get(&two).unwrap(), b"two");
    }

    #[test]
    fn only_a_digest_becomes_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        for text in ["", "sha256:", "sha256:../../etc/passwd", &format!("sha256:{}", "A".repeat(64)), &"a".repeat(64)] {
            assert!(shelf.get(text).unwrap_err().contains("is not a digest"), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let digest = Shelf::open(folder.path()).unwrap().put(b"one").unwrap();
        let plugins = folder.path().join("plugins");
        let file = plugins.join(format!("{}.wasm", digest.replace(':', "-")));
        for (path, mode) in [(plugins, 0o700), (file, 0o600)] {
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
        }
    }
}
