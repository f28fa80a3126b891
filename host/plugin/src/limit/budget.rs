//! What all guests have together. Before anybody is refused, guests that only wait for their next call make room.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, Weak};
use std::time::Instant;

/// Somebody who keeps guests that could go.
pub(crate) trait Idle: Send + Sync {
    /// Since when the one that could go has been idle.
    fn since(&self) -> Option<Instant>;
    /// Lets it go.
    fn let_go(&self);
}

/// The memory of all guests.
pub(crate) struct Budget {
    limit: usize,
    used: AtomicUsize,
    idle: Mutex<Vec<Weak<dyn Idle>>>,
}

impl std::fmt::Debug for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Budget").field("limit", &self.limit).field("used", &self.used()).finish_non_exhaustive()
    }
}

impl Budget {
    pub(crate) fn new(limit: usize) -> Budget {
        Budget { limit, used: AtomicUsize::new(0), idle: Mutex::default() }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Remembers somebody who can make room, for as long as there is one.
    pub(crate) fn enlist(&self, idle: Weak<dyn Idle>) {
        let mut list = self.list();
        list.retain(|known| known.strong_count() > 0);
        list.push(idle);
    }

    /// True if the bytes are there, perhaps after others have made room; they are the caller's then.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        self.try_take(bytes) || (self.make_room(|_| self.used().saturating_add(bytes) <= self.limit) && self.try_take(bytes))
    }

    pub(crate) fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn try_take(&self, bytes: usize) -> bool {
        let take = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.limit);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Lets an eighth of the idle guests go, at least one.
    pub(crate) fn make_some_room(&self) -> bool {
        let eighth = self.list().len() / 8;
        self.make_room(|gone| gone > eighth)
    }

    /// Lets idle guests go, those first that have waited longest, until it is enough; false if none could go.
    fn make_room(&self, enough: impl Fn(usize) -> bool) -> bool {
        let mut waiting: Vec<_> = {
            let list = self.list();
            list.iter().filter_map(Weak::upgrade).filter_map(|idle| Some((idle.since()?, idle))).collect()
        };
        waiting.sort_by_key(|(since, _)| *since);
        let mut gone = 0;
        for (_, idle) in &waiting {
            idle.let_go();
            gone += 1;
            if enough(gone) {
                break;
            }
        }
        gone > 0
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Weak<dyn Idle>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, OnceLock};

    use super::*;

    struct Sleeper {
        budget: OnceLock<Arc<Budget>>,
        asleep: Mutex<Option<Instant>>,
    }

    impl Idle for Sleeper {
        fn since(&self) -> Option<Instant> {
            *self.asleep.lock().unwrap_or_else(PoisonError::into_inner)
        }

        fn let_go(&self) {
            if self.asleep.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
                && let Some(budget) = self.budget.get()
            {
                budget.give_back(10);
            }
        }
    }

    #[test]
    fn those_who_only_wait_make_room_the_oldest_first() {
        let budget = Arc::new(Budget::new(30));
        let sleepers: Vec<Arc<Sleeper>> = (0..3)
            .map(|_| {
                let sleeper =
                    Arc::new(Sleeper { budget: OnceLock::from(Arc::clone(&budget)), asleep: Mutex::new(Some(Instant::now())) });
                let weak: Weak<Sleeper> = Arc::downgrade(&sleeper);
                budget.enlist(weak);
                assert!(budget.take(10));
                sleeper
            })
            .collect();
        assert!(budget.take(10));
        let awake: Vec<bool> = sleepers.iter().map(|sleeper| sleeper.since().is_none()).collect();
        assert_eq!(awake, [true, false, false]);
        assert!(budget.take(20));
        assert!(!budget.take(1), "nobody is left to make room");
        assert!(!budget.take(usize::MAX));
        assert_eq!(budget.used(), 30);
    }
}
