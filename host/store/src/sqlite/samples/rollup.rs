//! Rollups: what a series had in each 5 minutes and in each hour of a merged day. They are made in the transaction that
//! merges the day, serve long spans in the place of its samples, and outlive them.
//!
//! Time is cut as a hint cuts it, open on the left: a sample at midnight belongs to the last span of the day before. It lies
//! in the block of the day it begins, so its rollup does too, as a span of its own that both days have a part of.

pub(super) mod forget;
pub(super) mod rows;

use rusqlite::Transaction;
use vitrine_model::Millis;
use vitrine_model::port::samples::Keep;
use vitrine_model::sample::{is_stale, stale};

use super::blocks::{self, DAY, Table};
use super::codec::chunk::{self, Coder};
use super::index::Slot;
use super::members::Members;
use super::seal::Tools;
use super::{Engine, Live, SeriesId};
use crate::sqlite::Trouble;

impl Table {
    /// How long the spans of its rollups are.
    pub(super) fn step(self) -> Millis {
        match self {
            Table::Fives => 5 * 60_000,
            Table::Windows | Table::Days | Table::Hours => 3_600_000,
        }
    }
}

/// What became of one rollup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Stays,
    There,
    Gone,
}

/// In the order of `Table::ROLLUPS`.
pub(super) type Changes = [Change; 2];

pub(super) fn adopt(members: &mut Members, day: i64, slot: Slot, changes: &Changes) {
    for (table, change) in Table::ROLLUPS.into_iter().zip(changes) {
        match change {
            Change::Stays => {}
            Change::There => members.add(table, day, slot),
            Change::Gone => members.remove(table, day, slot),
        }
    }
}

/// Columns of a rollup, one entry for each span with samples.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Of the last sample of each span.
    times: Vec<Millis>,
    /// Last, least, greatest, count and sum. Stale markers are none of the last four; where a span has nothing else, one
    /// stands for its least and greatest.
    figures: [Vec<f64>; 5],
    places: Vec<Millis>,
}

const LAST: usize = 0;
const LEAST: usize = 1;
const GREATEST: usize = 2;
#[cfg(test)]
const COUNT: usize = 3;
#[cfg(test)]
const SUM: usize = 4;

impl Columns {
    /// Of samples in order of time.
    fn fill(&mut self, step: Millis, times: &[Millis], values: &[f64]) {
        self.times.clear();
        self.figures.iter_mut().for_each(Vec::clear);
        let mut span = None;
        for (time, value) in times.iter().zip(values) {
            let this = (time - 1).div_euclid(step);
            if span != Some(this) {
                span = Some(this);
                self.times.push(*time);
                let empty = [*value, stale(), stale(), 0.0, 0.0];
                self.figures.iter_mut().zip(empty).for_each(|(column, figure)| column.push(figure));
            }
            self.count_in(*time, *value);
        }
    }

    fn count_in(&mut self, time: Millis, value: f64) {
        let [last, least, greatest, count, sum] = &mut self.figures;
        let (Some(newest), Some(last), Some(least), Some(greatest), Some(count), Some(sum)) =
            (self.times.last_mut(), last.last_mut(), least.last_mut(), greatest.last_mut(), count.last_mut(), sum.last_mut())
        else {
            return;
        };
        (*newest, *last) = (time, value);
        if is_stale(value) {
            return;
        }
        // Any number takes the place of what is none, as in `min_over_time`.
        *least = if is_stale(*least) { value } else { least.min(value) };
        *greatest = if is_stale(*greatest) { value } else { greatest.max(value) };
        *count += 1.0;
        *sum += value;
    }

    /// One chunk for each column; only the first has times, the others count places, which take next to nothing.
    fn encode(&mut self, coder: &mut Coder, bytes: &mut Vec<u8>) {
        bytes.clear();
        self.places.clear();
        self.places.extend(0..self.times.len() as i64);
        for (number, column) in self.figures.iter().enumerate() {
            let times = if number == LAST { &self.times } else { &self.places };
            coder.encode(times, column, bytes);
        }
    }
}

fn column(keep: Keep) -> usize {
    match keep {
        Keep::Last => LAST,
        Keep::Least => LEAST,
        Keep::Greatest => GREATEST,
    }
}

/// Appends a column of a rollup with the times of its last samples, or says why it cannot be trusted.
fn decode(
    mut bytes: &[u8],
    column: usize,
    (coder, places): (&mut Coder, &mut Vec<Millis>),
    times: &mut Vec<Millis>,
    values: &mut Vec<f64>,
) -> Result<(), &'static str> {
    const UNREADABLE: &str = "its columns cannot be read";
    let before = times.len();
    let mut outcome = Ok(());
    for number in 0..=column {
        let chunk = match chunk::next(&mut bytes).unwrap_or(Err("it is cut short")) {
            Ok(chunk) => chunk,
            Err(reason) => {
                outcome = Err(reason);
                break;
            }
        };
        let decoded = match number {
            LAST => coder.decode(chunk, times, values),
            number if number == column => {
                places.clear();
                values.truncate(before);
                coder.decode(chunk, places, values)
            }
            _ => Some(()),
        };
        outcome = outcome.and(decoded.ok_or(UNREADABLE));
    }
    if outcome.is_ok() && times.len() != values.len() {
        outcome = Err("its columns are of different lengths");
    }
    if outcome.is_err() {
        times.truncate(before);
        values.truncate(before);
    }
    outcome
}

impl Engine {
    /// Makes the rollups of a day from the samples in the tools, all that the day has.
    pub(super) fn roll(
        &self,
        transaction: &Transaction<'_>,
        live: &Live,
        (day, gone): (i64, Millis),
        (id, slot): (SeriesId, Slot),
        tools: &mut Tools,
    ) -> Result<Changes, Trouble> {
        let kept = self.settings().rollups;
        // What came after the day's samples had gone is too little to make them anew.
        let forgotten = !live.members.has(Table::Days, day, slot) || (day + 1) * DAY <= gone;
        let mut changes = [Change::Stays; 2];
        for (change, (table, kept)) in changes.iter_mut().zip(Table::ROLLUPS.into_iter().zip([kept.fives, kept.hours])) {
            let there = live.members.has(table, day, slot);
            let key = blocks::key(day, id);
            if there && forgotten {
                continue;
            }
            if kept.is_some() && !tools.times.is_empty() {
                tools.rollup.fill(table.step(), &tools.times, &tools.values);
                tools.rollup.encode(&mut tools.coder, &mut tools.bytes);
                blocks::write(transaction, table, key, &tools.bytes)?;
                self.database.note(tools.bytes.len() * 2);
                self.metrics.rollups_made.inc();
                *change = Change::There;
            } else if there {
                // Made from other samples than are there now.
                blocks::delete(transaction, table, key)?;
                *change = Change::Gone;
            }
        }
        Ok(changes)
    }
}

#[cfg(test)]
mod tests;
