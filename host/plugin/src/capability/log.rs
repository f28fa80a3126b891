//! `log`: a guest's lines in the host's log, rate-limited.

use std::borrow::Cow;
use std::fmt::Write;

use crate::bindings::imported::log::{Host, Level};
use crate::context::Context;

/// The longest line kept.
pub(super) const LINE_BYTES: usize = 4 << 10;

impl Host for Context {
    fn write(&mut self, level: Level, message: String) {
        if level == Level::Error {
            self.last_words = Some(cleaned(&message).into_owned());
        }
        if !self.may_log() {
            return;
        }
        let (instance, line) = (&*self.instance, cleaned(&message));
        let word = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        self.ledger.wrote(word, &line, self.services.clock.now());
        match level {
            Level::Debug => tracing::debug!(plugin.instance = instance, "{line}"),
            Level::Info => tracing::info!(plugin.instance = instance, "{line}"),
            Level::Warn => tracing::warn!(plugin.instance = instance, "{line}"),
            Level::Error => tracing::error!(plugin.instance = instance, "{line}"),
        }
    }
}

/// No longer than a line may be, and on one line: what breaks it or moves the cursor is written out, so that no guest can
/// write a line that looks like somebody else's.
pub(super) fn cleaned(message: &str) -> Cow<'_, str> {
    let message = &message[..message.floor_char_boundary(LINE_BYTES)];
    let breaks = |letter: char| letter.is_control() && letter != '\t' || matches!(letter, '\u{2028}' | '\u{2029}');
    if !message.contains(breaks) {
        return Cow::Borrowed(message);
    }
    let mut line = String::with_capacity(message.len() + 16);
    for letter in message.chars() {
        match breaks(letter) {
            // Writing to a string cannot fail.
            true => drop(write!(line, "{}", letter.escape_default())),
            false => line.push(letter),
        }
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_of_bounded_length() {
        for (message, wanted) in [
            ("all is well", "all is well"),
            ("tabs\tstay", "tabs\tstay"),
            ("one\nERROR two", "one\\nERROR two"),
            ("\u{1b}[2Jgone\r", "\\u{1b}[2Jgone\\r"),
            ("a\u{2028}b\u{85}c", "a\\u{2028}b\\u{85}c"),
        ] {
            assert_eq!(cleaned(message), wanted);
        }
        assert_eq!(cleaned(&"ä".repeat(LINE_BYTES)).len(), LINE_BYTES);
        assert_eq!(cleaned(&format!("x{}", "ä".repeat(LINE_BYTES))).len(), LINE_BYTES - 1);
    }
}
