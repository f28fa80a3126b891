//! Matchers: how selectors, routes and silences pick label sets.

use crate::Labels;

/// `=`, `!=`, `=~`, `!~`; regular expressions are anchored at both ends, as in PromQL.
#[derive(Debug, Clone)]
pub enum Test {
    Equal(String),
    NotEqual(String),
    Match(regex::Regex),
    NotMatch(regex::Regex),
}

/// A test of one label. A label that is not there is an empty one.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub name: String,
    pub test: Test,
}

impl Matcher {
    pub fn equal(name: impl Into<String>, value: impl Into<String>) -> Matcher {
        Matcher { name: name.into(), test: Test::Equal(value.into()) }
    }

    pub fn matches_value(&self, value: &str) -> bool {
        match &self.test {
            Test::Equal(wanted) => value == wanted,
            Test::NotEqual(unwanted) => value != unwanted,
            Test::Match(pattern) => pattern.is_match(value),
            Test::NotMatch(pattern) => !pattern.is_match(value),
        }
    }

    pub fn matches(&self, labels: &Labels) -> bool {
        self.matches_value(labels.get(&self.name).unwrap_or(""))
    }
}

/// Compiles a pattern as PromQL does: anchored, `.` matches newlines, bounded in size.
pub fn anchored(pattern: &str) -> Result<regex::Regex, regex::Error> {
    regex::RegexBuilder::new(&format!("^(?s:{pattern})$")).size_limit(1 << 20).build()
}
