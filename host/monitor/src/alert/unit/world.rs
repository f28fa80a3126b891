//! Rules on a virtual clock: the evaluator's own steps over samples in memory, one moment after the other.

use std::collections::HashMap;
use std::sync::Arc;

use vitrine_model::alert::{Alert, AlertChange};
use vitrine_model::sample::Sample;
use vitrine_model::{Labels, Millis};
use vitrine_query::{Engine, Expr, Limits};

use super::memory::Memory;
use crate::alert::rule::{Group, Rule};
use crate::alert::state;
use crate::alert::turn::{self, External, Written};

/// Everything that rules of a test see and have done.
pub(super) struct World {
    samples: Arc<Memory>,
    engine: Engine,
    external: External,
    written: Written,
    active: HashMap<String, HashMap<Labels, Alert>>,
}

impl World {
    pub(super) fn new(external: External) -> World {
        let samples = Arc::new(Memory::default());
        let engine = Engine::new(Arc::clone(&samples) as Arc<_>, Limits::default());
        World { samples, engine, external, written: Written::default(), active: HashMap::new() }
    }

    pub(super) fn bring(&self, samples: impl IntoIterator<Item = (Labels, Sample)>) {
        self.samples.write(samples);
    }

    /// The alerts of a rule.
    pub(super) fn alerts(&self, key: &str) -> impl Iterator<Item = &Alert> {
        self.active.get(key).into_iter().flat_map(HashMap::values)
    }

    pub(super) fn ask(&self, expr: &Expr, at: Millis) -> Result<Vec<(Labels, f64)>, String> {
        turn::vector(&self.engine, expr, at)
    }

    /// Evaluates a group; says what changed, and for each rule that could not be evaluated its name and why.
    pub(super) fn evaluate(&mut self, group: &Group, at: Millis) -> (AlertChange, Vec<(String, String)>) {
        let (mut all, mut faults) = (AlertChange::default(), Vec::new());
        for rule in &group.rules {
            let (name, outcome) = match rule {
                Rule::Alert(rule) => (rule.name.as_str(), self.alert(rule, group, at)),
                Rule::Record(rule) => (rule.labels.name(), self.record(rule, group, at).map(|()| AlertChange::default())),
            };
            match outcome {
                Ok(change) => {
                    all.set.extend(change.set);
                    all.removed.extend(change.removed);
                    all.events.extend(change.events);
                }
                Err(reason) => faults.push((name.to_owned(), reason)),
            }
        }
        (all, faults)
    }

    fn alert(&mut self, rule: &crate::alert::rule::AlertRule, group: &Group, at: Millis) -> Result<AlertChange, String> {
        let asked_at = at - group.offset.millis();
        let mut active = self.active.get(&rule.key).cloned().unwrap_or_default();
        let seen = turn::see(&self.engine, &self.external, group.limit, rule, &active, asked_at);
        let seen = seen.or_else(|reason| turn::in_error(rule, &self.external, &active, &reason, asked_at).ok_or(reason));
        let mut seen = seen?;
        let truths = std::mem::take(&mut seen.truths);
        let change = state::step(rule, &mut active, truths, |alert| seen.stays(rule, alert), at);
        self.samples.write(self.written.samples(&rule.key, turn::alert_series(&active), asked_at));
        self.active.insert(rule.key.clone(), active);
        Ok(change)
    }

    fn record(&mut self, rule: &crate::alert::rule::RecordRule, group: &Group, at: Millis) -> Result<(), String> {
        let at = at - group.offset.millis();
        let series = turn::vector(&self.engine, &rule.expr, at)?;
        turn::within(series.len(), group.limit, "series")?;
        let series = series.into_iter().map(|(labels, value)| (labels.with(rule.labels.iter()), value)).collect();
        self.samples.write(self.written.samples(&rule.key, series, at));
        Ok(())
    }
}
