//! What is done with answers before a panel gets them: pure functions on frames, one after the other.

mod calculate;
mod cells;
mod filter;
mod formula;
mod group;
mod join;
mod reduce;
mod rename;
mod sort;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use vitrine_config::guess;
use vitrine_model::frame::{Column, Frame};

pub use filter::FilterFile;
pub use formula::Formula;
pub use group::GroupFile;
pub use reduce::Reduction;

/// Steps of one panel.
pub const MOST_STEPS: usize = 20;

/// One step: `limit: 10`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum StepFile {
    /// Each series becomes a row: its labels, its name, and one value.
    Reduce(Reduction),
    /// All frames become one, where rows with the same value in this column are one row.
    Join(String),
    /// Rows that fit stay.
    Filter(FilterFile),
    /// Rows with the same values become one.
    Group(GroupFile),
    /// By this column; `-value` for the greatest first.
    Sort(String),
    /// New names of columns: `{ old: new }`.
    Rename(BTreeMap<String, String>),
    /// New columns, of others: `{ used: "(size - free) / size" }`.
    Calculate(BTreeMap<String, String>),
    /// The first rows stay.
    Limit(usize),
}

/// A step, checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Reduce(Reduction),
    Join(String),
    Filter(filter::Filter),
    Group(GroupFile),
    Sort { by: String, descending: bool },
    Rename(BTreeMap<String, String>),
    Calculate(Vec<(String, Formula)>),
    Limit(usize),
}

impl StepFile {
    /// The step, or what is wrong with it: the key where it stands, and why.
    pub fn check(&self) -> Result<Step, (Option<&str>, String)> {
        match self {
            StepFile::Reduce(how) => Ok(Step::Reduce(*how)),
            StepFile::Join(on) => Ok(Step::Join(on.clone())),
            StepFile::Filter(file) => file.check().map(Step::Filter).map_err(|reason| (Some("matches"), reason)),
            StepFile::Group(file) => Ok(Step::Group(file.clone())),
            StepFile::Sort(text) => match text.strip_prefix('-') {
                Some(by) => Ok(Step::Sort { by: by.to_owned(), descending: true }),
                None => Ok(Step::Sort { by: text.clone(), descending: false }),
            },
            StepFile::Rename(names) => Ok(Step::Rename(names.clone())),
            StepFile::Calculate(formulas) => {
                let parse = |(name, text): (&'_ String, &'_ String)| Formula::parse(text).map(|formula| (name.clone(), formula));
                let each = formulas.iter().map(|pair| parse(pair).map_err(|reason| (Some(pair.0.as_str()), reason)));
                each.collect::<Result<Vec<_>, _>>().map(Step::Calculate)
            }
            StepFile::Limit(rows) => Ok(Step::Limit(*rows)),
        }
    }

    /// The key in the file.
    pub fn word(&self) -> &'static str {
        match self {
            StepFile::Reduce(_) => "reduce",
            StepFile::Join(_) => "join",
            StepFile::Filter(_) => "filter",
            StepFile::Group(_) => "group",
            StepFile::Sort(_) => "sort",
            StepFile::Rename(_) => "rename",
            StepFile::Calculate(_) => "calculate",
            StepFile::Limit(_) => "limit",
        }
    }
}

/// A column that no frame has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no column `{name}` to {verb}{hint}")]
pub struct UnknownColumn {
    name: String,
    verb: &'static str,
    hint: String,
}

impl UnknownColumn {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is wrong, and which column was meant or which there are.
    pub fn reason(&self) -> String {
        format!("there is no column `{}` to {}", self.name, self.verb)
    }

    pub fn hint(&self) -> Option<String> {
        self.hint.strip_prefix(": ").map(str::to_owned)
    }
}

/// All steps, in their order.
pub fn apply(steps: &[Step], frames: Vec<Frame>) -> Result<Vec<Frame>, UnknownColumn> {
    steps.iter().try_fold(frames, |frames, step| step.apply(frames))
}

impl Step {
    fn apply(&self, frames: Vec<Frame>) -> Result<Vec<Frame>, UnknownColumn> {
        match self {
            Step::Reduce(how) => Ok(vec![reduce::reduce(*how, &frames)]),
            Step::Join(on) => join::join(on, frames),
            Step::Filter(filter) => each(frames, &[&filter.column], "filter by", |frame| filter::filter(filter, frame)),
            Step::Group(group) => each(frames, &group.columns(), "group by", |frame| group::group(group, frame)),
            Step::Sort { by, descending } => each(frames, &[by], "sort by", |frame| sort::sort(by, *descending, frame)),
            Step::Rename(names) => rename::rename(names, frames),
            Step::Calculate(formulas) => formulas.iter().try_fold(frames, |frames, (name, formula)| {
                each(frames, &formula.columns(), "calculate with", |frame| calculate::calculate(name, formula, frame))
            }),
            Step::Limit(rows) => Ok(frames.into_iter().map(|frame| cells::first(frame, *rows)).collect()),
        }
    }
}

/// Does it to each frame that has the columns; one has to.
fn each(
    frames: Vec<Frame>,
    columns: &[&str],
    verb: &'static str,
    work: impl Fn(Frame) -> Frame,
) -> Result<Vec<Frame>, UnknownColumn> {
    for name in columns {
        if !frames.is_empty() && !frames.iter().any(|frame| find(frame, name).is_some()) {
            return Err(unknown(name, verb, &frames));
        }
    }
    let has = |frame: &Frame| columns.iter().all(|name| find(frame, name).is_some());
    Ok(frames.into_iter().map(|frame| if has(&frame) { work(frame) } else { frame }).collect())
}

fn unknown(name: &str, verb: &'static str, frames: &[Frame]) -> UnknownColumn {
    let mut names: Vec<&str> = frames.iter().flat_map(|frame| &frame.columns).map(|column| column.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let hint = guess::hint(name, &names, "there are").map(|hint| format!(": {hint}")).unwrap_or_default();
    UnknownColumn { name: name.to_owned(), verb, hint }
}

fn find<'a>(frame: &'a Frame, name: &str) -> Option<&'a Column> {
    frame.columns.iter().find(|column| column.name == name)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
pub(crate) mod tests {
    use vitrine_model::Labels;
    use vitrine_model::frame::Values;

    use super::*;

    pub(crate) fn column(name: &str, values: Values) -> Column {
        Column { name: name.to_owned(), labels: Labels::new(), unit: None, values }
    }

    pub(crate) fn texts(name: &str, values: &[&str]) -> Column {
        column(name, Values::Texts(values.iter().map(|text| (*text).to_owned()).collect()))
    }

    pub(crate) fn numbers(name: &str, values: &[f64]) -> Column {
        column(name, Values::Numbers(values.to_vec()))
    }

    pub(crate) fn frame(columns: Vec<Column>) -> Frame {
        Frame { name: "A".to_owned(), columns }
    }

    /// A frame as lines of text.
    pub(crate) fn lines(frame: &Frame) -> Vec<String> {
        let header = frame.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>().join(" ");
        let rows = (0..cells::rows(frame))
            .map(|row| frame.columns.iter().map(|column| cells::text(&column.values, row)).collect::<Vec<_>>().join(" "));
        std::iter::once(header).chain(rows).collect()
    }

    #[test]
    fn steps_follow_each_other() {
        let steps: Vec<StepFile> = serde_json::from_value(serde_json::json!([
            { "filter": { "column": "size", "above": 1 } },
            { "group": { "by": "host", "take": { "size": "sum", "free": "sum" } } },
            { "calculate": { "used": "(size - free) / size" } },
            { "sort": "-used" },
            { "rename": { "host": "Machine" } },
            { "limit": 2 },
        ]))
        .unwrap();
        let steps: Vec<Step> = steps.iter().map(|step| step.check().unwrap()).collect();
        let before = frame(vec![
            texts("host", &["a", "b", "a", "c", "d"]),
            numbers("size", &[10.0, 10.0, 30.0, 8.0, 1.0]),
            numbers("free", &[5.0, 1.0, 15.0, 4.0, 0.0]),
        ]);
        let after = apply(&steps, vec![before.clone()]).unwrap();
        assert_eq!(lines(&after[0]), ["Machine size free used", "b 10 1 0.9", "a 40 20 0.5"]);
        let wrong = apply(&[Step::Sort { by: "sizes".to_owned(), descending: false }], vec![before]).unwrap_err();
        assert_eq!(wrong.to_string(), "there is no column `sizes` to sort by: did you mean `size`?");
    }
}
