//! `system`: this machine's own metrics, for those who may.
//!
//! Reading blocks (a dead network mount can hang `statvfs`), so it runs on a blocking thread, one reading at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::bindings::imported::system::{Fault, Host, Identity, Sections, Snapshot};
use crate::context::Context;
use crate::grant::Right;

mod disks;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as machine;
#[cfg(not(target_os = "linux"))]
use other as machine;

/// Reads the machine; keeps what need not be read twice.
#[derive(Default)]
pub struct Reader {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    disks: disks::Disks,
}

impl Reader {
    /// One that hangs keeps its thread; those after it wait here, without one, and say why.
    async fn read(&self, sections: Sections, wait: Duration) -> Result<Snapshot, String> {
        let hangs = |_| format!("this machine was not read within {:.1} s: is a mounted file system dead?", wait.as_secs_f64());
        let work = async {
            let mut state = Arc::clone(&self.state).lock_owned().await;
            let reading = move || read(&mut state, sections);
            tokio::task::spawn_blocking(reading).await.map_err(|error| format!("reading this machine failed: {error}"))?
        };
        tokio::time::timeout(wait, work).await.map_err(hangs)?
    }
}

fn read(state: &mut State, sections: Sections) -> Result<Snapshot, String> {
    let mut snapshot = Snapshot {
        identity: identity(),
        cpus: Vec::new(),
        load: None,
        memory: None,
        disks: Vec::new(),
        disk_io: Vec::new(),
        network: Vec::new(),
        boot_time: None,
        processes: None,
    };
    if sections.contains(Sections::DISKS) {
        snapshot.disks = state.disks.read()?;
    }
    machine::fill(&mut snapshot, sections)?;
    Ok(snapshot)
}

/// As `uname` tells it. `sysinfo` would give the distribution's name for the kernel's.
#[cfg(unix)]
fn identity() -> Identity {
    let uname = rustix::system::uname();
    let text = |part: &std::ffi::CStr| part.to_string_lossy().into_owned();
    Identity {
        hostname: text(uname.nodename()),
        kernel: text(uname.sysname()),
        release: text(uname.release()),
        machine: text(uname.machine()),
    }
}

#[cfg(not(unix))]
fn identity() -> Identity {
    let unknown = |_| "unknown".to_owned();
    Identity {
        hostname: sysinfo::System::host_name().unwrap_or_else(unknown),
        kernel: sysinfo::System::name().unwrap_or_else(unknown),
        release: sysinfo::System::kernel_version().unwrap_or_else(unknown),
        machine: sysinfo::System::cpu_arch(),
    }
}

impl Host for Context {
    async fn read(&mut self, sections: Sections) -> Result<Snapshot, Fault> {
        self.require(Right::System).map_err(Fault::Denied)?;
        let wait = self.time_left();
        self.services.system.read(sections, wait).await.map_err(Fault::Upstream)
    }
}
