//! One evaluation: what is asked, what is expected, and whether that is what comes.

mod compare;
mod expect;

use std::sync::Arc;

use vitrine_model::frame::TimeRange;
use vitrine_model::sample::is_stale;
use vitrine_model::{Labels, Millis};
use vitrine_query::{Answer, Cancel, Engine, Expr, Limits, Matrix, Notes, QueryError};

use super::Memory;
use compare::Rows;
use expect::Expectation;

#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    Instant(Millis),
    Range { start: Millis, end: Millis, step: Millis },
}

pub(super) struct Case<'a> {
    when: When,
    query: &'a str,
    expected: Expectation,
}

/// What came.
enum Came {
    Text(String),
    Scalar(f64),
    Rows(Rows),
    /// Samples with their own moments.
    Samples(Vec<vitrine_model::sample::Series>),
}

const MINUTE: Millis = 60_000;

/// Parts whose answer depends on the range itself.
const OF_RANGE: [&str; 4] = ["range(", "step(", "start(", "end("];

impl<'a> Case<'a> {
    pub(super) fn new(eval: &str, when: When, query: &'a str, block: &[(usize, &str)]) -> Result<Case<'a>, String> {
        Ok(Case { when, query, expected: Expectation::new(eval, block)? })
    }

    /// A remark on what is right all the same, or why it is wrong.
    pub(super) fn run(&self, samples: &Arc<Memory>) -> Result<Option<String>, String> {
        let told = |reason: String| format!("{}: {reason}", self.query);
        if self.expected.has_histograms {
            return Err(told("it expects native histograms, which are not supported".to_owned()));
        }
        let engine = Engine::new(samples.clone(), Limits::default());
        let came = Expr::parse(self.query).and_then(|expr| {
            if let Some(line) = expr.selectors().find_map(|matchers| samples.histogram_line(matchers)) {
                let reason = format!("it reads the native histograms of line {line}, which are not supported");
                return Err(QueryError::Unsupported(reason));
            }
            self.ask(&engine, &expr).map(|(came, notes)| (expr, came, notes))
        });
        let (expr, came, notes) = match came {
            Err(QueryError::Unsupported(reason)) => return Err(told(reason)),
            Err(error) => return self.expected.check_failure(&error.to_string()).map(|()| None).map_err(told),
            Ok(came) => came,
        };
        self.check(&came).map_err(told)?;
        let remark = self.expected.check_notes(&notes).map_err(told)?;
        self.check_as_range(&engine, &expr).map_err(|reason| told(format!("as a range: {reason}")))?;
        Ok(remark)
    }

    fn ask(&self, engine: &Engine, expr: &Expr) -> Result<(Came, Notes), QueryError> {
        match self.when {
            When::Instant(at) => {
                let (answer, notes) = engine.instant_with_notes(expr, at, &Cancel::new())?;
                let came = match answer {
                    Answer::Scalar(value) => Came::Scalar(value),
                    Answer::Text(text) => Came::Text(text),
                    Answer::Vector(list) => {
                        Came::Rows(list.into_iter().map(|(labels, value)| (labels, vec![Some(value)])).collect())
                    }
                    Answer::Samples(series) => Came::Samples(series),
                };
                Ok((came, notes))
            }
            When::Range { start, end, step } => {
                let (matrix, notes) = engine.range_with_notes(expr, TimeRange { start, end, step }, &Cancel::new())?;
                Ok((Came::Rows(rows(matrix)), notes))
            }
        }
    }

    fn check(&self, came: &Came) -> Result<(), String> {
        self.expected.check_no_failure()?;
        match came {
            Came::Text(text) => self.expected.check_text(text),
            Came::Scalar(value) => self.expected.check_rows(&vec![(Labels::new(), vec![Some(*value)])]),
            Came::Rows(rows) => self.expected.check_rows(rows),
            Came::Samples(series) => self.expected.check_samples(series),
        }
    }

    /// What holds at a moment must hold in the middle of a range.
    fn check_as_range(&self, engine: &Engine, expr: &Expr) -> Result<(), String> {
        let lower = self.query.to_ascii_lowercase();
        let When::Instant(at) = self.when else { return Ok(()) };
        if self.expected.is_special() || OF_RANGE.iter().any(|part| lower.contains(part)) {
            return Ok(());
        }
        let range = TimeRange { start: at - MINUTE, end: at + MINUTE, step: MINUTE };
        let matrix = engine.range(expr, range, &Cancel::new()).map_err(|error| error.to_string())?;
        let middle = |(labels, values): (Labels, Vec<Option<f64>>)| values[1].map(|value| (labels, vec![Some(value)]));
        self.expected.check_rows(&rows(matrix).into_iter().filter_map(middle).collect())
    }
}

fn rows(matrix: Matrix) -> Rows {
    let present = |value: f64| (!is_stale(value)).then_some(value);
    matrix.series.into_iter().map(|(labels, values)| (labels, values.into_iter().map(present).collect())).collect()
}
