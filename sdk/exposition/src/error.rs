//! Why a text cannot be read, and where.

use std::borrow::Cow;
use std::fmt;

/// The first mistake of a text. Lines and columns count from 1, columns in letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub line: u32,
    pub column: u32,
    /// Lower case, without a full stop.
    pub reason: Cow<'static, str>,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}: {}", self.line, self.column, self.reason)
    }
}

impl std::error::Error for Error {}

/// A mistake inside a line: the byte where it is, and why. Its line is added where lines are known.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) at: usize,
    pub(crate) reason: Cow<'static, str>,
}

impl Mistake {
    pub(crate) fn new(at: usize, reason: impl Into<Cow<'static, str>>) -> Mistake {
        Mistake { at, reason: reason.into() }
    }

    pub(crate) fn in_line(self, number: u32, line: &str) -> Error {
        let before = line.get(..self.at).unwrap_or(line);
        let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX).saturating_add(1);
        Error { line: number, column, reason: self.reason }
    }
}
