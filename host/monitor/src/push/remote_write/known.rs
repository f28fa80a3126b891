//! Series known again by the bytes with which their sender names them.
//!
//! An agent sends the same labels in the same bytes with each sample. Taking them apart, looking at each letter and putting
//! them in order costs more than all the rest of a sample's way: done once, it is remembered.

use std::collections::HashMap;

use vitrine_model::push::Push;

/// Bytes that may be remembered, with what the table needs for each.
const MOST: usize = 4 << 20;
const OVERHEAD: usize = 128;
/// Where too few are met again, so many are not even looked for.
const PAUSE: u64 = 1_000_000;

/// Series by the bytes of their labels, as they lie in a request.
#[derive(Debug, Default)]
pub(super) struct Known {
    series: HashMap<Box<[u8]>, Entry, foldhash::fast::RandomState>,
    bytes: usize,
    /// The number of the request under way: a place is one of a single push.
    request: u64,
    met: u64,
    pause: u64,
}

#[derive(Debug)]
struct Entry {
    canonical: Box<[u8]>,
    hash: u64,
    request: u64,
    place: u32,
}

impl Known {
    /// From now on places are those of another push.
    pub(super) fn begin(&mut self) {
        self.request += 1;
    }

    /// The place of a series in this push, if it is known by these bytes.
    #[inline]
    pub(super) fn find(&mut self, labels: &[u8], push: &mut Push) -> Option<u32> {
        if self.pause > 0 {
            self.pause -= 1;
            return None;
        }
        let entry = self.series.get_mut(labels)?;
        self.met += 1;
        if entry.request != self.request {
            entry.request = self.request;
            entry.place = push.known(&entry.canonical, entry.hash);
        }
        Some(entry.place)
    }

    /// Remembers a series that has just got its place. With no room left, all go: those in use are soon back. Where fewer
    /// were met again than had to be remembered, remembering is not worth it for a while.
    pub(super) fn learn(&mut self, labels: &[u8], push: &Push, place: u32) {
        if self.pause > 0 {
            return;
        }
        let (canonical, hash) = push.canonical(place);
        let bytes = labels.len() + canonical.len() + OVERHEAD;
        if self.bytes + bytes > MOST {
            self.pause = if self.met < self.series.len() as u64 { PAUSE } else { 0 };
            self.series.clear();
            (self.bytes, self.met) = (0, 0);
        }
        if bytes > MOST / 8 || self.pause > 0 {
            return;
        }
        let entry = Entry { canonical: canonical.into(), hash, request: self.request, place };
        if self.series.insert(labels.into(), entry).is_none() {
            self.bytes += bytes;
        }
    }
}
