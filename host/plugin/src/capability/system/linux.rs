//! What Linux tells under `/proc`, in the fields that node_exporter's metrics are made of.
//!
//! `sysinfo` gives shares where these metrics need counters, so the counters come from `procfs`.

use procfs::{Current, FromReadSI, KernelStats, LoadAverage, Meminfo};

use crate::bindings::imported::system::{Cpu, DiskIo, Load, Memory, Network, Processes, Sections, Snapshot};

/// The kernel counts disk sectors of this size whatever the disk's own.
const SECTOR_BYTES: u64 = 512;

pub(super) fn fill(snapshot: &mut Snapshot, sections: Sections) -> Result<(), String> {
    if sections.intersects(Sections::CPU | Sections::UPTIME | Sections::PROCESSES) {
        kernel(snapshot, sections)?;
    }
    if sections.contains(Sections::LOAD) {
        let load = LoadAverage::current().map_err(|error| unreadable("/proc/loadavg", &error))?;
        snapshot.load = Some(Load { one: load.one.into(), five: load.five.into(), fifteen: load.fifteen.into() });
    }
    if sections.contains(Sections::MEMORY) {
        snapshot.memory = Some(memory()?);
    }
    if sections.contains(Sections::DISK_IO) {
        let disks = procfs::diskstats().map_err(|error| unreadable("/proc/diskstats", &error))?;
        snapshot.disk_io = disks.into_iter().map(disk_io).collect();
    }
    if sections.contains(Sections::NETWORK) {
        let devices = procfs::net::dev_status().map_err(|error| unreadable("/proc/net/dev", &error))?;
        snapshot.network = devices.into_values().map(network).collect();
        snapshot.network.sort_by(|a, b| a.device.cmp(&b.device));
    }
    Ok(())
}

fn unreadable(file: &str, error: &procfs::ProcError) -> String {
    format!("{file} cannot be read: {error}")
}

fn kernel(snapshot: &mut Snapshot, sections: Sections) -> Result<(), String> {
    let text = std::fs::read_to_string("/proc/stat").map_err(|error| format!("/proc/stat cannot be read: {error}"))?;
    let stats = KernelStats::from_read(text.as_bytes(), procfs::current_system_info());
    let stats = stats.map_err(|error| unreadable("/proc/stat", &error))?;
    if sections.contains(Sections::CPU) {
        snapshot.cpus = processors(&text).zip(&stats.cpu_time).map(cpu).collect();
    }
    if sections.contains(Sections::UPTIME) {
        snapshot.boot_time = Some(seconds(stats.btime));
    }
    if sections.contains(Sections::PROCESSES) {
        snapshot.processes = Some(Processes {
            running: stats.procs_running.unwrap_or(0).into(),
            blocked: stats.procs_blocked.unwrap_or(0).into(),
            total: process_count()?,
            forks: stats.processes,
            context_switches: stats.ctxt,
        });
    }
    Ok(())
}

/// The kernel's numbers of the processors, in the order of `/proc/stat`: those that are switched off are not there, and
/// the others keep theirs. `procfs` gives the rows without them.
fn processors(stat: &str) -> impl Iterator<Item = &str> {
    let rows = stat.lines().filter_map(|line| line.strip_prefix("cpu")?.split(' ').next());
    rows.filter(|number| !number.is_empty())
}

fn cpu((number, time): (&str, &procfs::CpuTime)) -> Cpu {
    let per_second = seconds(procfs::ticks_per_second());
    let ticks = |count: u64| seconds(count) / per_second;
    let optional = |count: Option<u64>| ticks(count.unwrap_or(0));
    Cpu {
        name: number.to_owned(),
        user: ticks(time.user),
        nice: ticks(time.nice),
        system: ticks(time.system),
        idle: ticks(time.idle),
        iowait: optional(time.iowait),
        irq: optional(time.irq),
        softirq: optional(time.softirq),
        steal: optional(time.steal),
    }
}

fn process_count() -> Result<u64, String> {
    let entries = std::fs::read_dir("/proc").map_err(|error| format!("/proc cannot be read: {error}"))?;
    let processes = entries.flatten().filter(|entry| entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit));
    Ok(processes.count() as u64)
}

fn memory() -> Result<Memory, String> {
    let info = Meminfo::current().map_err(|error| unreadable("/proc/meminfo", &error))?;
    Ok(Memory {
        total: info.mem_total,
        free: info.mem_free,
        // Kernels before 3.14 do not tell; what is free is the careful guess.
        available: info.mem_available.unwrap_or(info.mem_free),
        buffers: info.buffers,
        cached: info.cached,
        swap_total: info.swap_total,
        swap_free: info.swap_free,
    })
}

fn disk_io(disk: procfs::DiskStat) -> DiskIo {
    DiskIo {
        device: disk.name,
        reads: disk.reads,
        read_bytes: disk.sectors_read * SECTOR_BYTES,
        read_seconds: seconds(disk.time_reading) / 1_000.0,
        writes: disk.writes,
        written_bytes: disk.sectors_written * SECTOR_BYTES,
        write_seconds: seconds(disk.time_writing) / 1_000.0,
        io_seconds: seconds(disk.time_in_progress) / 1_000.0,
    }
}

fn network(device: procfs::net::DeviceStatus) -> Network {
    Network {
        device: device.name,
        receive_bytes: device.recv_bytes,
        receive_packets: device.recv_packets,
        receive_errors: device.recv_errs,
        receive_drops: device.recv_drop,
        transmit_bytes: device.sent_bytes,
        transmit_packets: device.sent_packets,
        transmit_errors: device.sent_errs,
        transmit_drops: device.sent_drop,
    }
}

/// Counters as the numbers that metrics are made of; exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "samples are doubles")]
fn seconds(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_that_is_off_shifts_no_number() {
        let stat = "cpu  30 0 0 0\ncpu0 10 0 0 0\ncpu2 12 0 0 0\ncpu11 8 0 0 0\nintr 5\nctxt 1\nbtime 1\nprocesses 1\n";
        assert_eq!(processors(stat).collect::<Vec<_>>(), ["0", "2", "11"]);
    }
}
