//! Rules, checked: what an evaluation needs and nothing that could still be wrong.

use std::collections::BTreeSet;
use std::sync::Arc;

use vitrine_config::{Finding, Path};
use vitrine_model::Span;
use vitrine_model::labels::{Labels, NAME, is_label_name};
use vitrine_query::{Expr, QueryError};

use super::file::{GroupEntry, RuleEntry, RuleFile};
use super::template::Template;
use crate::schedule::Schedule;

/// Rules evaluated together.
#[derive(Debug, Clone)]
pub struct Group {
    /// `file;group`: survives a restart.
    pub key: String,
    pub name: String,
    pub schedule: Schedule,
    pub rules: Vec<Rule>,
}

impl Group {
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

#[derive(Debug, Clone)]
pub struct AlertRule {
    /// `file;group;alertname;place among rules of that name`.
    pub key: String,
    pub name: String,
    pub expr: Expr,
    pub hold: Span,
    pub labels: Vec<(String, Template)>,
    pub annotations: Vec<(String, Template)>,
}

#[derive(Debug, Clone)]
pub struct RecordRule {
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
    let mut rules = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (place, entry) in entry.rules.iter().enumerate() {
        let name = entry.alert.as_deref().or(entry.record.as_deref()).unwrap_or_default();
        let earlier = names.iter().filter(|known| **known == name).count();
        names.push(name);
        let rule_key = format!("{key};{name};{earlier}");
        rules.extend(rule(rule_key, entry, &path.clone().key("rules").index(place), findings));
    }
    Some(Group { key, name: entry.name.clone(), schedule: schedule?, rules })
}

fn rule(key: String, entry: &RuleEntry, path: &Path, findings: &mut Vec<Finding>) -> Option<Rule> {
    let wrong = |error: QueryError| Finding::value(path.clone().key("expr"), error.to_string()).within(error.spot());
    let expr = Expr::parse(&entry.expr).map_err(|error| findings.push(wrong(error))).ok();
    match (&entry.alert, &entry.record) {
        (Some(name), None) => {
            let hold = duration(entry.hold.as_deref(), Span::ZERO, path.clone().key("for"), findings);
            let labels = templates(&entry.labels, &path.clone().key("labels"), findings);
            let annotations = templates(&entry.annotations, &path.clone().key("annotations"), findings);
            Some(Rule::Alert(AlertRule { key, name: name.clone(), expr: expr?, hold, labels, annotations }.into()))
        }
        (None, Some(name)) => {
            let plain = entry.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let labels = Labels::from_pairs(plain.chain([(NAME, name.as_str())]));
            Some(Rule::Record(RecordRule { expr: expr?, labels }.into()))
        }
        _ => {
            let reason = "a rule has either `alert` or `record`";
            findings.push(Finding::value(path.clone(), reason).hint("name the alert with `alert: HighLoad`"));
            None
        }
    }
}

fn duration(text: Option<&str>, default: Span, path: Path, findings: &mut Vec<Finding>) -> Span {
    let Some(text) = text else { return default };
    text.parse().unwrap_or_else(|error: vitrine_model::duration::NotASpan| {
        findings.push(Finding::value(path, error.to_string()));
        default
    })
}

fn templates(
    entries: &std::collections::BTreeMap<String, String>,
    path: &Path,
    findings: &mut Vec<Finding>,
) -> Vec<(String, Template)> {
    let mut list = Vec::new();
    for (name, text) in entries {
        if !is_label_name(name) || name == NAME {
            findings.push(Finding::key(path.clone().key(name), format!("`{name}` is not a label name")));
        }
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
