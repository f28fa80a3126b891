//! What to read and what to leave out.

use serde::Deserialize;
use vitrine_sdk::system::Sections;

use crate::pattern;

/// File systems that hold no data, or hold it in memory.
const PSEUDO_FILESYSTEMS: [&str; 26] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "erofs",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "mqueue",
    "nsfs",
    "overlay",
    "proc",
    "pstore",
    "ramfs",
    "rpc_pipefs",
    "securityfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
];

/// Where the system and containers mount things of their own.
const SYSTEM_MOUNTS: [&str; 8] =
    ["/dev", "/dev/*", "/proc/*", "/sys/*", "/run/*", "/etc/*", "/var/lib/docker/*", "/var/lib/containers/*"];

const MADE_UP_DISKS: [&str; 5] = ["loop*", "ram*", "zram*", "fd*", "sr*"];

const CONTAINER_INTERFACES: [&str; 1] = ["veth*"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Section {
    Cpu,
    Load,
    Memory,
    Disks,
    DiskIo,
    Network,
    Uptime,
    Processes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    sections: Option<Vec<Section>>,
    ignore_filesystems: Option<Vec<String>>,
    ignore_mounts: Option<Vec<String>>,
    ignore_disks: Option<Vec<String>>,
    #[serde(default)]
    partitions: bool,
    ignore_interfaces: Option<Vec<String>>,
}

impl Config {
    pub(crate) fn sections(&self) -> Sections {
        let Some(sections) = &self.sections else { return Sections::all() };
        sections.iter().fold(Sections::empty(), |all, section| {
            all | match section {
                Section::Cpu => Sections::CPU,
                Section::Load => Sections::LOAD,
                Section::Memory => Sections::MEMORY,
                Section::Disks => Sections::DISKS,
                Section::DiskIo => Sections::DISK_IO,
                Section::Network => Sections::NETWORK,
                Section::Uptime => Sections::UPTIME,
                Section::Processes => Sections::PROCESSES,
            }
        })
    }

    /// The root always counts: in a container it is an overlay, and the disk that fills up.
    pub(crate) fn wants_mount(&self, mountpoint: &str, filesystem: &str) -> bool {
        mountpoint == "/"
            || !(matches(&self.ignore_filesystems, &PSEUDO_FILESYSTEMS, filesystem)
                || matches(&self.ignore_mounts, &SYSTEM_MOUNTS, mountpoint))
    }

    pub(crate) fn wants_disk(&self, device: &str) -> bool {
        (self.partitions || !is_partition(device)) && !matches(&self.ignore_disks, &MADE_UP_DISKS, device)
    }

    pub(crate) fn wants_interface(&self, device: &str) -> bool {
        !matches(&self.ignore_interfaces, &CONTAINER_INTERFACES, device)
    }
}

/// Does it match one of the admin's patterns, or where there are none, one of the usual ones?
fn matches(patterns: &Option<Vec<String>>, usual: &[&str], text: &str) -> bool {
    match patterns {
        Some(patterns) => patterns.iter().any(|pattern| pattern::matches(pattern, text)),
        None => usual.iter().any(|pattern| pattern::matches(pattern, text)),
    }
}

/// `sda1`, `nvme0n1p2`, `mmcblk0p1`: the kernel's names, see Documentation/admin-guide/devices.txt.
fn is_partition(device: &str) -> bool {
    let disk = device.trim_end_matches(|character: char| character.is_ascii_digit());
    if disk == device {
        return false;
    }
    let lettered = ["sd", "hd", "vd", "xvd"].iter().any(|family| {
        let letters = device.strip_prefix(family).map(|_| &disk[family.len()..]);
        letters.is_some_and(|letters| !letters.is_empty() && letters.chars().all(|letter| letter.is_ascii_lowercase()))
    });
    let numbered = ["nvme", "mmcblk"].iter().any(|family| device.starts_with(family)) && disk.ends_with('p');
    lettered || numbered
}
