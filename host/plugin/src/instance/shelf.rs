//! Where an instance keeps a guest warm between calls, and from where it goes when others need the room.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Guest;
use crate::limit::Idle;

/// One guest at most: it stays for the next tick; more would only cost memory.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Option<(Instant, Guest)>>);

impl Shelf {
    pub(super) fn take(&self) -> Option<Guest> {
        self.place().take().map(|(_, guest)| guest)
    }

    pub(super) fn keep(&self, guest: Guest, now: Instant) {
        let mut place = self.place();
        if place.is_none() {
            *place = Some((now, guest));
        }
    }

    fn place(&self) -> MutexGuard<'_, Option<(Instant, Guest)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Idle for Shelf {
    fn since(&self) -> Option<Instant> {
        self.place().as_ref().map(|(since, _)| *since)
    }

    fn let_go(&self) {
        // The guest ends after the lock has been let go of.
        let _guest = self.take();
    }
}
