//! What belongs to an instance and outlives each of its guests: its name in the store, its own metrics, the pace at
//! which it may write and log.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use vitrine_model::port::keep::Room;

use crate::metrics::Metrics;
use crate::metrics::custom::Series;

/// Writes to the store that may come at once, and per second: each one waits for the disk, and so do alerts.
const WRITE_BURST: f64 = 200.0;
const WRITES_PER_SECOND: f64 = 20.0;

/// One per instance, shared by its guests.
pub(crate) struct Own {
    pub(crate) instance: Arc<str>,
    /// Whose values are whose: a plugin of another name that takes an instance's place finds nothing.
    pub(crate) owner: String,
    pub(crate) series: Series,
    plugin: String,
    metrics: Metrics,
    dropped_lines: OnceLock<Counter>,
    log: Mutex<Bucket>,
    writes: Mutex<Bucket>,
}

impl Own {
    /// `lines` are those that may be logged per second, and at once.
    pub(crate) fn new(instance: Arc<str>, plugin: &str, metrics: &Metrics, (lines, at_once): (u32, u32)) -> Own {
        Own {
            owner: format!("{plugin}/{instance}"),
            series: metrics.custom.of(&instance, plugin),
            plugin: plugin.to_owned(),
            metrics: metrics.clone(),
            dropped_lines: OnceLock::new(),
            instance,
            log: Mutex::new(Bucket::new(at_once.into(), lines.into())),
            writes: Mutex::new(Bucket::new(WRITE_BURST, WRITES_PER_SECOND)),
        }
    }

    /// May a line be logged now? Then also how many were dropped since the last one.
    pub(crate) fn take_line(&self) -> Option<u64> {
        let mut bucket = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if bucket.take(Instant::now()) {
            return Some(std::mem::take(&mut bucket.missed));
        }
        // Looked up once: a flood is no reason to be slow.
        self.dropped_lines.get_or_init(|| self.metrics.dropped_lines_of(&self.instance, &self.plugin)).inc();
        None
    }

    /// Asks for one of the instance's lines; the first after a flood says how many are missing.
    pub(crate) fn may_log(&self) -> bool {
        let Some(dropped) = self.take_line() else { return false };
        if dropped > 0 {
            tracing::warn!(
                plugin.instance = &*self.instance,
                plugin.dropped_lines = dropped,
                "log lines of a plugin were dropped: too many at once"
            );
        }
        true
    }

    /// Shows how much the instance keeps in the store.
    pub(crate) fn show_kept(&self, room: Room) {
        self.metrics.kept(&self.instance, &self.plugin, room.bytes);
    }

    /// How long a write must wait for its turn; the turn is taken.
    pub(crate) fn take_write(&self) -> Duration {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).reserve(Instant::now())
    }
}

/// A token bucket.
#[derive(Debug)]
struct Bucket {
    most: f64,
    per_second: f64,
    tokens: f64,
    filled: Instant,
    /// How often there was no token.
    missed: u64,
}

impl Bucket {
    fn new(most: f64, per_second: f64) -> Bucket {
        Bucket { most, per_second, tokens: most, filled: Instant::now(), missed: 0 }
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.most);
        self.filled = now;
    }

    fn take(&mut self, now: Instant) -> bool {
        self.fill(now);
        if self.tokens < 1.0 {
            self.missed += 1;
            return false;
        }
        self.tokens -= 1.0;
        true
    }

    /// Takes a token that may still have to come, and says when it does.
    fn reserve(&mut self, now: Instant) -> Duration {
        self.fill(now);
        self.tokens -= 1.0;
        Duration::from_secs_f64((-self.tokens / self.per_second).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_then_so_many_a_second() {
        let begin = Instant::now();
        let mut bucket = Bucket::new(3.0, 2.0);
        let taken = |bucket: &mut Bucket, milliseconds| bucket.take(begin + Duration::from_millis(milliseconds));
        assert_eq!((0..5).filter(|_| taken(&mut bucket, 0)).count(), 3);
        assert_eq!(bucket.missed, 2);
        assert!(!taken(&mut bucket, 400) && taken(&mut bucket, 501));
        // However long the pause, no more than the burst.
        assert_eq!((0..9).filter(|_| taken(&mut bucket, 60_000)).count(), 3);
    }

    #[test]
    fn who_must_wait_learns_how_long() {
        let begin = Instant::now();
        let mut bucket = Bucket::new(2.0, 10.0);
        let waits: Vec<u128> = (0..4).map(|_| bucket.reserve(begin).as_millis()).collect();
        assert_eq!(waits, [0, 0, 100, 200]);
        assert_eq!(bucket.reserve(begin + Duration::from_millis(300)).as_millis(), 0);
    }
}
