//! Which alerts an outside Alertmanager is sent, when, and until when they hold there. Pure.
//!
//! As Prometheus does it: an alert that fires is sent with the evaluation at which it begins to, and again once more than the
//! resend delay has passed; it holds for four times the longer of interval and resend delay, so that some sendings may be lost.
//! Its end is sent with the evaluation that finds it, and again for 15 minutes. What differs: a rule that cannot be evaluated
//! goes on to send what fires.

use std::collections::{BTreeMap, HashMap};

use vitrine_model::alert::{Alert, AlertEvent};
use vitrine_model::{Labels, Millis};

/// For how long the end of an alert is sent again.
pub(in crate::notify) const ENDED: Millis = 15 * 60_000;
/// How many sendings may be lost before an alert is taken to be over.
const LOST: Millis = 4;
/// Alerts of one rule that are remembered; beyond that, ends are forgotten.
const OF_RULE: usize = 20_000;

#[derive(Debug)]
struct Kept {
    alert: Alert,
    ended_at: Option<Millis>,
    sent_at: Option<Millis>,
}

impl Kept {
    fn is_due(&self, at: Millis, delay: Millis) -> bool {
        // A clock that was set back keeps nothing from being sent.
        self.sent_at.is_none_or(|sent| self.ended_at.is_some_and(|ended| ended > sent) || at - sent > delay || at < sent)
    }
}

/// An alert as it is sent.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::notify) struct Sending {
    pub(in crate::notify) alert: Alert,
    pub(in crate::notify) is_over: bool,
    /// When it ended, or until when it holds.
    pub(in crate::notify) ends_at: Millis,
}

/// What was sent of the alerts of each rule.
#[derive(Debug, Default)]
pub(in crate::notify) struct Resend(HashMap<String, BTreeMap<Labels, Kept>>);

impl Resend {
    /// Takes back what ended shortly before a restart; what fires comes with the first evaluation.
    pub(in crate::notify) fn restore(ended: Vec<AlertEvent>) -> Resend {
        let mut resend = Resend::default();
        // The newest come first.
        for event in ended.into_iter().rev() {
            let kept = Kept { ended_at: Some(event.at), sent_at: None, alert: event.alert };
            resend.0.entry(kept.alert.rule.clone()).or_default().insert(kept.alert.labels.clone(), kept);
        }
        resend
    }

    /// Somebody else is told from now on: all is sent anew.
    pub(in crate::notify) fn begin_anew(&mut self) {
        self.0.values_mut().flat_map(BTreeMap::values_mut).for_each(|kept| kept.sent_at = None);
    }

    /// What is to be sent once a rule was evaluated, in order of labels. `firing` are its alerts that fire.
    pub(in crate::notify) fn take(
        &mut self,
        rule: &str,
        firing: Vec<Alert>,
        (at, interval, delay): (Millis, Millis, Millis),
    ) -> Vec<Sending> {
        let all = self.0.entry(rule.to_owned()).or_default();
        let mut is_there: HashMap<Labels, Alert> = firing.into_iter().map(|alert| (alert.labels.clone(), alert)).collect();
        for (labels, kept) in all.iter_mut() {
            match is_there.remove(labels) {
                Some(alert) if kept.ended_at.is_some() => *kept = Kept { alert, ended_at: None, sent_at: None },
                Some(alert) => kept.alert = alert,
                None => kept.ended_at = kept.ended_at.or(Some(at)),
            }
        }
        let new = is_there.into_iter().map(|(labels, alert)| (labels, Kept { alert, ended_at: None, sent_at: None }));
        all.extend(new);
        let is_full = all.len() > OF_RULE;
        all.retain(|_, kept| kept.ended_at.is_none_or(|ended| at - ended <= ENDED && (!is_full || ended == at)));
        let until = at + LOST * interval.max(delay);
        let mut due = Vec::new();
        for kept in all.values_mut().filter(|kept| kept.is_due(at, delay)) {
            kept.sent_at = Some(at);
            let (is_over, ends_at) = (kept.ended_at.is_some(), kept.ended_at.unwrap_or(until));
            due.push(Sending { alert: kept.alert.clone(), is_over, ends_at });
        }
        if all.is_empty() {
            self.0.remove(rule);
        }
        due
    }

    /// The ends of the alerts of rules that are no more, once.
    pub(in crate::notify) fn retain(&mut self, is_known: impl Fn(&str) -> bool, at: Millis) -> Vec<Sending> {
        let mut gone: Vec<String> = self.0.keys().filter(|rule| !is_known(rule)).cloned().collect();
        gone.sort();
        let ended = gone.into_iter().filter_map(|rule| self.0.remove(&rule)).flat_map(BTreeMap::into_values);
        let over = |kept: Kept| Sending { alert: kept.alert, is_over: true, ends_at: kept.ended_at.unwrap_or(at) };
        ended.map(over).collect()
    }
}

#[cfg(test)]
mod tests;
