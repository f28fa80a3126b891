//! The way in: series found by their bytes, samples held against bounds, one row of the log, then memory.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Transaction;
use vitrine_model::Millis;
use vitrine_model::port::samples::{Appended, Bounds, Reason};
use vitrine_model::push::{self, Push};
use vitrine_model::sample::Family;

use super::blocks::{EARLIEST, LATEST};
use super::heads::Heads;
use super::index::{Index, Slot};
use super::log::{self, Columns};
use super::{Engine, SeriesId};
use crate::settings::Settings;
use crate::sqlite::Trouble;

/// A series that was not known before.
struct Fresh {
    id: SeriesId,
    canonical: Arc<[u8]>,
    hash: u64,
    source: Arc<str>,
}

/// Where a series of a push is found.
#[derive(Clone, Copy)]
enum Place {
    Known(Slot),
    /// Its place among the new ones.
    Fresh(u32),
    Refused,
}

/// What one append wrote.
#[derive(Default)]
pub(super) struct Written {
    pub(super) answers: Vec<Appended>,
    places: Vec<Place>,
    columns: Columns,
    fresh: Vec<Fresh>,
    families: Vec<Family>,
    row: i64,
    pub(super) bytes: usize,
}

impl Engine {
    /// Writes what is good of all pushes into one row.
    pub(super) fn write(&self, transaction: &Transaction<'_>, pushes: &[Push], bounds: Bounds) -> Result<Written, Trouble> {
        let mut written = Written::default();
        {
            let index = self.index();
            let live = self.live();
            let mut entry = Entry { index: &index, settings: &self.settings(), transaction, by_bytes: HashMap::new() };
            for push in pushes {
                let mut answer = Appended::default();
                let before = written.fresh.len();
                let places = entry.places(push, &mut written.fresh, &mut answer)?;
                answer.new_series = (written.fresh.len() - before) as u64;
                Filter { settings: entry.settings, heads: &live.heads, bounds }.take(push, &places, &mut written, &mut answer);
                written.answers.push(answer);
            }
            let number = |place: &Place| match place {
                Place::Known(slot) => index.id(*slot),
                Place::Fresh(fresh) => written.fresh[*fresh as usize].id,
                Place::Refused => 0,
            };
            written.columns.series = written.places.iter().map(number).collect();
        }
        if !written.places.is_empty() {
            let mut bytes = Vec::with_capacity(written.places.len() * 12);
            log::encode(&written.columns, &mut bytes);
            written.row = log::write(transaction, &bytes)?;
            written.bytes = bytes.len();
        }
        written.families = self.write_families(transaction, pushes)?;
        Ok(written)
    }

    /// Makes what is committed known to readers.
    pub(super) fn adopt(&self, written: &Written) {
        let mut slots = Vec::with_capacity(written.fresh.len());
        if !written.fresh.is_empty() {
            let mut index = self.index_mut();
            for fresh in &written.fresh {
                slots.push(index.add(fresh.id, &fresh.canonical, fresh.hash, &fresh.source));
            }
        }
        self.adopt_families(&written.families);
        if written.places.is_empty() {
            return;
        }
        let mut live = self.live_mut();
        slots.iter().for_each(|slot| live.heads.reset(*slot));
        let columns = &written.columns;
        for ((place, time), value) in written.places.iter().zip(&columns.times).zip(&columns.values) {
            let slot = match place {
                Place::Known(slot) => *slot,
                Place::Fresh(fresh) => slots[*fresh as usize],
                Place::Refused => continue,
            };
            live.heads.add(slot, *time, *value);
        }
        live.log.add(written.row, columns, written.bytes);
    }
}

/// Finds the series of pushes, and makes those that are new.
struct Entry<'a> {
    index: &'a Index,
    settings: &'a Settings,
    transaction: &'a Transaction<'a>,
    by_bytes: HashMap<Arc<[u8]>, u32>,
}

impl Entry<'_> {
    fn places(&mut self, push: &Push, fresh: &mut Vec<Fresh>, answer: &mut Appended) -> Result<Vec<Place>, Trouble> {
        let mut places = Vec::with_capacity(push.series_count());
        let mut unknown = false;
        for series in 0..push.series_count() as u32 {
            let (canonical, hash) = push.canonical(series);
            places.push(match self.index.find(canonical, hash) {
                Some(slot) => Place::Known(slot),
                None => {
                    unknown = true;
                    Place::Refused
                }
            });
        }
        if unknown {
            // A series without a sample is not made; refusals are counted in samples.
            let mut samples = vec![0_u64; places.len()];
            push.places().iter().for_each(|place| samples[*place as usize] += 1);
            for (series, place) in places.iter_mut().enumerate() {
                if matches!(place, Place::Refused) && samples[series] > 0 {
                    *place = self.make(push, series as u32, samples[series], fresh, answer)?;
                }
            }
        }
        Ok(places)
    }

    fn make(
        &mut self,
        push: &Push,
        series: u32,
        samples: u64,
        fresh: &mut Vec<Fresh>,
        answer: &mut Appended,
    ) -> Result<Place, Trouble> {
        let (canonical, hash) = push.canonical(series);
        if let Some(known) = self.by_bytes.get(canonical) {
            return Ok(Place::Fresh(*known));
        }
        if let Some((reason, sentence)) = self.objection(push, canonical, fresh) {
            answer.refuse(reason, samples, || format!("{} was refused: {sentence}", shown(canonical)));
            return Ok(Place::Refused);
        }
        let mut insert = self.transaction.prepare_cached("INSERT INTO series (labels, source) VALUES (?1, ?2)")?;
        insert.execute(rusqlite::params![canonical, push.source])?;
        let id = SeriesId::try_from(self.transaction.last_insert_rowid())
            .map_err(|_| Trouble::Refused("the numbers of series are used up: begin a new data folder".to_owned()))?;
        let canonical: Arc<[u8]> = canonical.into();
        self.by_bytes.insert(Arc::clone(&canonical), fresh.len() as u32);
        fresh.push(Fresh { id, canonical, hash, source: Arc::clone(&push.source) });
        Ok(Place::Fresh(fresh.len() as u32 - 1))
    }

    /// Why a series may not join the others.
    fn objection(&self, push: &Push, canonical: &[u8], fresh: &[Fresh]) -> Option<(Reason, String)> {
        let Settings { series_limit, source_series_limit, labels_limit, label_name_bytes, label_value_bytes, .. } = self.settings;
        let mut count = 0;
        for (name, value) in push::pairs(canonical) {
            count += 1;
            if name.len() > *label_name_bytes {
                let sentence = format!("a label name has {} bytes, {label_name_bytes} are allowed", name.len());
                return Some((Reason::LabelLimit, sentence));
            }
            if value.len() > *label_value_bytes {
                let sentence = format!("the value of label `{name}` has {} bytes, {label_value_bytes} are allowed", value.len());
                return Some((Reason::LabelLimit, sentence));
            }
        }
        if count > *labels_limit {
            return Some((Reason::LabelLimit, format!("it has {count} labels, {labels_limit} are allowed")));
        }
        if self.index.len() + fresh.len() >= *series_limit {
            let sentence = format!(
                "the store holds {series_limit} series and takes no more; drop labels with many values, or raise `store.max_series`"
            );
            return Some((Reason::SeriesLimit, sentence));
        }
        let of_source = || {
            let new = fresh.iter().filter(|fresh| fresh.source == push.source).count();
            self.index.count_of(&push.source) + new
        };
        if *source_series_limit < *series_limit && of_source() >= *source_series_limit {
            let sentence = format!("the source `{}` has {source_series_limit} series and may have no more", push.source);
            return Some((Reason::SeriesLimit, sentence));
        }
        None
    }
}

/// Holds samples against the bounds of time.
struct Filter<'a> {
    settings: &'a Settings,
    heads: &'a Heads,
    bounds: Bounds,
}

impl Filter<'_> {
    fn take(&self, push: &Push, places: &[Place], written: &mut Written, answer: &mut Appended) {
        let (earliest, latest) = (self.bounds.earliest.max(EARLIEST), self.bounds.latest.min(LATEST));
        let window = if push.backfill { Millis::MAX } else { self.settings.out_of_order };
        let columns = &mut written.columns;
        written.places.reserve(push.len());
        columns.times.reserve(push.len());
        columns.values.reserve(push.len());
        let before = columns.times.len();
        for ((series, time), value) in push.places().iter().zip(push.times()).zip(push.values()) {
            let place = places[*series as usize];
            let name = || shown(push.canonical(*series).0);
            if *time > latest {
                answer.refuse(Reason::Future, 1, || {
                    format!("{} at {time} lies in the future: set the clock of its source", name())
                });
                continue;
            }
            if *time < earliest {
                answer.refuse(Reason::TooOld, 1, || format!("{} at {time} is older than what is kept", name()));
                continue;
            }
            match place {
                Place::Refused => continue,
                Place::Fresh(_) => {}
                Place::Known(slot) => {
                    let (newest, last) = self.heads.newest_of(slot);
                    if *time <= newest {
                        if *time == newest && last.is_some_and(|last| last.to_bits() == value.to_bits()) {
                            answer.duplicates += 1;
                            continue;
                        }
                        if newest.saturating_sub(*time) > window {
                            let sentence = || format!("{} at {time} comes too late: its newest sample is at {newest}", name());
                            answer.refuse(Reason::OutOfWindow, 1, sentence);
                            continue;
                        }
                    }
                }
            }
            written.places.push(place);
            columns.times.push(*time);
            columns.values.push(*value);
        }
        answer.samples += (columns.times.len() - before) as u64;
    }
}

/// Labels for a message: what is refused for its length is not repeated in full.
fn shown(canonical: &[u8]) -> String {
    let text = push::labels(canonical).to_string();
    match text.char_indices().nth(200) {
        Some((place, _)) => format!("{}…", &text[..place]),
        None => text,
    }
}
