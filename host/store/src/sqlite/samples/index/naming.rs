//! Series by their labels again: in order, as `Labels`, and counted.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use roaring::RoaringBitmap;
use vitrine_model::Labels;
use vitrine_model::labels::NAME;
use vitrine_model::port::samples::Statistics;

use super::{Index, PairId, Slot};

/// Makes labels that share their texts.
#[derive(Debug, Default)]
pub(in super::super) struct Namer {
    names: HashMap<u32, Arc<str>>,
    values: HashMap<PairId, Arc<str>>,
}

/// A value that so few series have is not kept for the next one.
const SHARED: u64 = 2;

impl Index {
    pub(in super::super) fn labels(&self, slot: Slot, namer: &mut Namer) -> Labels {
        let pairs = self.pairs_of(&self.series[slot as usize]).iter().map(|id| {
            let pair = &self.pairs[*id as usize];
            let (name, value) = self.name_and_value(*id);
            let name = namer.names.entry(pair.name).or_insert_with(|| name.into());
            let value = if pair.postings.len() < SHARED {
                value.into()
            } else {
                Arc::clone(namer.values.entry(*id).or_insert_with(|| value.into()))
            };
            (Arc::clone(name), value)
        });
        Labels::from_pairs(pairs)
    }

    /// The first of a set, in order of labels.
    pub(in super::super) fn in_order(&self, set: &RoaringBitmap, limit: usize) -> Vec<Slot> {
        let mut slots: Vec<Slot> = set.iter().collect();
        let compare = |a: &Slot, b: &Slot| self.compare(*a, *b);
        if limit < slots.len() {
            if limit == 0 {
                return Vec::new();
            }
            slots.select_nth_unstable_by(limit - 1, compare);
            slots.truncate(limit);
        }
        slots.sort_unstable_by(compare);
        slots
    }

    fn compare(&self, a: Slot, b: Slot) -> Ordering {
        let [mine, others] = [a, b].map(|slot| self.pairs_of(&self.series[slot as usize]));
        let differing = mine.iter().zip(others).find(|(one, other)| one != other);
        match differing {
            // Texts compare as their bytes do.
            Some((one, other)) => self.bytes(*one).cmp(&self.bytes(*other)),
            None => mine.len().cmp(&others.len()),
        }
    }

    /// Name and value.
    fn bytes(&self, pair: PairId) -> (&[u8], &[u8]) {
        self.text(pair)[4..].split_at(usize::from(self.pairs[pair as usize].name_length))
    }

    /// Names of the labels of a set, in order.
    pub(in super::super) fn label_names(&self, set: &RoaringBitmap, limit: usize) -> Vec<String> {
        let named = self.names.iter().filter(|(_, name)| !name.pairs.is_empty());
        if set.len() == self.live.len() {
            return named.map(|(name, _)| name.to_string()).take(limit).collect();
        }
        let numbers: BTreeSet<u32> = set
            .iter()
            .flat_map(|slot| self.pairs_of(&self.series[slot as usize]))
            .map(|pair| self.pairs[*pair as usize].name)
            .collect();
        named.filter(|(_, name)| numbers.contains(&name.number)).map(|(name, _)| name.to_string()).take(limit).collect()
    }

    /// Values of one label in a set, in order.
    pub(in super::super) fn label_values(&self, name: &str, set: &RoaringBitmap, limit: usize) -> Vec<String> {
        let Some(name) = self.names.get(name) else { return Vec::new() };
        let mut values: Vec<&str> = if set.len() == self.live.len() {
            name.pairs.iter().map(|pair| self.name_and_value(*pair).1).collect()
        } else {
            set.iter().filter_map(|slot| self.value(slot, name.number)).collect()
        };
        values.sort_unstable();
        values.dedup();
        values.into_iter().take(limit).map(str::to_owned).collect()
    }

    /// What can be counted here.
    pub(in super::super) fn count(&self, statistics: &mut Statistics, limit: usize) {
        let named = || self.names.iter().filter(|(_, name)| !name.pairs.is_empty());
        let series = |pair: &PairId| self.pairs[*pair as usize].postings.len();
        statistics.series = self.len() as u64;
        statistics.label_names = named().count() as u64;
        statistics.label_pairs = (self.pairs.len() - self.free_pairs.len()) as u64;
        let metrics = self.names.get(NAME).into_iter().flat_map(|name| &name.pairs);
        statistics.series_by_name = top(metrics.map(|pair| (self.name_and_value(*pair).1.to_owned(), series(pair))), limit);
        statistics.values_by_label = top(named().map(|(text, name)| (text.to_string(), name.pairs.len() as u64)), limit);
        let shown = |pair: &PairId| {
            let (name, value) = self.name_and_value(*pair);
            (format!("{name}={value}"), series(pair))
        };
        let busiest = named().flat_map(|(_, name)| top_of(&name.pairs, limit, series));
        statistics.series_by_pair = top(busiest.map(|pair| shown(&pair)), limit);
        let bytes = |pairs: &[PairId]| pairs.iter().map(|pair| self.text(*pair).len() as u64).sum();
        statistics.bytes_by_label = top(named().map(|(text, name)| (text.to_string(), bytes(&name.pairs))), limit);
        statistics.memory += self.memory() as u64;
    }
}

fn top_of(pairs: &[PairId], limit: usize, count: impl Fn(&PairId) -> u64) -> Vec<PairId> {
    let mut pairs = pairs.to_vec();
    if limit > 0 && limit < pairs.len() {
        pairs.select_nth_unstable_by_key(limit - 1, |pair| std::cmp::Reverse(count(pair)));
    }
    pairs.truncate(limit);
    pairs
}

/// The greatest counts first; equal ones by name.
fn top(counted: impl Iterator<Item = (String, u64)>, limit: usize) -> Vec<(String, u64)> {
    let mut counted: Vec<(String, u64)> = counted.collect();
    counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counted.truncate(limit);
    counted
}
