//! The page of rules: groups as their files have them, how each rule did last, and how many alerts it has.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Serialize;
use vitrine_model::Span;
use vitrine_model::alert::AlertState;
use vitrine_monitor::alert::Rule;
use vitrine_monitor::status::{Evaluated, GroupStatus};

use crate::page::When;
use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::web::Web;

/// Rules of a page.
const ROWS: usize = 300;

#[derive(Serialize)]
struct RuleRow {
    name: String,
    place: String,
    is_record: bool,
    expression: String,
    holds: Option<String>,
    severity: String,
    health: &'static str,
    /// `good`, `bad` or nothing.
    mood: &'static str,
    error: Option<String>,
    at: Option<When>,
    took: String,
    firing: usize,
    pending: usize,
}

#[derive(Serialize)]
struct GroupRows {
    key: String,
    name: String,
    file: String,
    about: String,
    rules: Vec<RuleRow>,
}

#[derive(Serialize)]
struct Body {
    q: String,
    only_failing: bool,
    groups: Vec<GroupRows>,
    has_any: bool,
    failing: usize,
    left_out: Option<String>,
    trouble: Option<String>,
}

pub(crate) async fn show(State(web): State<Arc<Web>>, reader: Reader, Query(pairs): Query<Vec<(String, String)>>) -> Response {
    let frame = Frame::new(&web, reader, "rules", reader.alerting().rules).await;
    let last = |name: &str| pairs.iter().rfind(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let (q, only_failing) = (last("q").trim().to_owned(), !last("failing").is_empty());
    let (counts, trouble) = match web.board().await {
        Ok(board) => {
            let mut counts: HashMap<String, [usize; 2]> = HashMap::new();
            for entry in &board.entries {
                let place = usize::from(entry.alert.state == AlertState::Pending);
                counts.entry(entry.alert.rule.clone()).or_default()[place] += 1;
            }
            (counts, None)
        }
        Err(reason) => (HashMap::new(), Some(reason)),
    };
    let all = web.status.groups();
    let failing = all.iter().flat_map(|group| group.evaluated.iter().flatten()).filter(|one| one.fault.is_some()).count();
    let (has_any, mut left) = (!all.is_empty(), ROWS);
    let mut over = 0;
    let mut groups = Vec::new();
    for status in &all {
        let mut rows = rows(&web, reader, status, &counts, &q.to_lowercase(), only_failing);
        over += rows.len().saturating_sub(left);
        rows.truncate(left);
        left -= rows.len();
        if !rows.is_empty() {
            groups.push(group(reader, status, rows));
        }
    }
    let left_out = (over > 0).then(|| filled(reader.says().more_series, &[&over.to_string()]));
    web.page("rules.html", &frame, Body { q, only_failing, groups, has_any, failing, left_out, trouble })
}

fn group(reader: Reader, status: &GroupStatus, rules: Vec<RuleRow>) -> GroupRows {
    let group = &status.group;
    let file = group.path();
    let every = group.interval();
    let every = if every == Span::ZERO { "–".to_owned() } else { every.to_string() };
    GroupRows {
        about: filled(reader.alerting().rules_of, &[&file, &every]),
        key: group.key.clone(),
        name: group.name.clone(),
        file,
        rules,
    }
}

fn rows(
    web: &Web,
    reader: Reader,
    status: &GroupStatus,
    counts: &HashMap<String, [usize; 2]>,
    q: &str,
    only_failing: bool,
) -> Vec<RuleRow> {
    let group = &status.group;
    let about = format!("{} {}", group.file(), group.name).to_lowercase();
    let mut rows = Vec::new();
    for (place, (rule, evaluated)) in group.rules.iter().zip(&status.evaluated).enumerate() {
        let mut row = rule_row(web, reader, rule, evaluated.as_ref(), counts);
        row.place = group.place(place);
        let is_found = || about.contains(q) || row.name.to_lowercase().contains(q) || row.expression.to_lowercase().contains(q);
        if (q.is_empty() || is_found()) && (!only_failing || row.error.is_some()) {
            rows.push(row);
        }
    }
    rows
}

fn rule_row(
    web: &Web,
    reader: Reader,
    rule: &Rule,
    evaluated: Option<&Evaluated>,
    counts: &HashMap<String, [usize; 2]>,
) -> RuleRow {
    let says = reader.alerting();
    let (health, mood) = match evaluated {
        None => (says.rule_unknown, ""),
        Some(one) if one.fault.is_some() => (says.rule_failing, "bad"),
        Some(_) => (says.rule_ok, "good"),
    };
    let (name, expr, holds, severity, [firing, pending]) = match rule {
        Rule::Alert(rule) => {
            let counted = counts.get(&rule.key).copied().unwrap_or_default();
            let severity = rule.labels.iter().find(|(name, _)| name == "severity");
            let severity = severity.map(|(_, template)| template.written().to_owned()).unwrap_or_default();
            let holds = (rule.hold != Span::ZERO).then(|| filled(says.holds_for, &[&rule.hold.to_string()]));
            (rule.name.clone(), &rule.expr, holds, severity, counted)
        }
        Rule::Record(rule) => (rule.labels.name().to_owned(), &rule.expr, None, String::new(), [0, 0]),
    };
    RuleRow {
        name,
        place: String::new(),
        is_record: matches!(rule, Rule::Record(_)),
        expression: expr.text().trim().to_owned(),
        holds,
        severity,
        health,
        mood,
        error: evaluated.and_then(|one| one.fault.clone()),
        at: evaluated.map(|one| web.when(reader, one.at)),
        took: evaluated.map_or_else(String::new, |one| took(one.took)),
        firing,
        pending,
    }
}

fn took(span: std::time::Duration) -> String {
    match span.as_micros() {
        micros if micros < 1_000 => format!("{micros} µs"),
        micros if micros < 10_000 => format!("{:.1} ms", micros as f64 / 1_000.0),
        micros if micros < 1_000_000 => format!("{} ms", micros / 1_000),
        micros => format!("{:.1} s", micros as f64 / 1_000_000.0),
    }
}
