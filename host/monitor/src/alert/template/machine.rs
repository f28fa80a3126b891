//! Walks a tree and writes what it comes to; bounded in steps, depth and length.

use std::rc::Rc;

use super::builtins;
use super::functions;
use super::parser::GIVEN;
use super::tree::{Command, Kind, Node, Pipe, Tree, Word, Wrong};
use super::value::Value;
use super::{Around, LETTERS};

/// Nodes and commands that one text may walk through.
const STEPS: usize = 100_000;
/// Templates within templates, and blocks within them.
const DEPTH: usize = 100;

/// Why a list of nodes was left before its end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Leave {
    No,
    Break,
    Continue,
}

pub(super) struct Machine<'a> {
    tree: &'a Tree,
    pub(super) around: &'a Around<'a>,
    variables: Vec<(String, Value)>,
    out: String,
    steps: usize,
    depth: usize,
    /// How often the samples have been asked.
    pub(super) queries: usize,
}

pub(super) fn run(tree: &Tree, around: &Around<'_>) -> Result<String, Wrong> {
    let fields = [
        ("Labels", Value::labels(around.labels)),
        ("ExternalLabels", Value::labels(around.external_labels)),
        ("ExternalURL", Value::text(around.external_url)),
        ("Value", Value::Float(around.value)),
    ];
    let data = Value::Data(Rc::new(fields.map(|(name, value)| (name.to_owned(), value)).into()));
    let mut machine = Machine { tree, around, variables: Vec::new(), out: String::new(), steps: 0, depth: 0, queries: 0 };
    machine.give(&data);
    machine.nodes(&tree.nodes, &data)?;
    Ok(machine.out)
}

impl<'a> Machine<'a> {
    /// The variables that every text has.
    fn give(&mut self, data: &Value) {
        let field = |name: &str| data.field(name).unwrap_or(Value::Nil);
        let values = [data.clone(), field("Labels"), field("ExternalLabels"), field("ExternalURL"), field("Value")];
        self.variables.extend(GIVEN.iter().map(|name| (*name).to_owned()).zip(values));
    }

    fn step(&mut self, at: usize) -> Result<(), Wrong> {
        self.steps += 1;
        if self.steps > STEPS {
            return Err(Wrong::new(at, format!("it takes more than {STEPS} steps")));
        }
        Ok(())
    }

    fn write(&mut self, text: &str, at: usize) -> Result<(), Wrong> {
        self.out.push_str(text);
        if self.out.len() > LETTERS {
            return Err(Wrong::new(at, format!("it comes to more than {LETTERS} bytes")));
        }
        Ok(())
    }

    fn nodes(&mut self, nodes: &'a [Node], dot: &Value) -> Result<Leave, Wrong> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Wrong::new(0, format!("its templates call each other {DEPTH} deep")));
        }
        let mut leave = Leave::No;
        for node in nodes {
            self.step(0)?;
            leave = self.node(node, dot)?;
            if leave != Leave::No {
                break;
            }
        }
        self.depth -= 1;
        Ok(leave)
    }

    fn node(&mut self, node: &'a Node, dot: &Value) -> Result<Leave, Wrong> {
        let known = self.variables.len();
        let mut leave = Leave::No;
        match node {
            Node::Text(text) => self.write(text, 0)?,
            Node::Action(pipe) => {
                // Its variables live on: the list around it ends them.
                let value = self.pipe(pipe, dot)?;
                let at = pipe.commands.first().map_or(0, |command| command.at);
                if pipe.variables.is_empty() {
                    self.write(&value.shown(), at)?;
                }
                return Ok(Leave::No);
            }
            Node::If { when, then, otherwise } => {
                let nodes = if self.pipe(when, dot)?.is_true() { then } else { otherwise };
                leave = self.nodes(nodes, dot)?;
            }
            Node::With { value, then, otherwise } => {
                let value = self.pipe(value, dot)?;
                leave = if value.is_true() { self.nodes(then, &value)? } else { self.nodes(otherwise, dot)? };
            }
            Node::Range { over, body, otherwise } => leave = self.range(over, body, otherwise, dot)?,
            Node::Template { at, name, with } => {
                let data = with.as_ref().map_or(Ok(Value::Nil), |pipe| self.pipe(pipe, dot))?;
                self.template(*at, name, &data)?;
            }
            Node::Break => leave = Leave::Break,
            Node::Continue => leave = Leave::Continue,
        }
        self.variables.truncate(known);
        Ok(leave)
    }

    fn template(&mut self, at: usize, name: &str, data: &Value) -> Result<(), Wrong> {
        let nodes = self.tree.defined.get(name).ok_or_else(|| Wrong::new(at, format!("template \"{name}\" not defined")))?;
        let outer = std::mem::take(&mut self.variables);
        self.variables.push(("$".to_owned(), data.clone()));
        self.nodes(nodes, data)?;
        self.variables = outer;
        Ok(())
    }

    /// What `tmpl` comes to: written aside, and handed on as a text.
    pub(super) fn aside(&mut self, name: &str, data: &Value) -> Result<Value, String> {
        let outer = std::mem::take(&mut self.out);
        let written = self.template(0, name, data).map_err(|wrong| wrong.reason);
        let text = std::mem::replace(&mut self.out, outer);
        written.map(|()| Value::text(text))
    }

    fn range(&mut self, over: &'a Pipe, body: &'a [Node], otherwise: &'a [Node], dot: &Value) -> Result<Leave, Wrong> {
        let at = over.commands.first().map_or(0, |command| command.at);
        let value = self.pipe_value(over, dot)?;
        let pairs: Vec<(Value, Value)> = match &value {
            Value::List(list) => (0..).map(Value::Int).zip(list.iter().cloned()).collect(),
            Value::Map(map) => map.iter().map(|(name, value)| (Value::text(name.as_str()), value.clone())).collect(),
            Value::Int(count) if usize::try_from(*count).is_ok_and(|count| count <= STEPS) => {
                (0..*count).map(|place| (Value::Int(place), Value::Int(place))).collect()
            }
            Value::Nil => Vec::new(),
            other => return Err(Wrong::new(at, format!("range can't iterate over {}", other.shown()))),
        };
        if pairs.is_empty() {
            return self.nodes(otherwise, dot);
        }
        let known = self.variables.len();
        for (key, element) in pairs {
            self.step(at)?;
            match over.variables.as_slice() {
                [] => {}
                [one] => self.set(one, element.clone(), over.assigns),
                [first, second, ..] => {
                    self.set(first, key, over.assigns);
                    self.set(second, element.clone(), over.assigns);
                }
            }
            let leave = self.nodes(body, &element)?;
            self.variables.truncate(known);
            if leave == Leave::Break {
                break;
            }
        }
        Ok(Leave::No)
    }

    fn set(&mut self, name: &str, value: Value, assigns: bool) {
        if assigns && let Some(slot) = self.variables.iter_mut().rev().find(|slot| slot.0 == name) {
            slot.1 = value;
        } else {
            self.variables.push((name.to_owned(), value));
        }
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Value) -> Result<Value, Wrong> {
        let value = self.pipe_value(pipe, dot)?;
        for name in &pipe.variables {
            self.set(name, value.clone(), pipe.assigns);
        }
        Ok(value)
    }

    fn pipe_value(&mut self, pipe: &Pipe, dot: &Value) -> Result<Value, Wrong> {
        let mut last = None;
        for command in &pipe.commands {
            self.step(command.at)?;
            last = Some(self.command(command, last, dot)?);
        }
        Ok(last.unwrap_or(Value::Nil))
    }

    fn command(&mut self, command: &Command, last: Option<Value>, dot: &Value) -> Result<Value, Wrong> {
        let Some((first, rest)) = command.words.split_first() else { return Ok(Value::Nil) };
        let Kind::Function(name) = &first.kind else {
            if last.is_some() {
                return Err(Wrong::new(first.at, "can't give argument to non-function"));
            }
            return self.word(first, dot);
        };
        let wrong = |reason: String| Wrong::new(first.at, reason);
        if matches!(name.as_str(), "and" | "or") {
            return self.first_of(name == "or", rest, last, dot);
        }
        let mut values = rest.iter().map(|word| self.word(word, dot)).collect::<Result<Vec<_>, _>>()?;
        values.extend(last);
        let made = self.call(name, &values).map_err(wrong)?;
        first.fields.iter().try_fold(made, |value, name| value.field(name)).map_err(wrong)
    }

    fn call(&mut self, name: &str, values: &[Value]) -> Result<Value, String> {
        let takes = builtins::takes(name).or_else(|| functions::takes(name));
        let (least, most) = takes.ok_or_else(|| format!("function \"{name}\" not defined"))?;
        if values.len() < least || values.len() > most {
            return Err(format!("wrong number of args for {name}: want {least} got {}", values.len()));
        }
        if builtins::takes(name).is_some() { builtins::call(name, values) } else { functions::call(self, name, values) }
    }

    /// `and` and `or`: the first that decides; what comes after it is not asked.
    fn first_of(&mut self, wanted: bool, words: &[Word], last: Option<Value>, dot: &Value) -> Result<Value, Wrong> {
        let mut value = Value::Nil;
        for word in words {
            value = self.word(word, dot)?;
            if value.is_true() == wanted {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    fn word(&mut self, word: &Word, dot: &Value) -> Result<Value, Wrong> {
        let value = match &word.kind {
            Kind::Dot => dot.clone(),
            Kind::Nil => Value::Nil,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Int(value) => Value::Int(*value),
            Kind::Float(value) => Value::Float(*value),
            Kind::Text(text) => Value::text(text.as_str()),
            Kind::Variable(name) => {
                let slot = self.variables.iter().rev().find(|slot| slot.0 == *name);
                slot.map(|slot| slot.1.clone()).ok_or_else(|| Wrong::new(word.at, format!("undefined variable: {name}")))?
            }
            Kind::Function(name) => self.call(name, &[]).map_err(|reason| Wrong::new(word.at, reason))?,
            Kind::Pipe(pipe) => self.pipe(pipe, dot)?,
        };
        word.fields.iter().try_fold(value, |value, name| value.field(name)).map_err(|reason| Wrong::new(word.at, reason))
    }
}
