//! From a parser's events to a tree: anchors, merge keys, double keys, and the bounds.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::Value;

use super::node::{Content, Entry, Mark, Node};
use super::scalar;

/// Deeper nesting is a mistake or an attack.
const LEVELS_MOST: usize = 64;

/// Values in one file, aliases written out; long texts count more than once.
const WEIGHT_MOST: usize = 500_000;

/// Bytes of text that weigh as much as one more value.
const BYTES_PER_WEIGHT: usize = 64;

/// Why a text is no document.
pub(super) struct Wrong {
    pub(super) mark: Mark,
    pub(super) reason: String,
    pub(super) hint: Option<String>,
}

fn wrong<T>(mark: Mark, reason: impl Into<String>, hint: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { mark, reason: reason.into(), hint: Some(hint.into()) })
}

/// The tree of a text's only document; an empty text is null.
pub(super) fn tree(text: &str) -> Result<Arc<Node>, Wrong> {
    let mut options = granit_parser::Options::default();
    options.set_emit_comments(false);
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(unparsed)?;
        builder.take(event, &span)?;
    }
    let nothing = Node::scalar(Value::Null, Mark { line: 1, column: 1, length: 0 }, None, 1);
    Ok(builder.root.unwrap_or_else(|| Arc::new(nothing)))
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Arc<Node>>,
    root: Option<Arc<Node>>,
    weight: usize,
    documents: usize,
}

/// A list or map whose end has not come yet.
struct Open {
    mark: Mark,
    start: usize,
    anchor: usize,
    weight: usize,
    height: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Arc<Node>>),
    Map(OpenMap),
}

#[derive(Default)]
struct OpenMap {
    entries: Vec<Entry>,
    by_key: HashMap<String, usize>,
    /// A key that waits for its value; `merge` for `<<`.
    key: Option<(String, Mark, bool)>,
    merges: Vec<(Mark, Arc<Node>)>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Wrong> {
        let mark = mark_of(span);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return wrong(mark, "a second document starts here", "keep one document per file");
                }
                Ok(())
            }
            Event::Alias(id) => {
                // The parser knows each anchor from its start on: an alias inside its own value finds no node yet.
                let Some(node) = self.anchors.get(&id).cloned() else {
                    return wrong(mark, "this alias stands inside the value it refers to", "write the value out");
                };
                self.place(node, mark)
            }
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, tag.as_deref(), anchor, mark),
            Event::SequenceStart(_, anchor, tag) => self.start(Kind::List(Vec::new()), anchor, tag.as_deref(), mark, span),
            Event::MappingStart(_, anchor, tag) => self.start(Kind::Map(OpenMap::default()), anchor, tag.as_deref(), mark, span),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => Ok(()),
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, anchor: usize, mark: Mark) -> Result<(), Wrong> {
        if let Some(key) = self.awaited_key() {
            let merge = style == ScalarStyle::Plain && text == "<<";
            *key = Some((text.to_owned(), mark, merge));
            // A key may carry an anchor too: `&name shop: …`.
            if anchor != 0 {
                let node = Node::scalar(Value::String(text.to_owned()), mark, Some(style), weigh(text));
                self.anchors.insert(anchor, Arc::new(node));
            }
            return Ok(());
        }
        let value = scalar_value(text, style, tag, mark)?;
        let node = Arc::new(Node::scalar(value, self.shown(mark), Some(style), weigh(text)));
        if anchor != 0 {
            self.anchors.insert(anchor, Arc::clone(&node));
        }
        self.place(node, mark)
    }

    /// An empty value (`key:`) stands nowhere; its key shows where.
    fn shown(&self, mark: Mark) -> Mark {
        match self.open.last().map(|open| &open.kind) {
            Some(Kind::Map(OpenMap { key: Some((_, key, _)), .. })) if mark.length == 0 => *key,
            _ => mark,
        }
    }

    fn start(&mut self, kind: Kind, anchor: usize, tag: Option<&Tag>, mark: Mark, span: &Span) -> Result<(), Wrong> {
        if let Some(tag) = tag.filter(|tag| !matches!(tag.core_suffix(), Some("map" | "seq"))) {
            return unknown_tag(tag, mark);
        }
        if self.awaited_key().is_some() {
            return wrong(mark, "a key must be text", "put it in quotes");
        }
        if self.open.len() >= LEVELS_MOST {
            return wrong(mark, format!("nested deeper than {LEVELS_MOST} levels"), "flatten it");
        }
        self.open.push(Open { mark, start: span.start.index(), anchor, weight: 1, height: 0, kind });
        Ok(())
    }

    fn end(&mut self, span: &Span) -> Result<(), Wrong> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let content = match open.kind {
            Kind::List(items) => Content::List(items),
            Kind::Map(map) => Content::Map(map.merged()?),
        };
        let mut mark = open.mark;
        if span.end.line() == mark.line {
            mark.length = span.end.index().saturating_sub(open.start);
        } else if let Content::Map(entries) = &content {
            // A block map is shown at its first key.
            mark.length =
                entries.first().filter(|first| first.mark.line == mark.line).map_or(mark.length, |first| first.mark.length);
        }
        let node = Arc::new(Node { content, mark, style: None, weight: open.weight, height: open.height + 1 });
        if open.anchor != 0 {
            self.anchors.insert(open.anchor, Arc::clone(&node));
        }
        // Its parts were counted as they came.
        self.weight = self.weight.saturating_sub(node.weight.saturating_sub(1));
        self.place(node, mark)
    }

    /// Puts a finished node where the parser stands.
    fn place(&mut self, node: Arc<Node>, mark: Mark) -> Result<(), Wrong> {
        self.weight = self.weight.saturating_add(node.weight);
        if self.weight > WEIGHT_MOST {
            return wrong(mark, "the file holds too many values", "split it, or write out fewer aliases");
        }
        if self.open.len() + node.height > LEVELS_MOST {
            return wrong(mark, format!("nested deeper than {LEVELS_MOST} levels"), "flatten it");
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.height = open.height.max(node.height);
        open.weight = open.weight.saturating_add(node.weight);
        match &mut open.kind {
            Kind::List(items) => {
                items.push(node);
                Ok(())
            }
            Kind::Map(map) => map.take(node, mark),
        }
    }

    /// The place for a key, if a key is what comes next.
    fn awaited_key(&mut self) -> Option<&mut Option<(String, Mark, bool)>> {
        match &mut self.open.last_mut()?.kind {
            Kind::Map(map) if map.key.is_none() => Some(&mut map.key),
            _ => None,
        }
    }
}

impl OpenMap {
    fn take(&mut self, node: Arc<Node>, mark: Mark) -> Result<(), Wrong> {
        let Some((key, key_mark, merge)) = self.key.take() else {
            // Only an alias comes here where a key is due.
            let Content::Scalar(Value::String(key)) = &node.content else {
                return wrong(mark, "a key must be text", "write the key out");
            };
            self.key = Some((key.clone(), mark, false));
            return Ok(());
        };
        if merge {
            self.merges.push((key_mark, node));
            return Ok(());
        }
        if let Some(first) = self.by_key.get(&key).and_then(|index| self.entries.get(*index)) {
            let reason = format!("key `{key}` is set twice: first on line {}, column {}", first.mark.line, first.mark.column);
            return wrong(key_mark, reason, "keep one of the two");
        }
        self.by_key.insert(key.clone(), self.entries.len());
        self.entries.push(Entry { key, mark: key_mark, value: node });
        Ok(())
    }

    /// The entries with those of `<<` behind them: what the map itself sets goes first, then the earlier merged map.
    fn merged(mut self) -> Result<Vec<Entry>, Wrong> {
        for (mark, node) in std::mem::take(&mut self.merges) {
            let sources = match &node.content {
                Content::List(items) => items.clone(),
                _ => vec![node],
            };
            for source in sources {
                let Content::Map(entries) = &source.content else {
                    return wrong(mark, "`<<` merges maps, and this is none", "give it an alias of a map");
                };
                for entry in entries {
                    if !self.by_key.contains_key(&entry.key) {
                        self.by_key.insert(entry.key.clone(), self.entries.len());
                        self.entries.push(entry.clone());
                    }
                }
            }
        }
        Ok(self.entries)
    }
}

fn scalar_value(text: &str, style: ScalarStyle, tag: Option<&Tag>, mark: Mark) -> Result<Value, Wrong> {
    let quoted = match tag {
        None => style != ScalarStyle::Plain,
        Some(tag) if tag.core_suffix() == Some("str") => true,
        Some(tag) if matches!(tag.core_suffix(), Some("int" | "float" | "bool" | "null")) => false,
        Some(tag) => return unknown_tag(tag, mark),
    };
    if quoted {
        return Ok(Value::String(text.to_owned()));
    }
    match scalar::plain(text) {
        Some(value) => Ok(value),
        None => wrong(mark, format!("`{text}` is not a number that can be set"), "write a finite number, or put it in quotes"),
    }
}

fn unknown_tag<T>(tag: &Tag, mark: Mark) -> Result<T, Wrong> {
    wrong(mark, format!("the tag `{}` means nothing here", tag.original()), "leave it out")
}

fn weigh(text: &str) -> usize {
    1 + text.len() / BYTES_PER_WEIGHT
}

fn mark_of(span: &Span) -> Mark {
    let length = if span.start.line() == span.end.line() { span.end.index().saturating_sub(span.start.index()) } else { 1 };
    Mark { line: span.start.line(), column: span.start.col() + 1, length }
}

/// The parser's reason in our words where people meet it often, else in its own.
fn unparsed(error: ScanError) -> Wrong {
    let at = error.marker();
    let mark = Mark { line: at.line().max(1), column: at.col() + 1, length: 1 };
    let (reason, hint) = match error.kind() {
        ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation => {
            ("a tab cannot indent YAML".to_owned(), Some("indent with spaces"))
        }
        ErrorKind::InvalidQuotedScalarIndent => {
            ("a quote is opened above and not closed before this line".to_owned(), Some("close it with the same quote"))
        }
        ErrorKind::ExpectedBlockMappingKey => {
            ("this line does not line up with those above".to_owned(), Some("give the keys of one map the same indentation"))
        }
        ErrorKind::UnclosedFlowCollection { open } => (format!("this `{open}` is never closed"), Some("close it")),
        ErrorKind::UnclosedQuotedScalar => {
            ("a quote is opened here and never closed".to_owned(), Some("close it with the same quote"))
        }
        ErrorKind::UnknownAnchor => {
            ("this alias refers to an anchor that is not set above".to_owned(), Some("set it with `&name` first"))
        }
        ErrorKind::MappingValueNotAllowed => {
            ("a `:` is not allowed here".to_owned(), Some("put text that holds `: ` in quotes, and mind the indentation"))
        }
        ErrorKind::SimpleKeyExpected => ("this line has no `:` after its key".to_owned(), Some("write `key: value`")),
        ErrorKind::RecursionLimitExceeded => (format!("nested deeper than {LEVELS_MOST} levels"), Some("flatten it")),
        kind => (format!("this is not valid YAML: {kind}"), None),
    };
    Wrong { mark, reason, hint: hint.map(str::to_owned) }
}
