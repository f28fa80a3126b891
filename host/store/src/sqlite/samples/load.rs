//! From the database into memory, when the store opens.

use std::collections::HashMap;
use std::sync::{Mutex, RwLock};

use rusqlite::{Connection, OptionalExtension};
use vitrine_model::Millis;
use vitrine_model::port::StoreError;
use vitrine_model::push;

use super::blocks::{self, Table};
use super::index::{Index, Slot};
use super::{Engine, Live, SeriesId, convert, families, log};
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::sqlite::{Database, Trouble};

type Slots = HashMap<SeriesId, Slot, foldhash::fast::RandomState>;

pub(super) fn open(database: Database, settings: Settings, metrics: Metrics) -> Result<Engine, StoreError> {
    if database.is_pinned() {
        convert::check(&database)?;
    } else {
        convert::series(&database)?;
    }
    let mut index = Index::default();
    let mut live = Live::default();
    let (families, unreadable, horizon) = database.read(|connection| {
        let slots = load_series(connection, &mut index)?;
        let horizon = horizon(connection)?;
        let named = last_number(connection)?;
        for table in Table::ALL {
            blocks::keys(connection, table, |key| {
                if let Some(slot) = slots.get(&blocks::series_of(key)) {
                    live.members.add(table, blocks::number_of(key), *slot);
                }
            })?;
        }
        let unreadable = log::load(
            connection,
            |id| id <= named,
            |row, columns, bytes| {
                for ((id, time), value) in columns.series.iter().zip(&columns.times).zip(&columns.values) {
                    // A series that is not there has been forgotten.
                    if let Some(slot) = slots.get(id).filter(|_| *time >= horizon) {
                        live.heads.add(*slot, *time, *value);
                    }
                }
                live.log.add(row, columns, bytes);
            },
        )?;
        Ok((families::load(connection)?, unreadable, horizon))
    })?;
    if !unreadable.is_empty() {
        metrics.set_aside.inc_by(unreadable.len() as u64);
    }
    if !unreadable.is_empty() && !database.is_pinned() {
        database.write(|transaction| log::set_aside(transaction, &unreadable))?;
    }
    Ok(Engine {
        database,
        settings: RwLock::new(settings),
        metrics,
        index: RwLock::new(index),
        families: RwLock::new(families),
        live: RwLock::new(live),
        tools: Mutex::default(),
        settling: Mutex::default(),
        buffers: Mutex::default(),
        horizon: horizon.into(),
        errands: super::Errands::default(),
    })
}

fn load_series(connection: &Connection, index: &mut Index) -> Result<Slots, Trouble> {
    let mut slots = Slots::default();
    let mut statement = connection.prepare("SELECT id, labels, source FROM series")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: SeriesId = row.get(0)?;
        let canonical = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let source = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        slots.insert(id, index.add(id, canonical, push::hash(canonical), source));
    }
    Ok(slots)
}

/// The greatest number that a series ever had.
fn last_number(connection: &Connection) -> Result<SeriesId, Trouble> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'series'";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?.unwrap_or(0))
}

fn horizon(connection: &Connection) -> Result<Millis, Trouble> {
    let sql = "SELECT time FROM moments WHERE name = 'horizon'";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?.unwrap_or(Millis::MIN))
}
