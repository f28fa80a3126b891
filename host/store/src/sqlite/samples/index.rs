//! All series in memory, in few bytes: appends and matchers never ask the database for one.
//!
//! A label with its value is a pair, kept once for all series that have it, with the set of these. A series is a list of
//! pairs. It is found by the hash of its canonical bytes, which are just the texts of its pairs, one after another.
//!
//! The slot of a series is its place in memory, used again once it is gone; its number in the database is not.

mod matching;
mod naming;
mod postings;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use hashbrown::HashTable;
use roaring::RoaringBitmap;
use vitrine_model::push;

use self::matching::Found;
pub(super) use self::naming::Namer;
use self::postings::Postings;
use super::SeriesId;

pub(super) type Slot = u32;
type PairId = u32;

#[derive(Debug)]
struct Series {
    hash: u64,
    /// Where its pairs begin in `members`, and how many they are.
    start: u32,
    count: u16,
    source: u16,
    id: SeriesId,
}

#[derive(Debug)]
struct Pair {
    /// Where its text lies: lengths, name, value.
    start: usize,
    name_length: u16,
    value_length: u16,
    name: u32,
    postings: Postings,
}

#[derive(Debug, Default)]
struct Name {
    number: u32,
    pairs: Vec<PairId>,
    /// Raised with each change of `pairs`.
    version: u64,
}

#[derive(Debug, Default)]
pub(super) struct Index {
    series: Vec<Series>,
    free_slots: Vec<Slot>,
    members: Vec<PairId>,
    pairs: Vec<Pair>,
    free_pairs: Vec<PairId>,
    texts: Vec<u8>,
    names: BTreeMap<Arc<str>, Name>,
    live: RoaringBitmap,
    by_labels: HashTable<Slot>,
    by_text: HashTable<PairId>,
    /// What is no longer used of `texts` and `members`.
    wasted_texts: usize,
    wasted_members: usize,
    sources: HashMap<Arc<str>, u16>,
    of_source: Vec<usize>,
    patterns: Mutex<HashMap<(String, String), Found>>,
}

impl Index {
    pub(super) fn len(&self) -> usize {
        self.by_labels.len()
    }

    pub(super) fn id(&self, slot: Slot) -> SeriesId {
        self.series[slot as usize].id
    }

    pub(super) fn live(&self) -> &RoaringBitmap {
        &self.live
    }

    /// Series of a source.
    pub(super) fn count_of(&self, source: &str) -> usize {
        self.sources.get(source).map_or(0, |source| self.of_source[usize::from(*source)])
    }

    pub(super) fn find(&self, canonical: &[u8], hash: u64) -> Option<Slot> {
        let same = |slot: &Slot| {
            let series = &self.series[*slot as usize];
            series.hash == hash && self.is(series, canonical)
        };
        self.by_labels.find(hash, same).copied()
    }

    fn is(&self, series: &Series, mut canonical: &[u8]) -> bool {
        for pair in self.pairs_of(series) {
            match canonical.strip_prefix(self.text(*pair)) {
                Some(rest) => canonical = rest,
                None => return false,
            }
        }
        canonical.is_empty()
    }

    fn pairs_of(&self, series: &Series) -> &[PairId] {
        &self.members[series.start as usize..series.start as usize + usize::from(series.count)]
    }

    fn text(&self, pair: PairId) -> &[u8] {
        let pair = &self.pairs[pair as usize];
        &self.texts[pair.start..pair.start + 4 + usize::from(pair.name_length) + usize::from(pair.value_length)]
    }

    fn name_and_value(&self, pair: PairId) -> (&str, &str) {
        push::pairs(self.text(pair)).next().unwrap_or_default()
    }

    /// Takes a series that is not known yet.
    pub(super) fn add(&mut self, id: SeriesId, canonical: &[u8], hash: u64, source: &str) -> Slot {
        let slot = self.free_slots.pop().unwrap_or(self.series.len() as Slot);
        let start = self.members.len() as u32;
        let mut rest = canonical;
        while let Some((name, value)) = push::pairs(rest).next() {
            let (text, left) = rest.split_at(4 + name.len() + value.len());
            rest = left;
            let pair = self.pair(text, name);
            self.pairs[pair as usize].postings.insert(slot);
            self.members.push(pair);
        }
        let source = self.source(source);
        self.of_source[usize::from(source)] += 1;
        let series = Series { hash, start, count: (self.members.len() - start as usize) as u16, source, id };
        match self.series.get_mut(slot as usize) {
            Some(free) => *free = series,
            None => self.series.push(series),
        }
        self.live.insert(slot);
        let all = &self.series;
        self.by_labels.insert_unique(hash, slot, |slot| all[*slot as usize].hash);
        slot
    }

    /// Sources beyond 65,535 are counted as one.
    fn source(&mut self, source: &str) -> u16 {
        if let Some(number) = self.sources.get(source) {
            return *number;
        }
        let number = u16::try_from(self.of_source.len()).unwrap_or(u16::MAX);
        if usize::from(number) == self.of_source.len() {
            self.of_source.push(0);
            self.sources.insert(source.into(), number);
        }
        number.min((self.of_source.len() - 1) as u16)
    }

    fn pair(&mut self, text: &[u8], name: &str) -> PairId {
        let hash = push::hash(text);
        if let Some(known) = self.by_text.find(hash, |pair| self.text(*pair) == text) {
            return *known;
        }
        let number = self.names.len() as u32;
        if !self.names.contains_key(name) {
            self.names.insert(name.into(), Name { number, ..Name::default() });
        }
        let entry = self.names.entry(name.into()).or_default();
        let pair = Pair {
            start: self.texts.len(),
            name_length: name.len() as u16,
            value_length: (text.len() - 4 - name.len()) as u16,
            name: entry.number,
            postings: Postings::default(),
        };
        let id = self.free_pairs.pop().unwrap_or(self.pairs.len() as PairId);
        entry.pairs.push(id);
        entry.version += 1;
        self.texts.extend_from_slice(text);
        match self.pairs.get_mut(id as usize) {
            Some(free) => *free = pair,
            None => self.pairs.push(pair),
        }
        let (pairs, texts) = (&self.pairs, &self.texts);
        self.by_text.insert_unique(hash, id, |pair| hash_of(&pairs[*pair as usize], texts));
        id
    }

    pub(super) fn remove(&mut self, gone: &[Slot]) {
        let mut emptied = Vec::new();
        for slot in gone {
            let series = &mut self.series[*slot as usize];
            let (start, count) = (series.start as usize, usize::from(series.count));
            series.count = 0;
            self.of_source[usize::from(series.source)] -= 1;
            if let Ok(entry) = self.by_labels.find_entry(series.hash, |other| other == slot) {
                entry.remove();
            }
            self.live.remove(*slot);
            self.free_slots.push(*slot);
            self.wasted_members += count;
            for pair in &self.members[start..start + count] {
                let postings = &mut self.pairs[*pair as usize].postings;
                postings.remove(*slot);
                if postings.is_empty() {
                    emptied.push(*pair);
                }
            }
        }
        self.remove_pairs(&emptied);
        self.compact();
    }

    fn remove_pairs(&mut self, emptied: &[PairId]) {
        for id in emptied {
            let pair = &self.pairs[*id as usize];
            let hash = hash_of(pair, &self.texts);
            self.wasted_texts += 4 + usize::from(pair.name_length) + usize::from(pair.value_length);
            if let Ok(entry) = self.by_text.find_entry(hash, |other| other == id) {
                entry.remove();
            }
        }
        if !emptied.is_empty() {
            let gone: RoaringBitmap = emptied.iter().copied().collect();
            for name in self.names.values_mut() {
                let before = name.pairs.len();
                name.pairs.retain(|pair| !gone.contains(*pair));
                name.version += u64::from(before != name.pairs.len());
            }
            self.free_pairs.extend_from_slice(emptied);
        }
    }

    /// Gives back what is wasted once it is the greater part.
    fn compact(&mut self) {
        if self.wasted_members * 2 > self.members.len() {
            let mut members = Vec::with_capacity(self.members.len() - self.wasted_members);
            for series in self.live.iter().map(|slot| slot as usize) {
                let series = &mut self.series[series];
                let start = series.start as usize;
                series.start = members.len() as u32;
                members.extend_from_slice(&self.members[start..start + usize::from(series.count)]);
            }
            self.members = members;
            self.wasted_members = 0;
        }
        if self.wasted_texts * 2 > self.texts.len() {
            let mut texts = Vec::with_capacity(self.texts.len() - self.wasted_texts);
            for id in self.names.values().flat_map(|name| &name.pairs) {
                let length = self.text(*id).len();
                let pair = &mut self.pairs[*id as usize];
                let start = pair.start;
                pair.start = texts.len();
                texts.extend_from_slice(&self.texts[start..start + length]);
            }
            self.texts = texts;
            self.wasted_texts = 0;
        }
    }

    /// Bytes in memory, roughly.
    pub(super) fn memory(&self) -> usize {
        let postings: usize = self.pairs.iter().map(|pair| pair.postings.memory()).sum();
        self.series.capacity() * size_of::<Series>()
            + self.members.capacity() * size_of::<PairId>()
            + self.pairs.capacity() * (size_of::<Pair>() + size_of::<PairId>())
            + self.texts.capacity()
            + (self.by_labels.capacity() + self.by_text.capacity()) * 5
            + postings
    }
}

fn hash_of(pair: &Pair, texts: &[u8]) -> u64 {
    let length = 4 + usize::from(pair.name_length) + usize::from(pair.value_length);
    push::hash(&texts[pair.start..pair.start + length])
}
