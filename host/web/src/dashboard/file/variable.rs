//! Variables as people write them, and what makes no sense in them.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use vitrine_config::{Finding, Path, guess};
use vitrine_model::Span;

use super::check::{Check, with};
use crate::dashboard::file::DashboardFile;
use crate::dashboard::template::Template;
use crate::dashboard::variable::{Choice, Kind, Lookup, Variable};
use crate::dashboard::{builtin, promql};

/// Each is a question of its own.
const MOST_VARIABLES: usize = 30;
const MOST_CHOICES: usize = 500;

/// A variable: a query, a list of values, or what they are in full.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum VariableFile {
    /// A query: `label_values(up, instance)`.
    Query(String),
    /// Values to choose from.
    List(Vec<ChoiceFile>),
    Full(Box<FullVariable>),
}

/// A variable in full: one of `query`, `values`, `constant`, `text`, `interval` and `source`, and how it is chosen.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FullVariable {
    /// What people read beside it; its name where left out.
    pub title: Option<String>,
    /// `label_values(up{job="$job"}, instance)`, or PromQL of whose answer the values of `label` are taken.
    pub query: Option<String>,
    /// The label whose values are taken.
    pub label: Option<String>,
    /// Values to choose from.
    pub values: Option<Vec<ChoiceFile>>,
    /// A value that nobody chooses.
    pub constant: Option<Scalar>,
    /// A text that viewers write; this is what it is until then.
    pub text: Option<String>,
    /// Durations to choose from: `[1m, 5m, 1h]`.
    pub interval: Option<Vec<String>>,
    /// Sources to choose from: those of this plugin, or `any`.
    pub source: Option<String>,
    /// Whether several can be chosen.
    pub multi: bool,
    /// Whether all can be chosen; a text is the pattern that stands for all, such as `.*`.
    pub all: AllFile,
    /// What is chosen until the viewer chooses; `all` is all.
    pub default: Option<DefaultFile>,
    /// Not shown to viewers, who can still set it in the address.
    pub hidden: bool,
}

/// A value, with or without other words for people.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ChoiceFile {
    Plain(Scalar),
    Named(NamedChoice),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedChoice {
    pub value: Scalar,
    /// What people read.
    pub title: String,
}

/// A text, or what YAML takes for something else.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    Text(String),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AllFile {
    Offered(bool),
    Pattern(String),
}

impl Default for AllFile {
    fn default() -> AllFile {
        AllFile::Offered(false)
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DefaultFile {
    One(Scalar),
    Several(Vec<Scalar>),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Scalar::Text(text) => text.clone(),
            Scalar::Whole(number) => number.to_string(),
            Scalar::Number(number) => number.to_string(),
            Scalar::Flag(flag) => flag.to_string(),
        }
    }
}

impl ChoiceFile {
    fn choice(&self) -> Choice {
        match self {
            ChoiceFile::Plain(value) => Choice::plain(&value.text()),
            ChoiceFile::Named(named) => Choice { value: named.value.text(), text: named.title.clone() },
        }
    }
}

impl VariableFile {
    fn full(&self) -> FullVariable {
        match self {
            VariableFile::Query(query) => FullVariable { query: Some(query.clone()), ..FullVariable::default() },
            VariableFile::List(values) => FullVariable { values: Some(values.clone()), ..FullVariable::default() },
            VariableFile::Full(full) => full.as_ref().clone(),
        }
    }
}

impl Check<'_> {
    /// Those that others use come first; else they stand as in the file.
    pub(super) fn variables(&mut self, file: &DashboardFile) {
        if file.variables.len() > MOST_VARIABLES {
            let reason = format!("a dashboard takes at most {MOST_VARIABLES} variables");
            self.findings.push(Finding::key(Path::new().key("variables"), reason));
            return;
        }
        let mut names: Vec<&String> = file.variables.keys().collect();
        names.sort_by_key(|name| file.order.iter().position(|other| other == *name));
        let mut waiting = Vec::new();
        for (order, name) in names.into_iter().enumerate() {
            let path = Path::new().key("variables").key(name.as_str());
            let variable = self.variable(name, &file.variables[name].full(), &path);
            waiting.extend(variable.map(|variable| Variable { order, ..variable }));
        }
        while !waiting.is_empty() {
            let open: BTreeSet<String> = waiting.iter().map(|variable| variable.name.clone()).collect();
            let Some(next) = waiting.iter().position(|variable| !variable.uses().any(|used| open.contains(used))) else {
                self.circle(&waiting);
                return;
            };
            self.variables.push(waiting.remove(next));
        }
    }

    fn circle(&mut self, waiting: &[Variable]) {
        let names: Vec<&str> = waiting.iter().map(|variable| variable.name.as_str()).collect();
        let reason = format!("the variables {} use each other in a circle", guess::listed(names.iter().copied()));
        let path = Path::new().key("variables").key(names[0]);
        self.findings.push(Finding::key(path, reason).hint("let one of them do without the others"));
    }

    fn variable(&mut self, name: &str, file: &FullVariable, path: &Path) -> Option<Variable> {
        let before = self.findings.len();
        let is_name =
            Template::parse(&format!("${{{name}}}")).is_ok_and(|template| template.uses().any(|used| used.name == name));
        if !is_name || name.starts_with("__") || name.len() > 64 {
            let finding = Finding::key(path.clone(), format!("`{name}` cannot be the name of a variable"));
            self.findings.push(finding.hint("use letters, digits and `_`, a letter first"));
        }
        let kind = self.kind(name, file, path)?;
        let (all, all_pattern) = match &file.all {
            AllFile::Offered(all) => (*all, None),
            AllFile::Pattern(pattern) => (true, Some(pattern.clone())),
        };
        let default = self.default(file, &kind, all, path);
        if default.len() > 1 && !file.multi {
            let finding = Finding::value(path.clone().key("default"), "several values are chosen where one can be");
            self.findings.push(finding.hint("add `multi: true`"));
        }
        if (file.multi || all) && kind.choices().is_none() && !matches!(kind, Kind::Query(_)) {
            let reason = format!("a {} has one value", kind.word());
            let key = if file.multi { "multi" } else { "all" };
            self.findings.push(Finding::key(path.clone().key(key), reason).hint("remove the line"));
        }
        let label = file.title.clone().unwrap_or_else(|| name.to_owned());
        let hidden = file.hidden || matches!(kind, Kind::Constant(_));
        let variable =
            Variable { name: name.to_owned(), label, kind, multi: file.multi, all, all_pattern, default, hidden, order: 0 };
        (self.findings.len() == before).then_some(variable)
    }

    fn default(&mut self, file: &FullVariable, kind: &Kind, all: bool, path: &Path) -> Vec<String> {
        let default: Vec<String> = match &file.default {
            None => return Vec::from_iter(file.text.clone()),
            Some(DefaultFile::One(one)) => vec![one.text()],
            Some(DefaultFile::Several(several)) => several.iter().map(Scalar::text).collect(),
        };
        let path = path.clone().key("default");
        for value in &default {
            let Some(choices) = kind.choices() else { continue };
            if (all && value == "all") || choices.iter().any(|choice| choice.value == *value) {
                continue;
            }
            let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
            let finding = Finding::value(path.clone(), format!("`{value}` is not among the values"));
            self.findings.push(with(finding, guess::hint(value, &values, "there are")));
        }
        default
    }

    fn kind(&mut self, name: &str, file: &FullVariable, path: &Path) -> Option<Kind> {
        let given: Vec<&str> = [
            ("query", file.query.is_some()),
            ("values", file.values.is_some()),
            ("constant", file.constant.is_some()),
            ("text", file.text.is_some()),
            ("interval", file.interval.is_some()),
            ("source", file.source.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
        .collect();
        match given.as_slice() {
            [_] => {}
            [] => {
                let finding = Finding::key(path.clone(), format!("the variable `{name}` has no values"));
                let hint = "add one of `query`, `values`, `constant`, `text`, `interval` and `source`";
                self.findings.push(finding.hint(hint));
                return None;
            }
            [first, others @ ..] => {
                let reason = format!("`{first}` and {} exclude each other", guess::listed(others.iter().copied()));
                self.findings.push(Finding::key(path.clone().key(*first), reason).hint("keep one of them"));
                return None;
            }
        }
        if let Some(query) = &file.query {
            return self.lookup(query, file.label.as_deref(), path).map(Kind::Query);
        }
        if file.label.is_some() {
            let finding = Finding::key(path.clone().key("label"), "`label` says what a `query` takes");
            self.findings.push(finding.hint("write `title` for what people read"));
        }
        self.choices(file, path)
    }

    fn choices(&mut self, file: &FullVariable, path: &Path) -> Option<Kind> {
        if let Some(constant) = &file.constant {
            return Some(Kind::Constant(constant.text()));
        }
        if file.text.is_some() {
            return Some(Kind::Text);
        }
        if let Some(values) = &file.values {
            let choices: Vec<Choice> = values.iter().map(ChoiceFile::choice).collect();
            return self.some(choices, &path.clone().key("values")).map(Kind::List);
        }
        if let Some(spans) = &file.interval {
            let path = path.clone().key("interval");
            for (place, text) in spans.iter().enumerate() {
                if let Err(error) = text.parse::<Span>() {
                    self.findings.push(Finding::value(path.clone().index(place), error.to_string()));
                }
            }
            let choices = spans.iter().map(|text| Choice::plain(text)).collect();
            return self.some(choices, &path).map(Kind::Interval);
        }
        let plugin = file.source.as_deref().unwrap_or_default();
        let sources = self.known.sources.iter().filter(|(_, other)| plugin == "any" || other == plugin);
        let choices: Vec<Choice> = sources.map(|(name, _)| Choice::plain(name)).collect();
        if choices.is_empty() {
            let finding = Finding::value(path.clone().key("source"), format!("no source is of the plugin `{plugin}`"));
            let plugins: BTreeSet<&str> = self.known.sources.iter().map(|(_, plugin)| plugin.as_str()).chain(["any"]).collect();
            let hint = guess::hint(plugin, &plugins.into_iter().collect::<Vec<_>>(), "there are");
            self.findings.push(with(finding, hint));
            return None;
        }
        Some(Kind::Source(choices))
    }

    fn some(&mut self, choices: Vec<Choice>, path: &Path) -> Option<Vec<Choice>> {
        if !choices.is_empty() && choices.len() <= MOST_CHOICES {
            return Some(choices);
        }
        let reason = if choices.is_empty() { "there is nothing to choose from" } else { "there are too many values" };
        self.findings.push(Finding::value(path.clone(), reason).hint(format!("give 1 to {MOST_CHOICES} values")));
        None
    }

    fn lookup(&mut self, query: &str, label: Option<&str>, path: &Path) -> Option<Lookup> {
        // One that stands alone is the variable itself: the place of a key that is missing is that of what is above.
        let here = path.clone().key("query");
        let inner = query.trim().strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
        let (query, label, selects) = match (inner, label) {
            (Some(inner), None) => match inner.rsplit_once(',') {
                Some((query, label)) => (query.trim(), label.trim().trim_matches('"'), true),
                None => ("", inner.trim().trim_matches('"'), true),
            },
            (Some(_), Some(_)) => {
                let reason = "`label_values` already says which label is taken";
                self.findings.push(Finding::key(path.clone().key("label"), reason).hint("remove the line"));
                return None;
            }
            (None, Some(label)) => (query, label, false),
            (None, None) => {
                let finding = Finding::value(here, "the query does not say of which label the values are taken");
                self.findings.push(finding.hint("write `label_values(up, instance)`, or add `label: instance`"));
                return None;
            }
        };
        let label = self.template(label, &here)?;
        let query = self.template(query, &here)?;
        let before = self.findings.len();
        if !self.uses(&query, &here) || !self.uses(&label, &here) {
            // Places within are those of the part, not of the value.
            self.findings[before..].iter_mut().for_each(|finding| finding.within = None);
            return None;
        }
        if !query.text().is_empty()
            && let Err(wrong) = promql::check(&query, &builtin::example)
        {
            self.findings.push(Finding::value(here, wrong.reason));
            return None;
        }
        if selects && query.is_plain() && !query.text().is_empty() && !selects_series(query.text()) {
            let finding = Finding::value(here, "`label_values` takes a selector such as `up{job=\"node\"}`");
            self.findings.push(finding.hint("write other PromQL as the query itself, and add `label`"));
            return None;
        }
        Some(Lookup { query, label, selects })
    }
}

fn selects_series(text: &str) -> bool {
    vitrine_query::Expr::parse(text).is_ok_and(|expr| expr.selector().is_some())
}
