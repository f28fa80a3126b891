//! Alerts that begin and end all the time: people are told once that one does, and once more when it has come to rest. Pure.
//!
//! What `state` decides goes through here: ends of an alert that flaps are held back, and it goes on firing until nothing has
//! changed for the whole time. What is held back is kept with the alerts' state, and survives a restart.

use std::collections::{HashMap, HashSet};

use vitrine_model::alert::{Alert, AlertChange, AlertEvent, AlertState, EventKind, FLAPPING, Flap};
use vitrine_model::{Labels, Millis, Span};

use super::rule::AlertRule;

/// Alerts of a rule whose changes are kept in mind.
const ALERTS: usize = 10_000;

/// How often an alert may change: what begins or ends more often in that time flaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damping {
    pub changes: usize,
    pub within: Span,
}

/// Nothing is held back, and what was is let go.
const NONE: Damping = Damping { changes: usize::MAX, within: Span::ZERO };

/// The alerts of a rule that changed of late.
pub(crate) type Flaps = HashMap<Labels, Flap>;

/// What is looked at in one evaluation.
pub(super) struct Damper<'a> {
    rule: &'a AlertRule,
    damping: Damping,
    /// The alerts whose expression is true.
    truths: HashSet<Labels>,
    now: Millis,
}

impl<'a> Damper<'a> {
    /// None where nothing flaps, and nothing could.
    pub(super) fn of<'b>(
        rule: &'a AlertRule,
        flaps: &Flaps,
        truths: impl Iterator<Item = &'b Labels>,
        now: Millis,
    ) -> Option<Damper<'a>> {
        if rule.flapping.is_none() && flaps.is_empty() {
            return None;
        }
        Some(Damper { rule, damping: rule.flapping.unwrap_or(NONE), truths: truths.cloned().collect(), now })
    }

    /// Holds back what would only be noise.
    pub(super) fn damp(&self, flaps: &mut Flaps, active: &mut HashMap<Labels, Alert>, change: &mut AlertChange) {
        let before = flaps.clone();
        // A clock that was set back keeps nothing in mind for longer.
        flaps.values_mut().flat_map(|flap| &mut flap.changes).for_each(|at| *at = (*at).min(self.now));
        for event in std::mem::take(&mut change.events) {
            self.hear(event, flaps, active, change);
        }
        for flap in flaps.values_mut() {
            flap.changes.retain(|at| at.saturating_add(self.damping.within.millis()) > self.now);
            if flap.since.is_some() {
                self.go_on(flap, active, change);
            }
        }
        flaps.retain(|_, flap| flap.since.is_some() || !flap.changes.is_empty());
        change
            .flaps
            .extend(flaps.iter().filter(|(labels, flap)| before.get(*labels) != Some(*flap)).map(|(_, flap)| flap.clone()));
        let gone = before.into_iter().filter(|(labels, _)| !flaps.contains_key(labels));
        change.calm.extend(gone.map(|(labels, flap)| (flap.rule, labels)));
    }

    /// An alert began or ended.
    fn hear(&self, mut event: AlertEvent, flaps: &mut Flaps, active: &mut HashMap<Labels, Alert>, change: &mut AlertChange) {
        let labels = event.alert.labels.clone();
        if flaps.len() >= ALERTS && !flaps.contains_key(&labels) {
            change.events.push(event);
            return;
        }
        let flap = flaps.entry(labels.clone()).or_insert_with(|| Flap::new(&self.rule.key, labels.clone()));
        let was_flapping = flap.since.is_some();
        let is_true = event.kind == EventKind::Firing;
        if !was_flapping || flap.is_true != is_true {
            self.note(flap, is_true);
        }
        if !was_flapping && flap.changes.len() <= self.damping.changes {
            change.events.push(event);
            return;
        }
        event.alert.annotations = self.marked(&event.alert.annotations);
        event.alert.expires_at = None;
        if !is_true {
            change.removed.retain(|(_, removed)| *removed != labels);
        }
        active.insert(labels.clone(), event.alert.clone());
        if !was_flapping {
            flap.since = Some(self.now);
            change.set.retain(|alert| alert.labels != labels);
            change.set.push(event.alert.clone());
            // Whoever knows that it fires is told anew.
            change.events.push(AlertEvent { kind: EventKind::Firing, ..event });
        }
    }

    fn note(&self, flap: &mut Flap, is_true: bool) {
        flap.is_true = is_true;
        flap.true_since = None;
        flap.changes.push(self.now);
        let most = self.damping.changes.saturating_add(1);
        let over = flap.changes.len().saturating_sub(most);
        flap.changes.drain(..over);
    }

    /// One that flaps: what its expression says is a change too, and after none for long enough it has come to rest.
    fn go_on(&self, flap: &mut Flap, active: &mut HashMap<Labels, Alert>, change: &mut AlertChange) {
        if !flap.is_true {
            let since = self.truths.contains(&flap.labels).then(|| flap.true_since.map_or(self.now, |since| since.min(self.now)));
            flap.true_since = since;
            if since.is_some_and(|since| self.now - since >= self.rule.hold.millis()) {
                self.note(flap, true);
            }
        }
        let Some(alert) = active.get_mut(&flap.labels) else {
            flap.since = None;
            return;
        };
        if !flap.changes.is_empty() {
            alert.annotations = self.marked(&alert.annotations);
            let marked = change.set.iter_mut().filter(|set| set.labels == flap.labels);
            marked.for_each(|set| set.annotations = alert.annotations.clone());
            return;
        }
        flap.since = None;
        let mut alert = alert.clone();
        if flap.is_true {
            alert.annotations = alert.annotations.filter(|name| name != FLAPPING);
            active.insert(alert.labels.clone(), alert.clone());
            change.set.retain(|set| set.labels != alert.labels);
            change.set.push(alert.clone());
            change.events.push(AlertEvent { kind: EventKind::Firing, at: self.now, alert });
        } else {
            active.remove(&alert.labels);
            change.set.retain(|set| set.labels != alert.labels);
            alert.state = AlertState::Firing;
            super::state::end(change, alert.labels.clone(), alert, self.now);
        }
    }

    fn marked(&self, annotations: &Labels) -> Labels {
        let Damping { changes, within } = self.damping;
        let text = format!("it begins and ends more than {changes} times within {within}");
        annotations.with([(FLAPPING, text.as_str())])
    }
}

#[cfg(test)]
mod tests;
