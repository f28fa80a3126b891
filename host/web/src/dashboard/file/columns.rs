//! Columns that a panel's file names, held against those that its answers will have, where the queries say which: `by (…)`
//! does. Where only the samples can tell, nothing is said here.

use std::collections::BTreeSet;
use std::sync::Arc;

use vitrine_config::{Finding, Path, guess};
use vitrine_model::Labels;
use vitrine_model::frame::{Column, Frame, Values as Cells};
use vitrine_query::Expr;

use super::check::{Check, with};
use crate::dashboard::file::PanelFile;
use crate::dashboard::template::Template;
use crate::dashboard::transform::{self, Step, StepFile};
use crate::dashboard::values::{Value, Values};
use crate::dashboard::{Query, builtin, promql};

/// Stands for what a viewer will choose.
const ANYTHING: &str = "vitrine_any_value";

impl Check<'_> {
    /// What the steps do with a row of made-up answers: as they will with real ones.
    pub(super) fn columns(&mut self, file: &PanelFile, queries: &[Query], steps: &[Step], path: &Path) {
        let starts = matches!(steps.first(), Some(Step::Reduce(_)));
        // Where a query or a step is wrong, that is told already.
        let asked = usize::from(file.query.is_some()) + file.queries.len();
        let is_whole = steps.len() == file.transform.len() && queries.len() == asked;
        if file.source.is_some() || !starts || !is_whole || queries.is_empty() {
            return;
        }
        let Some(mut names) = queries.iter().map(labels).collect::<Option<Vec<_>>>() else { return };
        if file.compare.is_some() {
            names.push(BTreeSet::from(["compare".to_owned()]));
        }
        let mut frames: Vec<Frame> = names.iter().map(frame).collect();
        for (place, (step, written)) in steps.iter().zip(&file.transform).enumerate() {
            // A made-up row fits no filter, and without it the rest of the steps still has its columns.
            let kept = matches!(step, Step::Filter(_) | Step::Limit(_)).then(|| frames.clone());
            match transform::apply(std::slice::from_ref(step), frames) {
                Ok(next) => frames = kept.unwrap_or(next),
                Err(wrong) => {
                    let here = path.clone().key("transform").index(place).key(written.word());
                    let finding = match written {
                        StepFile::Rename(names) if names.contains_key(wrong.name()) => {
                            Finding::key(here.key(wrong.name()), wrong.reason())
                        }
                        StepFile::Filter(_) => Finding::value(here.key("column"), wrong.reason()),
                        _ => Finding::value(here, wrong.reason()),
                    };
                    self.findings.push(with(finding, wrong.hint()));
                    return;
                }
            }
        }
        // What a plugin calls its columns, only the plugin knows.
        if file.show == "table" && !file.options.contains_key("columns") {
            self.rows(file, &frames, path);
        }
    }

    /// `{{column}}` of links and buttons in rows.
    fn rows(&mut self, file: &PanelFile, frames: &[Frame], path: &Path) {
        let known: Vec<&str> = frames.iter().flat_map(|frame| &frame.columns).map(|column| column.name.as_str()).collect();
        let link = file.row_link.as_ref().map(|text| (path.clone().key("row_link"), text.clone()));
        let mut texts: Vec<(Path, String)> = link.into_iter().collect();
        for (place, action) in file.row_actions.iter().enumerate() {
            let here = path.clone().key("row_actions").index(place);
            texts.extend(action.title.iter().map(|title| (here.clone().key("title"), title.clone())));
            let strings = action.with.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
            texts.extend(strings.map(|(name, text)| (here.clone().key("with").key(name.as_str()), text.to_owned())));
        }
        for (path, text) in texts {
            for (at, _) in text.match_indices("{{") {
                let Some(end) = text[at..].find("}}") else { continue };
                let name = text[at + 2..at + end].trim();
                if !known.contains(&name) {
                    let reason = format!("there is no column `{name}`");
                    let finding = Finding::value(path.clone(), reason.clone()).within(Some((at, reason)));
                    self.findings.push(with(finding, guess::hint(name, &known, "there are")));
                }
            }
        }
    }
}

/// One row of a series with these labels.
fn frame(names: &BTreeSet<String>) -> Frame {
    let labels = Labels::from_pairs(names.iter().map(|name| (name.as_str(), "x")));
    let column = |name: &str, labels, values| Column { name: name.to_owned(), labels, unit: None, values };
    let columns = vec![column("time", Labels::new(), Cells::Times(vec![0])), column("x", labels, Cells::Numbers(vec![1.0]))];
    Frame { name: String::new(), columns }
}

/// None where the text of the query does not say.
fn labels(query: &Query) -> Option<BTreeSet<String>> {
    let expr = query.expr.clone().or_else(|| filled(&query.template).map(Arc::new))?;
    // Alerts come with columns of their own.
    if expr.metric_names().contains(&"ALERTS") {
        return None;
    }
    expr.labels().filter(|names| !names.iter().any(|name| name.contains(ANYTHING)))
}

fn filled(template: &Template) -> Option<Expr> {
    let mut values = Values::default();
    for used in template.uses() {
        let value = builtin::example(&used.name).unwrap_or_else(|| Value::of([ANYTHING]));
        values.set(used.name.as_str(), value);
    }
    Expr::parse(&promql::fill(template, &values).ok()?).ok()
}
