//! Rules on a virtual clock: the alert-generator rules of Prometheus's compliance programme, and what is our own.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_model::alert::AlertChange;
use vitrine_model::sample::{Sample, stale};
use vitrine_model::{Labels, Millis, Span};
use vitrine_query::Expr;

use super::file::TestFile;
use super::memory::Test;
use super::{External, run, series};
use crate::alert::file::RuleFile;
use crate::alert::rule::{self, Group};

const SECOND: Millis = 1_000;

fn groups(rules: Value) -> Vec<Group> {
    let file = json!({ "groups": [{ "name": "g", "rules": rules }] });
    let file: RuleFile = serde_json::from_value(file).unwrap();
    rule::check("f", &file, Span::from_secs(15)).unwrap()
}

fn mistakes(group: Value) -> Vec<String> {
    let file: RuleFile = serde_json::from_value(json!({ "groups": [group] })).unwrap();
    let findings = rule::check("f", &file, Span::from_secs(15)).unwrap_err();
    findings.into_iter().map(|finding| format!("{}: {}", finding.path, finding.reason)).collect()
}

fn bring(world: &Test, series_text: &str, values: &str, step: Millis) {
    let labels = series::labels(series_text).unwrap();
    let values = series::values(values).unwrap();
    let samples = (0..).zip(values).filter_map(|(place, value)| Some(Sample { time: step * place, value: value? }));
    world.bring(samples.map(|sample| (labels.clone(), sample)));
}

/// What each evaluation changes: `30 instance=a pending`, `60 instance=a firing`, `90 instance=a over`.
fn story(rules: Value, series: &[(&str, &str)], moments: impl IntoIterator<Item = Millis>) -> Vec<String> {
    let (groups, mut world) = (groups(rules), Test::new(External::default()));
    for (labels, values) in series {
        bring(&world, labels, values, 15 * SECOND);
    }
    let mut told = Vec::new();
    for now in moments {
        let (change, faults) = world.evaluate(&groups[0], now * SECOND);
        told.extend(lines(now, &change));
        told.extend(faults.into_iter().map(|(name, _)| format!("{now} {name} fails")));
    }
    told
}

fn lines(now: Millis, change: &AlertChange) -> Vec<String> {
    let name = |labels: &Labels| labels.get("instance").or(labels.get("alertname")).unwrap_or("-").to_owned();
    let set = change.set.iter().map(|alert| format!("{now} {} {}", name(&alert.labels), alert.state.word()));
    let over = change.removed.iter().map(|(_, labels)| format!("{now} {} over", name(labels)));
    set.chain(over).collect()
}

fn every_15(end: Millis) -> impl Iterator<Item = Millis> {
    (0..=end / 15).map(|place| place * 15)
}

/// "Pending → firing → resolved": pending for the rule's `for`, fires at the first evaluation that is as long after, is over at
/// the first that no longer finds it.
#[test]
fn pending_firing_resolved() {
    let rule = json!([{ "alert": "A", "expr": "m > 10", "for": "1m" }]);
    let told = story(rule, &[("m{instance=\"a\"}", "1 1 11x6 1 1")], every_15(150));
    assert_eq!(told, ["30 a pending", "90 a firing", "135 a over"]);
}

/// "Pending → inactive": true for less than `for`, nobody is told; a later time counts anew.
#[test]
fn pending_inactive() {
    let rule = json!([{ "alert": "A", "expr": "m > 10", "for": "1m" }]);
    let told = story(rule, &[("m{instance=\"a\"}", "11 11 1 11 11 1")], every_15(75));
    assert_eq!(told, ["0 a pending", "30 a over", "45 a pending", "75 a over"]);
}

/// "Always inactive", "zero `for`" and "small `for`": nothing; at once; at the first evaluation that is late enough.
#[test]
fn always_inactive_zero_and_small_for() {
    let series = [("m{instance=\"a\"}", "11x3 1")];
    let with = |hold: &str, than: u32| json!([{ "alert": "A", "expr": format!("m > {than}"), "for": hold }]);
    assert!(story(with("0s", 100), &series, every_15(60)).is_empty());
    assert_eq!(story(with("0s", 10), &series, every_15(60)), ["0 a firing", "60 a over"]);
    assert_eq!(story(with("1s", 10), &series, every_15(60)), ["0 a pending", "15 a firing", "60 a over"]);
}

/// "New alerts and order": rules in the order of the group, and new series while others fire.
#[test]
fn new_alerts_come_in_the_order_of_the_rules() {
    let rules = json!([{ "alert": "First", "expr": "m > 10" }, { "alert": "Second", "expr": "sum(m) > 10" }]);
    let told = story(rules, &[("m{instance=\"a\"}", "11x3"), ("m{instance=\"b\"}", "1 11 11 11")], every_15(15));
    assert_eq!(told, ["0 a firing", "0 Second firing", "15 b firing"]);
}

#[test]
fn labels_and_annotations_are_filled_in_and_a_failing_label_keeps_the_alert() {
    let rules = json!([{ "alert": "A", "expr": "m > 10",
        "labels": { "team": "{{ with query \"owner\" }}{{ . | first | label \"team\" }}{{ else }}{{ .broken }}{{ end }}" },
        "annotations": { "summary": "{{ $labels.instance }} has {{ $value }}", "bad": "{{ .Nope }}" } }]);
    let (groups, mut world) = (groups(rules), Test::new(External::default()));
    bring(&world, "m{instance=\"a\"}", "12x40", 15 * SECOND);
    bring(&world, "owner{team=\"web\"}", "1 stale", 15 * SECOND);
    world.evaluate(&groups[0], 0);
    let key = "f;g;A;0";
    let first = world.alerts(key).next().unwrap().clone();
    assert_eq!(first.labels, Labels::from_pairs([("alertname", "A"), ("instance", "a"), ("team", "web")]));
    assert_eq!(first.annotations.get("summary"), Some("a has 12"));
    assert!(first.annotations.get("bad").unwrap().starts_with("<error expanding template: 1:"));
    // The label cannot be filled in any more: it is the same alert, and nothing is told.
    let (change, _) = world.evaluate(&groups[0], 15 * SECOND);
    assert!(change.is_empty(), "{change:?}");
    assert_eq!(world.alerts(key).next().unwrap().labels, first.labels);
    // One that began with a label that could not be filled in keeps its labels too, until it ends.
    let mut late = Test::new(External::default());
    bring(&late, "m{instance=\"a\"}", "12x40", 15 * SECOND);
    late.evaluate(&groups[0], 15 * SECOND);
    bring(&late, "owner{team=\"web\"}", "_ _ 1 1", 15 * SECOND);
    assert!(late.evaluate(&groups[0], 30 * SECOND).0.is_empty());
}

#[test]
fn an_outage_ends_nothing_and_a_clock_that_leaps_neither() {
    let rule = json!([{ "alert": "A", "expr": "m > on() group_left() one", "for": "1m" }]);
    // Two series of `one` make the rule fail.
    let series = [("m{instance=\"a\"}", "11x2000"), ("one{x=\"1\"}", "10x2000"), ("one{x=\"2\"}", "_x6 10x20 stale")];
    let moments = [0, 30, 60, 90, 120, 240, 405, 420, 100, 435, 20_000];
    let told = story(rule, &series, moments);
    assert_eq!(told, ["0 a pending", "60 a firing", "90 A fails", "120 A fails", "240 A fails", "100 A fails"]);
}

#[test]
fn hysteresis_ends_an_alert_only_when_it_is_said_to() {
    let rule = json!([{ "alert": "A", "expr": "m > 90", "resolve_when": "m < 70" }]);
    let series = [("m{instance=\"a\"}", "95 80 95 75 60"), ("m{instance=\"b\"}", "95 60 60 60 60")];
    assert_eq!(story(rule, &series, every_15(60)), ["0 a firing", "0 b firing", "15 b over", "60 a over"]);
}

#[test]
fn missing_data_end_keep_or_make_an_alert() {
    let with = |no_data: &str| json!([{ "alert": "A", "expr": "m > 10", "no_data": no_data }]);
    let gone = [("m{instance=\"a\"}", "11 stale _ 1"), ("m{instance=\"b\"}", "1x5")];
    assert_eq!(story(with("ok"), &gone, every_15(45)), ["0 a firing", "15 a over"]);
    // It is over once its data say so.
    assert_eq!(story(with("keep"), &gone, every_15(45)), ["0 a firing", "45 a over"]);
    assert_eq!(story(with("alert"), &gone, every_15(45)), ["0 a firing", "45 a over"]);
    let never = [("m{instance=\"a\"}", "_ _ 1 1")];
    assert!(story(with("keep"), &never, every_15(45)).is_empty());
    assert_eq!(story(with("alert"), &never, every_15(45)), ["0 A firing", "30 A over"]);
}

#[test]
fn a_rule_that_fails_can_be_an_alert() {
    let rule = json!([{ "alert": "A", "expr": "m + on() one > 0", "on_error": "alert", "severity": "page" }]);
    let series = [("m{instance=\"a\"}", "-5x9"), ("one{x=\"1\"}", "1x9"), ("one{x=\"2\"}", "_ 1 stale")];
    assert_eq!(story(rule, &series, every_15(30)), ["15 A firing", "30 A over"]);
}

#[test]
fn a_limit_fails_and_changes_nothing_and_an_offset_asks_for_what_was() {
    let mut rules = json!({ "name": "g", "limit": 1, "query_offset": "30s", "labels": { "team": "web" },
        "rules": [{ "alert": "A", "expr": "m > 10" }, { "record": "r", "expr": "m" }] });
    let file: RuleFile = serde_json::from_value(json!({ "groups": [rules.take()] })).unwrap();
    let groups = rule::check("f", &file, Span::from_secs(15)).unwrap();
    let mut world = Test::new(External::default());
    bring(&world, "m{instance=\"a\"}", "1 11 11 11 11 11", 15 * SECOND);
    bring(&world, "m{instance=\"b\"}", "_ _ 11 11 11 11", 15 * SECOND);
    assert!(world.evaluate(&groups[0], 30 * SECOND).0.is_empty());
    assert_eq!(lines(45, &world.evaluate(&groups[0], 45 * SECOND).0), ["45 a firing"]);
    let recorded = world.ask(&Expr::parse("timestamp(r{team=\"web\"})").unwrap(), 45 * SECOND).unwrap();
    assert_eq!(recorded[0].1, 15.0);
    let (change, faults) = world.evaluate(&groups[0], 60 * SECOND);
    assert!(change.is_empty());
    assert_eq!(
        faults.iter().map(|fault| fault.1.as_str()).collect::<Vec<_>>(),
        ["it gives 2 alerts, more than 1", "it gives 2 series, more than 1"]
    );
    assert_eq!(world.alerts("f;g;A;0").count(), 1);
}

#[test]
fn alerts_are_series_that_end_and_rules_see_what_rules_before_them_gave() {
    let rules = json!([
        { "record": "r", "expr": "m * 2" },
        { "alert": "A", "expr": "r > 10", "for": "15s" },
        { "record": "pending", "expr": "count(ALERTS{alertstate=\"pending\"})" },
        { "record": "since", "expr": "ALERTS_FOR_STATE" },
    ]);
    let (groups, mut world) = (groups(rules), Test::new(External::default()));
    bring(&world, "m{instance=\"a\"}", "1 6 6 1 1", 15 * SECOND);
    let mut seen = Vec::new();
    for now in every_15(45) {
        world.evaluate(&groups[0], now * SECOND);
        for text in ["pending", "ALERTS", "since", "r"] {
            let found = world.ask(&Expr::parse(text).unwrap(), now * SECOND).unwrap();
            seen.extend(found.iter().map(|(labels, value)| format!("{now} {labels} {value}")));
        }
    }
    assert_eq!(
        seen,
        [
            "0 r{instance=\"a\"} 2",
            "15 pending 1",
            "15 ALERTS{alertname=\"A\", alertstate=\"pending\", instance=\"a\"} 1",
            "15 since{alertname=\"A\", instance=\"a\"} 15",
            "15 r{instance=\"a\"} 12",
            "30 ALERTS{alertname=\"A\", alertstate=\"firing\", instance=\"a\"} 1",
            "30 since{alertname=\"A\", instance=\"a\"} 15",
            "30 r{instance=\"a\"} 12",
            "45 r{instance=\"a\"} 2",
        ]
    );
}

#[test]
fn mistakes_of_files_are_all_told() {
    let told = mistakes(json!({ "name": "", "labels": { "a-b": "x" }, "query_offset": "soon", "rules": [
        { "record": "a b", "expr": "up", "for": "1m", "severity": "x" },
        { "alert": "A", "expr": "", "labels": { "severity": "a" }, "severity": "b", "resolve_when": "up >" },
        { "expr": "1" },
    ] }));
    for part in [
        "a group has a name",
        "`a-b` is not",
        "`soon`",
        "`a b` is not",
        "`for` belongs",
        "`severity` belongs",
        "has an expression",
        "`severity` is there already",
        "resolve_when",
        "either `alert` or `record`",
    ] {
        assert!(told.iter().any(|line| line.contains(part)), "{part}: {told:#?}");
    }
}

#[test]
fn the_notation_of_series() {
    let of = |text: &str| {
        series::values(text).map(|values| {
            values.iter().map(|value| value.map_or("_".to_owned(), |value| value.to_string())).collect::<Vec<_>>().join(" ")
        })
    };
    assert_eq!(of("1 2.5 -3").unwrap(), "1 2.5 -3");
    assert_eq!(of("1+2x2 5-1x2 7x1 _ _x2 -1e3").unwrap(), "1 3 5 5 4 3 7 7 _ _ _ -1000");
    assert!(series::values("stale").unwrap()[0].is_some_and(|value| value.to_bits() == stale().to_bits()));
    for wrong in ["1x", "a", "1+2", "1x1000000000000", "{{schema:1}}"] {
        assert!(of(wrong).is_err(), "{wrong}");
    }
    assert!(series::labels("up{job=\"x\"").is_err());
    assert!(series::labels("up{job=~\"x\"}").is_err());
}

#[test]
fn files_of_tests_pass_and_fail_with_a_difference() {
    let groups = groups(
        json!([{ "alert": "Down", "expr": "up == 0", "for": "2m", "annotations": { "s": "{{ $externalLabels.zone }} {{ $externalURL }}" } }]),
    );
    let file = |labels: Value, value: f64| -> TestFile {
        serde_json::from_value(json!({ "evaluation_interval": "1m", "tests": [{
            "name": "down", "interval": "1m", "external_labels": { "zone": "eu" }, "external_url": "http://v",
            "input_series": [{ "series": "up{job=\"x\"}", "values": "1 0x5" }],
            "alert_rule_test": [
                { "eval_time": "2m", "alertname": "Down" },
                { "eval_time": "3m30s", "alertname": "Down", "exp_alerts": [{ "exp_labels": labels, "exp_annotations": { "s": "eu http://v" } }] },
            ],
            "promql_expr_test": [{ "expr": "count(ALERTS) / 3", "eval_time": "3m", "exp_samples": [{ "labels": "{}", "value": value }] }],
        }] })).unwrap()
    };
    assert_eq!(run(&file(json!({ "job": "x" }), 1.0 / 3.0), &groups), Vec::<String>::new());
    let told = run(&file(json!({ "job": "y" }), 2.0), &groups);
    assert_eq!(told.len(), 2);
    assert!(
        told[0].contains("- {alertname=\"Down\", job=\"y\"}") && told[0].contains("+ {alertname=\"Down\", job=\"x\"}"),
        "{}",
        told[0]
    );
    let close = TestFile { fuzzy_compare: true, ..file(json!({ "job": "x" }), 0.333_333_333_333_333_4) };
    assert_eq!(run(&close, &groups), Vec::<String>::new());
}
