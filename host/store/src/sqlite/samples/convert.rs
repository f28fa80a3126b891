//! Data folders of before: a row for each sample becomes blocks, series by series, when the store opens.

use rusqlite::{Connection, OptionalExtension, params};
use vitrine_model::Labels;
use vitrine_model::port::StoreError;
use vitrine_model::push;

use super::{Engine, SeriesId};
use crate::sqlite::code::from_bits;
use crate::sqlite::{Database, Trouble};

/// Names the series as they are named now; their numbers stay. Safe to repeat.
pub(super) fn series(database: &Database) -> Result<bool, StoreError> {
    database.write(|transaction| {
        if !is_there(transaction, "old_series")? {
            return Ok(false);
        }
        let mut select = transaction.prepare("SELECT id, labels FROM old_series")?;
        let mut insert = transaction.prepare("INSERT OR IGNORE INTO series (id, labels) VALUES (?1, ?2)")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(1)?;
            let labels: Labels = serde_json::from_str(&text)
                .map_err(|error| Trouble::Refused(format!("labels {text:?} cannot be read: {error}")))?;
            insert.execute(params![row.get::<_, i64>(0)?, push::canonical(&labels)])?;
        }
        transaction.execute("DROP TABLE old_series", [])?;
        Ok(true)
    })
}

/// Whether nothing is left to convert of a database that may not be changed.
pub(super) fn check(database: &Database) -> Result<(), StoreError> {
    let names = ["old_series", "old_samples"];
    let is_old = database.read(|connection| names.iter().try_fold(false, |old, name| Ok(old || is_there(connection, name)?)))?;
    match is_old {
        false => Ok(()),
        true => Err(StoreError("the samples are of an older version: start this version's host with them once".to_owned())),
    }
}

/// Moves the samples; what is moved is gone from where it was in the same transaction.
pub(super) fn samples(engine: &Engine) -> Result<(), StoreError> {
    if !engine.database.write(|transaction| is_there(transaction, "old_samples"))? {
        return Ok(());
    }
    let slots: Vec<_> = {
        let index = engine.index();
        index.live().iter().map(|slot| (index.id(slot), slot)).collect()
    };
    // A new folder has the table too, and nothing in it.
    if !slots.is_empty() {
        tracing::info!("samples of an earlier version are converted: this is done once, and takes about a second for a million");
    }
    let mut tools = super::seal::Tools::default();
    for (id, slot) in slots {
        tools.times.clear();
        tools.values.clear();
        engine.database.read(|connection| read_old(connection, id, &mut tools))?;
        let windows = {
            let live = engine.live();
            super::seal::write_series(&engine.database, &live, (id, slot), &mut tools, |transaction| {
                transaction.execute("DELETE FROM old_samples WHERE series = ?1", [id])?;
                Ok(())
            })?
        };
        let mut live = engine.live_mut();
        windows.iter().for_each(|window| live.members.add(super::blocks::Table::Windows, *window, slot));
    }
    engine.database.write(|transaction| Ok(transaction.execute("DROP TABLE old_samples", [])?))?;
    engine.database.rebuild()
}

fn read_old(connection: &Connection, id: SeriesId, tools: &mut super::seal::Tools) -> Result<(), Trouble> {
    let mut select = connection.prepare_cached("SELECT time, value FROM old_samples WHERE series = ?1 ORDER BY time")?;
    let mut rows = select.query([id])?;
    while let Some(row) = rows.next()? {
        tools.times.push(row.get(0)?);
        tools.values.push(from_bits(row.get(1)?));
    }
    Ok(())
}

fn is_there(connection: &Connection, table: &str) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    Ok(connection.query_row(sql, [table], |_| Ok(())).optional()?.is_some())
}
