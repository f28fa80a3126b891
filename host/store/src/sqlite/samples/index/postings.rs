//! Which series have a pair: most pairs have one or few, and a few have very many.

use roaring::RoaringBitmap;

use super::Slot;

/// More than these are a bitmap.
const FEW: usize = 128;

#[derive(Debug, Default)]
pub(super) enum Postings {
    #[default]
    None,
    One(Slot),
    /// In order.
    Few(Vec<Slot>),
    Many(Box<RoaringBitmap>),
}

impl Postings {
    pub(super) fn insert(&mut self, slot: Slot) {
        match self {
            Postings::None => *self = Postings::One(slot),
            Postings::One(other) if *other == slot => {}
            Postings::One(other) => *self = Postings::Few(vec![slot.min(*other), slot.max(*other)]),
            Postings::Few(slots) => {
                if let Err(place) = slots.binary_search(&slot) {
                    slots.insert(place, slot);
                }
                if slots.len() > FEW {
                    *self = Postings::Many(Box::new(slots.iter().copied().collect()));
                }
            }
            Postings::Many(slots) => {
                slots.insert(slot);
            }
        }
    }

    pub(super) fn remove(&mut self, slot: Slot) {
        match self {
            Postings::None => {}
            Postings::One(only) => {
                if *only == slot {
                    *self = Postings::None;
                }
            }
            Postings::Few(slots) => slots.retain(|other| *other != slot),
            Postings::Many(slots) => {
                slots.remove(slot);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Postings::None => 0,
            Postings::One(_) => 1,
            Postings::Few(slots) => slots.len() as u64,
            Postings::Many(slots) => slots.len(),
        }
    }

    pub(super) fn to_set(&self) -> RoaringBitmap {
        match self {
            Postings::None => RoaringBitmap::new(),
            Postings::One(slot) => RoaringBitmap::from_iter([*slot]),
            Postings::Few(slots) => slots.iter().copied().collect(),
            Postings::Many(slots) => (**slots).clone(),
        }
    }

    /// Keeps of a set what is here too.
    pub(super) fn narrow(&self, set: &mut RoaringBitmap) {
        match self {
            Postings::Many(slots) => *set &= slots.as_ref(),
            Postings::None | Postings::One(_) | Postings::Few(_) => *set &= self.to_set(),
        }
    }

    /// Adds to a list of single series, or to a set.
    pub(super) fn gather(&self, singles: &mut Vec<Slot>, set: &mut RoaringBitmap) {
        match self {
            Postings::None => {}
            Postings::One(slot) => singles.push(*slot),
            Postings::Few(slots) => singles.extend_from_slice(slots),
            Postings::Many(slots) => *set |= slots.as_ref(),
        }
    }

    pub(super) fn memory(&self) -> usize {
        match self {
            Postings::None | Postings::One(_) => 0,
            Postings::Few(slots) => slots.capacity() * size_of::<Slot>() + 16,
            Postings::Many(slots) => slots.serialized_size() + 64,
        }
    }
}
