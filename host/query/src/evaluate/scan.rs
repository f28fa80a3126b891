//! Reads samples, one series at a time. The only place that asks the store.

use std::ops::ControlFlow;

use vitrine_model::port::samples::{Hint, Keep, Moments, Select};
use vitrine_model::sample::is_stale;
use vitrine_model::{Labels, Matcher, Millis};

use super::stream::{Row, Sink};
use super::value::absent;
use super::{Grid, Run};
use crate::QueryError;
use crate::syntax::tree::{At, Selector, Shift};

/// Shorter spans hold so few samples that leaving some out saves nothing.
const LEAST_SPAN: Millis = 60_000;

/// What comes of each series: its labels, and its samples in order of time.
pub(super) type EachSeries<'s> = dyn FnMut(&Labels, &[Millis], &[f64]) -> Result<(), QueryError> + 's;

/// From a moment asked for to the moment looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    pub(super) fixed: Option<Millis>,
    pub(super) offset: Millis,
}

impl Timing {
    pub(super) fn moment(self, time: Millis) -> Millis {
        self.fixed.unwrap_or(time).saturating_sub(self.offset)
    }
}

/// What of a sample is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Value,
    /// Seconds.
    Time,
}

/// What a look back sees, and what of it matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) span: Millis,
    pub(super) keep: Option<Keep>,
    /// Nothing but the last sample that each step sees.
    pub(super) current: bool,
}

impl Run<'_> {
    pub(super) fn timing(&self, shift: &Shift) -> Result<Timing, QueryError> {
        let extent = &self.query.extent;
        let fixed = shift.at.map(|at| match at {
            At::Moment(moment) => moment,
            At::Start => extent.start,
            At::End => extent.end,
        });
        let offset = shift.offset.as_ref().map_or(Ok(0), |offset| offset.millis(extent))?;
        Ok(Timing { fixed, offset })
    }

    /// The current sample of each series at each step.
    pub(super) fn latest(&self, selector: &Selector, part: Part, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let timing = self.timing(&selector.shift)?;
        let mut column = vec![absent(); self.grid.steps];
        let keep = (part == Part::Value).then_some(Keep::Last);
        let lookback = self.query.lookback;
        let wanted = Wanted { span: lookback, keep, current: true };
        self.scan(&selector.matchers, timing, wanted, &mut |labels, times, values| {
            if timing.fixed.is_some() {
                let one = Grid { steps: 1, ..self.grid };
                lay(&mut column[..1], one, timing, lookback, (times, values));
                let value = column[0];
                column.fill(value);
            } else {
                lay(&mut column, self.grid, timing, lookback, (times, values));
            }
            if part == Part::Time {
                self.times_of(&mut column, timing, times, values);
            }
            sink(Row { labels, drops_name: part == Part::Time, values: &mut column })
        })
    }

    /// Puts the sample's moment where its value is.
    fn times_of(&self, column: &mut [f64], timing: Timing, times: &[Millis], values: &[f64]) {
        let mut next = 0;
        for (slot, time) in column.iter_mut().zip(self.grid.times()) {
            next = advance(times, next, timing.moment(time));
            if next > 0 && !is_stale(*slot) && !is_stale(values[next - 1]) {
                *slot = times[next - 1] as f64 / 1e3;
            }
        }
    }

    /// Everything that a look back of `span` from any step can see: spans are open on the left.
    pub(super) fn scan(
        &self,
        matchers: &[Matcher],
        timing: Timing,
        Wanted { span, keep, current }: Wanted,
        each: &mut EachSeries<'_>,
    ) -> Result<(), QueryError> {
        let first = timing.moment(self.grid.start);
        let start = first.saturating_sub(span).saturating_add(1);
        let end = timing.moment(self.grid.end());
        if start > end {
            return Ok(());
        }
        let watch = &self.query.watch;
        let hint = keep.and_then(|keep| Some(Hint { every: self.common_span(first, span)?, keep }));
        let step = if timing.fixed.is_none() && self.grid.steps > 1 { self.grid.step } else { span };
        let moments = (current && step > 0).then_some(Moments { first, step, back: span });
        let select = Select { hint, moments, ..Select::new(matchers, start, end, watch.select_limits()) };
        let mut outcome = Ok(());
        self.query.samples.scan(&select, &mut |labels, times, values| {
            watch.spend(times.len());
            outcome = watch.check().and_then(|()| each(labels, times, values));
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        outcome
    }

    /// The longest span that divides time so that each window consists of whole spans.
    fn common_span(&self, first: Millis, span: Millis) -> Option<Millis> {
        let step = if self.grid.steps > 1 { self.grid.step } else { 0 };
        let every = common_divisor(common_divisor(step, span), first);
        (every >= LEAST_SPAN).then_some(every)
    }
}

fn common_divisor(one: Millis, other: Millis) -> Millis {
    let (mut one, mut other) = (one.saturating_abs(), other.saturating_abs());
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// Lays the current values on the grid; a stale marker is absence by itself.
fn lay(column: &mut [f64], grid: Grid, timing: Timing, lookback: Millis, (times, values): (&[Millis], &[f64])) {
    let mut next = 0;
    for (slot, time) in column.iter_mut().zip(grid.times()) {
        let moment = timing.moment(time);
        next = advance(times, next, moment);
        *slot = match next.checked_sub(1) {
            Some(place) if times[place] > moment.saturating_sub(lookback) => values[place],
            _ => absent(),
        };
    }
}

/// How many of the times lie at or before the moment; `from` is what was answered for an earlier one.
///
/// The next time is mostly near: a few steps, then leaps.
pub(super) fn advance(times: &[Millis], from: usize, moment: Millis) -> usize {
    let mut place = from;
    for _ in 0..4 {
        match times.get(place) {
            Some(time) if *time <= moment => place += 1,
            _ => return place,
        }
    }
    let mut leap = 8;
    while times.get(place + leap).is_some_and(|time| *time <= moment) {
        place += leap;
        leap *= 2;
    }
    let end = times.len().min(place + leap);
    place + times[place..end].partition_point(|time| *time <= moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaps_find_what_steps_find() {
        let times: Vec<Millis> = (0..500).map(|place| place * place / 3).collect();
        for from_moment in [-1, 0, 7, 400, 82_000] {
            let from = times.partition_point(|time| *time <= from_moment);
            for moment in from_moment..90_000 {
                assert_eq!(advance(&times, from, moment), times.partition_point(|time| *time <= moment));
            }
        }
        assert_eq!(advance(&[], 0, 5), 0);
    }
}
