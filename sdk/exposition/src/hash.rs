//! Numbers that stand for names and sets of labels, so that those seen before are known again without being kept.
//!
//! Two different ones get the same number once in 2^64 times; a text made so on purpose is refused, which harms nobody
//! but its author.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

const FACTOR: u64 = 0x517c_c1b7_2722_0a95;

/// The most places that an empty set keeps.
const KEPT: usize = 4_096;

/// Bytes, eight at a time.
pub(crate) fn bytes(start: u64, bytes: &[u8]) -> u64 {
    let mut words = bytes.chunks_exact(8);
    let mut hash = add(start, bytes.len() as u64);
    for word in &mut words {
        hash = add(hash, word.try_into().map_or(0, u64::from_le_bytes));
    }
    let mut last = [0; 8];
    let rest = words.remainder();
    last[..rest.len()].copy_from_slice(rest);
    add(hash, u64::from_le_bytes(last))
}

/// Spreads what a number holds over all its bits, as in MurmurHash 3.
pub(crate) fn spread(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

fn add(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR)
}

/// Such numbers; they need no hashing again.
#[derive(Debug, Default)]
pub(crate) struct Numbers(HashSet<u64, BuildHasherDefault<AsItIs>>);

impl Numbers {
    /// False where it was there before.
    pub(crate) fn insert(&mut self, number: u64) -> bool {
        self.0.insert(number)
    }

    pub(crate) fn contains(&self, number: u64) -> bool {
        self.0.contains(&number)
    }

    pub(crate) fn clear(&mut self) {
        if self.0.capacity() > KEPT {
            // Clearing goes over all places: one large family would make each small one after it dear.
            *self = Numbers::default();
        } else if !self.0.is_empty() {
            self.0.clear();
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = self::bytes(self.0, bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
