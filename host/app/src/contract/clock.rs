//! The clock that a plugin under test sees: it stands still, and jumps where the test says so.

use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use vitrine_model::{Clock, Millis};

/// An afternoon in November 2026.
pub const START: Millis = 1_795_269_600_000;
const HOUR: Millis = 3_600_000;

/// Moments to jump to, with words for them.
pub const STEPS: [(&str, Millis); 7] = [
    ("an hour back", START - HOUR),
    ("a day on", START + 24 * HOUR),
    ("before the gap of 2026-03-29 in Berlin", 1_774_745_999_000),
    ("after that gap", 1_774_746_001_000),
    ("the second half past two of 2026-10-25 in Berlin", 1_792_891_800_000),
    ("1970", 0),
    ("the year 9999", 253_402_300_799_000),
];

#[derive(Debug)]
pub struct JumpingClock(AtomicI64);

impl JumpingClock {
    pub fn new() -> JumpingClock {
        JumpingClock(AtomicI64::new(START))
    }

    pub fn jump(&self, moment: Millis) {
        self.0.store(moment, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for JumpingClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }

    /// Nothing that is tested waits for a moment: whoever did would wait for the next jump.
    async fn sleep_until(&self, moment: Millis) {
        while self.now() < moment {
            tokio::task::yield_now().await;
        }
    }
}
