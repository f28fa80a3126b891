//! What an instance has used, beside what it may use: for pages and for people.

use vitrine_model::Millis;

use super::Instance;
use crate::health::Standing;
use crate::limit::{Call, bytes};

/// What an instance has used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    pub calls: u64,
    pub faults: u64,
    pub memory_bytes: u64,
    pub disabled: bool,
    /// Whether it may be called now.
    pub standing: Standing,
    /// When it may be called again, where it may not now and no admin must act.
    pub until: Option<Millis>,
    /// Why it may not, or the last fault of its own.
    pub reason: String,
    /// Every limit, and how near it came.
    pub limits: Vec<LimitUse>,
}

/// One limit, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitUse {
    /// The key under `limits` (or under `plugins`) that sets it.
    pub key: &'static str,
    /// The most that was used, where that is measured.
    pub used: Option<String>,
    pub allowed: String,
    /// How often it was reached.
    pub reached: u64,
}

impl Instance {
    pub fn usage(&self) -> Usage {
        let (standing, until, reason) = {
            let (health, now) = (self.health(), self.runtime.services.clock.now());
            (health.standing(now), health.until(now), health.reason().to_owned())
        };
        Usage {
            calls: self.counters.calls.get(),
            faults: self.counters.faults(),
            memory_bytes: u64::try_from(self.counters.memory.get()).unwrap_or(0),
            disabled: standing == Standing::Disabled,
            standing,
            until,
            reason,
            limits: self.limit_uses(),
        }
    }

    fn limit_uses(&self) -> Vec<LimitUse> {
        let (limits, peaks) = (&self.limits, &self.counters.peaks);
        let entry = |key: &'static str, used: Option<String>, allowed: String| LimitUse {
            key,
            used,
            allowed,
            reached: self.counters.times_reached(key),
        };
        let size = |count: u64| bytes(usize::try_from(count).unwrap_or(usize::MAX));
        let taken = limits.concurrency.saturating_sub(self.slots.available_permits());
        let mut uses = vec![
            entry("memory_mib", Some(size(peaks.memory())), bytes(limits.memory_bytes)),
            entry("cpu_ms", Some(format!("{} ms", peaks.cpu_ms())), format!("{} ms", limits.cpu.as_millis())),
            entry("crossing_kib", None, bytes(limits.crossing_bytes)),
            entry("handles", None, limits.handles.to_string()),
            entry("table_entries", None, limits.table_entries.to_string()),
            entry("samples", None, limits.samples.to_string()),
            entry("stack_kib", None, bytes(limits.stack_bytes)),
            entry("concurrency", Some(taken.to_string()), limits.concurrency.to_string()),
            entry("log_lines", None, format!("{} a second", limits.log_per_second)),
        ];
        for call in Call::ALL {
            if let Some(peak) = peaks.wall_ms(call) {
                let allowed = format!("{} ms", limits.wall(call).as_millis());
                uses.push(entry(call.wall_word(), Some(format!("{peak} ms")), allowed));
            }
        }
        uses
    }
}
