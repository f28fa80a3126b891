//! The door to stored samples. Calls block: ask from a blocking thread.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::port::StoreError;
use crate::push::Push;
use crate::sample::{Batch, Family, Sample, Series};
use crate::{Labels, Matcher, Millis};

/// What became of one push. What is good of it is kept, whatever was refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appended {
    pub samples: u64,
    pub new_series: u64,
    /// Samples that were there already, with the same value: nothing was done about them.
    pub duplicates: u64,
    pub refused: Vec<Refused>,
}

impl Appended {
    /// How many samples were refused, for whatever reason.
    pub fn refused_samples(&self) -> u64 {
        self.refused.iter().map(|refused| refused.samples).sum()
    }

    /// Notes a refusal; the first of each reason is the example.
    pub fn refuse(&mut self, reason: Reason, samples: u64, sentence: impl FnOnce() -> String) {
        match self.refused.iter_mut().find(|refused| refused.reason == reason) {
            Some(refused) => refused.samples += samples,
            None => self.refused.push(Refused { reason, samples, example: sentence() }),
        }
    }
}

/// Samples of one push that were refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub reason: Reason,
    pub samples: u64,
    /// A sentence about the first of them: which series, what is wrong, what to do.
    pub example: String,
}

/// Why a sample was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Older than what is kept.
    TooOld,
    /// Ahead of the clock.
    Future,
    /// Further behind its series' newest sample than late ones may come.
    OutOfWindow,
    /// The store, or the source, has as many series as it may.
    SeriesLimit,
    /// Too many labels, or too long ones, or such as name no series.
    LabelLimit,
    /// The source brings more samples a second than it may.
    RateLimit,
}

impl Reason {
    pub const ALL: [Reason; 6] =
        [Reason::TooOld, Reason::Future, Reason::OutOfWindow, Reason::SeriesLimit, Reason::LabelLimit, Reason::RateLimit];

    /// As in metrics and answers: `too_old`.
    pub fn word(self) -> &'static str {
        match self {
            Reason::TooOld => "too_old",
            Reason::Future => "future",
            Reason::OutOfWindow => "out_of_window",
            Reason::SeriesLimit => "series_limit",
            Reason::LabelLimit => "label_limit",
            Reason::RateLimit => "rate_limit",
        }
    }

    /// Whether the same samples may be taken later.
    pub fn passes(self) -> bool {
        matches!(self, Reason::RateLimit | Reason::Future)
    }
}

/// The times that are taken, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub earliest: Millis,
    pub latest: Millis,
}

impl Bounds {
    /// All times.
    pub const OPEN: Bounds = Bounds { earliest: Millis::MIN, latest: Millis::MAX };
}

/// What a selection may cost; over it, the answer is an error that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelectLimits {
    pub series: usize,
    pub samples: usize,
}

impl SelectLimits {
    pub const NONE: SelectLimits = SelectLimits { series: usize::MAX, samples: usize::MAX };
}

/// What is asked: series that match all matchers, and of them samples with `start <= time <= end`.
#[derive(Debug, Clone, Copy)]
pub struct Select<'a> {
    pub matchers: &'a [Matcher],
    pub start: Millis,
    pub end: Millis,
    pub limits: SelectLimits,
    pub hint: Option<Hint>,
    pub moments: Option<Moments>,
}

impl<'a> Select<'a> {
    pub fn new(matchers: &'a [Matcher], start: Millis, end: Millis, limits: SelectLimits) -> Select<'a> {
        Select { matchers, start, end, limits, hint: None, moments: None }
    }
}

/// What of the samples matters to whoever asks. The store may leave out the rest, and need not: an answer worked out of all
/// samples is the same.
///
/// Time is cut into spans that are open on the left and closed on the right: `(n * every, (n + 1) * every]`. Within one of
/// them, only what `keep` says matters; the time that comes with it may be that of any sample of the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    pub every: Millis,
    pub keep: Keep,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The last sample of each span, be it a stale marker.
    Last,
    /// The least value of each span; stale markers do not count.
    Least,
    /// The greatest value of each span; stale markers do not count.
    Greatest,
}

/// Only what is the current sample at one of these moments matters: the last one of those after `moment - back` and not after
/// `moment`, be it a stale marker. The store may leave out others, and need not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moments {
    pub first: Millis,
    /// More than zero.
    pub step: Millis,
    pub back: Millis,
}

/// Takes one series of a scan: labels, times ascending, and as many values. The columns are reused for the next one.
pub type Take<'a> = dyn FnMut(&Labels, &[Millis], &[f64]) -> ControlFlow<()> + 'a;

/// What is stored, in figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statistics {
    pub series: u64,
    pub label_names: u64,
    pub label_pairs: u64,
    /// Metrics with most series.
    pub series_by_name: Vec<(String, u64)>,
    /// Labels with most values.
    pub values_by_label: Vec<(String, u64)>,
    /// `name=value` with most series.
    pub series_by_pair: Vec<(String, u64)>,
    /// Labels whose values take most bytes.
    pub bytes_by_label: Vec<(String, u64)>,
    /// Memory of the index and of the samples not yet sealed, in bytes.
    pub memory: u64,
    /// Samples not yet sealed.
    pub head_samples: u64,
    pub oldest: Option<Millis>,
    pub newest: Option<Millis>,
    /// Sealed blocks, and the bytes of the database.
    pub blocks: u64,
    pub bytes: u64,
    /// What stands for samples over longer spans, in rows of a series and a day.
    pub rollups: u64,
}

/// Samples, kept.
pub trait Samples: Send + Sync {
    /// Commits what is good of all these pushes, or nothing; once it returns, a crash loses none of it.
    /// One answer for each push.
    fn push(&self, pushes: &[Push], bounds: Bounds) -> Result<Vec<Appended>, StoreError>;

    /// Gives `take` each series that has samples, once and in order of labels, until it says to stop. One series of
    /// samples is in memory at a time.
    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError>;

    /// Label sets of the series that match and may have samples in this time, in order.
    fn series(&self, matchers: &[Matcher], start: Millis, end: Millis, limit: usize) -> Result<Vec<Labels>, StoreError>;

    /// Names of the labels of those series, in order.
    fn label_names(&self, matchers: &[Matcher], start: Millis, end: Millis, limit: usize) -> Result<Vec<String>, StoreError> {
        let series = self.series(matchers, start, end, usize::MAX)?;
        let names: BTreeSet<&str> = series.iter().flat_map(|labels| labels.iter().map(|(name, _)| name)).collect();
        Ok(names.into_iter().take(limit).map(str::to_owned).collect())
    }

    /// Values that one label has among those series, in order.
    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        start: Millis,
        end: Millis,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let series = self.series(matchers, start, end, usize::MAX)?;
        let values: BTreeSet<&str> = series.iter().filter_map(|labels| labels.get(name)).collect();
        Ok(values.into_iter().take(limit).map(str::to_owned).collect())
    }

    /// How many series match, where that is known at once: matchers that only compare, over what is in memory.
    fn count(&self, _matchers: &[Matcher]) -> Option<u64> {
        None
    }

    /// What is stored, in figures; lists have at most `limit` entries.
    fn statistics(&self, _limit: usize) -> Result<Statistics, StoreError> {
        Ok(Statistics::default())
    }

    /// What is known of each metric, by name.
    fn families(&self) -> Result<Vec<Family>, StoreError>;

    /// Forgets samples older than `before` and series left without any; returns how many blocks of samples went. What stands
    /// for them over longer spans stays: before that time, `scan` answers with the last sample of each such span, or with
    /// what the hint says of it.
    fn forget(&self, before: Millis) -> Result<u64, StoreError>;

    /// Forgets what has stood for samples over longer spans for as long as it should; returns how many blocks went.
    fn forget_rollups(&self, _now: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }

    /// Forgets the oldest samples until all take no more than so many bytes; returns how many blocks went.
    fn shrink(&self, _bytes: u64) -> Result<u64, StoreError> {
        Ok(0)
    }

    /// Commits labelled samples of whatever time, from nobody in particular.
    fn append(&self, batches: &[Batch]) -> Result<Appended, StoreError> {
        let pushes: Vec<Push> = batches.iter().map(|batch| Push::from_batch("", batch).0).collect();
        let mut all = Appended::default();
        for one in self.push(&pushes, Bounds::OPEN)? {
            all.samples += one.samples;
            all.new_series += one.new_series;
            all.duplicates += one.duplicates;
            all.refused.extend(one.refused);
        }
        Ok(all)
    }

    /// All of a scan at once: for small answers.
    fn select(&self, matchers: &[Matcher], start: Millis, end: Millis, limits: SelectLimits) -> Result<Vec<Series>, StoreError> {
        let mut found = Vec::new();
        self.scan(&Select::new(matchers, start, end, limits), &mut |labels, times, values| {
            let samples = times.iter().zip(values).map(|(time, value)| Sample { time: *time, value: *value });
            found.push(Series { labels: labels.clone(), samples: samples.collect() });
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }
}
