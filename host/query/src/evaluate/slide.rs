//! Functions of windows that slide over samples, or over what a subquery answers.

use vitrine_model::port::samples::Keep;
use vitrine_model::sample::{Sample, Series, is_stale};
use vitrine_model::{Labels, Millis};

use super::scan::{Timing, Wanted, advance};
use super::stream::{Row, Sink};
use super::value::{absent, is_absent};
use super::{Grid, Run};
use crate::QueryError;
use crate::evaluate::notes::Go;
use crate::functions::range::{RangeFunction, Window, reach};
use crate::syntax::tree::{Call, Kind, Node, Reach, Subquery, Type};

/// The distance of a subquery's steps where none is written.
const SUBQUERY_STEP: Millis = 60_000;

/// Between two looks at the watch.
const STEPS_AT_ONCE: usize = 1024;

/// Endings of counters' names.
const COUNTERS: [&str; 4] = ["_total", "_sum", "_count", "_bucket"];

/// A series before any window: its labels, whether these drop the name, times and values.
type EachRange<'s> = dyn FnMut(&Labels, bool, &[Millis], &[f64]) -> Result<(), QueryError> + 's;

/// Where a window lies.
#[derive(Debug, Clone, Copy)]
struct Frame {
    timing: Timing,
    span: Millis,
    /// How far before and after the window samples still count.
    before: Millis,
    after: Millis,
}

/// Buffers that all series share.
#[derive(Default)]
struct Room {
    times: Vec<Millis>,
    values: Vec<f64>,
    falls: Vec<usize>,
    scratch: Vec<f64>,
}

impl Run<'_> {
    pub(super) fn stream_range(&self, call: &Call, function: RangeFunction, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let scalars: Vec<&Node> = call.arguments.iter().filter(|argument| argument.answers() == Type::Scalar).collect();
        let parameters = scalars.iter().map(|scalar| self.scalar(scalar)).collect::<Result<Vec<_>, _>>()?;
        self.check_parameters(call, &parameters)?;
        let Some(range) = call.arguments.iter().find(|argument| argument.answers() == Type::Matrix) else {
            return Err(QueryError::Invalid(format!("`{}` misses a range such as `metric[5m]`", call.function.name)));
        };
        let function = reaching(call, function, range.bare())?;
        let guesses_counter = matches!(call.function.name, "rate" | "increase");
        self.windows(range, function, &parameters, &mut |row| {
            if guesses_counter {
                self.check_counter(&row, range);
            }
            sink(row)
        })
    }

    fn check_parameters(&self, call: &Call, parameters: &[Vec<f64>]) -> Result<(), QueryError> {
        match call.function.name {
            "quantile_over_time" => {
                for values in parameters {
                    self.query.notes.check_quantiles(call.arguments[0].place, values);
                }
            }
            "double_exponential_smoothing" => {
                for (name, values) in ["smoothing", "trend"].iter().zip(parameters) {
                    if let Some(wrong) = values.iter().find(|value| **value <= 0.0 || **value >= 1.0 || value.is_nan()) {
                        let letter = &name[..1];
                        return Err(QueryError::Invalid(format!(
                            "invalid {name} factor. Expected: 0 < {letter}f < 1, got: {}",
                            Go(*wrong)
                        )));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn check_counter(&self, row: &Row<'_>, range: &Node) {
        let name = row.labels.name();
        let is_named = name.is_empty() || COUNTERS.iter().any(|ending| name.ends_with(ending));
        if !is_named && row.values.iter().any(|value| !is_absent(*value)) {
            let words = "metric might not be a counter, name does not end in _total/_sum/_count/_bucket:";
            self.query.notes.inform(range.place, &format!("{words} {name:?}"));
        }
    }

    /// What `function` makes of each series' window at each step.
    pub(super) fn windows(
        &self,
        range: &Node,
        function: RangeFunction,
        parameters: &[Vec<f64>],
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        let frame = self.frame(range.bare())?;
        let mut column = vec![absent(); self.grid.steps];
        let mut room = Room::default();
        self.ranges(range.bare(), frame, function.keep, &mut |labels, drops_name, times, values| {
            self.slide(function, frame, parameters, (times, values), &mut room, &mut column)?;
            sink(Row { labels, drops_name: drops_name || !function.keeps_name, values: &mut column })
        })
    }

    fn frame(&self, range: &Node) -> Result<Frame, QueryError> {
        let (span, shift, reach) = match &range.kind {
            Kind::Window(window) => (&window.span, &window.selector.shift, window.reach),
            Kind::Subquery(subquery) => (&subquery.span, &subquery.shift, Reach::Inside),
            _ => return Err(QueryError::Invalid("a range such as `metric[5m]` is needed".to_owned())),
        };
        let before = if reach == Reach::Inside { 0 } else { self.query.lookback };
        let after = if reach == Reach::Smoothed { self.query.lookback } else { 0 };
        Ok(Frame { timing: self.timing(shift)?, span: span.positive_millis(&self.query.extent)?, before, after })
    }

    fn ranges(&self, range: &Node, frame: Frame, keep: Option<Keep>, each: &mut EachRange<'_>) -> Result<(), QueryError> {
        match &range.kind {
            Kind::Window(window) => {
                let timing = Timing { offset: frame.timing.offset.saturating_sub(frame.after), ..frame.timing };
                let span = frame.span.saturating_add(frame.before).saturating_add(frame.after);
                let wanted = Wanted { span, keep, current: false };
                self.scan(&window.selector.matchers, timing, wanted, &mut |labels, times, values| {
                    each(labels, false, times, values)
                })
            }
            Kind::Subquery(subquery) => self.subquery(subquery, frame, each),
            _ => Ok(()),
        }
    }

    /// What lies below is asked on a grid of its own, whose steps are multiples of its distance.
    fn subquery(&self, subquery: &Subquery, frame: Frame, each: &mut EachRange<'_>) -> Result<(), QueryError> {
        let step = subquery.step.as_ref().map_or(Ok(SUBQUERY_STEP), |step| step.positive_millis(&self.query.extent))?;
        let open = frame.timing.moment(self.grid.start).saturating_sub(frame.span);
        let end = frame.timing.moment(self.grid.end());
        let start = open.div_euclid(step).saturating_add(1).saturating_mul(step);
        if start > end {
            return Ok(());
        }
        let steps = (i128::from(end) - i128::from(start)) / i128::from(step) + 1;
        let steps = usize::try_from(steps).unwrap_or(usize::MAX);
        self.query.watch.check_size(1, steps)?;
        let grid = Grid { start, step, steps };
        let (mut times, mut values) = (Vec::new(), Vec::new());
        Run { grid, ..*self }.stream(&subquery.of, &mut |row| {
            times.clear();
            values.clear();
            for (place, value) in row.values.iter().enumerate().filter(|(_, value)| !is_absent(**value)) {
                times.push(grid.time(place));
                values.push(*value);
            }
            if times.is_empty() { Ok(()) } else { each(row.labels, row.drops_name, &times, &values) }
        })
    }

    /// Moves the window over one series.
    fn slide(
        &self,
        function: RangeFunction,
        frame: Frame,
        parameters: &[Vec<f64>],
        (times, values): (&[Millis], &[f64]),
        room: &mut Room,
        column: &mut [f64],
    ) -> Result<(), QueryError> {
        let Room { times: kept_times, values: kept_values, falls, scratch } = room;
        let (times, values) = without_stale(times, values, kept_times, kept_values);
        falls.clear();
        if function.counts_falls {
            falls.extend((1..values.len()).filter(|place| values[*place] < values[place - 1]));
        }
        let mut chosen = [0.0; 2];
        let (mut first, mut next, mut fall, mut fall_end) = (0, 0, 0, 0);
        for (step, slot) in column.iter_mut().enumerate() {
            if step % STEPS_AT_ONCE == 0 {
                self.query.watch.check()?;
            }
            let at = self.grid.time(step);
            let end = frame.timing.moment(at);
            let start = end.saturating_sub(frame.span);
            next = advance(times, next, end.saturating_add(frame.after));
            first = advance(times, first, start.saturating_sub(frame.before));
            while falls.get(fall).is_some_and(|place| *place <= first) {
                fall += 1;
            }
            fall_end = fall_end.max(fall);
            while falls.get(fall_end).is_some_and(|place| *place < next) {
                fall_end += 1;
            }
            chosen.iter_mut().zip(parameters).for_each(|(chosen, values)| *chosen = values[step]);
            let mut window = Window {
                times: &times[first..next],
                values: &values[first..next],
                start,
                end,
                at,
                parameters: &chosen[..parameters.len().min(2)],
                first,
                falls: &falls[fall..fall_end],
                scratch: &mut *scratch,
            };
            *slot = if first == next { absent() } else { (function.compute)(&mut window).unwrap_or_else(absent) };
        }
        Ok(())
    }

    /// The samples within a range at the first moment.
    pub(super) fn series_of(&self, range: &Node) -> Result<Vec<Series>, QueryError> {
        let frame = self.frame(range)?;
        let mut found = Vec::new();
        self.ranges(range, frame, None, &mut |labels, drops_name, times, values| {
            let moments = times.iter().zip(values).filter(|(_, value)| !is_stale(**value));
            let samples: Vec<Sample> = moments.map(|(time, value)| Sample { time: *time, value: *value }).collect();
            if !samples.is_empty() {
                let labels = if drops_name { labels.without_name() } else { labels.clone() };
                found.push(Series { labels, samples });
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// The function with a range's ends as they were asked for.
fn reaching(call: &Call, function: RangeFunction, range: &Node) -> Result<RangeFunction, QueryError> {
    let Kind::Window(window) = &range.kind else { return Ok(function) };
    let (word, names) = match window.reach {
        Reach::Inside => return Ok(function),
        Reach::Anchored => ("anchored", "changes, delta, increase, rate, resets"),
        Reach::Smoothed => ("smoothed", "delta, increase, rate"),
    };
    match reach::find(call.function.name, window.reach) {
        Some(compute) => Ok(RangeFunction { compute, counts_falls: false, keep: None, ..function }),
        None => {
            Err(QueryError::Invalid(format!("{word} modifier can only be used with: {names} - not with {}", call.function.name)))
        }
    }
}

/// Stale markers end series; within a range they are no samples.
fn without_stale<'a>(
    times: &'a [Millis],
    values: &'a [f64],
    kept_times: &'a mut Vec<Millis>,
    kept_values: &'a mut Vec<f64>,
) -> (&'a [Millis], &'a [f64]) {
    if !values.iter().any(|value| is_stale(*value)) {
        return (times, values);
    }
    kept_times.clear();
    kept_values.clear();
    for (time, value) in times.iter().zip(values).filter(|(_, value)| !is_stale(**value)) {
        kept_times.push(*time);
        kept_values.push(*value);
    }
    (kept_times, kept_values)
}
