//! A database's upkeep: its size, what of it is free, the write-ahead log.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;
use vitrine_model::port::StoreError;

use super::{BUSY, Database, LOG_FILE, explain, prepare_beside};

impl Database {
    /// Notes that about so many bytes went into the write-ahead log.
    pub(crate) fn note(&self, bytes: usize) {
        self.unfolded.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes in the write-ahead log, roughly.
    pub(crate) fn log_bytes(&self) -> u64 {
        self.unfolded.load(Ordering::Relaxed)
    }

    /// Folds into the database what of the write-ahead log nobody reads any more; the writer does not wait for it.
    pub(crate) fn checkpoint_beside(&self) -> Result<(), StoreError> {
        let mut folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let told = |error: rusqlite::Error| explain(&self.path, &error);
        if folder.is_none() {
            *folder = Some(prepare_beside(&self.path).map_err(told)?);
        }
        self.unfolded.store(0, Ordering::Relaxed);
        match folder.as_ref() {
            Some(connection) => connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(told),
            None => Ok(()),
        }
    }

    /// Cuts the write-ahead log's file where it is longer than it need be, unless somebody is at work just then.
    pub(crate) fn shorten_log(&self) -> Result<(), StoreError> {
        let mut file = self.path.clone().into_os_string();
        file.push("-wal");
        if std::fs::metadata(file).is_ok_and(|file| file.len() <= LOG_FILE) {
            return Ok(());
        }
        // Without the writer's lock first: little is left to do while holding it.
        self.checkpoint_beside()?;
        let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(connection) = folder.as_ref() else { return Ok(()) };
        let told = |error: rusqlite::Error| explain(&self.path, &error);
        connection.busy_timeout(Duration::ZERO).map_err(told)?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(told)?;
        connection.busy_timeout(BUSY).map_err(told)
    }

    /// Pages that are free, and all.
    pub(crate) fn pages(&self) -> Result<(u64, u64), StoreError> {
        self.read(|connection| Ok((number(connection, "freelist_count")?, number(connection, "page_count")?)))
    }

    /// Bytes that the database takes, less what is free in it.
    pub(crate) fn bytes(&self) -> Result<u64, StoreError> {
        self.read(|connection| {
            let used = number(connection, "page_count")?.saturating_sub(number(connection, "freelist_count")?);
            Ok(used * number(connection, "page_size")?)
        })
    }

    /// Gives up to so many free pages back to the file system.
    pub(crate) fn vacuum(&self, pages: u32) -> Result<(), StoreError> {
        self.write(|transaction| {
            // Each step gives back one page.
            let mut statement = transaction.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
            let mut rows = statement.query([])?;
            while rows.next()?.is_some() {}
            Ok(())
        })
    }

    /// SQLite never goes below what is in use.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: u32) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        drop(writer.query_row(&format!("PRAGMA max_page_count({})", pages.max(1)), [], |_| Ok(())));
    }

    /// Writes the whole database anew, in the shape that new ones have.
    pub(crate) fn rebuild(&self) -> Result<(), StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM").map_err(|error| explain(&self.path, &error))
    }
}

fn number(connection: &Connection, pragma: &str) -> Result<u64, rusqlite::Error> {
    connection.pragma_query_value(None, pragma, |row| row.get(0)).map(i64::cast_unsigned)
}
