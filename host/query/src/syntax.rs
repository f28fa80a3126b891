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
/// The parser compiles each pattern, and lets it grow to megabytes.
const PATTERNS: usize = 16;
const PATTERN_BYTES: usize = 1024;

/// A parsed and checked expression. Cheap to clone.
#[derive(Clone)]
pub struct Expr {
    text: Arc<str>,
    node: Arc<Node>,
    selectors: Arc<[Selector]>,
}

impl Expr {
    pub fn parse(text: &str) -> Result<Expr, QueryError> {
        check_size(text)?;
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

    /// Its matchers, if it is a selector and nothing else.
    pub fn selector(&self) -> Option<&[Matcher]> {
        match self.node.as_ref() {
            Node::Select(selector) if selector.offset == 0 => Some(&selector.matchers),
            _ => None,
        }
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

/// Refuses what would cost much to parse.
fn check_size(text: &str) -> Result<(), QueryError> {
    let size = Size::of(text);
    let reason = if text.len() > TEXT_BYTES || size.parts > PARTS {
        format!("the expression is too long: {TEXT_BYTES} bytes and {PARTS} operators and parentheses are allowed")
    } else if size.patterns > PATTERNS {
        format!("the expression has {} patterns (`=~`, `!~`, `label_replace`), {PATTERNS} are allowed", size.patterns)
    } else if size.longest_pattern > PATTERN_BYTES {
        format!("a pattern has {} bytes, {PATTERN_BYTES} are allowed", size.longest_pattern)
    } else {
        return Ok(());
    };
    Err(QueryError::Limit(reason))
}

/// What parsing will cost at most.
#[derive(Default)]
struct Size {
    /// Operators and opening brackets outside of strings, comments and matchers: no tree is deeper than that.
    parts: usize,
    /// Matchers with `=~` and `!~`, and calls of `label_replace`.
    patterns: usize,
    /// Bytes of the longest string after `=~` or `!~`.
    longest_pattern: usize,
}

impl Size {
    fn of(text: &str) -> Size {
        let mut size = Size::default();
        let mut letters = text.chars();
        let mut word = String::new();
        let mut in_matchers = false;
        let mut before_pattern = false;
        while let Some(letter) = letters.next() {
            if letter.is_ascii_alphanumeric() || letter == '_' {
                word.push(letter.to_ascii_lowercase());
                continue;
            }
            size.parts += usize::from(matches!(word.as_str(), "and" | "or" | "unless" | "atan2"));
            size.patterns += usize::from(word == "label_replace");
            word.clear();
            match letter {
                '"' | '\'' | '`' => {
                    let length = skip_string(&mut letters, letter);
                    if std::mem::take(&mut before_pattern) {
                        size.longest_pattern = size.longest_pattern.max(length);
                    }
                }
                '#' => drop(letters.by_ref().find(|letter| *letter == '\n')),
                '~' => {
                    size.patterns += 1;
                    before_pattern = true;
                }
                '{' => in_matchers = true,
                '}' => in_matchers = false,
                '(' | '[' | '+' | '-' | '*' | '/' | '%' | '^' | '=' | '<' | '>' | '!' if !in_matchers => size.parts += 1,
                _ => {}
            }
        }
        size
    }
}

/// Skips the rest of a string and tells its length in bytes.
fn skip_string(letters: &mut std::str::Chars<'_>, quote: char) -> usize {
    let before = letters.as_str().len();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quote != '`' => drop(letters.next()),
            _ if letter == quote => break,
            _ => {}
        }
    }
    before - letters.as_str().len()
}

/// The parser's words without its capital or its full stop.
fn sentence(reason: &str) -> String {
    let reason = reason.trim().trim_end_matches('.');
    if reason.is_empty() { "it cannot be read".to_owned() } else { reason.to_owned() }
}
