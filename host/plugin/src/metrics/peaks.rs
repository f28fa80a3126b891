//! The most that an instance has used of each limit since it was made.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::limit::Call;

#[derive(Debug, Default)]
pub(crate) struct Peaks {
    memory: AtomicU64,
    cpu_ms: AtomicU64,
    /// In microseconds.
    wall: [AtomicU64; Call::ALL.len()],
}

impl Peaks {
    pub(super) fn took(&self, call: Call, time: Duration) {
        self.wall[call as usize].fetch_max(u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1), Relaxed);
    }

    pub(super) fn used(&self, memory: usize, cpu: Duration) {
        self.memory.fetch_max(memory as u64, Relaxed);
        self.cpu_ms.fetch_max(u64::try_from(cpu.as_millis()).unwrap_or(u64::MAX), Relaxed);
    }

    pub(crate) fn memory(&self) -> u64 {
        self.memory.load(Relaxed)
    }

    pub(crate) fn cpu_ms(&self) -> u64 {
        self.cpu_ms.load(Relaxed)
    }

    /// None where there was no such call.
    pub(crate) fn wall_ms(&self, call: Call) -> Option<u64> {
        let micros = self.wall[call as usize].load(Relaxed);
        (micros > 0).then(|| micros.div_ceil(1_000))
    }
}
