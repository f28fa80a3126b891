//! Where sealed samples lie: one row for each series and two hours, later one for each series and day.
//!
//! The number of a row is the time first and the series second, so that what is sealed together lies together, new rows
//! come at the end, and what is old goes as a whole range of pages.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Statement, Transaction, params};
use vitrine_model::Millis;

use super::SeriesId;
use crate::sqlite::Trouble;

/// Samples are sealed for so long a time.
pub(super) const WINDOW: Millis = 2 * 3_600_000;
pub(super) const WINDOWS_A_DAY: i64 = 12;
pub(super) const DAY: Millis = WINDOW * WINDOWS_A_DAY;

/// Times beyond (some thirty thousand years) have no row number.
pub(super) const EARLIEST: Millis = -1_000_000_000_000_000;
pub(super) const LATEST: Millis = 1_000_000_000_000_000;

/// A table of blocks, or of rollups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Windows,
    Days,
    /// Rollups of a merged day at 5 minutes and at an hour.
    Fives,
    Hours,
}

impl Table {
    pub(super) const ALL: [Table; 4] = [Table::Days, Table::Windows, Table::Fives, Table::Hours];
    pub(super) const ROLLUPS: [Table; 2] = [Table::Fives, Table::Hours];

    pub(super) fn name(self) -> &'static str {
        match self {
            Table::Windows => "windows",
            Table::Days => "days",
            Table::Fives => "rollups_5m",
            Table::Hours => "rollups_1h",
        }
    }

    pub(super) fn span(self) -> Millis {
        match self {
            Table::Windows => WINDOW,
            Table::Days | Table::Fives | Table::Hours => DAY,
        }
    }

    fn select(self) -> &'static str {
        match self {
            Table::Windows => "SELECT data FROM windows WHERE id = ?1",
            Table::Days => "SELECT data FROM days WHERE id = ?1",
            Table::Fives => "SELECT data FROM rollups_5m WHERE id = ?1",
            Table::Hours => "SELECT data FROM rollups_1h WHERE id = ?1",
        }
    }

    fn replace(self) -> &'static str {
        match self {
            Table::Windows => "INSERT OR REPLACE INTO windows (id, data) VALUES (?1, ?2)",
            Table::Days => "INSERT OR REPLACE INTO days (id, data) VALUES (?1, ?2)",
            Table::Fives => "INSERT OR REPLACE INTO rollups_5m (id, data) VALUES (?1, ?2)",
            Table::Hours => "INSERT OR REPLACE INTO rollups_1h (id, data) VALUES (?1, ?2)",
        }
    }

    fn delete(self) -> &'static str {
        match self {
            Table::Windows => "DELETE FROM windows WHERE id = ?1",
            Table::Days => "DELETE FROM days WHERE id = ?1",
            Table::Fives => "DELETE FROM rollups_5m WHERE id = ?1",
            Table::Hours => "DELETE FROM rollups_1h WHERE id = ?1",
        }
    }
}

/// The number of a row: of the `number`th window or day since 1970, and a series.
pub(super) fn key(number: i64, id: SeriesId) -> i64 {
    number << 32 | i64::from(id)
}

pub(super) fn number_of(key: i64) -> i64 {
    key >> 32
}

pub(super) fn series_of(key: i64) -> SeriesId {
    (key & 0xffff_ffff) as SeriesId
}

/// Gives `take` the bytes of a row, where there is one.
pub(super) fn read(connection: &Connection, table: Table, key: i64, take: impl FnOnce(&[u8])) -> Result<bool, rusqlite::Error> {
    let mut statement = connection.prepare_cached(table.select())?;
    take_row(&mut statement, key, take)
}

fn take_row(statement: &mut Statement<'_>, key: i64, take: impl FnOnce(&[u8])) -> Result<bool, rusqlite::Error> {
    let mut rows = statement.query([key])?;
    match rows.next()? {
        // What is no blob has no bytes, and is found to be no chunk.
        Some(row) => take(row.get_ref(0)?.as_blob_or_null().ok().flatten().unwrap_or(b"\x7f")),
        None => return Ok(false),
    }
    Ok(true)
}

/// Reads many rows, and finds each table's statement once.
pub(super) struct Reader<'c> {
    connection: &'c Connection,
    statements: [Option<CachedStatement<'c>>; Table::ALL.len()],
}

impl<'c> Reader<'c> {
    pub(super) fn new(connection: &'c Connection) -> Reader<'c> {
        Reader { connection, statements: Default::default() }
    }

    /// Gives `take` the bytes of a row, where there is one.
    pub(super) fn read(&mut self, table: Table, key: i64, take: impl FnOnce(&[u8])) -> Result<bool, rusqlite::Error> {
        let place = &mut self.statements[table as usize];
        let statement = match place {
            Some(statement) => statement,
            None => place.insert(self.connection.prepare_cached(table.select())?),
        };
        take_row(statement, key, take)
    }
}

pub(super) fn write(transaction: &Transaction<'_>, table: Table, key: i64, data: &[u8]) -> Result<(), Trouble> {
    transaction.prepare_cached(table.replace())?.execute(params![key, data])?;
    Ok(())
}

pub(super) fn delete(transaction: &Transaction<'_>, table: Table, key: i64) -> Result<(), Trouble> {
    transaction.prepare_cached(table.delete())?.execute([key])?;
    Ok(())
}

/// All row numbers of a table, in order.
pub(super) fn keys(connection: &Connection, table: Table, mut take: impl FnMut(i64)) -> Result<(), Trouble> {
    let mut statement = connection.prepare(&format!("SELECT id FROM {} ORDER BY id", table.name()))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row.get(0)?);
    }
    Ok(())
}

/// Deletes up to `most` rows before a window or day; whether there may be more.
pub(super) fn delete_before(transaction: &Transaction<'_>, table: Table, number: i64, most: usize) -> Result<usize, Trouble> {
    let name = table.name();
    let sql = format!("DELETE FROM {name} WHERE id IN (SELECT id FROM {name} WHERE id < ?1 ORDER BY id LIMIT ?2)");
    Ok(transaction.prepare_cached(&sql)?.execute(params![key(number, 0), most as i64])?)
}

/// A row, whole or in part, that cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Damaged {
    pub(super) table: Table,
    pub(super) key: i64,
    pub(super) reason: String,
}

/// Keeps a copy of a damaged row for whoever wants to look, and leaves in its place what of it is whole.
pub(super) fn set_aside(transaction: &Transaction<'_>, damaged: &Damaged, whole: &[u8]) -> Result<(), Trouble> {
    let name = damaged.table.name();
    let copied: Option<Vec<u8>> = transaction
        .query_row(&format!("SELECT data FROM {name} WHERE id = ?1"), [damaged.key], |row| row.get(0))
        .optional()
        .unwrap_or_default();
    transaction.execute(
        "INSERT INTO set_aside (place, number, data, reason) VALUES (?1, ?2, ?3, ?4)",
        params![name, damaged.key, copied, damaged.reason],
    )?;
    if whole.is_empty() {
        delete(transaction, damaged.table, damaged.key)
    } else {
        write(transaction, damaged.table, damaged.key, whole)
    }
}
