//! Alerts of a panel as people write them, and the rules that they mean: one for each value of the variables that stand in
//! the query, as far as the file knows these.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use vitrine_config::{Finding, Path};
use vitrine_model::Span;
use vitrine_monitor::alert::file::{FlappingEntry, GroupEntry, NoData, OnError, RuleEntry, RuleFile};
use vitrine_monitor::alert::rule;

use super::check::Check;
use crate::dashboard::Query;
use crate::dashboard::file::PanelFile;
use crate::dashboard::promql::{self, FillError};
use crate::dashboard::template::Template;
use crate::dashboard::values::{Value, Values};
use crate::dashboard::variable::{Kind, Variable};

/// Rules that the alerts of one dashboard may make.
const MOST: usize = 500;
/// What stands for a query's variable, where one value is wanted: neither a name nor a number, and more than one.
const NO_VALUE: [&str; 2] = ["\u{1}", "\u{2}"];

/// An alert on what the panel shows.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PanelAlertFile {
    /// The alert's name.
    pub alert: String,
    /// It is true while the query's value is above that.
    pub above: Option<f64>,
    /// It is true while the query's value is below that.
    pub below: Option<f64>,
    /// PromQL instead of a threshold: it is true for each series that this gives.
    pub expr: Option<String>,
    /// Which of several queries `above` and `below` are about, counted from 1.
    #[schemars(range(min = 1, max = 26))]
    pub query: Option<usize>,
    /// How long it must be true before it fires: `5m`.
    #[serde(rename = "for")]
    pub hold: Option<String>,
    /// How long it goes on firing once it is no longer true: `10m`.
    pub keep_firing_for: Option<String>,
    /// When it changes too often for people to be told each time.
    pub flapping: Option<FlappingEntry>,
    /// What to do when the samples that it asks for are not there.
    pub no_data: NoData,
    /// What to do when it cannot be evaluated.
    pub on_error: OnError,
    /// The label `severity`.
    pub severity: Option<String>,
    /// The label `owner`: the team whose alert it is.
    pub owner: Option<String>,
    /// The annotation `runbook_url`.
    pub runbook: Option<String>,
    /// Added to the series' labels.
    pub labels: BTreeMap<String, String>,
    /// What people are told; `summary` is the panel's title where it is left out.
    pub annotations: BTreeMap<String, String>,
}

/// The values of one rule, and the labels that tell it from the others.
#[derive(Clone, Default)]
struct Chosen {
    values: Values,
    labels: BTreeMap<String, String>,
}

impl Check<'_> {
    /// The rules of a panel's alerts; `panel` in them is the panel's id.
    pub(super) fn panel_alerts(&mut self, file: &PanelFile, id: &str, queries: &[Query], path: &Path) -> Vec<RuleEntry> {
        let mut rules = Vec::new();
        for (place, alert) in file.alerts.iter().enumerate() {
            let path = path.clone().key("alerts").index(place);
            let found = self.alert(file, alert, id, queries, &path).unwrap_or_default();
            self.alerts += found.len();
            if self.alerts > MOST {
                let reason =
                    format!("the alerts of a dashboard make at most {MOST} rules, one for each value of their variables");
                self.findings.push(Finding::value(path, reason).hint("use fewer variables in the query"));
                return rules;
            }
            rules.extend(found);
        }
        rules
    }

    fn alert(
        &mut self,
        file: &PanelFile,
        alert: &PanelAlertFile,
        id: &str,
        queries: &[Query],
        path: &Path,
    ) -> Option<Vec<RuleEntry>> {
        let before = self.findings.len();
        if alert.alert.trim().is_empty() {
            let finding = Finding::value(path.clone(), "an alert has a name").hint("write `alert: HighLoad`");
            self.findings.push(finding);
        }
        let (template, wrap, key) = self.condition(file, alert, queries, path)?;
        let title = Template::parse(&file.title).ok()?;
        let mut rules = Vec::new();
        for chosen in self.chosen(&template) {
            let filled = match promql::fill(&template, &chosen.values) {
                Ok(filled) => filled,
                Err(error) => {
                    self.findings.push(not_filled(&error, path.clone().key(key)));
                    return None;
                }
            };
            let summary = self.summary(&title, &chosen);
            let entry = entry(alert, wrap.around(&filled), summary, id, &chosen);
            self.rule(&entry, &template, key, path);
            if self.findings.len() > before {
                return None;
            }
            rules.push(entry);
        }
        Some(rules)
    }

    /// What has to be true: the query or expression, what is put around it, and the key that it is under.
    fn condition(
        &mut self,
        file: &PanelFile,
        alert: &PanelAlertFile,
        queries: &[Query],
        path: &Path,
    ) -> Option<(Template, Wrap, &'static str)> {
        let (wrap, key) = match (alert.above, alert.below, &alert.expr) {
            (Some(value), None, None) => (Wrap::Above(value), "above"),
            (None, Some(value), None) => (Wrap::Below(value), "below"),
            (None, None, Some(text)) => {
                let path = path.clone().key("expr");
                let template = self.template(text, &path)?;
                return self.uses(&template, &path).then_some((template, Wrap::Nothing, "expr"));
            }
            _ => {
                let finding = Finding::value(path.clone(), "an alert has one of `above`, `below` and `expr`");
                self.findings.push(finding.hint("write `above: 0.9`"));
                return None;
            }
        };
        if file.source.is_some() {
            let reason = format!("`{key}` is about PromQL, and this panel asks a source in its own language");
            self.findings.push(Finding::key(path.clone().key(key), reason).hint("write `expr:` with PromQL"));
            return None;
        }
        let place = alert.query.unwrap_or(1);
        let Some(query) = place.checked_sub(1).and_then(|place| queries.get(place)) else {
            let (key, reason) = match alert.query {
                Some(number) => ("query", format!("the panel has no query {number} that is right")),
                None => (key, "the panel has no query that is right".to_owned()),
            };
            self.findings.push(Finding::value(path.clone().key(key), reason));
            return None;
        };
        Some((query.template.clone(), wrap, key))
    }

    /// Everything that the variables of a query may be.
    fn chosen(&self, template: &Template) -> Vec<Chosen> {
        let mut all = vec![Chosen::default()];
        let mut names: Vec<&str> = template.uses().map(|used| used.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let Some(variable) = self.variables.iter().find(|variable| variable.name == name) else {
                all.iter_mut().for_each(|chosen| chosen.values.set(name, built_in(name)));
                continue;
            };
            let choices = variable.kind.choices().filter(|_| self.is_several(variable));
            let Some(choices) = choices else {
                all.iter_mut().for_each(|chosen| chosen.values.set(name, fixed(variable)));
                continue;
            };
            let with = |chosen: &Chosen, value: &str| {
                let mut chosen = chosen.clone();
                chosen.values.set(name, Value::of([value]));
                chosen.labels.insert(name.to_owned(), value.to_owned());
                chosen
            };
            // One more than there may be is enough to be told so.
            let each = all.iter().flat_map(|chosen| choices.iter().map(|choice| with(chosen, &choice.value)));
            all = each.take(MOST + 1).collect();
        }
        all
    }

    /// The panel's title, with the values that the rule is for; what comes with the samples is a label of the alert.
    fn summary(&self, title: &Template, chosen: &Chosen) -> String {
        let mut values = Values::default();
        for variable in &self.variables {
            let text = match (&variable.kind, chosen.labels.get(&variable.name)) {
                (_, Some(value)) => value.clone(),
                (Kind::Constant(value), None) => value.clone(),
                (Kind::Query(lookup), None) if lookup.label.is_plain() => format!("\u{1}{}\u{2}", lookup.label.text()),
                _ => continue,
            };
            values.set(variable.name.as_str(), Value::of([text]));
        }
        // The title itself is no template of alerts.
        let filled = title.fill(&values).replace("{{", "{ {").replace("{%", "{ %");
        filled.replace('\u{1}', "{{ $labels.").replace('\u{2}', " }}")
    }

    fn is_several(&self, variable: &Variable) -> bool {
        variable.multi || variable.all || self.repeated.contains(&variable.name)
    }

    /// Checks a rule as one of a rule file; mistakes are those of the alert.
    fn rule(&mut self, entry: &RuleEntry, template: &Template, key: &'static str, path: &Path) {
        let group = GroupEntry { name: "panel".to_owned(), rules: vec![entry.clone()], ..GroupEntry::default() };
        let checked = rule::check("dashboard", &RuleFile { groups: vec![group] }, Span::from_secs(15));
        for finding in checked.err().into_iter().flatten() {
            // Behind `groups[0].rules[0]`.
            let own = Path(finding.path.0.iter().skip(4).cloned().collect());
            let is_expr = own == Path::new().key("expr");
            let place = if is_expr { path.clone().key(key) } else { path.clone().join(&own) };
            self.findings.push(match is_expr && !(key == "expr" && template.is_plain()) {
                true => Finding::value(place, finding.reason),
                false => Finding { path: place, ..finding },
            });
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Wrap {
    Above(f64),
    Below(f64),
    Nothing,
}

impl Wrap {
    /// A query may end with a comment.
    fn around(self, query: &str) -> String {
        match self {
            Wrap::Above(value) => format!("({query}\n) > {value}"),
            Wrap::Below(value) => format!("({query}\n) < {value}"),
            Wrap::Nothing => query.to_owned(),
        }
    }
}

/// What a panel's own texts are over no window: alerts look at what is true now.
fn built_in(name: &str) -> Value {
    let text = match name {
        "__interval" => "1m",
        "__rate_interval" => "5m",
        "__range" => "1h",
        "__range_s" => "3600",
        "__range_ms" => "3600000",
        _ => "60",
    };
    Value::of([text])
}

/// What a variable is to an alert that is not made for each of its values.
fn fixed(variable: &Variable) -> Value {
    match &variable.kind {
        Kind::Constant(value) => Value::of([value.as_str()]),
        Kind::Text => Value::of([variable.default.first().cloned().unwrap_or_default()]),
        Kind::List(choices) | Kind::Interval(choices) | Kind::Source(choices) => {
            let first = choices.first().map(|choice| choice.value.clone());
            Value::of([variable.default.first().cloned().or(first).unwrap_or_default()])
        }
        // Its values come with the samples: the answer has a series for each.
        Kind::Query(_) => {
            let pattern = variable.all_pattern.clone().unwrap_or_else(|| ".*".to_owned());
            Value::matching(NO_VALUE.map(str::to_owned).into(), pattern)
        }
    }
}

fn not_filled(error: &FillError, path: Path) -> Finding {
    match error {
        FillError::Several { name } | FillError::NotAToken { name, .. } => {
            let reason = format!("the values of `{name}` come with the samples, so an alert cannot ask for one of them");
            Finding::value(path, reason).hint(format!("match it with `=~\"${name}\"`: each series of the answer is an alert"))
        }
        FillError::Unknown(_) | FillError::Backquote { .. } => Finding::value(path, error.to_string()),
    }
}

fn entry(alert: &PanelAlertFile, expr: String, summary: String, id: &str, chosen: &Chosen) -> RuleEntry {
    let mut labels = chosen.labels.clone();
    labels.extend(alert.labels.clone());
    let mut annotations = alert.annotations.clone();
    annotations.entry("summary".to_owned()).or_insert(summary);
    RuleEntry {
        alert: Some(alert.alert.clone()),
        expr,
        hold: alert.hold.clone(),
        keep_firing_for: alert.keep_firing_for.clone(),
        flapping: alert.flapping.clone(),
        no_data: alert.no_data,
        on_error: alert.on_error,
        severity: alert.severity.clone(),
        owner: alert.owner.clone(),
        runbook: alert.runbook.clone(),
        panel: Some(id.to_owned()),
        labels,
        annotations,
        ..RuleEntry::default()
    }
}

#[cfg(test)]
mod tests;
