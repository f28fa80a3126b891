//! What was found: one line each, a score, and what to do about what failed.

use std::fmt::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::Subject;

/// How one item ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Good,
    Bad { reason: String, hint: String },
}

impl Verdict {
    pub fn bad(reason: impl Into<String>, hint: impl Into<String>) -> Verdict {
        Verdict::Bad { reason: reason.into(), hint: hint.into() }
    }

    /// This one if it is bad, else the next.
    pub fn and(self, next: impl FnOnce() -> Verdict) -> Verdict {
        match self {
            Verdict::Good => next(),
            bad => bad,
        }
    }

    /// Says where it happened, if it is bad.
    pub fn at(self, place: &str) -> Verdict {
        match self {
            Verdict::Bad { reason, hint } => Verdict::Bad { reason: format!("{place}: {reason}"), hint },
            Verdict::Good => Verdict::Good,
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, Serialize)]
struct Item {
    name: String,
    passed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Report {
    plugin: String,
    version: String,
    kind: &'static str,
    api: String,
    digest: String,
    items: Vec<Item>,
}

impl Report {
    pub fn new(subject: &Subject) -> Report {
        let manifest = &subject.manifest;
        Report {
            plugin: manifest.name.clone(),
            version: manifest.version.clone(),
            kind: manifest.kind.word(),
            api: manifest.api.clone(),
            digest: subject.digest.clone(),
            items: Vec::new(),
        }
    }

    pub fn add(&mut self, name: impl Into<String>, verdict: Verdict) {
        let (reason, hint) = match verdict {
            Verdict::Good => (None, None),
            Verdict::Bad { reason, hint } => (Some(reason), Some(hint)),
        };
        self.items.push(Item { name: name.into(), passed: reason.is_none(), reason, hint });
    }

    pub fn score(&self) -> usize {
        self.items.iter().filter(|item| item.passed).count()
    }

    pub fn of(&self) -> usize {
        self.items.len()
    }

    /// Of a hundred.
    pub fn percent(&self) -> usize {
        self.score() * 100 / self.of().max(1)
    }

    pub fn json(&self) -> Value {
        json!({
            "plugin": self.plugin,
            "version": self.version,
            "kind": self.kind,
            "api": self.api,
            "digest": self.digest,
            "score": self.score(),
            "of": self.of(),
            "items": self.items,
        })
    }
}

/// For people.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} {}: {}, api {}\n", self.plugin, self.version, self.kind, self.api)?;
        for item in &self.items {
            let mark = if item.passed { "ok  " } else { "FAIL" };
            writeln!(formatter, "  {mark}  {}", item.name)?;
            for (arrow, text) in [("", &item.reason), ("-> ", &item.hint)] {
                if let Some(text) = text {
                    writeln!(formatter, "        {arrow}{}", indented(text))?;
                }
            }
        }
        write!(formatter, "\n{} of {}", self.score(), self.of())
    }
}

fn indented(text: &str) -> String {
    let mut lines = text.lines();
    let mut indented = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        // Writing to a `String` cannot fail.
        let _ = write!(indented, "\n        {line}");
    }
    indented
}
