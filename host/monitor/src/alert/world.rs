//! Rules on a virtual clock: the evaluator's own steps, one moment after the other, over whatever samples there are.

use std::collections::HashMap;
use std::sync::Arc;

use vitrine_model::alert::{Alert, AlertChange, AlertState};
use vitrine_model::sample::Sample;
use vitrine_model::{Labels, Millis};
use vitrine_query::Expr;

use super::flap::Flaps;
use super::rule::{AlertRule, Group, RecordRule, Rule};
use super::turn::{self, Ask, Decided, External, Terms, Written};

/// Where the samples go that rules write.
pub(crate) trait Kept: Send + Sync {
    fn write(&self, samples: Vec<(Labels, Sample)>);
}

/// Everything that rules see and have done.
pub(crate) struct World {
    ask: Box<dyn Ask>,
    kept: Arc<dyn Kept>,
    external: External,
    written: Written,
    active: HashMap<String, HashMap<Labels, Alert>>,
    flaps: HashMap<String, Flaps>,
}

impl World {
    pub(crate) fn over(ask: Box<dyn Ask>, kept: Arc<dyn Kept>, external: External) -> World {
        World { ask, kept, external, written: Written::default(), active: HashMap::new(), flaps: HashMap::new() }
    }

    /// The alerts of a rule.
    pub(super) fn alerts(&self, key: &str) -> impl Iterator<Item = &Alert> {
        self.active.get(key).into_iter().flat_map(HashMap::values)
    }

    /// How an alert stands by the last evaluation, if it fires.
    pub(crate) fn current(&self, rule: &str, labels: &Labels) -> Option<Alert> {
        self.active.get(rule)?.get(labels).filter(|alert| alert.state == AlertState::Firing).cloned()
    }

    pub(super) fn ask(&self, expr: &Expr, at: Millis) -> Result<Vec<(Labels, f64)>, String> {
        self.ask.vector(expr, at)
    }

    /// Evaluates a group; says what changed, and for each rule that could not be evaluated its name and why.
    pub(crate) fn evaluate(&mut self, group: &Group, at: Millis) -> (AlertChange, Vec<(String, String)>) {
        let (mut all, mut faults) = (AlertChange::default(), Vec::new());
        for rule in &group.rules {
            let (name, outcome) = match rule {
                Rule::Alert(rule) => (rule.name.as_str(), self.alert(rule, Terms::of(group), at)),
                Rule::Record(rule) => {
                    (rule.labels.name(), self.record(rule, Terms::of(group), at).map(|()| AlertChange::default()))
                }
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

    fn alert(&mut self, rule: &AlertRule, terms: Terms, at: Millis) -> Result<AlertChange, String> {
        let active = self.active.get(&rule.key).cloned().unwrap_or_default();
        let flaps = self.flaps.get(&rule.key).cloned().unwrap_or_default();
        let decided = turn::decide(self.ask.as_ref(), &self.external, terms, rule, (active, flaps), at)?;
        let Decided { change, active, flaps, .. } = decided;
        self.flaps.insert(rule.key.clone(), flaps);
        self.write(&rule.key, turn::alert_series(&active), at - terms.offset());
        self.active.insert(rule.key.clone(), active);
        Ok(change)
    }

    fn record(&mut self, rule: &RecordRule, terms: Terms, at: Millis) -> Result<(), String> {
        let series = turn::recorded(self.ask.as_ref(), terms, rule, at)?;
        self.write(&rule.key, series, at - terms.offset());
        Ok(())
    }

    fn write(&mut self, key: &str, series: Vec<(Labels, f64)>, at: Millis) {
        let samples = self.written.samples(key, series, at);
        if !samples.is_empty() {
            self.kept.write(samples);
        }
    }
}
