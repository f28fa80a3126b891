//! The engine: asks a parsed expression of stored samples.

use std::ops::ControlFlow;
use std::sync::{Arc, PoisonError, RwLock};

use vitrine_model::frame::TimeRange;
use vitrine_model::port::samples::{Samples, Select, SelectLimits};
use vitrine_model::{Labels, Matcher, Millis};

use crate::evaluate::notes::Notebook;
use crate::evaluate::value::{Column, Value, is_absent};
use crate::evaluate::{Grid, Query, Run};
use crate::limits::Watch;
use crate::nearest;
use crate::syntax::duration::Extent;
use crate::syntax::tree::{Kind, Type};
use crate::{Answer, Cancel, Expr, Limits, Matrix, Notes, QueryError};

/// Evaluates expressions. Calls block: ask from a blocking thread. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    samples: Arc<dyn Samples>,
    limits: Arc<RwLock<Limits>>,
    lookback: Millis,
}

/// How old a sample may be and still be the current one, unless a query says otherwise, as in Prometheus.
const LOOKBACK: Millis = 5 * 60_000;

/// A quick answer takes less than as many samples (a third of a millisecond), and an expression of few parts.
const HEAVY: i64 = 100_000;
const QUICK_NODES: usize = 24;
/// How often most sources are asked, and what a step costs, in samples.
const USUAL: Millis = 15_000;
const STEP: i64 = 10;

impl Engine {
    pub fn new(samples: Arc<dyn Samples>, limits: Limits) -> Engine {
        Engine { samples, limits: Arc::new(RwLock::new(limits)), lookback: LOOKBACK }
    }

    /// For what is asked from now on, of this engine and of its clones.
    pub fn set_limits(&self, limits: Limits) {
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = limits;
    }

    /// The same engine, for which a sample is current for so long.
    #[must_use]
    pub fn looking_back(&self, lookback: Millis) -> Engine {
        Engine { lookback, ..self.clone() }
    }

    fn limits(&self) -> Limits {
        *self.limits.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer at one moment.
    pub fn instant(&self, expr: &Expr, at: Millis, cancel: &Cancel) -> Result<Answer, QueryError> {
        self.instant_with_notes(expr, at, cancel).map(|(answer, _)| answer)
    }

    /// The answer at one moment, and what is to be said about it.
    pub fn instant_with_notes(&self, expr: &Expr, at: Millis, cancel: &Cancel) -> Result<(Answer, Notes), QueryError> {
        let grid = Grid { start: at, step: 1, steps: 1 };
        let query = self.query(expr, Extent { start: at, end: at, step: 0 }, false, cancel)?;
        let run = Run { query: &query, grid };
        if expr.node().answers() == Type::Matrix {
            let mut series = run.samples(expr.node())?;
            series.sort_by(|a, b| a.labels.cmp(&b.labels));
            return Ok((Answer::Samples(series), query.notes.finish()));
        }
        let answer = match run.answer(expr.node())? {
            Value::Scalar(values) => Answer::Scalar(values[0]),
            Value::Text(text) => Answer::Text(text),
            Value::Vector(columns) => {
                let present = columns.into_iter().filter(|column| !is_absent(column.values[0]));
                Answer::Vector(present.map(|column| (column.labels, column.values[0])).collect())
            }
        };
        Ok((answer, query.notes.finish()))
    }

    /// The answer at each step of the range; its end is a step if it falls on one.
    pub fn range(&self, expr: &Expr, range: TimeRange, cancel: &Cancel) -> Result<Matrix, QueryError> {
        self.range_with_notes(expr, range, cancel).map(|(matrix, _)| matrix)
    }

    /// The answer at each step of the range, and what is to be said about it.
    pub fn range_with_notes(&self, expr: &Expr, range: TimeRange, cancel: &Cancel) -> Result<(Matrix, Notes), QueryError> {
        let grid = self.grid(range)?;
        let query = self.query(expr, Extent { start: range.start, end: range.end, step: range.step }, true, cancel)?;
        let series = match (Run { query: &query, grid }).answer(expr.node())? {
            Value::Scalar(values) => vec![(Labels::new(), values)],
            Value::Text(_) => {
                let reason = "invalid expression type \"string\" for range query, must be scalar or instant vector";
                return Err(QueryError::Invalid(format!("{reason}: ask for it at one moment")));
            }
            Value::Vector(columns) => shown(columns),
        };
        Ok((Matrix { times: grid.times().collect(), series }, query.notes.finish()))
    }

    /// Whether the answer takes so little that nobody minds waiting for it: few samples of few series, as far as that can
    /// be said without asking the disk.
    pub fn is_quick(&self, expr: &Expr, range: TimeRange) -> bool {
        let steps = range.end.saturating_sub(range.start) / range.step.max(1) + 1;
        let (mut nodes, mut weight) = (0, 0_i64);
        expr.node().visit(&mut |node| {
            nodes += 1;
            weight = weight.saturating_add(match &node.kind {
                Kind::Subquery(_) => HEAVY,
                _ => node.selector().map_or(0, |selector| self.weight(&selector.matchers, range, steps)),
            });
        });
        nodes <= QUICK_NODES && weight < HEAVY
    }

    fn weight(&self, matchers: &[Matcher], range: TimeRange, steps: i64) -> i64 {
        let samples = range.end.saturating_sub(range.start) / USUAL + 40;
        let series = self.samples.count(matchers).and_then(|count| i64::try_from(count).ok());
        series.map_or(HEAVY, |series| series.saturating_mul(samples.saturating_add(steps.saturating_mul(STEP))))
    }

    /// Selectors that find something, for expressions that find nothing: at most three, the nearest first.
    pub fn nearest<'a>(&self, exprs: impl IntoIterator<Item = &'a Expr>) -> Result<Vec<String>, QueryError> {
        let selectors: Vec<_> = exprs.into_iter().flat_map(Expr::selectors).collect();
        Ok(nearest::nearest(self.samples.as_ref(), &selectors)?)
    }

    /// The series that the selectors of an expression find at a moment: those whose data are there, whatever is asked of them.
    pub fn living(&self, expr: &Expr, at: Millis) -> Result<Vec<Labels>, QueryError> {
        let limits = self.limits();
        let bounds = SelectLimits { series: limits.series, samples: limits.samples };
        let mut found = Vec::new();
        for matchers in expr.selectors() {
            let select = Select::new(matchers, at - self.lookback + 1, at, bounds);
            self.samples.scan(&select, &mut |labels, _, values| {
                if values.last().is_some_and(|value| !is_absent(*value)) {
                    found.push(labels.clone());
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(found)
    }

    fn query<'a>(&'a self, expr: &'a Expr, extent: Extent, is_range: bool, cancel: &'a Cancel) -> Result<Query<'a>, QueryError> {
        let watch = Watch::new(self.limits(), cancel);
        watch.check()?;
        let (samples, notes) = (self.samples.as_ref(), Notebook::new(expr.text()));
        Ok(Query { samples, watch, notes, extent, is_range, lookback: self.lookback })
    }

    fn grid(&self, range: TimeRange) -> Result<Grid, QueryError> {
        if range.step <= 0 {
            return Err(QueryError::Range("the step must be longer than nothing".to_owned()));
        }
        if range.end < range.start {
            return Err(QueryError::Range("the range ends before it starts".to_owned()));
        }
        let steps = (i128::from(range.end) - i128::from(range.start)) / i128::from(range.step) + 1;
        let most = self.limits().steps;
        match usize::try_from(steps) {
            Ok(steps) if steps <= most => Ok(Grid { start: range.start, step: range.step, steps }),
            _ => Err(QueryError::Range(format!(
                "the range has {steps} steps, {most} are allowed: ask for a longer step or a shorter range"
            ))),
        }
    }
}

/// Series in order of labels.
fn shown(columns: Vec<Column>) -> Vec<(Labels, Vec<f64>)> {
    let mut series: Vec<_> =
        columns.into_iter().filter(|column| !column.is_empty()).map(|column| (column.labels, column.values)).collect();
    series.sort_by(|a, b| a.0.cmp(&b.0));
    series
}
