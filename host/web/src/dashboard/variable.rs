//! Variables of a dashboard, checked: what can be chosen, and what it is called.

use std::sync::Arc;

use serde::Serialize;
use vitrine_model::Matcher;
use vitrine_query::Expr;

use crate::dashboard::template::Template;

/// One variable.
#[derive(Debug, Clone)]
pub struct Variable {
    pub name: String,
    pub label: String,
    pub kind: Kind,
    pub multi: bool,
    /// Whether "all" can be chosen.
    pub all: bool,
    /// What "all" means in a pattern, instead of all values one by one.
    pub all_pattern: Option<String>,
    pub default: Vec<String>,
    pub hidden: bool,
    /// Its place in the file.
    pub order: usize,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Query(Lookup),
    /// Values and what people read instead of them.
    List(Vec<Choice>),
    Constant(String),
    Text,
    Interval(Vec<Choice>),
    /// Data source instances.
    Source(Vec<Choice>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub value: String,
    pub text: String,
}

impl Choice {
    pub fn plain(value: &str) -> Choice {
        Choice { value: value.to_owned(), text: value.to_owned() }
    }
}

/// A question for values.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// PromQL; empty for all series.
    pub query: Template,
    /// Whose values are taken.
    pub label: Template,
    /// Whether `query` only selects series, as in `label_values(up, job)`.
    pub selects: bool,
}

/// A lookup with all variables in it known.
#[derive(Debug, Clone)]
pub enum Question {
    Values { matchers: Vec<Matcher>, label: String },
    Answer { expr: Arc<Expr>, label: String },
}

impl Kind {
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Query(_) => "query",
            Kind::List(_) => "list",
            Kind::Constant(_) => "constant",
            Kind::Text => "text",
            Kind::Interval(_) => "interval",
            Kind::Source(_) => "source",
        }
    }

    /// What can be chosen, where that is known from the file.
    pub fn choices(&self) -> Option<&[Choice]> {
        match self {
            Kind::List(choices) | Kind::Interval(choices) | Kind::Source(choices) => Some(choices),
            Kind::Query(_) | Kind::Constant(_) | Kind::Text => None,
        }
    }
}

impl Variable {
    /// The variables that this one is asked with.
    pub fn uses(&self) -> impl Iterator<Item = &str> {
        let lookup = match &self.kind {
            Kind::Query(lookup) => Some(lookup),
            _ => None,
        };
        lookup.into_iter().flat_map(|lookup| lookup.query.uses().chain(lookup.label.uses())).map(|used| used.name.as_str())
    }
}

/// What a page needs to let people choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picker {
    pub name: String,
    pub label: String,
    /// `query`, `list`, `text`, `interval` or `source`.
    pub kind: &'static str,
    pub multi: bool,
    /// Whether "all" is offered.
    pub all: bool,
    /// Whether "all" is chosen.
    pub all_chosen: bool,
    pub options: Vec<PickerOption>,
    /// What is chosen, without "all".
    pub chosen: Vec<String>,
    /// Why there are no options.
    pub problem: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PickerOption {
    pub value: String,
    pub text: String,
    pub chosen: bool,
}
