//! The texts of labels and annotations, with the alert's values filled in.
//!
//! Two forms are read. Prometheus's (Go's templates, with its functions) and the host's own (minijinja). A text has the
//! first if it says anything that only that can mean: a `$`, a `.field`, a keyword such as `if`, a function with arguments
//! beside it. It has the second if it has `{%` or `{#`, a filter with parentheses right behind its name, or none of these
//! marks. Whoever mixes both is told so: no text means two things.

mod builtins;
mod functions;
mod human;
mod jinja;
mod lexer;
mod machine;
mod number;
mod parser;
mod printf;
#[cfg(test)]
mod tests;
mod tree;
mod value;

use std::sync::Arc;

use vitrine_model::{Labels, Millis};

use self::tree::{Tree, Wrong};

/// Letters that one text may come to.
const LETTERS: usize = 16 << 10;

/// What a label becomes whose template fails: the same text each time, as it is part of an alert's identity.
pub(crate) const FAILED_LABEL: &str = "<error expanding template>";

/// Answers PromQL.
pub type Ask<'a> = dyn Fn(&str) -> Result<Vec<(Labels, f64)>, String> + 'a;

/// What a text is filled in with.
pub struct Around<'a> {
    pub labels: &'a Labels,
    pub external_labels: &'a Labels,
    pub external_url: &'a str,
    pub value: f64,
    /// The moment of the evaluation.
    pub at: Millis,
    /// Answers PromQL at that moment.
    pub query: &'a Ask<'a>,
}

/// A mistake in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// The byte of the text.
    pub at: usize,
    pub reason: String,
}

impl From<Wrong> for Mistake {
    fn from(wrong: Wrong) -> Mistake {
        Mistake { at: wrong.at, reason: wrong.reason }
    }
}

#[derive(Debug, Clone)]
enum Form {
    Plain,
    Go(Arc<Tree>),
    Jinja,
}

/// A text that parses.
#[derive(Debug, Clone)]
pub struct Template {
    written: Arc<str>,
    form: Form,
}

impl Template {
    pub fn parse(text: &str) -> Result<Template, Mistake> {
        let form = form(text)?;
        Ok(Template { written: text.into(), form })
    }

    /// As it stands in the file.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// A failing template becomes a text with the error in it: the alert is told all the same.
    pub fn fill(&self, around: &Around<'_>) -> String {
        self.try_fill(around).unwrap_or_else(|reason| cut(format!("<error expanding template: {reason}>")))
    }

    /// The text, or why there is none.
    pub(crate) fn try_fill(&self, around: &Around<'_>) -> Result<String, String> {
        match &self.form {
            Form::Plain => Ok(self.written.to_string()),
            Form::Go(tree) => machine::run(tree, around).map_err(|wrong| {
                let (line, column) = place(&self.written, wrong.at);
                format!("{line}:{column}: {}", wrong.reason)
            }),
            Form::Jinja => jinja::fill(&self.written, around).map(cut),
        }
    }
}

/// Which form a text has, read.
fn form(text: &str) -> Result<Form, Mistake> {
    if !["{{", "{%", "{#"].iter().any(|opening| text.contains(opening)) {
        return Ok(Form::Plain);
    }
    let is_known = |name: &str| builtins::takes(name).or_else(|| functions::takes(name)).is_some();
    let go = parser::parse(text, is_known);
    let has_jinja = text.contains("{%") || text.contains("{#") || blocks(text).any(calls_a_filter);
    let has_dollar = blocks(text).any(|block| block.contains('$'));
    match go {
        Ok(tree) if tree.is_marked && !text.contains("{%") => Ok(Form::Go(Arc::new(tree))),
        Err(wrong) if has_dollar && !has_jinja => Err(wrong.into()),
        _ if has_dollar => {
            let at = text.find('$').unwrap_or(0);
            let reason = "Prometheus's form (`$labels`) and minijinja's (`{%`, `filter(…)`) are mixed: write `labels` and `value` \
                          without `$`, or all of it in Prometheus's form";
            Err(Mistake { at, reason: reason.to_owned() })
        }
        _ => jinja::check(text).map(|()| Form::Jinja).map_err(Mistake::from),
    }
}

/// What is inside of `{{ }}`.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).map(|block| block.split("}}").next().unwrap_or_default())
}

/// `| name(`: nothing but minijinja writes that.
fn calls_a_filter(block: &str) -> bool {
    block.split('|').skip(1).any(|part| {
        let part = part.trim_start();
        let after = part.trim_start_matches(|letter: char| letter == '_' || letter.is_alphanumeric());
        after.len() < part.len() && after.starts_with('(')
    })
}

/// Line and column of a byte, both from one.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |place| place + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn cut(mut text: String) -> String {
    if text.len() > LETTERS {
        let end = (0..=LETTERS).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}
