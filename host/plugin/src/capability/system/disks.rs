//! Mounted file systems through `sysinfo`, and their space.

use std::time::{Duration, Instant};

use crate::bindings::imported::system::Disk;

/// How long the list of mounts is believed; space is read each time.
const LIST_AGE: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(super) struct Disks {
    known: Option<(sysinfo::Disks, Instant)>,
}

impl Disks {
    pub(super) fn read(&mut self) -> Result<Vec<Disk>, String> {
        if self.known.as_ref().is_none_or(|(_, listed)| listed.elapsed() >= LIST_AGE) {
            let disks = sysinfo::Disks::new_with_refreshed_list_specifics(listing())
                .map_err(|error| format!("the list of mounted file systems cannot be read: {error}"))?;
            self.known = Some((disks, Instant::now()));
        }
        let disks = self.known.as_mut().map(|(disks, _)| disks.iter_mut());
        Ok(disks.into_iter().flatten().filter_map(describe).collect())
    }
}

/// Space is asked of the kernel itself: `sysinfo` does not tell what is kept for root.
#[cfg(unix)]
fn listing() -> sysinfo::DiskRefreshKind {
    sysinfo::DiskRefreshKind::nothing()
}

/// None for a mount that is gone, or that this process may not look at.
#[cfg(unix)]
fn describe(disk: &mut sysinfo::Disk) -> Option<Disk> {
    let space = rustix::fs::statvfs(disk.mount_point()).ok()?;
    Some(Disk {
        size: space.f_blocks.saturating_mul(space.f_frsize),
        free: space.f_bfree.saturating_mul(space.f_frsize),
        available: space.f_bavail.saturating_mul(space.f_frsize),
        read_only: space.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
        ..named(disk)
    })
}

#[cfg(not(unix))]
fn listing() -> sysinfo::DiskRefreshKind {
    sysinfo::DiskRefreshKind::nothing().with_storage()
}

#[cfg(not(unix))]
fn describe(disk: &mut sysinfo::Disk) -> Option<Disk> {
    disk.refresh_specifics(listing());
    Some(Disk {
        size: disk.total_space(),
        free: disk.available_space(),
        available: disk.available_space(),
        read_only: disk.is_read_only(),
        ..named(disk)
    })
}

fn named(disk: &sysinfo::Disk) -> Disk {
    Disk {
        device: disk.name().to_string_lossy().into_owned(),
        mountpoint: disk.mount_point().to_string_lossy().into_owned(),
        fstype: disk.file_system().to_string_lossy().into_owned(),
        size: 0,
        free: 0,
        available: 0,
        read_only: false,
    }
}
