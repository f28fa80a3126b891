//! Which rules the alerts of panels make, and what is wrong with others.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::json;

use crate::dashboard::Dashboard;
use crate::dashboard::file::{DashboardFile, Known};

use super::*;

fn check(panel: &serde_json::Value) -> Result<Vec<RuleEntry>, Vec<String>> {
    let variables = json!({
        "host": "label_values(up, instance)",
        "disk": { "values": ["a", "b"], "multi": true },
        "mode": ["user", "system"],
        "team": { "constant": "web" },
    });
    let file: DashboardFile =
        serde_json::from_value(json!({ "title": "Machine", "variables": variables, "panels": [panel] })).unwrap();
    let panels = ["stat".to_owned()];
    let dashboard = Dashboard::check("shop/machine", &file, &Known { panels: &panels, sources: &[] });
    let told = |findings: Vec<Finding>| {
        findings.into_iter().map(|finding| format!("{}: {}", finding.path, finding.reason)).collect::<Vec<_>>()
    };
    dashboard.map_err(told).map(|dashboard| dashboard.rules().map(|mut file| file.groups.remove(0).rules).unwrap_or_default())
}

fn panel(title: &str, query: &str, alert: &serde_json::Value) -> serde_json::Value {
    json!({ "title": title, "show": "stat", "id": "cpu", "query": query, "alerts": [alert] })
}

/// Name, expression, own labels and summary.
fn lines(rules: &[RuleEntry]) -> Vec<String> {
    let line = |rule: &RuleEntry| {
        let (name, summary) = (rule.alert.as_deref().unwrap_or_default(), &rule.annotations["summary"]);
        format!("{name} | {} | {:?} | {summary}", rule.expr.replace('\n', " "), rule.labels)
    };
    rules.iter().map(line).collect()
}

#[test]
fn a_threshold_is_on_the_panels_query() {
    let alert = json!({ "alert": "HighCpu", "above": 0.9, "for": "5m", "severity": "critical", "no_data": "keep" });
    let rules = check(&panel("CPU of {{x}}", "avg(rate(cpu[$__rate_interval])) # busy", &alert)).unwrap();
    assert_eq!(lines(&rules), ["HighCpu | (avg(rate(cpu[5m])) # busy ) > 0.9 | {} | CPU of { {x}}"]);
    let rule = &rules[0];
    assert_eq!((rule.hold.as_deref(), rule.severity.as_deref(), rule.no_data), (Some("5m"), Some("critical"), NoData::Keep));
    assert_eq!(rule.panel.as_deref(), Some("shop/machine/cpu"));
}

#[test]
fn values_that_the_file_knows_make_a_rule_each() {
    let alert = json!({ "alert": "Full", "below": -1, "labels": { "kind": "disk" }, "annotations": { "summary": "full" } });
    let query = r#"free{disk=~"$disk", mode="$mode", team="$team"}"#;
    let wanted = ["a", "b"].map(|disk| {
        let expr = format!(r#"(free{{disk=~"{disk}", mode="user", team="web"}} ) < -1"#);
        format!(r#"Full | {expr} | {{"disk": "{disk}", "kind": "disk"}} | full"#)
    });
    assert_eq!(lines(&check(&panel("Disk", query, &alert)).unwrap()), wanted);
    let titled = check(&panel("Disk $disk of $team", query, &json!({ "alert": "Full", "above": 1 }))).unwrap();
    assert_eq!(titled[1].annotations["summary"], "Disk b of web");
}

#[test]
fn values_that_come_with_the_samples_are_series() {
    let alert = json!({ "alert": "Busy", "above": 2 });
    let rules = check(&panel("Load of $host", r#"load{instance=~"$host"}"#, &alert)).unwrap();
    assert_eq!(lines(&rules), [r#"Busy | (load{instance=~".*"} ) > 2 | {} | Load of {{ $labels.instance }}"#]);
    let wrong = check(&panel("Load", r#"load{instance="$host"}"#, &alert)).unwrap_err();
    let reason = "the values of `host` come with the samples, so an alert cannot ask for one of them";
    assert_eq!(wrong, [format!("panels[0].alerts[0].above: {reason}")]);
    let expr = json!({ "alert": "Busy", "expr": r#"load{instance=~"$host"} > 3"# });
    let rules = check(&panel("Load", "up", &expr)).unwrap();
    assert_eq!(rules[0].expr, r#"load{instance=~".*"} > 3"#);
}

#[test]
fn mistakes_are_told_at_their_place() {
    for (alert, wanted) in [
        (json!({ "above": 1 }), "panels[0].alerts[0]: an alert has a name"),
        (json!({ "alert": "A" }), "panels[0].alerts[0]: an alert has one of `above`, `below` and `expr`"),
        (
            json!({ "alert": "A", "above": 1, "expr": "up" }),
            "panels[0].alerts[0]: an alert has one of `above`, `below` and `expr`",
        ),
        (json!({ "alert": "A", "above": 1, "query": 2 }), "panels[0].alerts[0].query: the panel has no query 2 that is right"),
        (json!({ "alert": "A", "above": 1, "for": "soon" }), "panels[0].alerts[0].for: "),
        (json!({ "alert": "A", "expr": "up >" }), "panels[0].alerts[0].expr: "),
        (
            json!({ "alert": "A", "above": 1, "labels": { "a-b": "c" } }),
            "panels[0].alerts[0].labels.a-b: `a-b` is not a label name",
        ),
        (json!({ "alert": "A", "above": 1, "annotations": { "x": "{{ $" } }), "panels[0].alerts[0].annotations.x: "),
        (json!({ "alert": "A", "expr": "up{a=\"$nobody\"}" }), "panels[0].alerts[0].expr: "),
    ] {
        let wrong = check(&panel("T", "up", &alert)).unwrap_err();
        assert!(wrong.len() == 1 && wrong[0].starts_with(wanted), "{wrong:?}");
    }
}
