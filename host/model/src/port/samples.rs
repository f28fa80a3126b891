//! The door to stored samples. Calls block: ask from a blocking thread.

use crate::port::StoreError;
use crate::sample::{Batch, Family, Series};
use crate::{Labels, Matcher, Millis};

/// What became of an append.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    pub samples: u64,
    pub new_series: u64,
}

/// What a selection may cost; over it, the answer is an error that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelectLimits {
    pub series: usize,
    pub samples: usize,
}

/// Samples, kept.
pub trait Samples: Send + Sync {
    /// Commits all of these batches or none; once it returns, a crash loses nothing of them.
    fn append(&self, batches: &[Batch]) -> Result<Appended, StoreError>;

    /// Series that match all matchers and have samples with `start <= time <= end`, in order of their labels.
    fn select(&self, matchers: &[Matcher], start: Millis, end: Millis, limits: SelectLimits) -> Result<Vec<Series>, StoreError>;

    /// Label sets of the series that match, whether or not they have recent samples.
    fn series(&self, matchers: &[Matcher], limit: usize) -> Result<Vec<Labels>, StoreError>;

    /// What is known of each metric, by name.
    fn families(&self) -> Result<Vec<Family>, StoreError>;

    /// Forgets samples older than `before` and series left without any; returns how many samples went.
    fn forget(&self, before: Millis) -> Result<u64, StoreError>;
}
