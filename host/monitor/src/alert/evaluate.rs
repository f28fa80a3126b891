//! Evaluates rules: due → query → decide → commit. What is not committed has not happened.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vitrine_model::alert::{Alert, AlertChange, AlertState, Flap, OUTSIDE};
use vitrine_model::port::alerts::Alerts;
use vitrine_model::sample::{Batch, Sample};
use vitrine_model::{Clock, Labels, Millis};
use vitrine_query::Engine;

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
const ALERTS_SOURCE: &str = "alerts";

/// Missed evaluations that are counted at once.
const MOST_MISSED: usize = 100_000;

/// Samples of alerts that are written soon.
type Waiting = Vec<(Labels, Sample)>;

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
}

/// Evaluates a group until stopped.
pub(crate) async fn run(group: Group, evaluator: Arc<Evaluator>, stop: CancellationToken) {
    let mut due = group.schedule.next_after(evaluator.clock.now());
    while let Some(moment) = due.filter(|_| !stop.is_cancelled()) {
        tokio::select! {
            () = stop.cancelled() => return,
            () = evaluator.clock.sleep_until(moment) => {}
        }
        let mut waiting = Vec::new();
        for (place, rule) in group.rules.iter().enumerate() {
            if stop.is_cancelled() {
                break;
            }
            let began = Instant::now();
            let fault = evaluator.evaluate(&group, rule, moment, &mut waiting).await.err();
            let evaluated = Evaluated { at: moment, took: began.elapsed(), fault };
            evaluator.forward(&group, rule, moment);
            evaluator.status.evaluated(&group.key, place, evaluated);
        }
        evaluator.write(&group.name, &mut waiting).await;
        evaluator.count_missed(&group, moment);
        due = group.schedule.next_kept(moment, evaluator.clock.now());
    }
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
        let is_unread = |key: &str| key.split(';').next().is_some_and(|file| unread.iter().any(|name| name == file));
        let is_known = |key: &str| {
            is_unread(key)
                || groups.iter().flat_map(|group| &group.rules).any(|rule| match rule {
                    Rule::Alert(rule) => rule.key == key,
                    Rule::Record(rule) => rule.key == key,
                })
        };
        let now = self.clock.now();
        let mut change = AlertChange::default();
        let gone: Vec<String> = self.active().keys().filter(|key| !is_known(key)).cloned().collect();
        for key in &gone {
            for (labels, alert) in self.active().get(key).cloned().unwrap_or_default() {
                state::end(&mut change, labels, alert, now);
            }
        }
        let calm: Vec<String> = self.flaps().keys().filter(|key| !is_known(key)).cloned().collect();
        for key in &calm {
            let of_rule = self.flaps().get(key).cloned().unwrap_or_default();
            change.calm.extend(of_rule.into_keys().map(|labels| (key.clone(), labels)));
        }
        if self.commit(change).await {
            self.flaps().retain(|key, _| !calm.contains(key));
            self.active().retain(|key, _| !gone.contains(key));
            self.forward.retain(is_known);
            let mut ended = self.written().orphans(is_known, now);
            self.write("rules that are gone", &mut ended).await;
        }
    }

    /// Evaluates one rule. Series of alerts are put into `waiting`, and written before the first rule that may ask for them.
    async fn evaluate(self: &Arc<Self>, group: &Group, rule: &Rule, at: Millis, waiting: &mut Waiting) -> Result<(), String> {
        self.metrics.evaluations.inc();
        let expr = match rule {
            Rule::Alert(rule) => &rule.expr,
            Rule::Record(rule) => &rule.expr,
        };
        if turn::asks_for_alerts(expr) {
            self.write(&group.name, waiting).await;
        }
        let (name, outcome) = match rule {
            Rule::Alert(rule) => (rule.name.as_str(), self.alert(group, rule, at, waiting).await),
            Rule::Record(rule) => (rule.labels.name(), self.record(group, rule, at).await),
        };
        if let Err(reason) = &outcome {
            // What could not be seen is neither true nor over.
            self.metrics.evaluation_faults.inc();
            tracing::warn!(rule.name = name, "rule could not be evaluated, its alerts stay as they are: {reason}");
        }
        outcome
    }

    async fn alert(
        self: &Arc<Self>,
        group: &Group,
        rule: &Arc<AlertRule>,
        at: Millis,
        waiting: &mut Waiting,
    ) -> Result<(), String> {
        // Work on a copy: if the commit fails, the next evaluation decides anew from what is stored.
        let before = self.active().get(&rule.key).cloned().unwrap_or_default();
        let before = (before, self.flaps().get(&rule.key).cloned().unwrap_or_default());
        let (engine, external, terms, asked) = (Arc::clone(&self.engine), self.external(), Terms::of(group), Arc::clone(rule));
        let ask = move || turn::decide(engine.as_ref(), &external, terms, &asked, before, at);
        let asked = tokio::task::spawn_blocking(ask).await.map_err(|error| format!("the evaluation failed: {error}"))?;
        let Decided { change, active, flaps, fault } = asked?;
        let begun = change.flaps.iter().filter(|flap| flap.since == Some(at)).count();
        if !self.commit(change).await {
            return Err("its change could not be stored".to_owned());
        }
        waiting.extend(self.written().samples(&rule.key, turn::alert_series(&active), at - group.offset.millis()));
        self.active().insert(rule.key.clone(), active);
        self.metrics.flaps.inc_by(begun as u64);
        match flaps.is_empty() {
            true => drop(self.flaps().remove(&rule.key)),
            false => drop(self.flaps().insert(rule.key.clone(), flaps)),
        }
        fault.map_or(Ok(()), Err)
    }

    async fn record(self: &Arc<Self>, group: &Group, rule: &Arc<RecordRule>, at: Millis) -> Result<(), String> {
        let (engine, terms, asked) = (Arc::clone(&self.engine), Terms::of(group), Arc::clone(rule));
        let ask = move || turn::recorded(engine.as_ref(), terms, &asked, at);
        let asked = tokio::task::spawn_blocking(ask).await.map_err(|error| format!("the evaluation failed: {error}"))?;
        let (series, at) = (asked?, at - group.offset.millis());
        let samples = self.written().samples(&rule.key, series, at);
        let batch = Batch { families: Vec::new(), samples };
        self.ingest.take(rule.labels.name(), batch).await.map(|_| ()).map_err(|error| error.to_string())
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the series of alerts that wait, by the one door.
    async fn write(&self, group: &str, waiting: &mut Waiting) {
        if waiting.is_empty() {
            return;
        }
        let batch = Batch { families: Vec::new(), samples: std::mem::take(waiting) };
        if let Err(error) = self.ingest.take(ALERTS_SOURCE, batch).await {
            tracing::warn!(group.name = group, "the series of alerts could not be written: {error}");
        }
    }

    /// Counts the moments that passed while a group was being evaluated.
    fn count_missed(&self, group: &Group, moment: Millis) {
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
    async fn commit(&self, change: AlertChange) -> bool {
        if change.is_empty() {
            return true;
        }
        for event in &change.events {
            tracing::info!(alert.labels = %event.alert.labels, alert.value = event.alert.value, "alert is {}", event.kind.word());
        }
        let has_events = !change.events.is_empty();
        let alerts = Arc::clone(&self.alerts);
        let stored = tokio::task::spawn_blocking(move || alerts.commit(&change)).await;
        match stored {
            Ok(Ok(())) => {
                self.live.tell(Change::Alerts);
                if has_events {
                    self.events.notify_one();
                }
                true
            }
            Ok(Err(error)) => {
                tracing::error!("alerts could not be stored, the next evaluation tries again: {error}");
                false
            }
            Err(error) => {
                tracing::error!("alerts could not be stored, the next evaluation tries again: {error}");
                false
            }
        }
    }
}
