//! How alerts change. Pure: the alerts before, what is true now, and the moment are all there is.

use std::collections::HashMap;

use vitrine_model::alert::{Alert, AlertChange, AlertEvent, AlertState, EventKind};
use vitrine_model::{Labels, Millis};

use super::rule::AlertRule;

/// One series that the rule's expression gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct True {
    pub(super) labels: Labels,
    pub(super) annotations: Labels,
    pub(super) value: f64,
}

/// What one evaluation changes. Values and annotations of alerts that only go on are changed in `active`
/// and not written: they are told with the next change. `stays` says of an alert that is no longer true whether it may not
/// end yet.
pub(super) fn step(
    rule: &AlertRule,
    active: &mut HashMap<Labels, Alert>,
    truths: Vec<True>,
    stays: impl Fn(&Alert) -> bool,
    now: Millis,
) -> AlertChange {
    let mut change = AlertChange::default();
    let mut still: HashMap<Labels, Alert> = HashMap::with_capacity(truths.len());
    for truth in truths {
        let before = active.remove(&truth.labels);
        let alert = advance(rule, before.as_ref(), truth, now);
        let was = before.as_ref().map(|before| (before.state, before.expires_at));
        if was != Some((alert.state, alert.expires_at)) {
            let was_firing = was.is_some_and(|(state, _)| state == AlertState::Firing);
            if alert.state == AlertState::Firing && !was_firing {
                change.events.push(AlertEvent { kind: EventKind::Firing, at: now, alert: alert.clone() });
            }
            change.set.push(alert.clone());
        }
        still.insert(alert.labels.clone(), alert);
    }
    for (labels, alert) in active.drain() {
        match linger(rule, &alert, &stays, now) {
            Some(lingering) => {
                if lingering.expires_at != alert.expires_at {
                    change.set.push(lingering.clone());
                }
                still.insert(labels, lingering);
            }
            None => end(&mut change, labels, alert, now),
        }
    }
    *active = still;
    change
}

/// An alert that is no longer true, if it goes on all the same.
fn linger(rule: &AlertRule, alert: &Alert, stays: &impl Fn(&Alert) -> bool, now: Millis) -> Option<Alert> {
    if stays(alert) {
        return Some(alert.clone());
    }
    if alert.state != AlertState::Firing || rule.keep.millis() == 0 {
        return None;
    }
    // A clock that was set back keeps none for longer than it should.
    let latest = now + rule.keep.millis();
    let until = alert.expires_at.unwrap_or(latest).min(latest);
    (now < until).then(|| Alert { expires_at: Some(until), ..alert.clone() })
}

/// Ends an alert: whoever was told that it fires is told that it is over.
pub(super) fn end(change: &mut AlertChange, labels: Labels, alert: Alert, now: Millis) {
    change.removed.push((alert.rule.clone(), labels));
    if alert.state == AlertState::Firing {
        change.events.push(AlertEvent { kind: EventKind::Resolved, at: now, alert });
    }
}

fn advance(rule: &AlertRule, before: Option<&Alert>, truth: True, now: Millis) -> Alert {
    let active_at = before.map_or(now, |before| before.active_at);
    let was_firing = before.and_then(|before| before.fired_at);
    // A clock that was set back makes nothing longer than it was.
    let fires = was_firing.is_some() || now - active_at >= rule.hold.millis();
    Alert {
        rule: rule.key.clone(),
        labels: truth.labels,
        annotations: truth.annotations,
        state: if fires { AlertState::Firing } else { AlertState::Pending },
        active_at,
        fired_at: was_firing.or(fires.then_some(now)),
        value: truth.value,
        link: String::new(),
        expires_at: None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::super::file::{NoData, OnError};
    use super::*;

    fn rule(hold: i64) -> AlertRule {
        AlertRule {
            key: "f;g;Down;0".to_owned(),
            name: "Down".to_owned(),
            expr: vitrine_query::Expr::parse("up == 0").unwrap(),
            hold: vitrine_model::Span::from_secs(hold),
            keep: vitrine_model::Span::ZERO,
            resolve_when: None,
            flapping: None,
            no_data: NoData::Ok,
            on_error: OnError::Keep,
            labels: Vec::new(),
            annotations: Vec::new(),
        }
    }

    fn truth(name: &str) -> True {
        True { labels: Labels::from_pairs([("instance", name)]), annotations: Labels::new(), value: 0.0 }
    }

    /// What happens at each moment, as text: `+` set, `-` removed, `!` events.
    fn story(hold: i64, moments: &[(i64, &[&str])]) -> Vec<String> {
        kept_story(hold, 0, moments)
    }

    fn kept_story(hold: i64, keep: i64, moments: &[(i64, &[&str])]) -> Vec<String> {
        let rule = AlertRule { keep: vitrine_model::Span::from_secs(keep), ..rule(hold) };
        let mut active = HashMap::new();
        let line = |(second, names): &(i64, &[&str])| {
            let truths = names.iter().map(|name| truth(name)).collect();
            let change = step(&rule, &mut active, truths, |_| false, second * 1_000);
            let set = change.set.iter().map(|alert| format!("+{}", alert.state.word()));
            let removed = change.removed.iter().map(|_| "-".to_owned());
            let events = change.events.iter().map(|event| format!("!{}", event.kind.word()));
            format!("{second}: {}", set.chain(removed).chain(events).collect::<Vec<_>>().join(" "))
        };
        moments.iter().map(line).collect()
    }

    #[test]
    fn pending_then_firing_then_resolved() {
        let told = story(60, &[(0, &["a"]), (30, &["a"]), (60, &["a"]), (90, &["a"]), (120, &[])]);
        assert_eq!(told, ["0: +pending", "30: ", "60: +firing !firing", "90: ", "120: - !resolved"]);
    }

    #[test]
    fn pending_that_passes_is_told_to_nobody() {
        assert_eq!(story(60, &[(0, &["a"]), (30, &[]), (60, &["a"])]), ["0: +pending", "30: -", "60: +pending"]);
    }

    #[test]
    fn without_for_it_fires_at_once() {
        assert_eq!(
            story(0, &[(0, &["a"]), (15, &["a", "b"]), (30, &["b"])]),
            ["0: +firing !firing", "15: +firing !firing", "30: - !resolved"]
        );
    }

    #[test]
    fn one_that_is_kept_firing_ends_when_its_time_is_over() {
        let told = kept_story(0, 60, &[(0, &["a"]), (15, &[]), (30, &[]), (74, &[]), (75, &[])]);
        assert_eq!(told, ["0: +firing !firing", "15: +firing", "30: ", "74: ", "75: - !resolved"]);
        // True again in between: the time begins anew, and nobody is told twice.
        let told = kept_story(0, 60, &[(0, &["a"]), (15, &[]), (30, &["a"]), (75, &[]), (134, &[]), (135, &[])]);
        assert_eq!(told, ["0: +firing !firing", "15: +firing", "30: +firing", "75: +firing", "134: ", "135: - !resolved"]);
        // Pending ones are not kept, and a clock that was set back keeps none for longer.
        assert_eq!(kept_story(60, 60, &[(0, &["a"]), (15, &[])]), ["0: +pending", "15: -"]);
        let told = kept_story(0, 60, &[(1_000, &["a"]), (1_015, &[]), (10, &[]), (69, &[]), (70, &[])]);
        assert_eq!(told, ["1000: +firing !firing", "1015: +firing", "10: +firing", "69: ", "70: - !resolved"]);
    }

    #[test]
    fn a_clock_set_back_fires_nothing_early() {
        assert_eq!(
            story(60, &[(100, &["a"]), (10, &["a"]), (110, &["a"]), (160, &["a"])]),
            ["100: +pending", "10: ", "110: ", "160: +firing !firing"]
        );
    }
}
