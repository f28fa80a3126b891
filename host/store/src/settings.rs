//! What of the store can be set.

/// Bounds of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many series may be kept at a time; a batch that would bring more is refused.
    pub series_limit: usize,
    /// How many selections may read one database at a time; more wait for their turn.
    pub readers: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { series_limit: 1_000_000, readers: 4 }
    }
}
