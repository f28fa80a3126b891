//! A batch on its way to the store, in a flat shape: whoever decodes one fills it without an allocation for each series or
//! sample, and the store knows a series again by its bytes without taking them apart.
//!
//! The canonical bytes of a series are its labels in order of their names, and for each: the length of the name and of the
//! value (two bytes each, least significant first), the name, the value. Equal labels are equal bytes.

use std::hash::BuildHasher;
use std::sync::{Arc, LazyLock};

use crate::sample::{Batch, Family};
use crate::{Labels, Millis};

/// Seeded anew in each process, so that nobody outside can choose labels that collide.
static HASHING: LazyLock<foldhash::fast::RandomState> = LazyLock::new(foldhash::fast::RandomState::default);

/// What a hash table may use for canonical bytes; differs from process to process.
pub fn hash(canonical: &[u8]) -> u64 {
    HASHING.hash_one(canonical)
}

/// The labels that canonical bytes hold, in order; ends early where bytes are no labels.
pub fn pairs(canonical: &[u8]) -> Pairs<'_> {
    Pairs(canonical)
}

#[derive(Debug, Clone)]
pub struct Pairs<'a>(&'a [u8]);

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let (head, rest) = self.0.split_first_chunk::<4>()?;
        let [name, value] = [[head[0], head[1]], [head[2], head[3]]].map(|length| usize::from(u16::from_le_bytes(length)));
        let (name, rest) = rest.split_at_checked(name)?;
        let (value, rest) = rest.split_at_checked(value)?;
        self.0 = rest;
        Some((std::str::from_utf8(name).ok()?, std::str::from_utf8(value).ok()?))
    }
}

/// Labels out of canonical bytes.
pub fn labels(canonical: &[u8]) -> Labels {
    Labels::from_pairs(pairs(canonical))
}

/// The canonical bytes of labels; a text is cut where its length does not fit two bytes.
pub fn canonical(labels: &Labels) -> Vec<u8> {
    let mut bytes = Vec::new();
    labels.iter().for_each(|(name, value)| write_pair(&mut bytes, name, value));
    bytes
}

fn write_pair(bytes: &mut Vec<u8>, name: &str, value: &str) {
    let short = |text: &str| u16::try_from(text.len()).unwrap_or(u16::MAX);
    let (name_length, value_length) = (short(name), short(value));
    bytes.extend_from_slice(&name_length.to_le_bytes());
    bytes.extend_from_slice(&value_length.to_le_bytes());
    bytes.extend_from_slice(&name.as_bytes()[..usize::from(name_length)]);
    bytes.extend_from_slice(&value.as_bytes()[..usize::from(value_length)]);
}

/// Why labels name no series.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSeries {
    #[error("the label `{0}` is there twice")]
    Repeated(String),
    #[error("a label name or value is longer than 65535 bytes")]
    TooLong,
    #[error("it has no labels")]
    Empty,
}

/// A series of a push: where its canonical bytes lie, and their hash.
#[derive(Debug, Clone, Copy)]
struct Named {
    start: u32,
    end: u32,
    hash: u64,
}

/// Samples of one source, as columns. `series` of a sample is the place of its series in this push.
#[derive(Debug, Clone, Default)]
pub struct Push {
    /// Who brings it: limits are counted for each, and pages are told.
    pub source: Arc<str>,
    pub families: Vec<Family>,
    /// History: however old within retention, whatever is newer already.
    pub backfill: bool,
    arena: Vec<u8>,
    named: Vec<Named>,
    /// Labels of the series under way: where each begins in the arena.
    open: Vec<(u32, u32)>,
    unsorted: bool,
    places: Vec<u32>,
    times: Vec<Millis>,
    values: Vec<f64>,
}

impl Push {
    pub fn new(source: &str) -> Push {
        Push { source: source.into(), ..Push::default() }
    }

    /// Makes room for about so many samples, of series with so many bytes of labels in all.
    pub fn reserve(&mut self, samples: usize, bytes: usize) {
        self.arena.reserve(bytes);
        self.named.reserve(samples);
        self.places.reserve(samples);
        self.times.reserve(samples);
        self.values.reserve(samples);
    }

    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.families.clear();
        self.arena.clear();
        self.named.clear();
        self.open.clear();
        self.unsorted = false;
        self.places.clear();
        self.times.clear();
        self.values.clear();
    }

    /// Adds a label to the series under way. An empty value is no label.
    pub fn label(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let start = self.arena.len() as u32;
        let long = name.len().max(value.len()) > usize::from(u16::MAX);
        if let Some((before, end)) = self.open.last() {
            let before = self.name_at(*before, *end);
            self.unsorted |= before >= name.as_bytes();
        }
        // A text too long for its length is never stored: `finish` refuses it, by a name that no label has.
        write_pair(&mut self.arena, name, if long { "" } else { value });
        self.open.push((start, self.arena.len() as u32));
    }

    fn name_at(&self, start: u32, end: u32) -> &[u8] {
        let bytes = &self.arena[start as usize..end as usize];
        let length = usize::from(u16::from_le_bytes([bytes[0], bytes[1]]));
        &bytes[4..4 + length]
    }

    /// Ends the series under way; its place among those of this push.
    pub fn finish(&mut self) -> Result<u32, NoSeries> {
        let fault = self.fault();
        let start = self.open.first().map_or(self.arena.len() as u32, |(start, _)| *start);
        self.open.clear();
        self.unsorted = false;
        if let Some(fault) = fault {
            self.arena.truncate(start as usize);
            return Err(fault);
        }
        let end = self.arena.len() as u32;
        let hash = hash(&self.arena[start as usize..end as usize]);
        self.named.push(Named { start, end, hash });
        Ok(self.named.len() as u32 - 1)
    }

    /// Puts the labels under way in order; what hinders them.
    fn fault(&mut self) -> Option<NoSeries> {
        let Some((first, _)) = self.open.first().copied() else { return Some(NoSeries::Empty) };
        // An empty value is what `label` leaves of a text too long.
        if self.open.iter().any(|(start, _)| self.arena[*start as usize + 2..*start as usize + 4] == [0, 0]) {
            return Some(NoSeries::TooLong);
        }
        if !self.unsorted {
            return None;
        }
        let mut open = std::mem::take(&mut self.open);
        open.sort_by(|a, b| self.name_at(a.0, a.1).cmp(self.name_at(b.0, b.1)));
        let repeated = open.windows(2).find(|two| self.name_at(two[0].0, two[0].1) == self.name_at(two[1].0, two[1].1));
        if let Some(two) = repeated {
            let name = String::from_utf8_lossy(self.name_at(two[0].0, two[0].1)).into_owned();
            self.open = open;
            return Some(NoSeries::Repeated(name));
        }
        let sorted: Vec<u8> = open.iter().flat_map(|(start, end)| &self.arena[*start as usize..*end as usize]).copied().collect();
        self.arena.truncate(first as usize);
        self.arena.extend_from_slice(&sorted);
        open.clear();
        self.open = open;
        self.open.push((first, self.arena.len() as u32));
        None
    }

    /// Adds a series by canonical bytes and hash that another push has answered in this process.
    pub fn known(&mut self, canonical: &[u8], hash: u64) -> u32 {
        let start = self.arena.len() as u32;
        self.arena.extend_from_slice(canonical);
        self.named.push(Named { start, end: self.arena.len() as u32, hash });
        self.named.len() as u32 - 1
    }

    /// Adds a whole series.
    pub fn series(&mut self, labels: &Labels) -> Result<u32, NoSeries> {
        labels.iter().for_each(|(name, value)| self.label(name, value));
        self.finish()
    }

    /// Adds a sample to a series that `finish` or `series` answered.
    pub fn sample(&mut self, series: u32, time: Millis, value: f64) {
        self.places.push(series);
        self.times.push(time);
        self.values.push(value);
    }

    /// How many samples it holds.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// How many series it names.
    pub fn series_count(&self) -> usize {
        self.named.len()
    }

    /// Canonical bytes of a series, and their hash.
    pub fn canonical(&self, series: u32) -> (&[u8], u64) {
        let named = self.named[series as usize];
        (&self.arena[named.start as usize..named.end as usize], named.hash)
    }

    /// Labels of a series, for whoever has to name it.
    pub fn labels(&self, series: u32) -> Labels {
        labels(self.canonical(series).0)
    }

    /// The place of each sample's series.
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    pub fn times(&self) -> &[Millis] {
        &self.times
    }

    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

impl Push {
    /// A batch of labelled samples. A series whose labels cannot be stored is left out, and answered beside it.
    pub fn from_batch(source: &str, batch: &Batch) -> (Push, Vec<(Labels, NoSeries)>) {
        let mut push = Push::new(source);
        push.families.clone_from(&batch.families);
        let mut unfit = Vec::new();
        let mut before: Option<(&Labels, u32)> = None;
        for (labels, sample) in &batch.samples {
            let place = match before {
                Some((same, place)) if same.is_same(labels) => Ok(place),
                _ => push.series(labels),
            };
            match place {
                Ok(place) => {
                    before = Some((labels, place));
                    push.sample(place, sample.time, sample.value);
                }
                Err(fault) => unfit.push((labels.clone(), fault)),
            }
        }
        (push, unfit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_labels_are_equal_bytes_in_whatever_order_they_come() {
        let mut push = Push::new("test");
        let check = |push: &mut Push, labels: &[(&str, &str)]| {
            labels.iter().for_each(|(name, value)| push.label(name, value));
            push.finish()
        };
        let one = check(&mut push, &[("b", "2"), ("a", "1"), ("c", "")]);
        let other = check(&mut push, &[("a", "1"), ("b", "2")]);
        let (one, other) = (one.unwrap_or(9), other.unwrap_or(9));
        assert_eq!(push.canonical(one), push.canonical(other));
        assert_eq!(push.labels(one), Labels::from_pairs([("a", "1"), ("b", "2")]));
        assert_eq!(push.canonical(one).0, canonical(&push.labels(other)));
        assert_eq!(check(&mut push, &[("b", "2"), ("a", "1"), ("b", "3")]), Err(NoSeries::Repeated("b".into())));
        assert_eq!(check(&mut push, &[]), Err(NoSeries::Empty));
        assert_eq!(check(&mut push, &[("a", &"x".repeat(70_000))]), Err(NoSeries::TooLong));
        assert_eq!(check(&mut push, &[("z", "1")]), Ok(2));
        assert_eq!(push.labels(2).to_string(), r#"{z="1"}"#);
    }
}
