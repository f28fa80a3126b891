//! All limits of a guest in one file, and what counts against them.

use std::time::Duration;

use vitrine_pack::Kind;
use wasmtime::{Error, ResourceLimiter};

use crate::settings::PluginSettings;

/// One epoch: the grain in which CPU time is counted.
pub const EPOCH: Duration = Duration::from_millis(10);

/// Entries in all tables of a guest.
const TABLE_ENTRIES: usize = 100_000;

/// The most that crosses the border in one call.
pub const CROSSING_BYTES: usize = 16 << 20;

/// What one guest may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub memory_bytes: usize,
    pub cpu: Duration,
    /// Guests of one instance alive at once.
    pub concurrency: usize,
}

impl Limits {
    pub fn new(settings: &PluginSettings, kind: Kind, asked_mib: Option<u32>) -> Limits {
        let mib = asked_mib.map_or(settings.memory_mib, |asked| asked.min(settings.memory_mib));
        let concurrency = match kind {
            // A source is never polled twice at once; the second is for a question meanwhile.
            Kind::DataSource => 2,
            Kind::AlertChannel => 4,
            Kind::Panel => 4,
        };
        Limits { memory_bytes: mib as usize * (1 << 20), cpu: Duration::from_millis(settings.cpu_ms.into()), concurrency }
    }
}

/// The exports, as far as time is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    Configure,
    Check,
    Collect,
    Query,
    Deliver,
    Render,
}

impl Call {
    pub fn word(self) -> &'static str {
        match self {
            Call::Configure => "configure",
            Call::Check => "check",
            Call::Collect => "collect",
            Call::Query => "query",
            Call::Deliver => "deliver",
            Call::Render => "render",
        }
    }

    /// Wall time, host calls included.
    pub fn wall(self) -> Duration {
        Duration::from_secs(match self {
            Call::Configure => 2,
            Call::Check => 5,
            Call::Collect | Call::Query => 10,
            Call::Deliver => 15,
            Call::Render => 1,
        })
    }
}

/// Says no to memory over the limit, and remembers that it did.
#[derive(Debug)]
pub struct Meter {
    limit: usize,
    pub memory_bytes: usize,
    pub refused_memory: bool,
}

impl Meter {
    pub fn new(limits: Limits) -> Meter {
        Meter { limit: limits.memory_bytes, memory_bytes: 0, refused_memory: false }
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool, Error> {
        let total = self.memory_bytes.saturating_sub(current).saturating_add(desired);
        if total > self.limit {
            self.refused_memory = true;
            return Ok(false);
        }
        self.memory_bytes = total;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool, Error> {
        Ok(desired <= TABLE_ENTRIES)
    }
}
