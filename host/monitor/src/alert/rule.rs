//! Rules, checked: what an evaluation needs and nothing that could still be wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vitrine_config::{Finding, Path};
use vitrine_model::Span;
use vitrine_model::labels::{Labels, NAME, is_label_name};
use vitrine_query::{Expr, QueryError};

use super::file::{FlappingEntry, GroupEntry, NoData, OnError, RuleEntry, RuleFile};
use super::flap::Damping;
use super::template::Template;
use crate::schedule::Schedule;

/// Rules evaluated together.
#[derive(Debug, Clone)]
pub struct Group {
    /// `file;group`: survives a restart.
    pub key: String,
    pub name: String,
    pub schedule: Schedule,
    /// Series that one rule may give; 0 is no limit of its own.
    pub limit: usize,
    /// How long before the evaluation its rules look.
    pub offset: Span,
    pub rules: Vec<Rule>,
    /// Where each rule is written, as `config/alerts/shop.yaml:12`; empty where nobody knows.
    pub places: Vec<String>,
}

impl Group {
    /// Where the rule at a place of the group is written; at least its file.
    pub fn place(&self, rule: usize) -> String {
        self.places.get(rule).cloned().unwrap_or_else(|| self.path())
    }

    /// Its file, as an admin finds it: a rule file's, or a dashboard's.
    pub fn path(&self) -> String {
        match self.file() {
            file if file.starts_with("dashboards/") => format!("{file}.yaml"),
            file => format!("config/alerts/{file}.yaml"),
        }
    }

    /// The name of its file, without the ending.
    pub fn file(&self) -> &str {
        self.key.split(';').next().unwrap_or_default()
    }

    /// The time from one evaluation to the next.
    pub fn interval(&self) -> Span {
        match &self.schedule {
            Schedule::Every { period, .. } => *period,
            Schedule::Cron(_) => Span::ZERO,
        }
    }
}

#[derive(Debug, Clone)]
pub enum Rule {
    Alert(Arc<AlertRule>),
    Record(Arc<RecordRule>),
}

impl Rule {
    /// Survives a restart.
    pub fn key(&self) -> &str {
        match self {
            Rule::Alert(rule) => &rule.key,
            Rule::Record(rule) => &rule.key,
        }
    }

    /// The alert's, or that of the series it records.
    pub fn name(&self) -> &str {
        match self {
            Rule::Alert(rule) => &rule.name,
            Rule::Record(rule) => rule.labels.name(),
        }
    }

    pub fn expr(&self) -> &Expr {
        match self {
            Rule::Alert(rule) => &rule.expr,
            Rule::Record(rule) => &rule.expr,
        }
    }
}

#[derive(Debug, Clone)]
pub struct AlertRule {
    /// `file;group;alertname;place among rules of that name`.
    pub key: String,
    pub name: String,
    pub expr: Expr,
    pub hold: Span,
    /// How long it goes on firing once it is no longer true.
    pub keep: Span,
    /// It ends only when this is true.
    pub resolve_when: Option<Expr>,
    /// When it changes too often for people to be told each time.
    pub flapping: Option<Damping>,
    pub no_data: NoData,
    pub on_error: OnError,
    pub labels: Vec<(String, Template)>,
    pub annotations: Vec<(String, Template)>,
}

#[derive(Debug, Clone)]
pub struct RecordRule {
    /// As of an alert.
    pub key: String,
    pub expr: Expr,
    /// The new name and the labels to set.
    pub labels: Labels,
}

/// Checks a file; all findings at once. `file` is what the rules' identity is built on.
pub fn check(file: &str, rules: &RuleFile, every: Span) -> Result<Vec<Group>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut groups = Vec::new();
    let mut names = BTreeSet::new();
    for (place, entry) in rules.groups.iter().enumerate() {
        let path = Path::new().key("groups").index(place);
        if !names.insert(entry.name.as_str()) {
            let reason = format!("a second group is named `{}`", entry.name);
            findings.push(Finding::value(path.clone().key("name"), reason).hint("give each group of a file a name of its own"));
        }
        groups.extend(group(file, entry, every, &path, &mut findings));
    }
    if findings.is_empty() { Ok(groups) } else { Err(findings) }
}

fn group(file: &str, entry: &GroupEntry, every: Span, path: &Path, findings: &mut Vec<Finding>) -> Option<Group> {
    let key = format!("{file};{}", entry.name);
    let interval = duration(entry.interval.as_deref(), every, path.clone().key("interval"), findings);
    let schedule = Schedule::every(interval, &key);
    let schedule = schedule.map_err(|reason| findings.push(Finding::value(path.clone().key("interval"), reason))).ok();
    if entry.name.is_empty() {
        findings.push(Finding::value(path.clone().key("name"), "a group has a name"));
    }
    let offset = duration(entry.query_offset.as_deref(), Span::ZERO, path.clone().key("query_offset"), findings);
    check_names(&entry.labels, &path.clone().key("labels"), findings);
    let flapping = damping(entry.flapping.as_ref(), &path.clone().key("flapping"), findings);
    let usual = Usual { labels: &entry.labels, flapping };
    let mut rules = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (place, rule_entry) in entry.rules.iter().enumerate() {
        let name = rule_entry.alert.as_deref().or(rule_entry.record.as_deref()).unwrap_or_default();
        let earlier = names.iter().filter(|known| **known == name).count();
        names.push(name);
        let rule_key = format!("{key};{name};{earlier}");
        rules.extend(rule(rule_key, rule_entry, usual, &path.clone().key("rules").index(place), findings));
    }
    Some(Group { key, name: entry.name.clone(), schedule: schedule?, limit: entry.limit, offset, rules, places: Vec::new() })
}

/// What a group says for all its rules.
#[derive(Clone, Copy)]
struct Usual<'a> {
    labels: &'a BTreeMap<String, String>,
    flapping: Option<Damping>,
}

fn damping(entry: Option<&FlappingEntry>, path: &Path, findings: &mut Vec<Finding>) -> Option<Damping> {
    let entry = entry?;
    let usual = Span::from_secs(30 * 60);
    let within = duration(Some(&entry.within), usual, path.clone().key("within"), findings);
    if within == Span::ZERO {
        findings.push(Finding::value(path.clone().key("within"), "it must be longer than nothing").hint("write `30m`"));
    }
    if entry.changes == 0 {
        findings.push(Finding::value(path.clone().key("changes"), "an alert must be able to begin").hint("write `4`"));
    }
    Some(Damping { changes: entry.changes, within })
}

fn rule(key: String, entry: &RuleEntry, of_group: Usual<'_>, path: &Path, findings: &mut Vec<Finding>) -> Option<Rule> {
    let expr = expression(&entry.expr, path.clone().key("expr"), findings);
    match (&entry.alert, &entry.record) {
        (Some(name), None) => alert(key, name, entry, of_group, expr, path, findings),
        (None, Some(name)) => record(key, name, entry, of_group.labels, expr, path, findings),
        _ => {
            let reason = "a rule has either `alert` or `record`";
            findings.push(Finding::value(path.clone(), reason).hint("name the alert with `alert: HighLoad`"));
            None
        }
    }
}

fn expression(text: &str, path: Path, findings: &mut Vec<Finding>) -> Option<Expr> {
    if text.trim().is_empty() {
        findings.push(Finding::value(path, "a rule has an expression"));
        return None;
    }
    let wrong = |error: QueryError| Finding::value(path, error.to_string()).within(error.spot());
    Expr::parse(text).map_err(|error| findings.push(wrong(error))).ok()
}

fn alert(
    key: String,
    name: &str,
    entry: &RuleEntry,
    of_group: Usual<'_>,
    expr: Option<Expr>,
    path: &Path,
    findings: &mut Vec<Finding>,
) -> Option<Rule> {
    let at = |key: &str| path.clone().key(key);
    let span = |text: &Option<String>, key: &str, findings: &mut _| duration(text.as_deref(), Span::ZERO, at(key), findings);
    let (hold, keep) = (span(&entry.hold, "for", findings), span(&entry.keep_firing_for, "keep_firing_for", findings));
    let resolve_when = entry.resolve_when.as_ref().map(|text| expression(text, at("resolve_when"), findings));
    let short_labels = [("severity", "severity", &entry.severity), ("owner", "owner", &entry.owner)];
    let labels = with_short(&entry.labels, short_labels, path, "labels", findings);
    let labels = of_group.labels.clone().into_iter().chain(labels).collect();
    let flapping = damping(entry.flapping.as_ref(), &at("flapping"), findings).or(of_group.flapping);
    let short_annotations = [("runbook", "runbook_url", &entry.runbook), ("panel", "panel", &entry.panel)];
    let annotations = with_short(&entry.annotations, short_annotations, path, "annotations", findings);
    let labels = templates(&labels, &at("labels"), findings);
    let annotations = templates(&annotations, &at("annotations"), findings);
    let (no_data, on_error, name) = (entry.no_data, entry.on_error, name.to_owned());
    let resolve_when = resolve_when.map_or(Some(None), |expr| expr.map(Some))?;
    Some(Rule::Alert(
        AlertRule { key, name, expr: expr?, hold, keep, resolve_when, flapping, no_data, on_error, labels, annotations }.into(),
    ))
}

/// The labels or annotations of a rule, with those that have a key of their own.
fn with_short(
    written: &BTreeMap<String, String>,
    short: [(&str, &str, &Option<String>); 2],
    path: &Path,
    list: &str,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, String> {
    let mut all = written.clone();
    for (key, name, text) in short {
        let Some(text) = text else { continue };
        if all.insert(name.to_owned(), text.clone()).is_some() {
            let reason = format!("`{key}` is there already, as `{name}` of `{list}`");
            findings.push(Finding::key(path.clone().key(key), reason).hint("write one of them"));
        }
    }
    all
}

fn record(
    key: String,
    name: &str,
    entry: &RuleEntry,
    of_group: &BTreeMap<String, String>,
    expr: Option<Expr>,
    path: &Path,
    findings: &mut Vec<Finding>,
) -> Option<Rule> {
    if !is_metric_name(name) {
        findings.push(Finding::value(path.clone().key("record"), format!("`{name}` is not a metric name")));
    }
    let alert_only = [
        ("for", entry.hold.is_some()),
        ("keep_firing_for", entry.keep_firing_for.is_some()),
        ("annotations", !entry.annotations.is_empty()),
        ("resolve_when", entry.resolve_when.is_some()),
        ("flapping", entry.flapping.is_some()),
        ("no_data", entry.no_data != NoData::Ok),
        ("on_error", entry.on_error != OnError::Keep),
        ("severity", entry.severity.is_some()),
        ("owner", entry.owner.is_some()),
        ("runbook", entry.runbook.is_some()),
        ("panel", entry.panel.is_some()),
    ];
    for (key, _) in alert_only.iter().filter(|(_, is_there)| *is_there) {
        findings.push(Finding::key(path.clone().key(*key), format!("`{key}` belongs to an alert: this rule records a series")));
    }
    check_names(&entry.labels, &path.clone().key("labels"), findings);
    let labels: BTreeMap<&String, &String> = of_group.iter().chain(&entry.labels).collect();
    let plain = labels.into_iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let labels = Labels::from_pairs(plain.chain([(NAME, name)]));
    Some(Rule::Record(RecordRule { key, expr: expr?, labels }.into()))
}

fn is_metric_name(name: &str) -> bool {
    is_label_name(&name.replace(':', "_"))
}

fn check_names(entries: &BTreeMap<String, String>, path: &Path, findings: &mut Vec<Finding>) {
    for name in entries.keys().filter(|name| !is_label_name(name) || *name == NAME) {
        findings.push(Finding::key(path.clone().key(name), format!("`{name}` is not a label name")));
    }
}

fn duration(text: Option<&str>, default: Span, path: Path, findings: &mut Vec<Finding>) -> Span {
    let Some(text) = text else { return default };
    text.parse().unwrap_or_else(|error: vitrine_model::duration::NotASpan| {
        findings.push(Finding::value(path, error.to_string()));
        default
    })
}

fn templates(entries: &BTreeMap<String, String>, path: &Path, findings: &mut Vec<Finding>) -> Vec<(String, Template)> {
    check_names(entries, path, findings);
    let mut list = Vec::new();
    for (name, text) in entries {
        match Template::parse(text) {
            Ok(template) => list.push((name.clone(), template)),
            Err(mistake) => {
                let reason = format!("the template cannot be read: {}", mistake.reason);
                findings.push(Finding::value(path.clone().key(name), reason.clone()).within(Some((mistake.at, reason))));
            }
        }
    }
    list
}
