//! `log`: a guest's lines in the host's log, rate-limited.

use crate::bindings::imported::log::{Host, Level};
use crate::context::Context;

/// The longest line kept.
const LINE_BYTES: usize = 4 << 10;

impl Host for Context {
    fn write(&mut self, level: Level, message: String) {
        let line = shortened(&message);
        if level == Level::Error {
            self.last_words = Some(line.to_owned());
        }
        if !self.log.take() {
            return;
        }
        let dropped = std::mem::take(&mut self.log.dropped);
        let instance = &*self.instance;
        if dropped > 0 {
            tracing::warn!(
                plugin.instance = instance,
                plugin.dropped_lines = dropped,
                "log lines of a plugin were dropped: too many at once"
            );
        }
        match level {
            Level::Debug => tracing::debug!(plugin.instance = instance, "{line}"),
            Level::Info => tracing::info!(plugin.instance = instance, "{line}"),
            Level::Warn => tracing::warn!(plugin.instance = instance, "{line}"),
            Level::Error => tracing::error!(plugin.instance = instance, "{line}"),
        }
    }
}

pub(super) fn shortened(message: &str) -> &str {
    let mut end = message.len().min(LINE_BYTES);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    &message[..end]
}
