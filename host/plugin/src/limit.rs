//! All limits of a guest in one file: their names, their values, and what is said when one is reached.

use std::time::Duration;

use vitrine_pack::Kind;

use crate::settings::{InstanceLimits, PluginSettings, WallTimes};

mod budget;
mod meter;

pub(crate) use budget::{Budget, Idle};
pub(crate) use meter::{INSTANCES, Meter, PARTS, Refused};

/// One epoch: the grain in which CPU time is counted.
pub const EPOCH: Duration = Duration::from_millis(10);

/// How many seconds' worth of log lines may come at once.
const LOG_BURST: u32 = 5;

/// What one guest may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub memory_bytes: usize,
    pub cpu: Duration,
    wall: [Duration; Call::ALL.len()],
    /// Bytes across the border in one call, each way.
    pub crossing_bytes: usize,
    pub handles: usize,
    pub table_entries: usize,
    /// Guests of one instance at work at once.
    pub concurrency: usize,
    pub log_per_second: u32,
    pub log_burst: u32,
    pub samples: usize,
    pub stack_bytes: usize,
}

impl Limits {
    /// The host's settings, with what the manifest and the entry ask for instead.
    pub fn new(settings: &PluginSettings, kind: Kind, manifest_mib: Option<u32>, own: &InstanceLimits) -> Limits {
        let mib = own.memory_mib.or(manifest_mib).unwrap_or(settings.memory_mib).min(settings.max_memory_mib);
        let usual = match kind {
            // A source is never polled twice at once; the second is for a question meanwhile.
            Kind::DataSource => 2,
            Kind::AlertChannel | Kind::Panel => 4,
        };
        let log_per_second = own.log_lines.unwrap_or(settings.log_lines);
        Limits {
            memory_bytes: mib as usize * (1 << 20),
            cpu: Duration::from_millis(own.cpu_ms.unwrap_or(settings.cpu_ms).into()),
            wall: Call::ALL.map(|call| call.wall(&own.wall_ms, &settings.wall_ms)),
            crossing_bytes: own.crossing_kib.unwrap_or(settings.crossing_kib) as usize * (1 << 10),
            handles: own.handles.unwrap_or(settings.handles) as usize,
            table_entries: own.table_entries.unwrap_or(settings.table_entries) as usize,
            concurrency: own.concurrency.or(settings.concurrency).unwrap_or(usual) as usize,
            log_per_second,
            log_burst: log_per_second.saturating_mul(LOG_BURST),
            samples: own.samples.unwrap_or(settings.samples) as usize,
            stack_bytes: settings.stack_kib as usize * (1 << 10),
        }
    }

    /// Wall time, host calls included.
    pub fn wall(&self, call: Call) -> Duration {
        self.wall[call as usize]
    }

    /// What a guest was doing when it reached a limit, which one, and how to raise it.
    pub fn reached(&self, limit: Limit, doing: &str) -> String {
        let (what, key) = match limit {
            Limit::Cpu => (format!("it used its {} ms of processor time", self.cpu.as_millis()), "cpu_ms"),
            Limit::Memory => (format!("it wanted more than its {} MiB of memory", self.memory_bytes >> 20), "memory_mib"),
            Limit::Wall(call) => {
                return format!(
                    "`{doing}` was stopped after {}; raise `wall_ms: {{ {}: … }}` under `limits` of its entry, or under `plugins`",
                    seconds(self.wall(call)),
                    call.word()
                );
            }
            Limit::Crossing => (
                format!("it brought more than the {} that may cross the border in one call", bytes(self.crossing_bytes)),
                "crossing_kib",
            ),
            Limit::Handles => (format!("it wanted more than its {} handles", self.handles), "handles"),
            Limit::Table => (format!("it wanted more than its {} table entries", self.table_entries), "table_entries"),
            Limit::Samples => (format!("it brought more than its {} samples", self.samples), "samples"),
            Limit::Stack => {
                return format!(
                    "`{doing}` was stopped: its calls went deeper than its {} KiB of stack; raise `plugins.stack_kib`",
                    self.stack_bytes >> 10
                );
            }
        };
        format!("`{doing}` was stopped: {what}; raise `{key}` under `limits` of its entry, or `plugins.{key}`")
    }
}

fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 { format!("{} s", time.as_secs()) } else { format!("{} ms", time.as_millis()) }
}

pub(crate) fn bytes(count: usize) -> String {
    match count {
        0..1_024 => format!("{count} bytes"),
        1_024..1_048_576 => format!("{} KiB", count >> 10),
        _ => format!("{} MiB", count >> 20),
    }
}

/// What a guest can reach the end of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Cpu,
    Memory,
    Wall(Call),
    Crossing,
    Handles,
    Table,
    Samples,
    Stack,
}

impl Limit {
    /// The key that sets it.
    pub fn word(self) -> &'static str {
        match self {
            Limit::Cpu => "cpu_ms",
            Limit::Memory => "memory_mib",
            Limit::Wall(call) => call.wall_word(),
            Limit::Crossing => "crossing_kib",
            Limit::Handles => "handles",
            Limit::Table => "table_entries",
            Limit::Samples => "samples",
            Limit::Stack => "stack_kib",
        }
    }
}

/// The exports, as far as time is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    Configure,
    Check,
    Collect,
    Query,
    /// What can be done, and doing it.
    Act,
    Logs,
    Deliver,
    Render,
}

impl Call {
    pub const ALL: [Call; 8] =
        [Call::Configure, Call::Check, Call::Collect, Call::Query, Call::Act, Call::Logs, Call::Deliver, Call::Render];

    pub fn word(self) -> &'static str {
        match self {
            Call::Configure => "configure",
            Call::Check => "check",
            Call::Collect => "collect",
            Call::Query => "query",
            Call::Act => "act",
            Call::Logs => "logs",
            Call::Deliver => "deliver",
            Call::Render => "render",
        }
    }

    pub(crate) fn wall_word(self) -> &'static str {
        match self {
            Call::Configure => "wall_ms.configure",
            Call::Check => "wall_ms.check",
            Call::Collect => "wall_ms.collect",
            Call::Query => "wall_ms.query",
            Call::Act => "wall_ms.act",
            Call::Logs => "wall_ms.logs",
            Call::Deliver => "wall_ms.deliver",
            Call::Render => "wall_ms.render",
        }
    }

    fn wall(self, own: &WallTimes, host: &WallTimes) -> Duration {
        let (usual, pick): (u32, fn(&WallTimes) -> Option<u32>) = match self {
            Call::Configure => (2_000, |times| times.configure),
            Call::Check => (5_000, |times| times.check),
            Call::Collect => (10_000, |times| times.collect),
            Call::Query => (10_000, |times| times.query),
            Call::Act => (10_000, |times| times.act),
            Call::Logs => (10_000, |times| times.logs),
            Call::Deliver => (15_000, |times| times.deliver),
            Call::Render => (1_000, |times| times.render),
        };
        Duration::from_millis(pick(own).or(pick(host)).unwrap_or(usual).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_wins_over_the_manifest_and_both_over_the_host_up_to_the_most() {
        let host = PluginSettings { cpu_ms: 700, memory_mib: 32, max_memory_mib: 100, ..PluginSettings::default() };
        let none = InstanceLimits::default();
        let memory = |manifest, own: &InstanceLimits| Limits::new(&host, Kind::DataSource, manifest, own).memory_bytes >> 20;
        assert_eq!(memory(None, &none), 32);
        assert_eq!(memory(Some(8), &none), 8);
        assert_eq!(memory(Some(200), &none), 100);
        let own = InstanceLimits {
            memory_mib: Some(64),
            cpu_ms: Some(50),
            wall_ms: WallTimes { collect: Some(1_500), ..WallTimes::default() },
            ..InstanceLimits::default()
        };
        assert_eq!(memory(Some(8), &own), 64);
        let limits = Limits::new(&host, Kind::Panel, None, &own);
        assert_eq!((limits.cpu.as_millis(), limits.concurrency), (50, 4));
        assert_eq!((limits.wall(Call::Collect).as_millis(), limits.wall(Call::Render).as_millis()), (1_500, 1_000));
    }

    #[test]
    fn who_is_stopped_is_told_by_what_and_how_to_raise_it() {
        let limits = Limits::new(&PluginSettings::default(), Kind::DataSource, None, &InstanceLimits::default());
        let said = limits.reached(Limit::Cpu, "collect");
        assert_eq!(
            said,
            "`collect` was stopped: it used its 2000 ms of processor time; raise `cpu_ms` under `limits` of its entry, or `plugins.cpu_ms`"
        );
        let said = limits.reached(Limit::Wall(Call::Configure), "start-up");
        assert!(said.starts_with("`start-up` was stopped after 2 s; raise `wall_ms: { configure: … }`"), "{said}");
    }
}
