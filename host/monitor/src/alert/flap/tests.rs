//! What people are told of an alert that comes and goes, evaluation after evaluation.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::json;

use super::super::file::RuleFile;
use super::super::rule::{self, Rule};
use super::super::state::{self, True};
use super::*;

const SECOND: Millis = 1_000;

struct Story {
    rule: std::sync::Arc<AlertRule>,
    active: HashMap<Labels, Alert>,
    flaps: Flaps,
    told: Vec<String>,
}

impl Story {
    /// More than 3 changes in 10 min flap.
    fn new(more: &serde_json::Value) -> Story {
        let mut entry = json!({ "alert": "A", "expr": "m", "flapping": { "changes": 3, "within": "10m" } });
        more.as_object().unwrap().iter().for_each(|(key, value)| entry[key] = value.clone());
        let file: RuleFile = serde_json::from_value(json!({ "groups": [{ "name": "g", "rules": [entry] }] })).unwrap();
        let groups = rule::check("f", &file, Span::from_secs(15)).unwrap();
        let Rule::Alert(rule) = groups[0].rules[0].clone() else { panic!("it is an alert") };
        Story { rule, active: HashMap::new(), flaps: Flaps::new(), told: Vec::new() }
    }

    fn evaluate(&mut self, second: Millis, is_true: bool) {
        let labels = Labels::from_pairs([("instance", "a")]);
        let truths: Vec<True> = is_true.then(|| True { labels, annotations: Labels::new(), value: 1.0 }).into_iter().collect();
        let now = second * SECOND;
        let damper = Damper::of(&self.rule, &self.flaps, truths.iter().map(|truth| &truth.labels), now);
        let mut change = state::step(&self.rule, &mut self.active, truths, |_| false, now);
        if let Some(damper) = damper {
            damper.damp(&mut self.flaps, &mut self.active, &mut change);
        }
        for event in &change.events {
            let mark = if event.alert.is_flapping() { " flapping" } else { "" };
            self.told.push(format!("{second}: {}{mark}", event.kind.word()));
        }
        // What is written is what is in mind.
        for alert in &change.set {
            assert_eq!(self.active.get(&alert.labels), Some(alert), "{second}");
        }
        for (_, labels) in &change.removed {
            assert!(!self.active.contains_key(labels), "{second}");
        }
    }

    /// True for so many seconds, then false for as many, every 15 s, until a moment; then as it is said.
    fn swing(&mut self, from: Millis, until: Millis, half: Millis) -> &mut Story {
        for second in (from..until).step_by(15) {
            self.evaluate(second, (second - from) / half % 2 == 0);
        }
        self
    }

    fn stay(&mut self, from: Millis, until: Millis, is_true: bool) -> &mut Story {
        for second in (from..=until).step_by(15) {
            self.evaluate(second, is_true);
        }
        self
    }
}

#[test]
fn it_is_told_once_and_its_end_when_it_rests() {
    let mut story = Story::new(&json!({}));
    story.swing(0, 1_200, 60).stay(1_200, 2_400, false);
    let told = ["0: firing", "60: resolved", "120: firing", "180: firing flapping", "1740: resolved flapping"];
    assert_eq!(story.told, told);
    assert!(story.active.is_empty() && story.flaps.is_empty());
}

#[test]
fn one_that_rests_while_it_is_true_goes_on() {
    let mut story = Story::new(&json!({}));
    story.swing(0, 600, 60).stay(600, 3_000, true).stay(3_000, 4_000, false);
    let told = ["0: firing", "60: resolved", "120: firing", "180: firing flapping", "1200: firing", "3000: resolved"];
    assert_eq!(story.told, told);
}

#[test]
fn slow_changes_are_told_each() {
    let mut story = Story::new(&json!({}));
    story.swing(0, 1_800, 300).stay(1_800, 4_000, false);
    let told = ["0: firing", "300: resolved", "600: firing", "900: resolved", "1200: firing", "1500: resolved"];
    assert_eq!(story.told, told);
}

#[test]
fn what_would_not_fire_is_no_change() {
    // Once it flaps, blips that are shorter than `for` keep nobody waiting for the end.
    let mut story = Story::new(&json!({ "for": "30s" }));
    story.swing(0, 480, 60);
    for second in (480..2_000).step_by(15) {
        story.evaluate(second, second % 120 == 0);
    }
    assert_eq!(story.told, ["30: firing", "60: resolved", "150: firing", "180: firing flapping", "1020: resolved flapping"]);
}

#[test]
fn kept_firing_alerts_change_less_often() {
    let mut story = Story::new(&json!({ "keep_firing_for": "2m" }));
    story.swing(0, 1_200, 60).stay(1_200, 3_000, false);
    assert_eq!(story.told, ["0: firing", "1260: resolved"]);
}

#[test]
fn a_rule_without_it_lets_go_of_what_is_held() {
    let mut story = Story::new(&json!({}));
    story.swing(0, 300, 60);
    let plain = AlertRule { flapping: None, ..AlertRule::clone(&story.rule) };
    story.rule = plain.into();
    story.stay(300, 330, false);
    assert_eq!(story.told[3..], ["180: firing flapping", "300: resolved flapping"]);
    assert!(story.flaps.is_empty());
}

#[test]
fn a_clock_set_back_holds_nothing_for_longer() {
    let mut story = Story::new(&json!({}));
    story.swing(100_000, 100_300, 60).stay(1_000, 1_600, false);
    assert_eq!(story.told[3..], ["100180: firing flapping", "1600: resolved flapping"]);
}
