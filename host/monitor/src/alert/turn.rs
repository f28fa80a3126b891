//! What a rule's expression says at a moment: the series it gives, with the labels and texts of the alerts that they are.
//!
//! Calls block: they ask the samples.

use std::collections::HashMap;

use vitrine_model::alert::Alert;
use vitrine_model::labels::NAME;
use vitrine_model::{Labels, Millis};
use vitrine_query::{Answer, Cancel, Engine, Expr};

use super::rule::AlertRule;
use super::state::True;
use super::template::{Around, FAILED_LABEL};

/// Alerts that one rule may have at once; over it the evaluation fails and everything stays as it is.
const ALERTS_PER_RULE: usize = 10_000;

/// What templates may speak of besides the alert.
#[derive(Debug, Clone, Default)]
pub struct External {
    pub labels: Labels,
    pub url: String,
}

/// The series that an expression gives.
pub(super) fn vector(engine: &Engine, expr: &Expr, at: Millis) -> Result<Vec<(Labels, f64)>, String> {
    match engine.instant(expr, at, &Cancel::default()).map_err(|error| error.to_string())? {
        Answer::Vector(vector) => Ok(vector),
        Answer::Scalar(value) => Ok(vec![(Labels::new(), value)]),
        Answer::Text(_) => Err("a text is neither true nor false".to_owned()),
        Answer::Samples(_) => {
            Err("a range of samples is neither true nor false: put it into a function, such as `rate(metric[5m])`".to_owned())
        }
    }
}

/// Everything that is true of a rule. `active` are its alerts as they are: one whose label cannot be filled in now keeps
/// the labels that it has.
pub(super) fn truths(
    engine: &Engine,
    external: &External,
    rule: &AlertRule,
    active: &HashMap<Labels, Alert>,
    at: Millis,
) -> Result<Vec<True>, String> {
    let found = vector(engine, &rule.expr, at)?;
    if found.len() > ALERTS_PER_RULE {
        return Err(format!("it gives {} alerts, more than {ALERTS_PER_RULE}", found.len()));
    }
    let count = found.len();
    let query = |text: &str| vector(engine, &Expr::parse(text).map_err(|error| error.to_string())?, at);
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
        let annotations = rule.annotations.iter().map(|(name, template)| (name.clone(), template.fill(&around)));
        let annotations = Labels::from_pairs(annotations);
        truths.push(True { labels: labels(rule, &around, active), annotations, value: *value });
    }
    truths.sort_by(|a, b| a.labels.cmp(&b.labels));
    truths.dedup_by(|a, b| a.labels == b.labels);
    if truths.len() < count {
        return Err("two of its series have the same labels once the rule's labels are set".to_owned());
    }
    Ok(truths)
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
