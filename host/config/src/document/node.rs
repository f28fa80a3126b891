//! The tree of a document: values with their places.

use std::sync::Arc;

use granit_parser::ScalarStyle;
use serde_json::Value;

use crate::path::{Path, Step};

/// Where something stands in the text; line and column count from 1, length in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) length: usize,
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) mark: Mark,
    /// How a scalar is written, where it is written at `mark`.
    pub(crate) style: Option<ScalarStyle>,
    /// What the node costs once aliases are written out, so that a few lines cannot fill the memory.
    pub(crate) weight: usize,
    /// How many levels the node holds, itself included, so that no walk runs out of stack.
    pub(crate) height: usize,
}

/// Children are shared: an alias costs no copy.
#[derive(Debug)]
pub(crate) enum Content {
    Scalar(Value),
    List(Vec<Arc<Node>>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) mark: Mark,
    pub(crate) value: Arc<Node>,
}

/// The places of a key and its value; the top and a list's items have no key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) key: Option<Mark>,
    pub(crate) value: Mark,
}

impl Node {
    pub(crate) fn scalar(value: Value, mark: Mark, style: Option<ScalarStyle>, weight: usize) -> Node {
        Node { content: Content::Scalar(value), mark, style, weight, height: 1 }
    }

    pub(crate) fn json(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => items.iter().map(|item| item.json()).collect(),
            Content::Map(entries) => Value::Object(entries.iter().map(|entry| (entry.key.clone(), entry.value.json())).collect()),
        }
    }

    /// Follows `path` as far as it goes: the last place found, and how many steps led there.
    pub(crate) fn walk(&self, path: &Path) -> (Spot, usize) {
        let mut node = self;
        let mut spot = Spot { key: None, value: self.mark };
        for (depth, step) in path.0.iter().enumerate() {
            let Some((key, value)) = node.step(step) else {
                return (spot, depth);
            };
            spot = Spot { key, value: value.mark };
            node = value;
        }
        (spot, path.0.len())
    }

    /// What stands at `path`.
    pub(crate) fn find(&self, path: &Path) -> Option<&Node> {
        path.0.iter().try_fold(self, |node, step| node.step(step).map(|(_, value)| value))
    }

    fn step(&self, step: &Step) -> Option<(Option<Mark>, &Node)> {
        match &self.content {
            Content::Scalar(_) => None,
            Content::List(items) => step.as_index().and_then(|index| items.get(index)).map(|item| (None, &**item)),
            Content::Map(entries) => {
                let name = step.as_key();
                entries.iter().find(|entry| entry.key == name).map(|entry| (Some(entry.mark), &*entry.value))
            }
        }
    }
}
