//! What variables stand for, once everything is known: what texts and queries are filled with.

use std::collections::BTreeMap;

/// What one variable stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    values: Vec<String>,
    /// All of them, as the pattern that the file gives for that.
    pattern: Option<String>,
}

impl Value {
    pub fn of<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Value {
        Value { values: values.into_iter().map(Into::into).collect(), pattern: None }
    }

    /// A pattern that the file gives, and takes responsibility for: it is not escaped.
    pub fn matching(values: Vec<String>, pattern: String) -> Value {
        Value { values, pattern: Some(pattern) }
    }

    pub fn values(&self) -> &[String] {
        &self.values
    }

    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }
}

/// All variables by name, the built-in ones among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<String, Value>);

impl Values {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.0.insert(name.into(), value);
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
