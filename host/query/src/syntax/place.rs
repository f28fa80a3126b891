//! Where in the text something stands, as people count: line and column.

/// Bytes of the text, from the first to before the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Place {
    pub(crate) fn until(self, other: Place) -> Place {
        Place { start: self.start, end: other.end }
    }
}

/// `line:column` of a byte, both from one.
pub(crate) fn line_and_column(text: &str, byte: usize) -> String {
    let before = text.get(..byte.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("{line}:{column}")
}
