//! The queries of a panel: parsed with every variable in them.

use std::sync::Arc;

use vitrine_config::{Finding, Path, guess};
use vitrine_query::Expr;

use super::check::{Check, with};
use crate::dashboard::file::PanelFile;
use crate::dashboard::file::panel::QueryFile;
use crate::dashboard::template::Template;
use crate::dashboard::values::Value;
use crate::dashboard::variable::{Kind, Variable};
use crate::dashboard::{Query, builtin, foreign, promql};

const MOST_QUERIES: usize = 26;
/// Of one query in a source's own language.
const MOST_BYTES: usize = 64 * 1024;

impl Check<'_> {
    pub(super) fn queries(&mut self, file: &PanelFile, path: &Path) -> Vec<Query> {
        if file.query.is_some() && !file.queries.is_empty() {
            let finding = Finding::key(path.clone().key("query"), "`query` and `queries` exclude each other");
            self.findings.push(finding.hint("keep the one under `queries`"));
        }
        if file.queries.len() > MOST_QUERIES {
            let reason = format!("a panel takes at most {MOST_QUERIES} queries");
            self.findings.push(Finding::value(path.clone().key("queries"), reason));
        }
        if let Some(legend) = &file.legend {
            self.text(legend, &path.clone().key("legend"));
        }
        let mut list: Vec<(Path, String, Option<String>)> = Vec::new();
        if let Some(text) = &file.query {
            list.push((path.clone().key("query"), text.clone(), file.legend.clone()));
        }
        for (place, query) in file.queries.iter().enumerate() {
            let here = path.clone().key("queries").index(place);
            match query {
                QueryFile::Text(text) => list.push((here, text.clone(), file.legend.clone())),
                QueryFile::Named(named) => {
                    if let Some(legend) = &named.legend {
                        self.text(legend, &here.clone().key("legend"));
                    }
                    list.push((here.key("query"), named.query.clone(), named.legend.clone().or_else(|| file.legend.clone())));
                }
            }
        }
        let is_own = file.source.is_some();
        let one = |(here, text, legend)| if is_own { self.own(here, text, legend) } else { self.query(here, text, legend) };
        list.into_iter().filter_map(one).collect()
    }

    /// The source that a panel asks in its own language.
    pub(super) fn source(&mut self, file: &PanelFile, path: &Path) -> Option<Template> {
        let path = path.clone().key("source");
        let template = self.template(file.source.as_deref()?, &path)?;
        self.uses(&template, &path);
        let known = self.known.sources.iter().map(|(name, _)| name.as_str());
        if template.is_plain() && !known.clone().any(|name| name == template.text()) {
            let finding = Finding::value(path, format!("there is no source `{}`", template.text()));
            self.findings.push(with(finding, guess::hint(template.text(), &known.collect::<Vec<_>>(), "there are")));
        }
        Some(template)
    }

    /// A query in a source's language: what it means only the source knows.
    fn own(&mut self, path: Path, text: String, legend: Option<String>) -> Option<Query> {
        if text.len() > MOST_BYTES {
            self.findings.push(Finding::value(path, format!("a query has at most {MOST_BYTES} bytes")));
            return None;
        }
        let template = self.template(&text, &path)?;
        if let Err(reason) = foreign::check(&template) {
            self.findings.push(Finding::value(path, reason));
            return None;
        }
        self.uses(&template, &path).then_some(Query { template, expr: None, legend })
    }

    pub(super) fn query(&mut self, path: Path, text: String, legend: Option<String>) -> Option<Query> {
        let template = self.template(&text, &path)?;
        if !self.uses(&template, &path) {
            return None;
        }
        if template.is_plain() {
            return match Expr::parse(&text) {
                Ok(expr) => Some(Query { template, expr: Some(Arc::new(expr)), legend }),
                Err(error) => {
                    self.findings.push(Finding::value(path, error.to_string()).within(error.spot()));
                    None
                }
            };
        }
        if let Err(wrong) = promql::check(&template, &|name| self.surely(name)) {
            self.findings.push(Finding::value(path, wrong.reason).within(wrong.spot));
            return None;
        }
        let several = self.variables.iter().filter(|one| (one.multi || one.all) && !self.repeated.contains(&one.name));
        let wrong: Vec<String> =
            several.filter(|variable| promql::wants_one(&template, &variable.name)).map(|one| one.name.clone()).collect();
        for name in wrong {
            let reason = format!("`{name}` may have several values, which `=` cannot match");
            self.findings.push(Finding::value(path.clone(), reason).hint(format!("write `=~\"${name}\"`")));
        }
        Some(Query { template, expr: None, legend })
    }

    /// A value that the variable may have, where the file says so.
    pub(super) fn surely(&self, name: &str) -> Option<Value> {
        if let Some(value) = builtin::example(name) {
            return Some(value);
        }
        let variable: &Variable = self.variables.iter().find(|variable| variable.name == name)?;
        match &variable.kind {
            Kind::Constant(value) => Some(Value::of([value.as_str()])),
            Kind::List(choices) | Kind::Interval(choices) => Some(Value::of([choices.first()?.value.as_str()])),
            Kind::Query(_) | Kind::Text | Kind::Source(_) => None,
        }
    }
}
