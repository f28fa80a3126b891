//! From text to an expression that is known to be sound.

pub(crate) mod duration;
mod labels;
mod limit;
mod number;
mod parser;
mod pattern;
pub(crate) mod place;
mod prepare;
mod shape;
mod show;
mod text;
mod token;
pub(crate) mod tree;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use vitrine_model::Matcher;
use vitrine_model::labels::NAME;
use vitrine_model::matcher::Test;

use crate::QueryError;
use crate::functions::registry::{Does, Special};
pub use limit::Compared;
pub(crate) use parser::aggregate::AGGREGATIONS;
use token::{Kind, Token};
use tree::Node;

/// No hand-written expression comes near these; trees deeper than that would eat the stack.
const TEXT_BYTES: usize = 64 * 1024;
const PARTS: usize = 200;
/// Each pattern is compiled, and may grow to megabytes.
const PATTERNS: usize = 16;

/// A parsed and checked expression. Cheap to clone.
#[derive(Clone)]
pub struct Expr {
    text: Arc<str>,
    node: Arc<Node>,
}

impl Expr {
    pub fn parse(text: &str) -> Result<Expr, QueryError> {
        if text.len() > TEXT_BYTES {
            return Err(too_long());
        }
        let tokens = token::tokens(text)?;
        check_size(text, &tokens)?;
        let node = parser::parse(text, tokens)?;
        check_selectors(text, &node)?;
        Ok(Expr { text: text.into(), node: Arc::new(node) })
    }

    /// The text it was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The expression in one form, however it was written; over several lines where it is long.
    pub fn pretty(&self) -> String {
        show::pretty(&self.node)
    }

    /// The expression as Prometheus's `parse_query` tells it.
    pub fn tree(&self) -> serde_json::Value {
        shape::shape(&self.node)
    }

    /// The string, where it is nothing else.
    pub fn text_value(&self) -> Option<String> {
        match &self.node.bare().kind {
            tree::Kind::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// What it reads: the matchers of each selector.
    pub fn selectors(&self) -> impl Iterator<Item = &[Matcher]> {
        let mut selectors = Vec::new();
        self.node.visit(&mut |node| selectors.extend(node.selector()));
        selectors.into_iter().map(|selector| selector.matchers.as_slice())
    }

    /// Its matchers, if it is a selector and nothing else.
    pub fn selector(&self) -> Option<&[Matcher]> {
        match &self.node.kind {
            tree::Kind::Select(selector) if selector.shift.at.is_none() && selector.shift.offset.is_none() => {
                Some(&selector.matchers)
            }
            _ => None,
        }
    }

    /// The labels that the series of its answer can have; none where only the samples can tell.
    pub fn labels(&self) -> Option<BTreeSet<String>> {
        labels::labels(&self.node)
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

    /// What it compares with a number, where that is what it does.
    pub fn compared(&self) -> Option<Compared> {
        limit::compared(&self.node)
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

/// Refuses what would cost much to parse.
fn check_size(text: &str, tokens: &[Token]) -> Result<(), QueryError> {
    let (mut parts, mut patterns, mut in_matchers) = (0, 0, false);
    for token in tokens {
        match token.kind {
            Kind::Sign("{") => in_matchers = true,
            Kind::Sign("}") => in_matchers = false,
            Kind::Sign("=~" | "!~") => patterns += 1,
            Kind::Sign("," | ":" | ")" | "]" | ";" | "=") => {}
            Kind::Sign(_) => parts += usize::from(!in_matchers),
            Kind::Word => match text[token.place.start..token.place.end].to_ascii_lowercase().as_str() {
                "and" | "or" | "unless" | "atan2" => parts += 1,
                "label_replace" => patterns += 1,
                _ => {}
            },
            _ => {}
        }
    }
    if parts > PARTS {
        return Err(too_long());
    }
    if patterns > PATTERNS {
        let reason = format!("the expression has {patterns} patterns (`=~`, `!~`, `label_replace`), {PATTERNS} are allowed");
        return Err(QueryError::Limit(reason));
    }
    Ok(())
}

fn too_long() -> QueryError {
    QueryError::Limit(format!("the expression is too long: {TEXT_BYTES} bytes and {PARTS} operators and parentheses are allowed"))
}

/// A selector must ask for something, lest it select everything; what `info` adds may be anything.
fn check_selectors(text: &str, node: &Node) -> Result<(), QueryError> {
    let mut additions: Vec<&Node> = Vec::new();
    let mut wrong = None;
    node.visit(&mut |node| {
        if let tree::Kind::Call(call) = &node.kind
            && matches!(call.function.does, Does::Special(Special::Info))
        {
            additions.extend(call.arguments.get(1).map(Node::bare));
        }
        let Some(selector) = node.selector() else { return };
        let asks = selector.matchers.iter().any(|matcher| !matcher.matches_value(""));
        if !asks && !additions.iter().any(|addition| std::ptr::eq(*addition, node)) {
            wrong.get_or_insert(node.place);
        }
    });
    match wrong {
        None => Ok(()),
        Some(place) => Err(token::wrong(text, place.start, "vector selector must contain at least one non-empty matcher")),
    }
}
