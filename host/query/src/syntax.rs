//! From text to an expression that is known to be sound.

use std::fmt;
use std::sync::Arc;

use vitrine_model::Matcher;
use vitrine_model::labels::NAME;
use vitrine_model::matcher::Test;

use crate::QueryError;
use crate::plan::{self, Node, Selector};

/// No hand-written expression comes near these; trees deeper than that would eat the stack.
const TEXT_BYTES: usize = 64 * 1024;
const PARTS: usize = 200;

/// A parsed and checked expression. Cheap to clone.
#[derive(Clone)]
pub struct Expr {
    text: Arc<str>,
    node: Arc<Node>,
    selectors: Arc<[Selector]>,
}

impl Expr {
    pub fn parse(text: &str) -> Result<Expr, QueryError> {
        if text.len() > TEXT_BYTES || parts(text) > PARTS {
            return Err(QueryError::Limit(format!(
                "the expression is too long: {TEXT_BYTES} bytes and {PARTS} operators and parentheses are allowed"
            )));
        }
        let tree = promql_parser::parser::parse(text).map_err(|reason| QueryError::Syntax(sentence(&reason)))?;
        let node = plan::plan(&tree)?;
        let mut selectors = Vec::new();
        node.visit_selectors(&mut |selector| selectors.push(selector.clone()));
        Ok(Expr { text: text.into(), node: Arc::new(node), selectors: selectors.into() })
    }

    /// The text it was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it reads: the matchers of each selector.
    pub fn selectors(&self) -> impl Iterator<Item = &[Matcher]> {
        self.selectors.iter().map(|selector| selector.matchers.as_slice())
    }

    /// The metrics it names, each once. A selector may read others too, where it matches names by pattern.
    pub fn metric_names(&self) -> Vec<&str> {
        let matchers = self.selectors().flatten();
        let mut names: Vec<&str> = matchers
            .filter_map(|matcher| match &matcher.test {
                Test::Equal(value) if matcher.name == NAME => Some(value.as_str()),
                _ => None,
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({:?})", self.text)
    }
}

/// How many operators and opening brackets there are outside of strings, comments and matchers: no tree is deeper than that.
fn parts(text: &str) -> usize {
    let mut count = 0;
    let mut letters = text.chars();
    let mut word = String::new();
    let mut in_matchers = false;
    while let Some(letter) = letters.next() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            word.push(letter.to_ascii_lowercase());
            continue;
        }
        count += usize::from(matches!(word.as_str(), "and" | "or" | "unless" | "atan2"));
        word.clear();
        match letter {
            '"' | '\'' | '`' => skip_string(&mut letters, letter),
            '#' => drop(letters.by_ref().find(|letter| *letter == '\n')),
            '{' => in_matchers = true,
            '}' => in_matchers = false,
            '(' | '[' | '+' | '-' | '*' | '/' | '%' | '^' | '=' | '<' | '>' | '!' if !in_matchers => count += 1,
            _ => {}
        }
    }
    count
}

fn skip_string(letters: &mut std::str::Chars<'_>, quote: char) {
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quote != '`' => drop(letters.next()),
            _ if letter == quote => return,
            _ => {}
        }
    }
}

/// The parser's words without its capital or its full stop.
fn sentence(reason: &str) -> String {
    let reason = reason.trim().trim_end_matches('.');
    if reason.is_empty() { "it cannot be read".to_owned() } else { reason.to_owned() }
}
