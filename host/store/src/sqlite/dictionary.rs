//! All series by name, in memory: appends and matchers never ask the database for one.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use vitrine_model::labels::NAME;
use vitrine_model::matcher::Test;
use vitrine_model::{Labels, Matcher};

/// The number the database gave a series.
pub(super) type SeriesId = i64;

/// Takes the hash that labels bring with them.
#[derive(Debug, Default)]
pub(super) struct Brought(u64);

impl Hasher for Brought {
    fn finish(&self) -> u64 {
        self.0
    }

    /// Labels write one number and nothing else; anything else would still give a hash, if a poor one.
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[derive(Debug, Default)]
pub(super) struct Dictionary {
    ids: HashMap<Labels, SeriesId, BuildHasherDefault<Brought>>,
    labels: HashMap<SeriesId, Labels>,
    by_name: HashMap<String, BTreeSet<SeriesId>>,
}

impl Dictionary {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn id(&self, labels: &Labels) -> Option<SeriesId> {
        self.ids.get(labels).copied()
    }

    pub(super) fn knows(&self, id: SeriesId) -> bool {
        self.labels.contains_key(&id)
    }

    pub(super) fn all(&self) -> Vec<SeriesId> {
        self.labels.keys().copied().collect()
    }

    pub(super) fn add(&mut self, id: SeriesId, labels: Labels) {
        self.by_name.entry(labels.name().to_owned()).or_default().insert(id);
        self.ids.insert(labels.clone(), id);
        self.labels.insert(id, labels);
    }

    pub(super) fn remove(&mut self, id: SeriesId) {
        let Some(labels) = self.labels.remove(&id) else { return };
        self.ids.remove(&labels);
        if let Some(ids) = self.by_name.get_mut(labels.name()) {
            ids.remove(&id);
            if ids.is_empty() {
                self.by_name.remove(labels.name());
            }
        }
    }

    /// What matches, in order of labels.
    pub(super) fn matching(&self, matchers: &[Matcher]) -> Vec<(Labels, SeriesId)> {
        let fits = |labels: &Labels| matchers.iter().all(|matcher| matcher.matches(labels));
        let mut found: Vec<(Labels, SeriesId)> = Vec::new();
        for (name, ids) in self.names(matchers) {
            if !matchers.iter().filter(|matcher| matcher.name == NAME).all(|matcher| matcher.matches_value(name)) {
                continue;
            }
            let series = ids.iter().filter_map(|id| Some((self.labels.get(id)?, *id)));
            found.extend(series.filter(|(labels, _)| fits(labels)).map(|(labels, id)| (labels.clone(), id)));
        }
        found.sort();
        found
    }

    /// The names that may match: the one asked for, or all.
    fn names<'a>(&'a self, matchers: &'a [Matcher]) -> Box<dyn Iterator<Item = (&'a String, &'a BTreeSet<SeriesId>)> + 'a> {
        let wanted = matchers.iter().find_map(|matcher| match &matcher.test {
            Test::Equal(value) if matcher.name == NAME => Some(value),
            _ => None,
        });
        match wanted {
            Some(name) => Box::new(self.by_name.get_key_value(name).into_iter()),
            None => Box::new(self.by_name.iter()),
        }
    }
}
