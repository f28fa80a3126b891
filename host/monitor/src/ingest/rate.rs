//! How many samples a second one source may bring: what is over that is refused as a whole, and may come again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use vitrine_model::Millis;

/// Sources counted apart; more begin anew together.
const SOURCES: usize = 10_000;

/// A source may bring what it has not brought for so many seconds at once.
const SECONDS_AT_ONCE: u64 = 10;

#[derive(Debug, Default)]
pub(super) struct Rate {
    /// Samples a second; 0 stands for as many as come.
    most: AtomicU64,
    sources: Mutex<HashMap<Arc<str>, Bucket>>,
}

/// What a source may bring, as of a moment, in thousandths of a sample.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: u64,
    at: Millis,
}

impl Rate {
    pub(super) fn set(&self, most: Option<u64>) {
        if self.most.swap(most.unwrap_or(0), Ordering::Relaxed) != most.unwrap_or(0) {
            self.sources.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// May so many samples come from this source now? If not, a sentence.
    pub(super) fn admit(&self, source: &Arc<str>, samples: u64, now: Millis) -> Result<(), String> {
        let most = self.most.load(Ordering::Relaxed);
        if most == 0 {
            return Ok(());
        }
        let full = most.saturating_mul(SECONDS_AT_ONCE * 1_000);
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if sources.len() >= SOURCES && !sources.contains_key(source) {
            sources.clear();
        }
        let bucket = sources.entry(Arc::clone(source)).or_insert(Bucket { left: full, at: now });
        let passed = u64::try_from(now.saturating_sub(bucket.at)).unwrap_or(0);
        bucket.left = bucket.left.saturating_add(passed.saturating_mul(most)).min(full);
        bucket.at = now;
        match bucket.left.checked_sub(samples.saturating_mul(1_000)) {
            Some(left) => {
                bucket.left = left;
                Ok(())
            }
            None => Err(format!(
                "`{source}` brings more than {most} samples a second: send fewer, or raise `store.max_source_samples`"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_may_bring_its_share_and_others_theirs() {
        let rate = Rate::default();
        let (shop, cellar): (Arc<str>, Arc<str>) = ("shop".into(), "cellar".into());
        assert_eq!(rate.admit(&shop, u64::MAX, 0), Ok(()));
        rate.set(Some(100));
        assert_eq!(rate.admit(&shop, 1_000, 0), Ok(()));
        assert!(rate.admit(&shop, 1, 0).is_err_and(|sentence| sentence.contains("more than 100 samples a second")));
        assert_eq!(rate.admit(&cellar, 1_000, 0), Ok(()));
        assert_eq!(rate.admit(&shop, 50, 500), Ok(()));
        assert!(rate.admit(&shop, 1, 500).is_err());
        assert_eq!(rate.admit(&shop, 1_000, 1_000_000), Ok(()));
        assert!(rate.admit(&shop, 1_001, 2_000_000).is_err());
    }
}
