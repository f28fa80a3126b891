//! One SQLite database: opened, brought up to date, written by one connection and read by a few.
//!
//! The write-ahead log lets readers see the last commit while the writer works, so neither waits for the other.

pub(crate) mod alerts;
pub(crate) mod approvals;
mod care;
mod code;
pub(crate) mod deliveries;
pub(crate) mod keep;
pub(crate) mod migrations;
pub(crate) mod notices;
pub(crate) mod oncall;
pub(crate) mod receipts;
pub(crate) mod samples;
pub(crate) mod silences;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use refinery::Runner;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use vitrine_model::port::StoreError;

use crate::settings::Durability;

#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
    writer: Mutex<Connection>,
    idle_readers: Mutex<Vec<Connection>>,
    reader_returned: Condvar,
    /// Folds the write-ahead log in beside the writer; made when it is first needed.
    folder: Mutex<Option<Connection>>,
    /// Bytes written since it was last folded in, roughly.
    unfolded: AtomicU64,
    /// There is one reader, which stays within one transaction.
    is_pinned: bool,
}

impl Database {
    pub(crate) fn open(
        path: &Path,
        durability: Durability,
        readers: usize,
        page_size: u32,
        runner: &Runner,
    ) -> Result<Database, StoreError> {
        let mut writer = prepare(path, durability, page_size).map_err(|error| explain(path, &error))?;
        migrations::run(path, runner, &mut writer)?;
        let idle_readers =
            (0..readers.max(1)).map(|_| reader(path)).collect::<Result<_, _>>().map_err(|error| explain(path, &error))?;
        Ok(Database {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            idle_readers: Mutex::new(idle_readers),
            reader_returned: Condvar::new(),
            folder: Mutex::new(None),
            unfolded: AtomicU64::new(0),
            is_pinned: false,
        })
    }

    /// One state of a database that may be another process's: whatever that does meanwhile, nothing here changes, and nothing
    /// can be written.
    pub(crate) fn pin(path: &Path, runner: &Runner) -> Result<Database, StoreError> {
        let open = || {
            let pinned = reader(path)?;
            pinned.execute_batch("BEGIN")?;
            // A transaction sees the state of its first reading.
            pinned.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok((pinned, reader(path)?))
        };
        let (pinned, writer) = open().map_err(|error| explain(path, &error))?;
        migrations::check(path, runner, &pinned)?;
        Ok(Database {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            idle_readers: Mutex::new(vec![pinned]),
            reader_returned: Condvar::new(),
            folder: Mutex::new(None),
            unfolded: AtomicU64::new(0),
            is_pinned: true,
        })
    }

    pub(crate) fn is_pinned(&self) -> bool {
        self.is_pinned
    }

    /// Runs `work` in one transaction: all of it is kept, or, after an error, nothing.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Trouble>) -> Result<T, StoreError> {
        self.write_then(work, |_| ())
    }

    /// As `write`; `after` sees the outcome once it is committed and before anybody else can write.
    pub(crate) fn write_then<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Trouble>,
        after: impl FnOnce(&T),
    ) -> Result<T, StoreError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = (|| {
            // Dropped without a commit, a transaction rolls back.
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = work(&transaction)?;
            transaction.commit()?;
            Ok(outcome)
        })();
        let outcome = outcome.map_err(|trouble| self.tell(trouble))?;
        after(&outcome);
        Ok(outcome)
    }

    /// Runs `work` on one state of the database. Waits when all readers are busy.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Trouble>) -> Result<T, StoreError> {
        let reader = Borrowed { database: self, connection: Some(self.take_reader()) };
        let Some(connection) = &reader.connection else { return Err(StoreError("the reader is gone".to_owned())) };
        (|| {
            let _transaction = (!self.is_pinned).then(|| connection.unchecked_transaction()).transpose()?;
            work(connection)
        })()
        .map_err(|trouble| self.tell(trouble))
    }

    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(|error| explain(&self.path, &error))
    }

    /// One more reader, if one is idle.
    pub(crate) fn second(&self) -> Option<Second<'_>> {
        if self.is_pinned {
            return None;
        }
        let connection = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        Some(Second(Borrowed { database: self, connection: Some(connection) }))
    }

    fn take_reader(&self) -> Connection {
        let mut idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.pop() {
                return connection;
            }
            idle = self.reader_returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn tell(&self, trouble: Trouble) -> StoreError {
        match trouble {
            Trouble::Sqlite(error) => explain(&self.path, &error),
            Trouble::Refused(reason) => StoreError(reason),
        }
    }
}

/// Why a piece of work on the database ended.
pub(crate) enum Trouble {
    Sqlite(rusqlite::Error),
    /// A limit, or a row that cannot be read: a sentence.
    Refused(String),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Trouble {
        Trouble::Sqlite(error)
    }
}

/// A reader that finds its way back, also past a panic.
struct Borrowed<'a> {
    database: &'a Database,
    connection: Option<Connection>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let mut idle = self.database.idle_readers.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.connection.take());
        self.database.reader_returned.notify_one();
    }
}

/// A reader that another thread may take along; what it has begun ends with it.
pub(crate) struct Second<'a>(Borrowed<'a>);

impl Second<'_> {
    pub(crate) fn begin(&self) -> Result<&Connection, Trouble> {
        let connection = self.connection()?;
        connection.execute_batch("BEGIN")?;
        Ok(connection)
    }

    pub(crate) fn connection(&self) -> Result<&Connection, Trouble> {
        self.0.connection.as_ref().ok_or_else(|| Trouble::Refused("the reader is gone".to_owned()))
    }
}

impl Drop for Second<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.0.connection.take_if(|connection| !connection.is_autocommit()) {
            // Where not even that can be done, it is of no more use to anybody.
            let ended = connection.execute_batch("ROLLBACK");
            self.0.connection = ended.is_ok().then_some(connection);
        }
    }
}

const BUSY: Duration = Duration::from_secs(5);

/// The write-ahead log's file is cut to that once it has been folded in.
pub(crate) const LOG_FILE: u64 = 4 << 20;

fn prepare(path: &Path, durability: Durability, page_size: u32) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    // Before the first table; a database that is there keeps the pages it has.
    connection.pragma_update(None, "page_size", page_size)?;
    // As early: what is deleted can be given back to the file system a few pages at a time.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Beside the writer somebody folds the log in before it is as long as this (64 MiB).
    connection.pragma_update(None, "wal_autocheckpoint", (64 << 20) / page_size)?;
    connection.pragma_update(None, "journal_size_limit", LOG_FILE.cast_signed())?;
    connection.pragma_update(
        None,
        "synchronous",
        match durability {
            Durability::Normal => "NORMAL",
            Durability::Full => "FULL",
        },
    )?;
    Ok(connection)
}

/// A second connection that may write.
fn prepare_beside(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

fn reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// A sentence for the admin: which file, what is wrong, what to do.
fn explain(path: &Path, error: &rusqlite::Error) -> StoreError {
    let path = path.display();
    let sentence = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            format!("`{path}` is not a database: move it away, or choose another folder with `--data-dir`")
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            format!("`{path}` is damaged ({error}): restore it from a backup, or move it away to begin anew")
        }
        Some(ErrorCode::DiskFull) => {
            format!("no space is left for `{path}`: free some, or choose another folder with `--data-dir`")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            format!("cannot write to `{path}`: {error}; give this user the right to, or choose another folder with `--data-dir`")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("`{path}` is locked by another program: close that program")
        }
        _ => format!("`{path}`: {error}"),
    };
    StoreError(sentence)
}
