//! A copy of a data folder's databases while the host runs, and the way back.
//!
//! A backup is a folder: `samples.db`, `state.db`, each as of one moment and whole by itself, and `backup.json` with their
//! digests. It comes into being under another name and is renamed once it is whole and checked.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vitrine_model::Millis;
use vitrine_model::port::StoreError;

use crate::{SAMPLES, STATE, lock};

const RECORD: &str = "backup.json";
const VERSION: u32 = 1;

/// Pages copied at once, and the pause before the next: the host gets its turn at the disk.
const PAGES: std::ffi::c_int = 4_096;
const PAUSE: Duration = Duration::from_millis(1);

/// What `backup.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    version: u32,
    /// Milliseconds since 1970.
    pub made: Millis,
    pub files: Vec<Copied>,
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

/// Copies the databases of a data folder into a folder that is not there yet. The host may run meanwhile.
pub fn back_up(data: &Path, target: &Path, now: Millis) -> Result<Record, StoreError> {
    let shown = target.display();
    if !data.join(SAMPLES).is_file() {
        return Err(StoreError(format!("`{}` holds no samples: choose the data folder with `--data-dir`", data.display())));
    }
    if target.exists() {
        return Err(StoreError(format!("`{shown}` is there already: choose another name, or move it away")));
    }
    let partial = beside(target, "partial");
    let cannot = |error: std::io::Error| StoreError(format!("cannot write the backup `{shown}`: {error}"));
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(cannot)?;
    }
    fs::create_dir_all(&partial).map_err(cannot)?;
    let outcome = write(data, &partial, now).and_then(|record| {
        fs::rename(&partial, target).map_err(cannot)?;
        Ok(record)
    });
    if outcome.is_err() {
        // What is left of a failed one is of no use; if it stays, the next one removes it.
        let _ = fs::remove_dir_all(&partial);
    }
    outcome
}

fn write(data: &Path, folder: &Path, now: Millis) -> Result<Record, StoreError> {
    let mut files = Vec::new();
    // Alerts first: what they say of samples is then in the samples too.
    for name in [STATE, SAMPLES] {
        let (from, to) = (data.join(name), folder.join(name));
        copy(&from, &to).map_err(|error| StoreError(format!("cannot copy `{}`: {error}", from.display())))?;
        files.push(digest(folder, name)?);
    }
    let record = Record { version: VERSION, made: now, files };
    let text = serde_json::to_string_pretty(&record).map_err(|error| StoreError(error.to_string()))?;
    let path = folder.join(RECORD);
    let cannot = |error: std::io::Error| StoreError(format!("cannot write `{}`: {error}", path.display()));
    fs::write(&path, text).map_err(cannot)?;
    sync(&path).and_then(|()| sync(folder)).map_err(cannot)?;
    Ok(record)
}

/// All of one state of a database, checked.
fn copy(from: &Path, to: &Path) -> Result<(), rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags)?;
    source.busy_timeout(Duration::from_secs(30))?;
    // Within a transaction, each step sees the same state, however long it takes.
    let snapshot = source.unchecked_transaction()?;
    snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let mut target = Connection::open(to)?;
    Backup::new(&snapshot, &mut target)?.run_to_completion(PAGES, PAUSE, None)?;
    target.pragma_update(None, "journal_mode", "DELETE")?;
    let found: String = target.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    target.close().map_err(|(_, error)| error)?;
    if found == "ok" {
        return Ok(());
    }
    let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(rusqlite::Error::SqliteFailure(error, Some(format!("it is damaged: {found}"))))
}

fn digest(folder: &Path, name: &str) -> Result<Copied, StoreError> {
    let path = folder.join(name);
    let cannot = |error: std::io::Error| StoreError(format!("cannot read `{}`: {error}", path.display()));
    let mut file = File::open(&path).map_err(cannot)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(cannot)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
    let sha256 = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    sync(&path).map_err(cannot)?;
    Ok(Copied { name: name.to_owned(), bytes, sha256 })
}

/// Holds the files of a backup against their digests.
pub fn verify(source: &Path) -> Result<Record, StoreError> {
    let path = source.join(RECORD);
    let text = fs::read_to_string(&path)
        .map_err(|error| StoreError(format!("`{}` is no backup: `{RECORD}` cannot be read: {error}", source.display())))?;
    let record: Record =
        serde_json::from_str(&text).map_err(|error| StoreError(format!("`{}` cannot be read: {error}", path.display())))?;
    if record.version != VERSION {
        return Err(StoreError(format!(
            "`{}` was made by a newer version of vitrine: restore it with that one",
            source.display()
        )));
    }
    let named = |name: &str| record.files.iter().any(|file| file.name == name);
    if record.files.len() != 2 || !named(SAMPLES) || !named(STATE) {
        return Err(StoreError(format!("`{}` does not name `{SAMPLES}` and `{STATE}`", path.display())));
    }
    for file in &record.files {
        if digest(source, &file.name)? != *file {
            let shown = source.join(&file.name);
            return Err(StoreError(format!("`{}` is not as it was backed up: its digest differs", shown.display())));
        }
    }
    Ok(record)
}

/// Puts the databases of a backup into a data folder that no host uses. What is there stays unless `replace` says so, and
/// then lies in `replaced/` afterwards.
pub fn restore(source: &Path, data: &Path, replace: bool) -> Result<Record, StoreError> {
    let record = verify(source)?;
    let _lock = lock(data)?;
    let shown = data.display();
    let there: Vec<PathBuf> = [SAMPLES, STATE]
        .iter()
        .flat_map(|name| ["", "-wal", "-shm"].map(|end| data.join(format!("{name}{end}"))))
        .filter(|path| path.exists())
        .collect();
    if !there.is_empty() && !replace {
        return Err(StoreError(format!("`{shown}` holds databases: choose another `--data-dir`, or add `--replace`")));
    }
    let cannot = |error: std::io::Error| StoreError(format!("cannot restore into `{shown}`: {error}"));
    // All is there before anything is moved.
    for file in &record.files {
        let partial = data.join(format!("{}.partial", file.name));
        fs::copy(source.join(&file.name), &partial).map_err(cannot)?;
        sync(&partial).map_err(cannot)?;
    }
    let aside = data.join("replaced");
    if !there.is_empty() {
        if aside.exists() {
            fs::remove_dir_all(&aside).map_err(cannot)?;
        }
        fs::create_dir(&aside).map_err(cannot)?;
    }
    for path in there {
        let name = path.file_name().unwrap_or_default();
        fs::rename(&path, aside.join(name)).map_err(cannot)?;
    }
    for file in &record.files {
        fs::rename(data.join(format!("{}.partial", file.name)), data.join(&file.name)).map_err(cannot)?;
    }
    sync(data).map_err(cannot)?;
    Ok(record)
}

fn sync(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(end);
    path.with_file_name(name)
}
