//! Reads samples and lays them on the grid.

use std::ops::ControlFlow;

use vitrine_model::Millis;
use vitrine_model::port::samples::Select;
use vitrine_model::sample::{Sample, Series, is_stale};

use super::Run;
use super::value::{Column, absent, drop_names};
use crate::QueryError;
use crate::functions::range::Window;
use crate::plan::{Range, Selector};

/// How old a sample may be and still be the current one, as in Prometheus.
const LOOKBACK: Millis = 5 * 60_000;

/// Between two looks at the watch.
const STEPS_AT_ONCE: usize = 256;

impl Run<'_> {
    /// The current value at each step.
    pub(super) fn select(&self, selector: &Selector) -> Result<Vec<Column>, QueryError> {
        self.latest(selector, |sample| sample.value)
    }

    /// What `value` makes of the current sample at each step.
    pub(super) fn latest(&self, selector: &Selector, value: impl Fn(&Sample) -> f64) -> Result<Vec<Column>, QueryError> {
        let found = self.fetch(selector, LOOKBACK)?;
        self.watch.check_size(found.len(), self.grid.steps)?;
        let mut columns = Vec::with_capacity(found.len());
        for series in found {
            self.watch.check()?;
            let mut next = 0;
            let values = self.grid.times().map(|time| {
                let moment = time.saturating_sub(selector.offset);
                while series.samples.get(next).is_some_and(|sample| sample.time <= moment) {
                    next += 1;
                }
                match next.checked_sub(1).map(|place| &series.samples[place]) {
                    Some(sample) if sample.time > moment.saturating_sub(LOOKBACK) && !is_stale(sample.value) => value(sample),
                    _ => absent(),
                }
            });
            let column = Column { values: values.collect(), labels: series.labels };
            if !column.is_empty() {
                columns.push(column);
            }
        }
        Ok(columns)
    }

    /// A function of the samples before each step.
    pub(super) fn range(&self, range: &Range) -> Result<Vec<Column>, QueryError> {
        let parameters = range.parameter.as_ref().map(|parameter| self.scalar(parameter)).transpose()?;
        let found = self.fetch(&range.selector, range.span)?;
        self.watch.check_size(found.len(), self.grid.steps)?;
        let mut columns = Vec::with_capacity(found.len());
        for mut series in found {
            series.samples.retain(|sample| !is_stale(sample.value));
            let column = self.slide(range, series, parameters.as_deref())?;
            if !column.is_empty() {
                columns.push(column);
            }
        }
        if range.keeps_name { Ok(columns) } else { drop_names(columns) }
    }

    /// Moves the window over one series.
    fn slide(&self, range: &Range, series: Series, parameters: Option<&[f64]>) -> Result<Column, QueryError> {
        let samples = &series.samples;
        let (mut first, mut next) = (0, 0);
        let mut values = Vec::with_capacity(self.grid.steps);
        for (step, at) in self.grid.times().enumerate() {
            if step % STEPS_AT_ONCE == 0 {
                self.watch.check()?;
            }
            let end = at.saturating_sub(range.selector.offset);
            let start = end.saturating_sub(range.span);
            while samples.get(next).is_some_and(|sample| sample.time <= end) {
                next += 1;
            }
            while first < next && samples[first].time <= start {
                first += 1;
            }
            let parameter = parameters.map_or(f64::NAN, |parameters| parameters[step]);
            let window = Window { samples: &samples[first..next], start, end, at, parameter };
            values.push(if window.samples.is_empty() { absent() } else { (range.function)(&window).unwrap_or_else(absent) });
        }
        Ok(Column { labels: series.labels, values })
    }

    /// Everything that a look back of `span` from any step can see: spans are open on the left.
    fn fetch(&self, selector: &Selector, span: Millis) -> Result<Vec<Series>, QueryError> {
        let start = self.grid.start.saturating_sub(selector.offset).saturating_sub(span).saturating_add(1);
        let end = self.grid.end().saturating_sub(selector.offset);
        if start > end {
            return Ok(Vec::new());
        }
        let select = Select::new(&selector.matchers, start, end, self.watch.select_limits());
        let mut found = Vec::new();
        self.samples.scan(&select, &mut |labels, times, values| {
            let samples = times.iter().zip(values).map(|(time, value)| Sample { time: *time, value: *value });
            found.push(Series { labels: labels.clone(), samples: samples.collect() });
            self.watch.spend(times.len());
            if self.watch.check().is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        self.watch.check()?;
        Ok(found)
    }
}
