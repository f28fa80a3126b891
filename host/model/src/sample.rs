//! Samples, and the batches they travel in.

use crate::{Labels, Millis};

/// Prometheus's stale marker: the NaN that says "this series has ended here".
pub const STALE: u64 = 0x7ff0_0000_0000_0002;

/// Whether a value is the stale marker (an ordinary NaN is not).
pub fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE
}

pub fn stale() -> f64 {
    f64::from_bits(STALE)
}

/// A value at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    pub time: Millis,
    pub value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    Unknown,
    Counter,
    Gauge,
    Histogram,
    Summary,
}

/// What a metric is, told once for all its series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    pub name: String,
    pub kind: MetricKind,
    pub help: String,
    pub unit: String,
}

/// What one collection or one push brings: one sample for each series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    pub families: Vec<Family>,
    pub samples: Vec<(Labels, Sample)>,
}

/// A series and what it held in a span of time, in order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub labels: Labels,
    pub samples: Vec<Sample>,
}
