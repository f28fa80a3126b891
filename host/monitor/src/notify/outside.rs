//! Alerts that other programs bring: they fire as long as somebody speaks of them, and end when they say so or fall silent.

use std::collections::HashMap;
use std::sync::PoisonError;

use vitrine_model::alert::{Alert, AlertChange, AlertEvent, AlertState, EventKind, OUTSIDE};
use vitrine_model::port::StoreError;
use vitrine_model::{Labels, Millis};

use super::plan::Planner;
use crate::live::Change;

/// Alerts from outside at once.
const ALERTS: usize = 100_000;

/// An alert as it was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    pub labels: Labels,
    pub annotations: Labels,
    pub starts_at: Option<Millis>,
    pub ends_at: Option<Millis>,
    /// Where more is to be read.
    pub link: String,
}

/// Those that fire now.
#[derive(Debug, Default)]
pub(super) struct Outside {
    firing: HashMap<Labels, Alert>,
}

impl Outside {
    pub(super) fn restore(alerts: Vec<Alert>) -> Outside {
        let own = alerts.into_iter().filter(|alert| alert.rule == OUTSIDE);
        Outside { firing: own.map(|alert| (alert.labels.clone(), alert)).collect() }
    }

    /// What these change. One without an end is over after `timeout`, if nobody speaks of it again.
    fn bring(&self, brought: Vec<Brought>, timeout: Millis, now: Millis) -> Result<AlertChange, String> {
        let mut change = AlertChange::default();
        let mut more = self.firing.len();
        for one in brought {
            let known = self.firing.get(&one.labels);
            let starts_at = one.starts_at.or(known.map(Alert::since)).unwrap_or_else(|| one.ends_at.unwrap_or(now).min(now));
            let ends_at = one.ends_at.unwrap_or(now + timeout);
            let alert = Alert {
                rule: OUTSIDE.to_owned(),
                annotations: one.annotations,
                state: AlertState::Firing,
                active_at: known.map_or(starts_at, |known| known.active_at.min(starts_at)),
                fired_at: Some(known.map_or(starts_at, |known| known.since().min(starts_at))),
                value: 1.0,
                link: one.link,
                expires_at: Some(ends_at),
                labels: one.labels,
            };
            match (known, ends_at > now) {
                (Some(_), false) => {
                    change.removed.push((OUTSIDE.to_owned(), alert.labels.clone()));
                    change.events.push(AlertEvent { kind: EventKind::Resolved, at: ends_at, alert });
                }
                (Some(_), true) => change.set.push(alert),
                (None, true) => {
                    more += 1;
                    change.events.push(AlertEvent { kind: EventKind::Firing, at: now, alert: alert.clone() });
                    change.set.push(alert);
                }
                // It came and went without us.
                (None, false) => {}
            }
        }
        if more > ALERTS {
            return Err(format!("there are more than {ALERTS} alerts from outside"));
        }
        Ok(change)
    }

    /// What ends by itself now.
    fn expire(&self, now: Millis) -> AlertChange {
        let mut change = AlertChange::default();
        for alert in self.firing.values() {
            if let Some(at) = alert.expires_at.filter(|at| *at <= now) {
                change.removed.push((OUTSIDE.to_owned(), alert.labels.clone()));
                change.events.push(AlertEvent { kind: EventKind::Resolved, at, alert: alert.clone() });
            }
        }
        change
    }

    fn apply(&mut self, change: AlertChange) {
        for alert in change.set {
            self.firing.insert(alert.labels.clone(), alert);
        }
        for (_, labels) in change.removed {
            self.firing.remove(&labels);
        }
    }
}

impl Planner {
    /// Takes alerts in that another program brings. Blocks.
    pub(super) fn bring(&self, brought: Vec<Brought>) -> Result<(), String> {
        let timeout = self.route.load().routing.resolve_timeout.millis();
        let mut outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last: HashMap<Labels, Brought> = HashMap::new();
        // Of several that are the same, the last one counts.
        brought.into_iter().for_each(|one| drop(last.insert(one.labels.clone(), one)));
        let change = outside.bring(last.into_values().collect(), timeout, self.clock.now())?;
        self.keep(&mut outside, change).map_err(|error| error.to_string())
    }

    /// Ends those that nobody speaks of any more.
    pub(super) fn expire(&self, now: Millis) -> Result<(), StoreError> {
        let mut outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        let change = outside.expire(now);
        self.keep(&mut outside, change)
    }

    /// How one of these stands by now.
    pub(super) fn brought(&self, labels: &Labels, rule: &str) -> Option<Alert> {
        let outside = || self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        (rule == OUTSIDE).then(|| outside().firing.get(labels).cloned()).flatten()
    }

    pub(super) fn next_expiry(&self) -> Option<Millis> {
        let outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        outside.firing.values().filter_map(|alert| alert.expires_at).min()
    }

    fn keep(&self, outside: &mut Outside, change: AlertChange) -> Result<(), StoreError> {
        if change.is_empty() {
            return Ok(());
        }
        self.alerts.commit(&change)?;
        let has_events = !change.events.is_empty();
        outside.apply(change);
        if has_events {
            self.live.tell(Change::Alerts);
            self.events.notify_one();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    const NOW: Millis = 1_000_000;
    const TIMEOUT: Millis = 300_000;

    fn brought(name: &str, starts_at: Option<Millis>, ends_at: Option<Millis>) -> Brought {
        let labels = Labels::from_pairs([("alertname", name)]);
        Brought { labels, annotations: Labels::new(), starts_at, ends_at, link: String::new() }
    }

    fn after(outside: &mut Outside, brought: Vec<Brought>, now: Millis) -> Vec<String> {
        let change = outside.bring(brought, TIMEOUT, now).unwrap();
        let told = change.events.iter().map(|event| format!("{} {}", event.kind.word(), event.at)).collect();
        outside.apply(change);
        told
    }

    #[test]
    fn it_fires_while_somebody_speaks_of_it() {
        let mut outside = Outside::default();
        assert_eq!(after(&mut outside, vec![brought("a", None, None)], NOW), ["firing 1000000"]);
        assert_eq!(after(&mut outside, vec![brought("a", None, None)], NOW + 60_000), [""; 0]);
        let alert = outside.firing.values().next().unwrap().clone();
        assert_eq!((alert.since(), alert.expires_at), (NOW, Some(NOW + 60_000 + TIMEOUT)));
        assert!(outside.expire(NOW + TIMEOUT + 59_999).is_empty());
        let change = outside.expire(NOW + TIMEOUT + 60_000);
        assert_eq!((change.removed.len(), change.events[0].kind), (1, EventKind::Resolved));
    }

    #[test]
    fn it_ends_when_it_says_so() {
        let mut outside = Outside::default();
        let begin = brought("a", Some(NOW - 5_000), Some(NOW + 240_000));
        assert_eq!(after(&mut outside, vec![begin], NOW), ["firing 1000000"]);
        assert_eq!(outside.firing.values().next().unwrap().since(), NOW - 5_000);
        let end = brought("a", Some(NOW - 5_000), Some(NOW + 1_000));
        assert_eq!(after(&mut outside, vec![end], NOW + 2_000), ["resolved 1001000"]);
        assert!(outside.firing.is_empty());
        assert_eq!(after(&mut outside, vec![brought("b", Some(1), Some(2))], NOW), [""; 0]);
    }
}
