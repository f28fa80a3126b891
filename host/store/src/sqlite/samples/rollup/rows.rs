//! Which rows answer a scan: samples, or rollups where these say as much, or where there is nothing else.

use roaring::RoaringBitmap;
use vitrine_model::Millis;
use vitrine_model::port::samples::{Keep, Select};

use super::super::blocks::{self, DAY, Reader, Table, WINDOWS_A_DAY};
use super::super::members::Members;
use super::super::read::{Buffers, Candidate};
use super::super::{SeriesId, heads};
use crate::sqlite::Trouble;

/// A row to read, and which times of it count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Row {
    table: Table,
    number: i64,
    from: Millis,
    to: Millis,
    /// Where this one cannot be read.
    instead: Option<Table>,
}

/// Rollups that say of a day as much as its samples.
struct Shortcut<'a> {
    table: Table,
    members: &'a RoaringBitmap,
    /// Those with samples that are not in the day's block yet.
    late: RoaringBitmap,
}

/// Gives each candidate its rows; its hot samples are there already. From `raw` on, there are samples.
pub(in super::super) fn choose(members: &Members, select: &Select<'_>, raw: Millis, candidates: &mut [Candidate]) {
    before(members, select, raw, candidates);
    if raw > select.end {
        return;
    }
    for (day, there) in members.within(Table::Days, raw, select.end) {
        let shortcut = shortcut(members, select, day);
        for candidate in candidates.iter_mut().filter(|candidate| there.contains(candidate.slot)) {
            let fits = |shortcut: &&Shortcut<'_>| {
                shortcut.members.contains(candidate.slot)
                    && !shortcut.late.contains(candidate.slot)
                    && !candidate.hot.touches(day * DAY, (day + 1) * DAY - 1)
            };
            let row = Row { table: Table::Days, number: day, from: raw, to: select.end, instead: None };
            candidate.rows.push(match shortcut.as_ref().filter(fits) {
                Some(shortcut) => Row { table: shortcut.table, instead: Some(Table::Days), ..row },
                None => row,
            });
        }
    }
    for (number, there) in members.within(Table::Windows, raw, select.end) {
        for candidate in candidates.iter_mut().filter(|candidate| there.contains(candidate.slot)) {
            // Merged just now, it is in a day that memory does not know yet.
            let instead = Some(Table::Days);
            candidate.rows.push(Row { table: Table::Windows, number, from: raw, to: select.end, instead });
        }
    }
}

/// Samples of before are forgotten: the finest rollup there is, or as coarse a one as the hint allows.
fn before(members: &Members, select: &Select<'_>, raw: Millis, candidates: &mut [Candidate]) {
    let to = select.end.min(raw - 1);
    if select.start > to {
        return;
    }
    let coarse = select.hint.is_some_and(|hint| hint.every > 0 && hint.every % Table::Hours.step() == 0);
    let (first, second) = if coarse { (Table::Hours, Table::Fives) } else { (Table::Fives, Table::Hours) };
    for (table, other) in [(first, second), (second, first)] {
        for (number, there) in members.within(table, select.start, to) {
            let others = members.of(other).get(&number);
            for candidate in candidates.iter_mut().filter(|candidate| there.contains(candidate.slot)) {
                let both = others.is_some_and(|others| others.contains(candidate.slot));
                if both && table == second {
                    continue;
                }
                candidate.rows.push(Row { table, number, from: select.start, to, instead: both.then_some(other) });
            }
        }
    }
}

/// The coarsest rollup of which each span lies either in one of the hint's and in what is asked, or outside of it.
fn shortcut<'a>(members: &'a Members, select: &Select<'_>, day: i64) -> Option<Shortcut<'a>> {
    let every = select.hint.filter(|hint| hint.every > 0)?.every;
    [Table::Hours, Table::Fives].into_iter().find_map(|table| {
        let step = table.step();
        let begins = select.start <= day * DAY || (select.start - 1) % step == 0;
        let ends = select.end >= (day + 1) * DAY - 1 || select.end % step == 0;
        let members_of = members.of(table).get(&day).filter(|_| every % step == 0 && begins && ends)?;
        Some(Shortcut { table, members: members_of, late: members.with_windows(day) })
    })
}

impl Buffers {
    /// Appends what counts of a row, or of the one in its place.
    pub(in super::super) fn read(
        &mut self,
        reader: &mut Reader<'_>,
        row: &Row,
        id: SeriesId,
        select: &Select<'_>,
    ) -> Result<(), Trouble> {
        let before = self.times.len();
        let key = blocks::key(row.number, id);
        if Table::ROLLUPS.contains(&row.table) {
            let keep = select.hint.map_or(Keep::Last, |hint| hint.keep);
            if !self.read_rollup(reader, row.table, key, keep)?
                && let Some(table) = row.instead
            {
                return self.read(reader, &Row { table, instead: None, ..*row }, id, select);
            }
        } else {
            let there = self.read_row(reader, row.table, key, select)?;
            if !there && let Some(table) = row.instead {
                let number = row.number.div_euclid(WINDOWS_A_DAY);
                return self.read(reader, &Row { table, number, instead: None, ..*row }, id, select);
            }
        }
        if row.from > select.start || row.to < select.end {
            self.cut(before, row.from, row.to);
        }
        Ok(())
    }

    /// Packed samples come together: those before the horizon are none.
    pub(in super::super) fn read_hot(&mut self, hot: &heads::Copy, horizon: Millis, select: &Select<'_>) {
        let before = self.times.len();
        hot.append(&mut self.coder, &mut self.times, &mut self.values);
        if horizon > select.start {
            self.cut(before, horizon, select.end);
        }
    }

    /// Whether it could be read.
    fn read_rollup(&mut self, reader: &mut Reader<'_>, table: Table, key: i64, keep: Keep) -> Result<bool, Trouble> {
        let mut fault = None;
        let tools = (&mut self.coder, &mut self.places);
        let (times, values) = (&mut self.times, &mut self.values);
        let read = reader.read(table, key, |bytes| {
            fault = super::decode(bytes, super::column(keep), tools, times, values).err();
        });
        let there = matches!(read, Ok(true));
        let whole = self.note(read, fault, table, key)?;
        self.rolled += u64::from(whole && there);
        Ok(whole && there)
    }

    /// Drops what was just read outside of a closed span of time.
    fn cut(&mut self, before: usize, from: Millis, to: Millis) {
        let mut kept = before;
        for place in before..self.times.len() {
            if self.times[place] >= from && self.times[place] <= to {
                self.times[kept] = self.times[place];
                self.values[kept] = self.values[place];
                kept += 1;
            }
        }
        self.times.truncate(kept);
        self.values.truncate(kept);
    }
}
