//! Which series have a block of which window and day: so nobody asks the database for one that is not there.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use vitrine_model::Millis;

use super::blocks::Table;
use super::index::Slot;

#[derive(Debug, Default)]
pub(super) struct Members {
    windows: BTreeMap<i64, RoaringBitmap>,
    days: BTreeMap<i64, RoaringBitmap>,
    fives: BTreeMap<i64, RoaringBitmap>,
    hours: BTreeMap<i64, RoaringBitmap>,
}

impl Members {
    pub(super) fn of(&self, table: Table) -> &BTreeMap<i64, RoaringBitmap> {
        match table {
            Table::Windows => &self.windows,
            Table::Days => &self.days,
            Table::Fives => &self.fives,
            Table::Hours => &self.hours,
        }
    }

    fn of_mut(&mut self, table: Table) -> &mut BTreeMap<i64, RoaringBitmap> {
        match table {
            Table::Windows => &mut self.windows,
            Table::Days => &mut self.days,
            Table::Fives => &mut self.fives,
            Table::Hours => &mut self.hours,
        }
    }

    pub(super) fn has(&self, table: Table, number: i64, slot: Slot) -> bool {
        self.of(table).get(&number).is_some_and(|slots| slots.contains(slot))
    }

    /// Those with windows of a day.
    pub(super) fn with_windows(&self, day: i64) -> RoaringBitmap {
        let of = self.windows.range(super::merge::windows(day));
        of.fold(RoaringBitmap::new(), |all, (_, slots)| all | slots)
    }

    pub(super) fn add(&mut self, table: Table, number: i64, slot: Slot) {
        self.of_mut(table).entry(number).or_default().insert(slot);
    }

    pub(super) fn remove(&mut self, table: Table, number: i64, slot: Slot) {
        let of = self.of_mut(table);
        if let Some(slots) = of.get_mut(&number) {
            slots.remove(slot);
            if slots.is_empty() {
                of.remove(&number);
            }
        }
    }

    /// Forgets all windows or days before one.
    pub(super) fn remove_before(&mut self, table: Table, number: i64) {
        let of = self.of_mut(table);
        *of = of.split_off(&number);
    }

    /// Adds to a set those of some series that have a block or a rollup in a closed span of time.
    pub(super) fn present(&self, start: Millis, end: Millis, of: &RoaringBitmap, set: &mut RoaringBitmap) {
        for table in Table::ALL {
            for (_, slots) in self.within(table, start, end) {
                *set |= slots & of;
            }
        }
    }

    /// The windows or days that a closed span of time touches.
    pub(super) fn within(&self, table: Table, start: Millis, end: Millis) -> impl Iterator<Item = (i64, &RoaringBitmap)> {
        let (first, last) = (start.div_euclid(table.span()), end.div_euclid(table.span()));
        // A tree refuses a range that ends before it begins.
        self.of(table).range(first..=last.max(first)).map(|(number, slots)| (*number, slots))
    }

    pub(super) fn all(&self) -> RoaringBitmap {
        self.sets(&Table::ALL).fold(RoaringBitmap::new(), |all, slots| all | slots)
    }

    /// Without rollups.
    pub(super) fn blocks(&self) -> u64 {
        self.sets(&[Table::Windows, Table::Days]).map(RoaringBitmap::len).sum()
    }

    pub(super) fn rollups(&self) -> u64 {
        self.sets(&Table::ROLLUPS).map(RoaringBitmap::len).sum()
    }

    pub(super) fn memory(&self) -> usize {
        self.sets(&Table::ALL).map(RoaringBitmap::serialized_size).sum()
    }

    fn sets(&self, tables: &'static [Table]) -> impl Iterator<Item = &RoaringBitmap> {
        tables.iter().flat_map(|table| self.of(*table).values())
    }

    /// When the oldest window or day begins.
    pub(super) fn oldest(&self) -> Option<Millis> {
        let first = |table: Table| self.of(table).keys().next().map(|number| number * table.span());
        [first(Table::Windows), first(Table::Days)].into_iter().flatten().min()
    }
}
