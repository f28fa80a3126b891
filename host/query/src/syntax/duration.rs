//! Durations that are computed: `[2 * step()]`, `offset -(1h + 5m)`.

use vitrine_model::Millis;

use crate::QueryError;
use crate::functions::number::arithmetic;

/// Seconds, written or computed.
#[derive(Debug, Clone)]
pub(crate) enum Duration {
    Seconds(f64),
    /// The distance of the query's steps.
    Step,
    /// From the query's start to its end.
    Range,
    Negate(Box<Duration>),
    Compute(Box<Duration>, char, Box<Duration>),
    Least(Box<Duration>, Box<Duration>),
    Most(Box<Duration>, Box<Duration>),
}

/// The query that a duration may be about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) start: Millis,
    pub(crate) end: Millis,
    /// Nothing at one moment.
    pub(crate) step: Millis,
}

impl Duration {
    pub(crate) fn seconds(&self, extent: &Extent) -> f64 {
        match self {
            Duration::Seconds(seconds) => *seconds,
            Duration::Step => extent.step as f64 / 1e3,
            Duration::Range => extent.end.saturating_sub(extent.start) as f64 / 1e3,
            Duration::Negate(of) => -of.seconds(extent),
            Duration::Compute(left, operator, right) => arithmetic(*operator, left.seconds(extent), right.seconds(extent)),
            Duration::Least(one, other) => one.seconds(extent).min(other.seconds(extent)),
            Duration::Most(one, other) => one.seconds(extent).max(other.seconds(extent)),
        }
    }

    /// Of either sign.
    pub(crate) fn millis(&self, extent: &Extent) -> Result<Millis, QueryError> {
        let millis = (self.seconds(extent) * 1e3).round();
        if millis.is_finite() && millis.abs() < 9e18 {
            return Ok(millis as Millis);
        }
        Err(QueryError::Invalid(format!("the duration comes to {} s: it must be a number of bearable size", millis / 1e3)))
    }

    /// Longer than nothing.
    pub(crate) fn positive_millis(&self, extent: &Extent) -> Result<Millis, QueryError> {
        let millis = self.millis(extent)?;
        if millis > 0 {
            return Ok(millis);
        }
        Err(QueryError::Invalid(format!("the duration comes to {} s: duration must be greater than 0", millis as f64 / 1e3)))
    }
}
