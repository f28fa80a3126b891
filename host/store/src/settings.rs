//! What of the store can be set.

use vitrine_model::Millis;

/// What an acknowledged push survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The end of the process, however it comes; a power failure may take the last second.
    #[default]
    Normal,
    /// A power failure too: each commit waits for the disk.
    Full,
}

/// Bounds of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many series may be kept at a time; samples of more are refused.
    pub series_limit: usize,
    /// How many of them may come from one source.
    pub source_series_limit: usize,
    /// Labels of a series, and bytes of a label's name and value.
    pub labels_limit: usize,
    pub label_name_bytes: usize,
    pub label_value_bytes: usize,
    /// How far behind its series' newest a sample may be.
    pub out_of_order: Millis,
    pub durability: Durability,
    /// How many selections may read one database at a time; more wait for their turn.
    pub readers: usize,
    /// Bytes of samples in memory, and of the hot log, from which on all is sealed, whether or not a window is over. For
    /// moments it may be twice as much.
    pub head_bytes: usize,
    pub log_bytes: usize,
    pub rollups: Rollups,
}

/// How long rollups are kept; those of no time are not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollups {
    /// At 5 minutes.
    pub fives: Option<Millis>,
    /// At an hour.
    pub hours: Option<Millis>,
}

impl Rollups {
    pub const NONE: Rollups = Rollups { fives: None, hours: None };
}

impl Default for Rollups {
    fn default() -> Rollups {
        const DAY: Millis = 24 * 3_600_000;
        Rollups { fives: Some(90 * DAY), hours: Some(730 * DAY) }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            series_limit: 2_000_000,
            source_series_limit: 2_000_000,
            labels_limit: 64,
            label_name_bytes: 1_024,
            label_value_bytes: 4_096,
            out_of_order: 24 * 3_600_000,
            durability: Durability::Normal,
            readers: 4,
            head_bytes: 256 << 20,
            log_bytes: 512 << 20,
            rollups: Rollups::default(),
        }
    }
}
