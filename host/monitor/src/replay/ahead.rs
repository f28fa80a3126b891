//! Rules whose answer depends on nothing that rules write are asked for many moments at once: a range costs little more than
//! one of its moments. What cannot be told that way is asked moment by moment, as a running host does.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use vitrine_model::frame::TimeRange;
use vitrine_model::sample::is_stale;
use vitrine_model::{Labels, Millis};
use vitrine_query::{Cancel, Engine, Expr, Matrix};

use crate::alert::{Ask, Group, Rule, asks_for};

/// Values that are held of all rules together, and the steps of one range.
const VALUES: usize = 16_000_000;
const FIRST_STEPS: usize = 256;
const LEAST_STEPS: usize = 16;
const MOST_STEPS: usize = 5_760;

/// What in an expression looks different to a range than to a moment.
const OF_RANGES: [&str; 4] = ["start()", "end()", "step()", "range()"];

/// Answers of one rule over some moments.
struct Chunk {
    start: Millis,
    steps: usize,
    /// None where they cannot be had at once.
    matrix: Option<Matrix>,
}

/// As [`Ask`].
pub(super) struct Ahead {
    engine: Engine,
    /// How often each expression is asked for, by where it is.
    every: HashMap<usize, Millis>,
    chunks: Mutex<HashMap<usize, Chunk>>,
    end: Millis,
}

/// An expression of a rule stays where it is as long as the rule does.
fn place(expr: &Expr) -> usize {
    std::ptr::from_ref(expr).addr()
}

impl Ahead {
    /// For the rules of these groups, where others than these `names` are read. Nothing is asked for past the `end`.
    pub(super) fn new(engine: Engine, groups: &[Group], names: &[String], end: Millis) -> Ahead {
        let is_free = |expr: &Expr| {
            let pretty = expr.pretty();
            !names.iter().any(|name| asks_for(expr, name)) && !OF_RANGES.iter().any(|word| pretty.contains(word))
        };
        let mut every = HashMap::new();
        for group in groups.iter().filter(|group| group.interval().millis() > 0) {
            for rule in &group.rules {
                let expr = match rule {
                    Rule::Alert(rule) => &rule.expr,
                    Rule::Record(rule) => &rule.expr,
                };
                if is_free(expr) {
                    every.insert(place(expr), group.interval().millis());
                }
            }
        }
        Ahead { engine, every, chunks: Mutex::default(), end }
    }

    /// As many steps as leave room for the other rules.
    fn steps(&self, before: Option<&Chunk>) -> usize {
        let series = before.map(|chunk| chunk.matrix.as_ref().map_or(usize::MAX, |matrix| matrix.series.len()));
        let own = VALUES / self.every.len().max(1);
        series.map_or(FIRST_STEPS, |series| (own / series.max(1)).clamp(LEAST_STEPS, MOST_STEPS))
    }

    fn ask(&self, expr: &Expr, at: Millis, every: Millis, before: Option<&Chunk>) -> Chunk {
        let left = usize::try_from((self.end - at).max(0) / every).unwrap_or(0) + 1;
        let steps = self.steps(before).min(left);
        let end = at + every * (steps as Millis - 1);
        let range = TimeRange { start: at, end, step: every };
        // What fails over a range may be well at most of its moments.
        Chunk { start: at, steps, matrix: self.engine.range(expr, range, &Cancel::default()).ok() }
    }
}

impl Chunk {
    fn step(&self, at: Millis, every: Millis) -> Option<usize> {
        let behind = at - self.start;
        let step = usize::try_from(behind / every).ok()?;
        (behind >= 0 && behind % every == 0 && step < self.steps).then_some(step)
    }
}

fn at_step(matrix: &Matrix, step: usize) -> Vec<(Labels, f64)> {
    let values = matrix.series.iter().map(|(labels, values)| (labels, values[step]));
    values.filter(|(_, value)| !is_stale(*value)).map(|(labels, value)| (labels.clone(), value)).collect()
}

impl Ask for Ahead {
    fn vector(&self, expr: &Expr, at: Millis) -> Result<Vec<(Labels, f64)>, String> {
        let Some(every) = self.every.get(&place(expr)).copied() else { return self.engine.vector(expr, at) };
        let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        let known = chunks.get(&place(expr));
        let (chunk, step) = match known.and_then(|chunk| Some((chunk, chunk.step(at, every)?))) {
            Some(found) => found,
            None => {
                let made = self.ask(expr, at, every, known);
                (&*chunks.entry(place(expr)).insert_entry(made).into_mut(), 0)
            }
        };
        match &chunk.matrix {
            Some(matrix) => Ok(at_step(matrix, step)),
            None => self.engine.vector(expr, at),
        }
    }

    fn living(&self, expr: &Expr, at: Millis) -> Result<Vec<Labels>, String> {
        Ask::living(&self.engine, expr, at)
    }
}

#[cfg(test)]
mod tests;
