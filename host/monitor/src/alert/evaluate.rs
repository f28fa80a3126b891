//! Evaluates rules: due → query → decide → commit. What is not committed has not happened.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vitrine_model::alert::{Alert, AlertChange, AlertState, Flap, OUTSIDE};
use vitrine_model::port::alerts::Alerts;
use vitrine_model::sample::{Batch, Sample};
use vitrine_model::{Clock, Labels, Millis};
use vitrine_query::Engine;

use super::early::Allowance;
use super::flap::Flaps;
use super::rule::{AlertRule, Group, RecordRule, Rule};
use super::state;
use super::turn::{self, Decided, External, Terms, Written};
use crate::ingest::Ingest;
use crate::live::{Change, Live};
use crate::metrics::Metrics;
use crate::notify::Forward;
use crate::status::{Evaluated, Status};

/// Who brings the series `ALERTS`, as sources are named.
pub(super) const ALERTS_SOURCE: &str = "alerts";
/// Who brings the series that rules record.
pub(super) const RULES_SOURCE: &str = "rules";

/// Missed evaluations that are counted at once.
const MOST_MISSED: usize = 100_000;

/// Samples that a group's rules write, until one of them may ask for such.
#[derive(Default)]
struct Waiting {
    alerts: Vec<(Labels, Sample)>,
    recorded: Vec<(Labels, Sample)>,
    /// What the recorded ones are called.
    names: HashSet<String>,
}

type Active = HashMap<String, HashMap<Labels, Alert>>;

/// Evaluates, and holds what is active.
pub(crate) struct Evaluator {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) alerts: Arc<dyn Alerts>,
    pub(crate) ingest: Ingest,
    pub(crate) live: Live,
    pub(crate) status: Arc<Status>,
    pub(crate) metrics: Metrics,
    /// Told when there are events to plan deliveries for.
    pub(crate) events: Arc<Notify>,
    pub(crate) active: Mutex<Active>,
    /// By rule: which of its alerts changed of late.
    pub(crate) flaps: Mutex<HashMap<String, Flaps>>,
    /// What templates may speak of besides the alert.
    pub(crate) external: Mutex<External>,
    /// Told of what fires after each evaluation.
    pub(crate) forward: Arc<Forward>,
    /// The series that each rule wrote last.
    pub(crate) written: Mutex<Written>,
    /// What may be spent on evaluations before they are due.
    pub(crate) allowance: Allowance,
}

impl Evaluator {
    fn active(&self) -> MutexGuard<'_, Active> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How an alert stands by the last evaluation, if it fires.
    pub(crate) fn current(&self, rule: &str, labels: &Labels) -> Option<Alert> {
        let active = self.active();
        active.get(rule)?.get(labels).filter(|alert| alert.state == AlertState::Firing).cloned()
    }

    fn flaps(&self) -> MutexGuard<'_, HashMap<String, Flaps>> {
        self.flaps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What fires goes to outside Alertmanagers too, also where the rule could not be evaluated.
    fn forward(&self, group: &Group, rule: &Rule, at: Millis) {
        let Rule::Alert(rule) = rule else { return };
        if !self.forward.is_needed() {
            return;
        }
        let firing = self
            .active()
            .get(&rule.key)
            .map_or_else(Vec::new, |active| active.values().filter(|alert| alert.state == AlertState::Firing).cloned().collect());
        self.forward.evaluated(&rule.key, firing, at, group.interval().millis());
    }

    fn external(&self) -> External {
        self.external.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes back what was active before a restart.
    pub(crate) fn restore(&self, alerts: Vec<Alert>, flaps: Vec<Flap>) {
        for flap in flaps {
            self.flaps().entry(flap.rule.clone()).or_default().insert(flap.labels.clone(), flap);
        }
        let mut active = self.active();
        for alert in alerts.into_iter().filter(|alert| alert.rule != OUTSIDE) {
            active.entry(alert.rule.clone()).or_default().insert(alert.labels.clone(), alert);
        }
        for (key, alerts) in active.iter() {
            self.written().restore(key, turn::alert_series(alerts));
        }
    }

    /// Ends the alerts of rules that are no more. Those of `unread` files (by their names) stay: what cannot be read
    /// is neither there nor gone.
    pub(crate) async fn retain(self: &Arc<Self>, groups: &[Group], unread: &[String]) {
        let keys: HashSet<&str> = groups.iter().flat_map(|group| &group.rules).map(Rule::key).collect();
        let is_unread = |key: &str| key.split(';').next().is_some_and(|file| unread.iter().any(|name| name == file));
        let is_known = |key: &str| keys.contains(key) || is_unread(key);
        let now = self.clock.now();
        let mut change = AlertChange::default();
        let gone: HashSet<String> = self.active().keys().filter(|key| !is_known(key)).cloned().collect();
        for key in &gone {
            for (labels, alert) in self.active().get(key).cloned().unwrap_or_default() {
                state::end(&mut change, labels, alert, now);
            }
        }
        let calm: HashSet<String> = self.flaps().keys().filter(|key| !is_known(key)).cloned().collect();
        for key in &calm {
            let of_rule = self.flaps().get(key).cloned().unwrap_or_default();
            change.calm.extend(of_rule.into_keys().map(|labels| (key.clone(), labels)));
        }
        let evaluator = Arc::clone(self);
        if tokio::task::spawn_blocking(move || evaluator.commit(&change)).await.unwrap_or(false) {
            self.flaps().retain(|key, _| !calm.contains(key));
            self.active().retain(|key, _| !gone.contains(key));
            self.forward.retain(is_known);
            let ended = self.written().orphans(is_known, now);
            self.write("rules that are gone", ALERTS_SOURCE, ended).await;
        }
    }

    /// Evaluates all rules of a group, one after the other, on a thread that may block: what takes a moment is not worth a
    /// change of threads. Says how long that took, before what was written was committed.
    pub(super) async fn evaluate_all(self: &Arc<Self>, group: &Arc<Group>, at: Millis, stop: &CancellationToken) -> Duration {
        let key = group.key.clone();
        let (evaluator, group, stop, runtime) = (Arc::clone(self), Arc::clone(group), stop.clone(), Handle::current());
        let work = move || {
            let (mut waiting, mut done, begin) = (Waiting::default(), Vec::new(), Instant::now());
            for rule in &group.rules {
                if stop.is_cancelled() {
                    break;
                }
                let began = Instant::now();
                let fault = evaluator.evaluate(&runtime, &group, rule, at, &mut waiting).err();
                evaluator.forward(&group, rule, at);
                done.push(Evaluated { at, took: began.elapsed(), fault });
            }
            let took = begin.elapsed();
            runtime.block_on(evaluator.write_all(&group, &mut waiting));
            (took, done)
        };
        let (took, done) = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
            tracing::error!("a group of rules could not be evaluated, and is with the next tick: {error}");
            (Duration::ZERO, Vec::new())
        });
        // Whoever reads that a rule is evaluated finds what it wrote, and the loop at the next tick.
        for (place, evaluated) in done.into_iter().enumerate() {
            self.status.evaluated(&key, place, evaluated);
        }
        took
    }

    /// Evaluates one rule. What rules write is put into `waiting`, and written before the first rule that may ask for it.
    fn evaluate(&self, runtime: &Handle, group: &Group, rule: &Rule, at: Millis, waiting: &mut Waiting) -> Result<(), String> {
        self.metrics.evaluations.inc();
        if waiting.may_be_asked_for(rule) {
            runtime.block_on(self.write_all(group, waiting));
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| match rule {
            Rule::Alert(rule) => self.alert(group, rule, at, waiting),
            Rule::Record(rule) => self.record(group, rule, at, waiting),
        }));
        let outcome = outcome.unwrap_or_else(|_| Err("the evaluation failed: see the log for its panic".to_owned()));
        if let Err(reason) = &outcome {
            // What could not be seen is neither true nor over.
            self.metrics.evaluation_faults.inc();
            let name = rule.name();
            tracing::warn!(rule.name = name, "rule could not be evaluated, its alerts stay as they are: {reason}");
        }
        outcome
    }

    fn alert(&self, group: &Group, rule: &AlertRule, at: Millis, waiting: &mut Waiting) -> Result<(), String> {
        // Work on a copy: if the commit fails, the next evaluation decides anew from what is stored.
        let before = self.active().get(&rule.key).cloned().unwrap_or_default();
        let was_active = !before.is_empty();
        let before = (before, self.flaps().get(&rule.key).cloned().unwrap_or_default());
        let Decided { change, active, flaps, fault } =
            turn::decide(self.engine.as_ref(), &self.external(), Terms::of(group), rule, before, at)?;
        let begun = change.flaps.iter().filter(|flap| flap.since == Some(at)).count();
        if !self.commit(&change) {
            return Err("its change could not be stored".to_owned());
        }
        waiting.alerts.extend(self.written().samples(&rule.key, turn::alert_series(&active), at - group.offset.millis()));
        if was_active || !active.is_empty() {
            self.active().insert(rule.key.clone(), active);
        }
        self.metrics.flaps.inc_by(begun as u64);
        match flaps.is_empty() {
            true => drop(self.flaps().remove(&rule.key)),
            false => drop(self.flaps().insert(rule.key.clone(), flaps)),
        }
        fault.map_or(Ok(()), Err)
    }

    fn record(&self, group: &Group, rule: &RecordRule, at: Millis, waiting: &mut Waiting) -> Result<(), String> {
        let series = turn::recorded(self.engine.as_ref(), Terms::of(group), rule, at)?;
        waiting.recorded.extend(self.written().samples(&rule.key, series, at - group.offset.millis()));
        if !waiting.names.contains(rule.labels.name()) {
            waiting.names.insert(rule.labels.name().to_owned());
        }
        Ok(())
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write_all(&self, group: &Group, waiting: &mut Waiting) {
        let Waiting { alerts, recorded, .. } = std::mem::take(waiting);
        self.write(&group.name, RULES_SOURCE, recorded).await;
        self.write(&group.name, ALERTS_SOURCE, alerts).await;
    }

    /// Writes the series of rules, by the one door.
    async fn write(&self, group: &str, source: &str, samples: Vec<(Labels, Sample)>) {
        if samples.is_empty() {
            return;
        }
        if let Err(error) = self.ingest.take(source, Batch { families: Vec::new(), samples }).await {
            self.metrics.evaluation_faults.inc();
            tracing::warn!(group.name = group, "the series of `{source}` could not be written: {error}");
        }
    }

    /// Counts the moments that passed while a group was being evaluated.
    pub(super) fn count_missed(&self, group: &Group, moment: Millis) {
        let now = self.clock.now();
        let ticks = std::iter::successors(group.schedule.next_after(moment), |tick| group.schedule.next_after(*tick));
        let missed = ticks.take_while(|tick| *tick <= now).take(MOST_MISSED).count() as u64;
        if missed > 0 {
            self.metrics.evaluations_missed.inc_by(missed);
            tracing::warn!(
                group.name = group.name,
                "{missed} evaluations were missed: the one before took too long, or the clock leapt"
            );
        }
    }

    /// Whether it is stored now.
    fn commit(&self, change: &AlertChange) -> bool {
        if change.is_empty() {
            return true;
        }
        for event in &change.events {
            tracing::info!(alert.labels = %event.alert.labels, alert.value = event.alert.value, "alert is {}", event.kind.word());
        }
        if let Err(error) = self.alerts.commit(change) {
            tracing::error!("alerts could not be stored, the next evaluation tries again: {error}");
            return false;
        }
        self.live.tell(Change::Alerts);
        if !change.events.is_empty() {
            self.events.notify_one();
        }
        true
    }
}

impl Waiting {
    /// Whether a rule may ask for what waits.
    fn may_be_asked_for(&self, rule: &Rule) -> bool {
        let asks_for = |name: &str| turn::asks_for(rule.expr(), name);
        let alerts = !self.alerts.is_empty() && turn::ALERT_SERIES.into_iter().any(asks_for);
        alerts || (!self.recorded.is_empty() && self.names.iter().any(|name| asks_for(name)))
    }
}
