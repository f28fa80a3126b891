//! Merging: the windows of a day that is over become one block for each series, with fewer heads and fuller pages.

use std::sync::PoisonError;

use rusqlite::Transaction;
use vitrine_model::Millis;
use vitrine_model::port::StoreError;

use super::blocks::{self, DAY, Damaged, Table, WINDOWS_A_DAY};
use super::codec::chunk;
use super::index::Slot;
use super::seal::Tools;
use super::{Engine, Live, SeriesId, rollup};
use crate::sqlite::Trouble;

/// Series that one transaction merges.
const SERIES_AT_ONCE: usize = 64;

/// A day is merged this long after its end, in the time of the samples.
const GRACE: Millis = 30 * 60 * 1_000;

impl Engine {
    /// Merges the oldest day that is over and has windows; whether there was one.
    pub(super) fn merge_a_day(&self) -> Result<bool, StoreError> {
        let Some((day, slots)) = self.day_to_merge() else { return Ok(false) };
        let mut tools = self.tools.lock().unwrap_or_else(PoisonError::into_inner);
        self.merge_day(day, &slots, self.horizon(), &mut tools)?;
        Ok(true)
    }

    /// A day that ends before `gone` has lost samples already.
    pub(super) fn merge_day(&self, day: i64, slots: &[Slot], gone: Millis, tools: &mut Tools) -> Result<(), StoreError> {
        let slots: Vec<(SeriesId, Slot)> = {
            let index = self.index();
            slots.iter().map(|slot| (index.id(*slot), *slot)).collect()
        };
        for some in slots.chunks(SERIES_AT_ONCE) {
            let began = std::time::Instant::now();
            self.database.write_then(
                |transaction| {
                    let live = self.live();
                    let merge = |series: &(SeriesId, Slot)| {
                        self.merge(transaction, &live, day, *series, tools)?;
                        self.roll(transaction, &live, (day, gone), *series, tools)
                    };
                    some.iter().map(merge).collect::<Result<Vec<_>, _>>()
                },
                |changes| {
                    let mut live = self.live_mut();
                    for ((_, slot), changes) in some.iter().zip(changes) {
                        windows(day).for_each(|window| live.members.remove(Table::Windows, window, *slot));
                        live.members.add(Table::Days, day, *slot);
                        rollup::adopt(&mut live.members, day, *slot, changes);
                    }
                },
            )?;
            self.metrics.merge_seconds.observe(began.elapsed().as_secs_f64());
            self.yield_to_appends();
        }
        Ok(())
    }

    fn day_to_merge(&self) -> Option<(i64, Vec<Slot>)> {
        let live = self.live();
        let over = live.heads.newest()?.saturating_sub(GRACE).div_euclid(DAY);
        let (window, _) = live.members.of(Table::Windows).iter().next()?;
        let day = window.div_euclid(WINDOWS_A_DAY);
        if day >= over {
            return None;
        }
        Some((day, live.members.with_windows(day).iter().collect()))
    }

    fn merge(
        &self,
        transaction: &Transaction<'_>,
        live: &Live,
        day: i64,
        (id, slot): (SeriesId, Slot),
        tools: &mut Tools,
    ) -> Result<(), Trouble> {
        tools.times.clear();
        tools.values.clear();
        let days = live.members.has(Table::Days, day, slot).then_some((Table::Days, day));
        let mine = windows(day).filter(|window| live.members.has(Table::Windows, *window, slot));
        let rows: Vec<(Table, i64)> = days.into_iter().chain(mine.map(|window| (Table::Windows, window))).collect();
        for (table, number) in &rows {
            let key = blocks::key(*number, id);
            let mut fault = None;
            let (coder, times, values) = (&mut tools.coder, &mut tools.times, &mut tools.values);
            blocks::read(transaction, *table, key, |mut bytes| {
                while let Some(chunk) = chunk::next(&mut bytes) {
                    let decoded = chunk.and_then(|chunk| coder.decode(chunk, times, values).ok_or("its columns cannot be read"));
                    fault = fault.or(decoded.err());
                }
            })?;
            if let Some(reason) = fault {
                let damaged = Damaged { table: *table, key, reason: reason.to_owned() };
                self.set_aside_here(transaction, &damaged)?;
            }
        }
        tools.sorter.sort(&mut tools.times, &mut tools.values);
        tools.bytes.clear();
        tools.coder.encode(&tools.times, &tools.values, &mut tools.bytes);
        for (table, number) in rows {
            if table == Table::Windows {
                blocks::delete(transaction, table, blocks::key(number, id))?;
            }
        }
        self.database.note(tools.bytes.len() * 3);
        blocks::write(transaction, Table::Days, blocks::key(day, id), &tools.bytes)
    }
}

pub(super) fn windows(day: i64) -> std::ops::Range<i64> {
    day * WINDOWS_A_DAY..(day + 1) * WINDOWS_A_DAY
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use std::ops::ControlFlow;

    use tempfile::TempDir;
    use vitrine_model::Labels;
    use vitrine_model::labels::NAME;
    use vitrine_model::port::samples::{Bounds, Hint, Keep, Samples, Select, SelectLimits};
    use vitrine_model::push::Push;

    use super::*;
    use crate::Store;
    use crate::sqlite::samples::blocks::WINDOW;

    const STEP: Millis = 60_000;

    fn scanned(store: &Store, start: Millis, end: Millis, hint: Option<Hint>) -> Vec<(String, Vec<Millis>, Vec<f64>)> {
        let mut found = Vec::new();
        let select = Select { hint, ..Select::new(&[], start, end, SelectLimits::NONE) };
        let scan = store.samples.scan(&select, &mut |labels, times, values| {
            found.push((labels.to_string(), times.to_vec(), values.to_vec()));
            ControlFlow::Continue(())
        });
        scan.unwrap();
        found
    }

    /// Between the two, the database has the day, and memory still the windows that are gone.
    #[test]
    fn a_scan_between_a_merge_and_its_adoption_finds_every_sample() {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let engine = &store.samples.engine;
        // Nobody else merges meanwhile.
        let alone = engine.settling.lock().unwrap();
        let mut push = Push::new("test");
        for name in ["one", "two"] {
            let place = push.series(&Labels::from_pairs([(NAME, name)])).unwrap();
            (0..=(DAY + GRACE) / STEP).for_each(|round| push.sample(place, round * STEP, round as f64));
        }
        store.samples.push(&[push], Bounds::OPEN).unwrap();
        engine.seal(DAY).unwrap();
        let (day, slots) = engine.day_to_merge().unwrap();
        let spans = [(0, DAY), (0, DAY - 1), (WINDOW, 2 * WINDOW - 1), (WINDOW / 2, WINDOW / 2), (DAY - 1, DAY + GRACE)];
        let hint = Some(Hint { every: 5 * STEP, keep: Keep::Last });
        let ask = |hint| spans.map(|(start, end)| scanned(&store, start, end, hint));
        let (all, hinted) = (ask(None), ask(hint));
        assert!(all[0].len() == 2 && all[0].iter().all(|(_, times, _)| times.len() as i64 == DAY / STEP + 1));

        let mut tools = engine.tools.lock().unwrap();
        let merged = engine.database.write(|transaction| {
            let live = engine.live();
            for slot in &slots {
                let series = (engine.index().id(*slot), *slot);
                engine.merge(transaction, &live, day, series, &mut tools)?;
                engine.roll(transaction, &live, (day, engine.horizon()), series, &mut tools)?;
            }
            Ok(transaction.query_row("SELECT count(*) FROM windows WHERE id < ?1", [blocks::key(WINDOWS_A_DAY, 0)], |row| {
                row.get::<_, i64>(0)
            })?)
        });
        drop(tools);
        assert_eq!(merged.unwrap(), 0, "the windows are gone");
        assert!(slots.iter().all(|slot| engine.live().members.has(Table::Windows, day * WINDOWS_A_DAY, *slot)));
        assert_eq!(ask(None), all);
        assert_eq!(ask(hint), hinted);
        drop(alone);
    }
}
