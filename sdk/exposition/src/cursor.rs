//! A place in a line, and the words that can be taken from there.

use std::borrow::Cow;

use crate::error::Mistake;
use crate::item::Label;

/// What each byte can be: the beginning of a label's name, a later letter of it, a colon (in metrics' names).
const BEGIN: u8 = 1;
const LATER: u8 = 2;
const COLON: u8 = 4;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => BEGIN | LATER,
            b'0'..=b'9' => LATER,
            b':' => COLON,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    pub(crate) line: &'a str,
    pub(crate) at: usize,
}

/// What may stand around words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spaces {
    /// One space where the format has one, and none elsewhere.
    Exact,
    /// Any number of spaces and tabs.
    Any,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(line: &'a str) -> Cursor<'a> {
        Cursor { line, at: 0 }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.line.as_bytes().get(self.at).copied()
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.line.len()
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn mistake(&self, reason: impl Into<Cow<'static, str>>) -> Mistake {
        Mistake::new(self.at, reason)
    }

    /// Takes a byte of ASCII if it is there.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    pub(crate) fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// Spaces where any number may be.
    pub(crate) fn around(&mut self, spaces: Spaces) {
        if spaces == Spaces::Any {
            self.blanks();
        }
    }

    /// All up to a space, a tab or the end.
    pub(crate) fn word(&mut self) -> &'a str {
        let rest = &self.line.as_bytes()[self.at..];
        let length = rest.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(rest.len());
        let word = &self.line[self.at..self.at + length];
        self.at += length;
        word
    }

    /// A metric's name without quotes; empty where there is none.
    pub(crate) fn metric_name(&mut self) -> &'a str {
        self.name(BEGIN | COLON, LATER | COLON)
    }

    /// A label's name without quotes; empty where there is none.
    pub(crate) fn label_name(&mut self) -> &'a str {
        self.name(BEGIN, LATER)
    }

    fn name(&mut self, begin: u8, later: u8) -> &'a str {
        let start = self.at;
        let bytes = self.line.as_bytes();
        if bytes.get(start).is_some_and(|byte| CLASSES[usize::from(*byte)] & begin != 0) {
            self.at += 1;
            while bytes.get(self.at).is_some_and(|byte| CLASSES[usize::from(*byte)] & later != 0) {
                self.at += 1;
            }
        }
        &self.line[start..self.at]
    }

    /// A text in quotes, its escapes undone; the cursor is on the first quote.
    pub(crate) fn quoted(&mut self) -> Result<Cow<'a, str>, Mistake> {
        let start = self.at + 1;
        let bytes = self.line.as_bytes();
        let mut at = start;
        let mut has_escapes = false;
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    has_escapes = true;
                    at += 2;
                }
                Some(_) => at += 1,
                None => return Err(self.mistake("the quote is not closed")),
            }
        }
        self.at = at + 1;
        let text = &self.line[start..at];
        Ok(if has_escapes { Cow::Owned(unescape(text, true)) } else { Cow::Borrowed(text) })
    }

    /// What stands between braces, from behind the first to behind the last. `name` gets a metric's name in quotes.
    pub(crate) fn labels(
        &mut self,
        labels: &mut Vec<Label<'a>>,
        mut name: Option<&mut Cow<'a, str>>,
        spaces: Spaces,
    ) -> Result<(), Mistake> {
        labels.clear();
        self.around(spaces);
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.term(labels, &mut name, spaces)?;
            self.around(spaces);
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err(self.mistake("a `,` or a `}` is missing"));
            }
            self.around(spaces);
            if spaces == Spaces::Any && self.take(b'}') {
                return Ok(());
            }
        }
    }

    /// A label, or a metric's name in quotes.
    fn term(
        &mut self,
        labels: &mut Vec<Label<'a>>,
        metric: &mut Option<&mut Cow<'a, str>>,
        spaces: Spaces,
    ) -> Result<(), Mistake> {
        let start = self.at;
        let is_quoted = self.peek() == Some(b'"');
        let name = if is_quoted { self.quoted()? } else { Cow::Borrowed(self.label_name()) };
        if name.is_empty() {
            return Err(Mistake::new(start, "a label's name is missing"));
        }
        self.around(spaces);
        if is_quoted && matches!(self.peek(), Some(b',' | b'}')) {
            return match metric {
                Some(metric) if metric.is_empty() => {
                    **metric = name;
                    Ok(())
                }
                Some(_) => Err(Mistake::new(start, "the metric has a name already")),
                None => Err(Mistake::new(start, "a label's value is missing")),
            };
        }
        if !self.take(b'=') {
            return Err(self.mistake("a `=` is missing after the label's name"));
        }
        self.around(spaces);
        if self.peek() != Some(b'"') {
            return Err(self.mistake("a label's value must be in double quotes"));
        }
        let value = self.quoted()?;
        // In format strict, what begins so is not for exposers; elsewhere only the metric's own is in the way.
        if (spaces == Spaces::Exact && name.starts_with("__")) || name == "__name__" {
            return Err(Mistake::new(start, ["the label name `", &name, "` is reserved"].concat()));
        }
        if labels.iter().any(|known| known.name == name) {
            return Err(Mistake::new(start, ["the label `", &name, "` comes twice"].concat()));
        }
        labels.push(Label { name, value });
        Ok(())
    }
}

/// Undoes `\\`, `\n` and, where quotes are, `\"`. What else follows a backslash stays as it is, as in Prometheus.
pub(crate) fn unescape(text: &str, quotes: bool) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => plain.push('\n'),
            Some('\\') => plain.push('\\'),
            Some('"') if quotes => plain.push('"'),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}
