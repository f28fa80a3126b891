//! A template as it was read: what is written, and where, so that a mistake can name its place.

use std::collections::BTreeMap;

/// What went wrong, and at which byte of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) reason: String,
}

impl Wrong {
    pub(super) fn new(at: usize, reason: impl Into<String>) -> Wrong {
        Wrong { at, reason: reason.into() }
    }
}

/// A whole text, with the templates that it defines.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) defined: BTreeMap<String, Vec<Node>>,
    /// Whether something in it can only be meant for Prometheus: a variable, a field, a keyword, a call with arguments.
    pub(super) is_marked: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Node {
    Text(String),
    Action(Pipe),
    If { when: Pipe, then: Vec<Node>, otherwise: Vec<Node> },
    With { value: Pipe, then: Vec<Node>, otherwise: Vec<Node> },
    Range { over: Pipe, body: Vec<Node>, otherwise: Vec<Node> },
    Template { at: usize, name: String, with: Option<Pipe> },
    Break,
    Continue,
}

/// Commands, each of which is given what the one before came to; and the variables that take the end's value.
#[derive(Debug, Clone)]
pub(super) struct Pipe {
    pub(super) variables: Vec<String>,
    /// `=` rather than `:=`.
    pub(super) assigns: bool,
    pub(super) commands: Vec<Command>,
}

#[derive(Debug, Clone)]
pub(super) struct Command {
    pub(super) at: usize,
    pub(super) words: Vec<Word>,
}

/// A value or a function, and the fields that are taken of it.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) at: usize,
    pub(super) kind: Kind,
    pub(super) fields: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Dot,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Variable(String),
    Function(String),
    Pipe(Box<Pipe>),
}
