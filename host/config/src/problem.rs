//! A mistake in the settings, told so that a person can mend it: where, what, and how.

use std::fmt;
use std::path::PathBuf;

use crate::path::Path;
use crate::render;

/// Whether a mistake lies in the name of an entry or in what it is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Key,
    Value,
}

/// A mistake as the floors above see it: they know the path and the reason, not yet the place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub path: Path,
    pub part: Part,
    pub reason: String,
    pub hint: Option<String>,
    /// The byte within the value, if that is text, and the reason to give where the file shows that place.
    pub within: Option<(usize, String)>,
}

impl Finding {
    /// The value at `path` is wrong.
    pub fn value(path: Path, reason: impl Into<String>) -> Finding {
        Finding { path, part: Part::Value, reason: reason.into(), hint: None, within: None }
    }

    /// The key at the end of `path` is wrong.
    pub fn key(path: Path, reason: impl Into<String>) -> Finding {
        Finding { path, part: Part::Key, reason: reason.into(), hint: None, within: None }
    }

    /// The mistake lies at a byte of the value: where that place can be shown, `reason` need not tell it.
    #[must_use]
    pub fn within(mut self, spot: Option<(usize, String)>) -> Finding {
        self.within = spot;
        self
    }

    /// Adds the remedy. One that ends with `?` is shown right under the place.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Finding {
        self.hint = Some(hint.into());
        self
    }
}

/// Who set a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A file, under the path by which it was asked for.
    File(PathBuf),
    /// An environment variable, by name.
    Environment(String),
    /// A flag on the command line, without its dashes.
    Flag(String),
    /// Nobody: the built-in value.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::File(path) => write!(f, "{}", path.display()),
            Source::Environment(name) => write!(f, "environment variable {name}"),
            Source::Flag(name) => write!(f, "flag --{name}"),
            Source::Default => f.write_str("default"),
        }
    }
}

/// Where a key or value stands. Lines and columns count from 1, columns and length in characters;
/// line 0 means that the source has no lines, as an environment variable has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub source: Source,
    pub line: u32,
    pub column: u32,
    pub length: u32,
}

impl Place {
    /// A source as a whole.
    pub fn whole(source: Source) -> Place {
        Place { source, line: 0, column: 0, length: 0 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { write!(f, "{}", self.source) } else { write!(f, "{}:{}:{}", self.source, self.line, self.column) }
    }
}

/// One mistake with all that is needed to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// None where a thing is missing that no one place should have held.
    pub place: Option<Place>,
    /// What is wrong: lower case, no full stop.
    pub text: String,
    /// How to mend it.
    pub hint: Option<String>,
    /// The line of the file that `place` points into.
    pub snippet: Option<String>,
}

impl Problem {
    /// A problem that has no one place.
    pub fn general(text: impl Into<String>) -> Problem {
        Problem { place: None, text: text.into(), hint: None, snippet: None }
    }

    /// A problem of a source as a whole, such as a file that cannot be read.
    pub fn of(source: Source, text: impl Into<String>) -> Problem {
        Problem { place: Some(Place::whole(source)), ..Problem::general(text) }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// The problem on one line, for logs and pages: `config/sources.yaml:6:19: reason (hint)`.
    pub fn one_line(&self) -> String {
        let place = self.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let hint = self.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        let line = format!("{place}{}{hint}", self.text);
        line.replace(['\n', '\r'], " ")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.one_line())
    }
}

/// Every mistake found in one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All problems as rustc would show them, by file and line, and their number at the end.
    pub fn render(&self, color: bool) -> String {
        render::all(&self.0, None, color)
    }

    /// As [`render`](Problems::render), where `files` were read to find these: `2 errors in 7 files`.
    pub fn render_among(&self, files: usize, color: bool) -> String {
        render::all(&self.0, Some(files), color)
    }

    /// The problems by file, line and column; those without a place come last.
    pub fn sorted(&self) -> Vec<&Problem> {
        let mut sorted: Vec<&Problem> = self.0.iter().collect();
        sorted.sort_by(|a, b| (a.place.is_none(), &a.place).cmp(&(b.place.is_none(), &b.place)));
        sorted
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Problems {
        Problems(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}
