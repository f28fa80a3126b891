//! Sealing: what is hot moves into blocks, a few series at a time, so that whoever appends never waits long.

use std::sync::PoisonError;

use rusqlite::Transaction;
use vitrine_model::Millis;
use vitrine_model::port::StoreError;

use super::blocks::{self, Table, WINDOW};
use super::codec::chunk::Coder;
use super::index::Slot;
use super::order::Sorter;
use super::rollup::Columns;
use super::{Engine, Live, SeriesId};
use crate::sqlite::{Database, Trouble};

/// Series and samples that one transaction seals: about a millisecond of work.
const SERIES_AT_ONCE: usize = 512;
const SAMPLES_AT_ONCE: usize = 40_000;

/// Rows of the log that one transaction deletes.
const ROWS_AT_ONCE: i64 = 2_000;

/// A window is sealed this long after its end, in the time of the samples: most of what is late has come by then.
const GRACE: Millis = 5 * 60 * 1_000;

/// Buffers that one round of background work needs.
#[derive(Debug, Default)]
pub(super) struct Tools {
    pub(super) coder: Coder,
    pub(super) sorter: Sorter,
    pub(super) times: Vec<Millis>,
    pub(super) values: Vec<f64>,
    pub(super) bytes: Vec<u8>,
    pub(super) rollup: Columns,
}

impl Engine {
    /// Before which time all is to be sealed by now, if there is something to do.
    pub(super) fn seal_due(&self) -> Option<Millis> {
        let live = self.live();
        if live.heads.bytes() > self.settings().head_bytes || live.log.bytes > self.settings().log_bytes {
            return Some(Millis::MAX);
        }
        let ended = (live.heads.newest()?.saturating_sub(GRACE)).div_euclid(WINDOW) * WINDOW;
        (live.sealed_before.is_none_or(|before| before < ended)).then_some(ended)
    }

    /// Moves everything before a time into blocks. A crash in between loses nothing: what the log still holds is sealed
    /// again, as the later word.
    pub(super) fn seal(&self, before: Millis) -> Result<(), StoreError> {
        let mut tools = self.tools.lock().unwrap_or_else(PoisonError::into_inner);
        self.seal_with(before, &mut tools)
    }

    pub(super) fn seal_with(&self, before: Millis, tools: &mut Tools) -> Result<(), StoreError> {
        let (filled, last) = {
            let live = self.live();
            (live.heads.filled().clone(), live.log.last())
        };
        let mut slots: Vec<(SeriesId, Slot)> = {
            let index = self.index();
            filled.iter().map(|slot| (index.id(slot), slot)).collect()
        };
        // In order of their rows.
        slots.sort_unstable();
        let mut rest = slots.as_slice();
        while !rest.is_empty() {
            let began = std::time::Instant::now();
            let count = self.database.write_then(
                |transaction| self.seal_some(transaction, rest, before, tools),
                |sealed| {
                    let mut live = self.live_mut();
                    for (slot, windows) in sealed {
                        live.heads.drop_before(*slot, before);
                        windows.iter().for_each(|window| live.members.add(Table::Windows, *window, *slot));
                    }
                },
            )?;
            rest = &rest[count.len()..];
            self.metrics.seal_seconds.observe(began.elapsed().as_secs_f64());
            self.yield_to_appends();
        }
        let done = self.live().log.done(before, last);
        if let Some(done) = done {
            self.drop_log(done)?;
        }
        let mut live = self.live_mut();
        live.sealed_before = match before {
            Millis::MAX => live.sealed_before,
            before => live.sealed_before.max(Some(before)),
        };
        Ok(())
    }

    /// Seals the first of these series; those it did, with their windows.
    fn seal_some(
        &self,
        transaction: &Transaction<'_>,
        slots: &[(SeriesId, Slot)],
        before: Millis,
        tools: &mut Tools,
    ) -> Result<Vec<(Slot, Vec<i64>)>, Trouble> {
        let mut sealed = Vec::new();
        let mut samples = 0;
        let live = self.live();
        for (id, slot) in slots.iter().take(SERIES_AT_ONCE) {
            tools.times.clear();
            tools.values.clear();
            let ordered = live.heads.gather(*slot, before, &mut tools.coder, &mut tools.times, &mut tools.values);
            if !ordered {
                tools.sorter.sort(&mut tools.times, &mut tools.values);
            }
            samples += tools.times.len();
            sealed.push((*slot, write_windows(transaction, &live, (*id, *slot), tools)?));
            if samples > SAMPLES_AT_ONCE {
                break;
            }
        }
        self.metrics.sealed.inc_by(samples as u64);
        self.database.note(samples * 4 + 65_536);
        Ok(sealed)
    }

    fn drop_log(&self, through: i64) -> Result<(), StoreError> {
        loop {
            let gone = self.database.write(|transaction| {
                let sql = "DELETE FROM hot WHERE id IN (SELECT id FROM hot WHERE id <= ?1 ORDER BY id LIMIT ?2)";
                Ok(transaction.prepare_cached(sql)?.execute([through, ROWS_AT_ONCE])?)
            })?;
            if (gone as i64) < ROWS_AT_ONCE {
                break;
            }
        }
        self.live_mut().log.drop_through(through);
        Ok(())
    }

    /// Lets those in who wait for the writer: a mutex alone would favour whoever holds it.
    pub(super) fn yield_to_appends(&self) {
        std::thread::yield_now();
    }

    /// Gives pages that are no longer used back to the file system, a few at a time.
    pub(super) fn give_back(&self) -> Result<(), StoreError> {
        loop {
            let (free, all) = self.database.pages()?;
            if free * 20 < all.max(500) {
                return Ok(());
            }
            self.database.vacuum(VACUUM_AT_ONCE)?;
            if self.database.pages()?.0 >= free {
                return Ok(());
            }
        }
    }
}

/// Pages given back in one transaction.
const VACUUM_AT_ONCE: u32 = 250;

/// Writes the columns in the tools to the windows they belong to; answers these.
fn write_windows(
    transaction: &Transaction<'_>,
    live: &Live,
    (id, slot): (SeriesId, Slot),
    tools: &mut Tools,
) -> Result<Vec<i64>, Trouble> {
    let mut windows = Vec::new();
    let mut from = 0;
    while let Some(first) = tools.times.get(from) {
        let window = first.div_euclid(WINDOW);
        let end = from + tools.times[from..].partition_point(|time| *time < (window + 1) * WINDOW);
        let key = blocks::key(window, id);
        let bytes = &mut tools.bytes;
        bytes.clear();
        if live.members.has(Table::Windows, window, slot) {
            blocks::read(transaction, Table::Windows, key, |before| bytes.extend_from_slice(before))?;
        }
        tools.coder.encode(&tools.times[from..end], &tools.values[from..end], bytes);
        blocks::write(transaction, Table::Windows, key, bytes)?;
        windows.push(window);
        from = end;
    }
    Ok(windows)
}

/// What is converted from elsewhere goes the same way.
pub(super) fn write_series(
    database: &Database,
    live: &Live,
    series: (SeriesId, Slot),
    tools: &mut Tools,
    also: impl Fn(&Transaction<'_>) -> Result<(), Trouble>,
) -> Result<Vec<i64>, StoreError> {
    database.write(|transaction| {
        let windows = write_windows(transaction, live, series, tools)?;
        also(transaction)?;
        Ok(windows)
    })
}
