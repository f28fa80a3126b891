//! The world's clock, and one for tests to hold.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use tokio::sync::watch;
use vitrine_model::{Clock, Millis};

/// How long a wait may trust the monotonic clock before it looks at the wall clock again:
/// so a machine that slept, or whose clock was set, is noticed. All waits look at the same moments.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How much longer than meant a wait may be before the clock is taken to have been set back.
const GRACE: Duration = Duration::from_secs(1);

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Millis {
        Millis::try_from(since_epoch().as_millis()).unwrap_or(Millis::MAX)
    }

    async fn sleep_until(&self, moment: Millis) {
        let begin = Instant::now();
        let moment = Duration::from_millis(moment.max(0).unsigned_abs());
        let whole = moment.saturating_sub(since_epoch());
        loop {
            // Finer than milliseconds: who waits for the same moment then wakes at the same turn of the timer.
            let now = since_epoch();
            let left = moment.saturating_sub(now);
            // A clock that was set back must not hold up the beat: the time that was to pass has passed.
            if left.is_zero() || begin.elapsed() > whole + GRACE {
                return;
            }
            tokio::time::sleep(left.min(to_next_look(now))).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that all others ask")]
fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn to_next_look(now: Duration) -> Duration {
    let (now, step) = (now.as_micros(), LOOK_AGAIN.as_micros());
    Duration::from_micros(u64::try_from(step - now % step).unwrap_or(u64::MAX))
}

/// A clock that goes only when told to.
#[derive(Debug)]
pub struct HeldClock(watch::Sender<Millis>);

impl HeldClock {
    pub fn new(now: Millis) -> HeldClock {
        HeldClock(watch::Sender::new(now))
    }

    pub fn set(&self, now: Millis) {
        self.0.send_replace(now);
    }
}

#[async_trait]
impl Clock for HeldClock {
    fn now(&self) -> Millis {
        *self.0.borrow()
    }

    async fn sleep_until(&self, moment: Millis) {
        // The sender lives in `self`, so waiting cannot fail while this is borrowed.
        let _ = self.0.subscribe().wait_for(|now| *now >= moment).await;
    }
}
