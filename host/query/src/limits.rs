//! What one query may cost, and the watch that holds it to that.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use vitrine_model::port::samples::SelectLimits;

use crate::QueryError;

/// Bounds of one query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Series that one selector may match, and that one intermediate result may hold.
    pub series: usize,
    /// Samples that all selectors together may read; also values that one intermediate result may hold.
    pub samples: usize,
    /// Steps of a range query.
    pub steps: usize,
    /// Bytes that intermediate results may take at once.
    pub memory: usize,
    pub duration: Duration,
}

impl Default for Limits {
    /// The steps are Prometheus's.
    fn default() -> Limits {
        Limits { series: 100_000, samples: 20_000_000, steps: 11_000, memory: 1 << 29, duration: Duration::from_secs(30) }
    }
}

/// Ends a query from elsewhere. Clones are one and the same.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn new() -> Cancel {
        Cancel::default()
    }

    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Watches one query: loops ask it whether to go on.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    limits: Limits,
    cancel: &'a Cancel,
    began: Instant,
    samples_left: Cell<usize>,
    /// Values of results that wait for others.
    held: Cell<usize>,
}

/// What a series costs beside its values: its place in a list, and its labels where they are its own.
const SERIES_BYTES: usize = 128;

impl<'a> Watch<'a> {
    pub(crate) fn new(limits: Limits, cancel: &'a Cancel) -> Watch<'a> {
        Watch { limits, cancel, began: Instant::now(), samples_left: Cell::new(limits.samples), held: Cell::new(0) }
    }

    /// May the query go on?
    pub(crate) fn check(&self) -> Result<(), QueryError> {
        if self.cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        if self.began.elapsed() > self.limits.duration {
            return Err(QueryError::Limit(format!(
                "the query took longer than {:?}: ask for a shorter time or fewer series",
                self.limits.duration
            )));
        }
        Ok(())
    }

    /// May a result hold so many series over so many steps?
    pub(crate) fn check_size(&self, series: usize, steps: usize) -> Result<(), QueryError> {
        if series > self.limits.series {
            return Err(QueryError::Limit(format!(
                "the query works on more than {} series: narrow it with more labels",
                self.limits.series
            )));
        }
        let values = series.saturating_mul(steps);
        if values > self.limits.samples {
            return Err(QueryError::Limit(format!(
                "the query works on more than {} values: narrow it with more labels, or ask for fewer steps",
                self.limits.samples
            )));
        }
        let bytes =
            (values.saturating_add(self.held.get())).saturating_mul(8).saturating_add(series.saturating_mul(SERIES_BYTES));
        if bytes > self.limits.memory {
            return Err(QueryError::Limit(format!(
                "the query needs more than {} MiB of memory: narrow it with more labels, or ask for fewer steps",
                self.limits.memory >> 20
            )));
        }
        self.check()
    }

    pub(crate) fn select_limits(&self) -> SelectLimits {
        SelectLimits { series: self.limits.series, samples: self.samples_left.get() }
    }

    /// Works while so many values wait for the result.
    pub(crate) fn holding<T>(&self, values: usize, work: impl FnOnce() -> T) -> T {
        let before = self.held.get();
        self.held.set(before.saturating_add(values));
        let done = work();
        self.held.set(before);
        done
    }

    pub(crate) fn spend(&self, samples: usize) {
        self.samples_left.set(self.samples_left.get().saturating_sub(samples));
    }
}
