//! This machine's own metrics, for the grant `system`.

pub use crate::bindings::shared::vitrine::plugin::system::{
    Cpu, Disk, DiskIo, Identity, Load, Memory, Network, Processes, Sections, Snapshot,
};
use crate::{Fault, host};

/// Reads some parts; each costs its own system calls.
pub fn read(sections: Sections) -> Result<Snapshot, Fault> {
    host::system::read(sections)
}
