//! Pictures of this tick: whoever asks for the same within it gets the same bytes.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use vitrine_model::Millis;

use crate::render::Wanted;

const MOST_BYTES: usize = 16 << 20;
const MOST_PICTURES: usize = 64;

/// A finished picture.
#[derive(Debug)]
pub struct Made {
    pub bytes: Bytes,
    /// Another for other bytes.
    pub(crate) tag: String,
    generation: u64,
    from: Millis,
    until: Millis,
}

/// The pictures at hand.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<HashMap<Wanted, Arc<Made>>>);

impl Made {
    fn is_of(&self, generation: u64, now: Millis) -> bool {
        self.generation == generation && (self.from..self.until).contains(&now)
    }
}

impl Kept {
    pub(crate) fn find(&self, wanted: &Wanted, generation: u64, now: Millis) -> Option<Arc<Made>> {
        let pictures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pictures.get(wanted).filter(|made| made.is_of(generation, now)).cloned()
    }

    pub(crate) fn keep(&self, wanted: Wanted, generation: u64, (from, until): (Millis, Millis), bytes: Vec<u8>) -> Arc<Made> {
        let made = Arc::new(Made { tag: tag(&bytes), bytes: bytes.into(), generation, from, until });
        let mut pictures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pictures.retain(|_, made| made.is_of(generation, from));
        let held: usize = pictures.values().map(|made| made.bytes.len()).sum();
        if held + made.bytes.len() > MOST_BYTES || pictures.len() >= MOST_PICTURES {
            pictures.clear();
        }
        if made.bytes.len() <= MOST_BYTES {
            pictures.insert(wanted, Arc::clone(&made));
        }
        made
    }
}

/// For `ETag`: two halves of what std's hasher makes with fixed keys, and the length.
fn tag(bytes: &[u8]) -> String {
    let state = std::hash::BuildHasherDefault::<std::collections::hash_map::DefaultHasher>::default();
    let mut hasher = state.build_hasher();
    hasher.write(bytes);
    format!("\"{:016x}-{:x}\"", hasher.finish(), bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::scope::Asked;
    use crate::render::Look;

    fn wanted(name: &str) -> Wanted {
        Wanted { dashboard: name.to_owned(), panel: None, asked: Asked::default(), look: Look::default() }
    }

    #[test]
    fn pictures_serve_for_a_tick_and_are_bounded() {
        let kept = Kept::default();
        let made = kept.keep(wanted("a"), 1, (1_000, 2_000), vec![1; 10]);
        assert!(kept.find(&wanted("a"), 1, 1_999).is_some_and(|found| found.tag == made.tag));
        for (name, generation, now) in [("b", 1, 1_500), ("a", 2, 1_500), ("a", 1, 2_000)] {
            assert!(kept.find(&wanted(name), generation, now).is_none(), "{name} {generation} {now}");
        }
        kept.keep(wanted("huge"), 1, (1_000, 2_000), vec![0; MOST_BYTES + 1]);
        assert!(kept.find(&wanted("huge"), 1, 1_000).is_none());
    }
}
