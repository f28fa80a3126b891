//! Finds the group of a series by the labels that count, without making a label set for the question.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::quality::RandomState;
use vitrine_model::Labels;
use vitrine_model::labels::NAME;

use crate::syntax::tree::Grouping;

/// The end of a chain.
const NONE: usize = usize::MAX;

/// Groups in order of first appearance.
pub(super) struct Groups<'a> {
    grouping: &'a Grouping,
    hashing: RandomState,
    /// The first group of each hash.
    heads: HashMap<u64, usize, RandomState>,
    /// For each group one member, and the next group of the same hash.
    members: Vec<(Labels, usize)>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(grouping: &'a Grouping) -> Groups<'a> {
        Groups { grouping, hashing: RandomState::default(), heads: HashMap::default(), members: Vec::new() }
    }

    pub(super) fn find(&self, labels: &Labels) -> Option<usize> {
        self.find_hashed(labels, self.hash(labels))
    }

    /// The group of these labels, a new one if need be.
    pub(super) fn place(&mut self, labels: &Labels) -> usize {
        let hash = self.hash(labels);
        if let Some(place) = self.find_hashed(labels, hash) {
            return place;
        }
        let place = self.members.len();
        let next = self.heads.insert(hash, place).unwrap_or(NONE);
        self.members.push((labels.clone(), next));
        place
    }

    /// What of the labels counts for this group.
    pub(super) fn labels(&self, place: usize) -> Labels {
        self.grouping.key(&self.members[place].0)
    }

    fn find_hashed(&self, labels: &Labels, hash: u64) -> Option<usize> {
        let mut place = self.heads.get(&hash).copied().unwrap_or(NONE);
        while let Some((member, next)) = self.members.get(place) {
            if self.is_same(member, labels) {
                return Some(place);
            }
            place = *next;
        }
        None
    }

    fn hash(&self, labels: &Labels) -> u64 {
        let mut state = self.hashing.build_hasher();
        match self.grouping {
            Grouping::Only(names) => names.iter().for_each(|name| labels.get(name).unwrap_or("").hash(&mut state)),
            Grouping::AllBut(_) => self.counting(labels).for_each(|pair| pair.hash(&mut state)),
        }
        state.finish()
    }

    fn is_same(&self, one: &Labels, other: &Labels) -> bool {
        match self.grouping {
            Grouping::Only(names) => names.iter().all(|name| one.get(name) == other.get(name)),
            Grouping::AllBut(_) => one.is_same(other) || self.counting(one).eq(self.counting(other)),
        }
    }

    fn counting<'l>(&'l self, labels: &'l Labels) -> impl Iterator<Item = (&'l str, &'l str)> {
        labels.iter().filter(|(name, _)| self.grouping.counts(name))
    }
}

impl Grouping {
    pub(super) fn counts(&self, name: &str) -> bool {
        match self {
            Grouping::Only(names) => names.iter().any(|wanted| wanted == name),
            Grouping::AllBut(names) => name != NAME && !names.iter().any(|unwanted| unwanted == name),
        }
    }

    /// What of the labels counts.
    pub(super) fn key(&self, labels: &Labels) -> Labels {
        labels.filter(|name| self.counts(name))
    }
}
