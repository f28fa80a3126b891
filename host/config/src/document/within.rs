//! Where in a file a byte of a text stands, which YAML may have folded, indented or escaped.
//!
//! The written text and its value are walked side by side. What is blank counts loosely where a line ends in it, since each
//! style folds it in its own way; all other letters have to be the same, or nothing is told.

use granit_parser::ScalarStyle;
use serde_json::Value;

use super::node::{Content, Mark, Node};

/// The place of a byte of a scalar's text; one within blanks that end a line stands before these.
pub(super) fn mark(text: &str, node: &Node, byte: usize) -> Option<Mark> {
    let (Content::Scalar(Value::String(value)), Some(style)) = (&node.content, node.style) else { return None };
    let line = text.split_inclusive('\n').take(node.mark.line.checked_sub(1)?).map(str::len).sum::<usize>();
    let written = text.get(line..)?;
    let first = written.char_indices().nth(node.mark.column.checked_sub(1)?)?.0;
    let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    // A block's empty lines at its start stand before its mark.
    let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    let skipped = if block { value.len() - value.trim_start_matches('\n').len() } else { 0 };
    let at = first + usize::from(quoted);
    let mut walk = Walk { written, value, style, at, reached: skipped };
    while walk.reached < byte {
        walk.step(byte)?;
    }
    Some(place(written.get(..walk.at)?, node.mark.line))
}

fn place(before: &str, line: usize) -> Mark {
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Mark { line: line + before.matches('\n').count(), column, length: 1 }
}

/// How many bytes at the start are blank.
fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len()
}

struct Walk<'a> {
    /// From the line on in which the scalar begins.
    written: &'a str,
    value: &'a str,
    style: ScalarStyle,
    /// The next byte of `written`.
    at: usize,
    /// The byte of `value` that stands there.
    reached: usize,
}

impl Walk<'_> {
    fn step(&mut self, wanted: usize) -> Option<()> {
        let rest = self.written.get(self.at..)?;
        let blanks = blanks(rest);
        if rest[..blanks].contains('\n') || blanks == rest.len() {
            return self.fold(blanks, wanted, rest);
        }
        let letter = rest.chars().next()?;
        match (self.style, letter) {
            (ScalarStyle::DoubleQuoted, '\\') => self.escape(rest),
            (ScalarStyle::SingleQuoted, '\'') => self.letter(letter, 2),
            _ => self.letter(letter, letter.len_utf8()),
        }
    }

    /// The end of a line and what is blank around it, on both sides.
    fn fold(&mut self, written: usize, wanted: usize, rest: &str) -> Option<()> {
        let value = self.value.get(self.reached..)?;
        let folded = blanks(value);
        if wanted < self.reached + folded || folded == value.len() {
            self.reached = wanted;
            return Some(());
        }
        self.at += written;
        self.reached += folded;
        (!rest.is_empty()).then_some(())
    }

    fn letter(&mut self, letter: char, bytes: usize) -> Option<()> {
        (self.value.get(self.reached..)?.chars().next()? == letter).then_some(())?;
        self.at += bytes;
        self.reached += letter.len_utf8();
        Some(())
    }

    /// One letter, written as several; or the end of a line that goes on.
    fn escape(&mut self, rest: &str) -> Option<()> {
        let digits = match rest.chars().nth(1)? {
            '\n' | '\r' => {
                self.at += 1 + blanks(&rest[1..]);
                return Some(());
            }
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        self.at += 1 + rest.chars().nth(1)?.len_utf8() + digits;
        self.reached += self.value.get(self.reached..)?.chars().next()?.len_utf8();
        Some(())
    }
}
