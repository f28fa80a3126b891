//! What a rule's expression says at a moment: the series it gives, with the labels and texts of the alerts that they are.
//!
//! Calls block: they ask the samples.

use std::collections::{HashMap, HashSet};

use vitrine_model::alert::{Alert, AlertChange, AlertState};
use vitrine_model::labels::NAME;
use vitrine_model::sample::{Sample, stale};
use vitrine_model::{Labels, Matcher, Millis};
use vitrine_query::{Answer, Cancel, Engine, Expr};

use super::file::{NoData, OnError};
use super::flap::{Damper, Flaps};
use super::rule::{AlertRule, Group, RecordRule};
use super::state::{self, True};
use super::template::{Around, FAILED_LABEL};

/// Alerts that one rule may have at once; over it the evaluation fails and everything stays as it is.
const ALERTS_PER_RULE: usize = 10_000;

/// What templates may speak of besides the alert.
#[derive(Debug, Clone, Default)]
pub struct External {
    pub labels: Labels,
    pub url: String,
}

/// Who answers the expressions of rules.
pub(crate) trait Ask: Send + Sync {
    /// The series that an expression gives.
    fn vector(&self, expr: &Expr, at: Millis) -> Result<Vec<(Labels, f64)>, String>;

    /// Those that its selectors find, whatever is asked of them.
    fn living(&self, expr: &Expr, at: Millis) -> Result<Vec<Labels>, String>;
}

impl Ask for Engine {
    fn vector(&self, expr: &Expr, at: Millis) -> Result<Vec<(Labels, f64)>, String> {
        match self.instant(expr, at, &Cancel::default()).map_err(|error| error.to_string())? {
            Answer::Vector(vector) => Ok(vector),
            Answer::Scalar(value) => Ok(vec![(Labels::new(), value)]),
            Answer::Text(_) => Err("a text is neither true nor false".to_owned()),
            Answer::Samples(_) => {
                Err("a range of samples is neither true nor false: put it into a function, such as `rate(metric[5m])`".to_owned())
            }
        }
    }

    fn living(&self, expr: &Expr, at: Millis) -> Result<Vec<Labels>, String> {
        Engine::living(self, expr, at).map_err(|error| error.to_string())
    }
}

/// What holds for all rules of a group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    limit: usize,
    offset: Millis,
}

impl Terms {
    pub(super) fn of(group: &Group) -> Terms {
        Terms { limit: group.limit, offset: group.offset.millis() }
    }

    /// How long before the evaluation its rules look.
    pub(super) fn offset(self) -> Millis {
        self.offset
    }
}

/// What one evaluation of an alert's rule comes to.
pub(super) struct Decided {
    pub(super) change: AlertChange,
    pub(super) active: HashMap<Labels, Alert>,
    pub(super) flaps: Flaps,
    /// Why it could not be evaluated, where its file says that it goes on all the same.
    pub(super) fault: Option<String>,
}

/// Evaluates an alert's rule at a moment: from its alerts before to those after. An error changes nothing.
pub(super) fn decide(
    ask: &dyn Ask,
    external: &External,
    terms: Terms,
    rule: &AlertRule,
    (mut active, mut flaps): (HashMap<Labels, Alert>, Flaps),
    at: Millis,
) -> Result<Decided, String> {
    let asked_at = at - terms.offset;
    let seen = see(ask, external, terms.limit, rule, &active, asked_at);
    let fault = seen.as_ref().err().cloned();
    let mut seen = seen.or_else(|reason| in_error(rule, external, &active, &reason, asked_at).ok_or(reason))?;
    let truths = std::mem::take(&mut seen.truths);
    let damper = Damper::of(rule, &flaps, truths.iter().map(|truth| &truth.labels), at);
    let mut change = state::step(rule, &mut active, truths, |alert| seen.stays(rule, alert), at);
    if let Some(damper) = damper {
        damper.damp(&mut flaps, &mut active, &mut change);
    }
    Ok(Decided { change, active, flaps, fault })
}

/// The series that a recording rule gives at a moment.
pub(super) fn recorded(ask: &dyn Ask, terms: Terms, rule: &RecordRule, at: Millis) -> Result<Vec<(Labels, f64)>, String> {
    let vector = ask.vector(&rule.expr, at - terms.offset)?;
    within(vector.len(), terms.limit, "series")?;
    Ok(vector.into_iter().map(|(labels, value)| (labels.with(rule.labels.iter()), value)).collect())
}

/// What an evaluation saw.
#[derive(Debug, Default)]
struct Seen {
    truths: Vec<True>,
    /// Where `resolve_when` is given: what it says.
    over: Option<Vec<Labels>>,
    /// Where it matters: the series whose data are there.
    data: Option<Vec<Labels>>,
}

impl Seen {
    /// Whether an alert that is no longer true may not end yet.
    fn stays(&self, rule: &AlertRule, alert: &Alert) -> bool {
        let waits =
            |over: &Vec<Labels>| alert.state == AlertState::Firing && !over.iter().any(|series| agrees(rule, series, alert));
        self.over.as_ref().is_some_and(waits) || self.misses(rule, alert)
    }

    fn misses(&self, rule: &AlertRule, alert: &Alert) -> bool {
        self.data.as_ref().is_some_and(|data| !data.iter().any(|series| agrees(rule, series, alert)))
    }
}

/// Whether a series and an alert have no label of two values. The rule's own labels say nothing of the series.
fn agrees(rule: &AlertRule, series: &Labels, alert: &Alert) -> bool {
    let is_own = |name: &str| name == NAME || name == "alertname" || rule.labels.iter().any(|(own, _)| own == name);
    series.iter().all(|(name, value)| is_own(name) || alert.labels.get(name).is_none_or(|known| known == value))
}

/// Everything that is true of a rule. `active` are its alerts as they are: one whose label cannot be filled in now keeps
/// the labels that it has.
fn see(
    ask: &dyn Ask,
    external: &External,
    limit: usize,
    rule: &AlertRule,
    active: &HashMap<Labels, Alert>,
    at: Millis,
) -> Result<Seen, String> {
    let found = ask.vector(&rule.expr, at)?;
    within(found.len(), limit, "alerts")?;
    let count = found.len();
    let query = |text: &str| ask.vector(&Expr::parse(text).map_err(|error| error.to_string())?, at);
    let mut truths: Vec<True> = Vec::with_capacity(count);
    for (series, value) in &found {
        let around = Around {
            labels: series,
            external_labels: &external.labels,
            external_url: &external.url,
            value: *value,
            at,
            query: &query,
        };
        truths.push(truth(rule, &around, active));
    }
    truths.sort_by(|a, b| a.labels.cmp(&b.labels));
    truths.dedup_by(|a, b| a.labels == b.labels);
    if truths.len() < count {
        return Err("two of its series have the same labels once the rule's labels are set".to_owned());
    }
    let mut seen = Seen { truths, ..Seen::default() };
    if let Some(expr) = rule.resolve_when.as_ref().filter(|_| !active.is_empty()) {
        seen.over = Some(ask.vector(expr, at)?.into_iter().map(|(labels, _)| labels).collect());
    }
    let matters = rule.no_data == NoData::Alert || (rule.no_data == NoData::Keep && !active.is_empty());
    if matters {
        seen.data = Some(ask.living(&rule.expr, at)?);
        if rule.no_data == NoData::Alert {
            go_on_without_data(&mut seen, rule, external, active, at);
        }
    }
    Ok(seen)
}

/// A rule may give so many series, and no more.
fn within(count: usize, limit: usize, what: &str) -> Result<(), String> {
    let most = if limit == 0 { ALERTS_PER_RULE } else { limit.min(ALERTS_PER_RULE) };
    if count > most { Err(format!("it gives {count} {what}, more than {most}")) } else { Ok(()) }
}

/// `no_data: alert`: alerts whose data are gone are true still; if there are no data at all, one is.
fn go_on_without_data(seen: &mut Seen, rule: &AlertRule, external: &External, active: &HashMap<Labels, Alert>, at: Millis) {
    let is_true = |alert: &Alert| seen.truths.iter().any(|truth| truth.labels == alert.labels);
    let missing: Vec<True> =
        active.values().filter(|alert| seen.misses(rule, alert) && !is_true(alert)).map(still_true).collect();
    seen.truths.extend(missing);
    if seen.truths.is_empty() && seen.data.as_ref().is_some_and(Vec::is_empty) {
        seen.truths.push(bare(rule, external, "there are no data", at));
    }
}

/// What is taken to be true of a rule that cannot be evaluated, where it says so.
fn in_error(rule: &AlertRule, external: &External, active: &HashMap<Labels, Alert>, reason: &str, at: Millis) -> Option<Seen> {
    if rule.on_error == OnError::Keep {
        return None;
    }
    let mut truths: Vec<True> = active.values().map(still_true).collect();
    if truths.is_empty() {
        truths.push(bare(rule, external, reason, at));
    }
    Some(Seen { truths, ..Seen::default() })
}

fn still_true(alert: &Alert) -> True {
    True { labels: alert.labels.clone(), annotations: alert.annotations.clone(), value: alert.value }
}

/// An alert of the rule itself, of no series; the annotation `evaluation` says why.
fn bare(rule: &AlertRule, external: &External, reason: &str, at: Millis) -> True {
    let nothing = Labels::new();
    let query = |_: &str| Err(reason.to_owned());
    let around = Around {
        labels: &nothing,
        external_labels: &external.labels,
        external_url: &external.url,
        value: f64::NAN,
        at,
        query: &query,
    };
    let truth = truth(rule, &around, &HashMap::new());
    True { annotations: truth.annotations.with([("evaluation", reason)]), ..truth }
}

fn truth(rule: &AlertRule, around: &Around<'_>, active: &HashMap<Labels, Alert>) -> True {
    let annotations = rule.annotations.iter().map(|(name, template)| (name.clone(), template.fill(around)));
    let annotations = Labels::from_pairs(annotations);
    True { labels: labels(rule, around, active), annotations, value: around.value }
}

/// The series `ALERTS` and `ALERTS_FOR_STATE` of a rule's alerts.
pub(super) fn alert_series(active: &HashMap<Labels, Alert>) -> Vec<(Labels, f64)> {
    let mut series = Vec::with_capacity(2 * active.len());
    for alert in active.values() {
        let state = alert.state.word();
        series.push((alert.labels.with([(NAME, ALERT_SERIES[0]), ("alertstate", state)]), 1.0));
        #[expect(clippy::cast_precision_loss, reason = "seconds of our time fit")]
        let since = alert.active_at.div_euclid(1_000) as f64;
        series.push((alert.labels.with([(NAME, ALERT_SERIES[1])]), since));
    }
    series
}

/// The names of the series of alerts.
pub(crate) const ALERT_SERIES: [&str; 2] = ["ALERTS", "ALERTS_FOR_STATE"];

/// Whether an expression may ask for series of a name.
pub(crate) fn asks_for(expr: &Expr, name: &str) -> bool {
    expr.selectors().any(|matchers| may_be_named(matchers, name))
}

/// Whether matchers may find series of a name.
pub(crate) fn may_be_named(matchers: &[Matcher], name: &str) -> bool {
    matchers.iter().filter(|matcher| matcher.name == NAME).all(|matcher| matcher.matches_value(name))
}

/// Which series each rule wrote last: those that it no longer gives end with a stale marker.
#[derive(Debug, Default)]
pub(crate) struct Written(HashMap<String, HashSet<Labels>>);

impl Written {
    /// What to write now.
    pub(super) fn samples(&mut self, key: &str, series: Vec<(Labels, f64)>, at: Millis) -> Vec<(Labels, Sample)> {
        let now: HashSet<Labels> = series.iter().map(|(labels, _)| labels.clone()).collect();
        let before = if now.is_empty() { self.0.remove(key) } else { self.0.insert(key.to_owned(), now.clone()) };
        let gone = before.into_iter().flatten().filter(|labels| !now.contains(labels));
        let ended = gone.map(|labels| (labels, Sample { time: at, value: stale() }));
        series.into_iter().map(|(labels, value)| (labels, Sample { time: at, value })).chain(ended).collect()
    }

    /// What was written before a restart.
    pub(super) fn restore(&mut self, key: &str, series: Vec<(Labels, f64)>) {
        self.0.insert(key.to_owned(), series.into_iter().map(|(labels, _)| labels).collect());
    }

    /// What rules wrote that are no more.
    pub(super) fn orphans(&mut self, is_known: impl Fn(&str) -> bool, at: Millis) -> Vec<(Labels, Sample)> {
        let gone: Vec<String> = self.0.keys().filter(|key| !is_known(key)).cloned().collect();
        gone.iter().flat_map(|key| self.samples(key, Vec::new(), at)).collect()
    }
}

/// The series' labels without its name, the rule's labels over them, and the rule's name.
fn labels(rule: &AlertRule, around: &Around<'_>, active: &HashMap<Labels, Alert>) -> Labels {
    let mut failed: Vec<&str> = Vec::new();
    let mut own: Vec<(&str, String)> = Vec::with_capacity(rule.labels.len());
    for (name, template) in &rule.labels {
        let text = template.try_fill(around).unwrap_or_else(|reason| {
            tracing::warn!(rule.name = rule.name, label = name, "a label's template fails: {reason}");
            failed.push(name);
            FAILED_LABEL.to_owned()
        });
        own.push((name, text));
    }
    let plain = around.labels.filter(|name| name != NAME);
    let own = own.iter().map(|(name, text)| (*name, text.as_str()));
    let labels = plain.with(own).with([("alertname", rule.name.as_str())]);
    keep_identity(rule, labels, &failed, active)
}

/// A template that fails, or no longer fails, makes no other alert of one that goes on.
fn keep_identity(rule: &AlertRule, labels: Labels, failed: &[&str], active: &HashMap<Labels, Alert>) -> Labels {
    if active.contains_key(&labels) || rule.labels.is_empty() {
        return labels;
    }
    let had_failed = |known: &Labels, name: &str| known.get(name) == Some(FAILED_LABEL);
    let is_same = |known: &&Labels| {
        let mut counted = false;
        let may_differ = |name: &str| failed.contains(&name) || had_failed(known, name);
        let all = known.iter().chain(labels.iter());
        let same = all.into_iter().all(|(name, _)| {
            let differs = known.get(name) != labels.get(name);
            counted |= differs;
            !differs || (may_differ(name) && rule.labels.iter().any(|(own, _)| own == name))
        });
        same && counted
    };
    let mut candidates = active.keys().filter(is_same);
    match (candidates.next(), candidates.next()) {
        (Some(known), None) => known.clone(),
        _ => labels,
    }
}
