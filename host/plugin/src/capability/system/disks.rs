//! Mounted file systems and their space, through `sysinfo`.

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
        let storage = sysinfo::DiskRefreshKind::nothing().with_storage();
        match &mut self.known {
            Some((disks, listed)) if listed.elapsed() < LIST_AGE => disks.iter_mut().for_each(|disk| {
                disk.refresh_specifics(storage);
            }),
            known => {
                let disks = sysinfo::Disks::new_with_refreshed_list_specifics(storage)
                    .map_err(|error| format!("the list of mounted file systems cannot be read: {error}"))?;
                *known = Some((disks, Instant::now()));
            }
        }
        let disks = self.known.as_ref().map(|(disks, _)| disks);
        Ok(disks.into_iter().flat_map(|disks| disks.iter()).map(describe).collect())
    }
}

fn describe(disk: &sysinfo::Disk) -> Disk {
    Disk {
        device: disk.name().to_string_lossy().into_owned(),
        mountpoint: disk.mount_point().to_string_lossy().into_owned(),
        fstype: disk.file_system().to_string_lossy().into_owned(),
        size: disk.total_space(),
        free: disk.available_space(),
        available: disk.available_space(),
        read_only: disk.is_read_only(),
    }
}
