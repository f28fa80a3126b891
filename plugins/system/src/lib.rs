//! The source `system`: what the capability reads, under node_exporter's names and labels, so that dashboards and
//! rules written for it work here.

mod config;
mod pattern;

use vitrine_sdk::system::{Cpu, Disk, DiskIo, Identity, Memory, Network, Processes, Sections};
use vitrine_sdk::{Fault, Samples, Source, clock, export, system};

pub use config::Config;

#[derive(Debug)]
pub struct System(Config);

impl Source for System {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        Ok(System(config))
    }

    fn check(&mut self) -> Result<String, Fault> {
        let identity = system::read(Sections::empty())?.identity;
        Ok(["reads ", &identity.hostname, ", ", &identity.kernel, " ", &identity.release].concat())
    }

    fn collect(&mut self) -> Result<Samples, Fault> {
        let snapshot = system::read(self.0.sections())?;
        let mut samples = Samples::new();
        snapshot.cpus.iter().for_each(|cpu| add_cpu(&mut samples, cpu));
        if let Some(load) = &snapshot.load {
            samples.gauge("node_load1", &[], load.one);
            samples.gauge("node_load5", &[], load.five);
            samples.gauge("node_load15", &[], load.fifteen);
        }
        if let Some(memory) = &snapshot.memory {
            add_memory(&mut samples, memory);
        }
        let mounts = snapshot.disks.iter().filter(|disk| self.0.wants_mount(&disk.mountpoint, &disk.fstype));
        mounts.for_each(|disk| add_mount(&mut samples, disk));
        let disks = snapshot.disk_io.iter().filter(|disk| self.0.wants_disk(&disk.device));
        disks.for_each(|disk| add_disk(&mut samples, disk));
        let interfaces = snapshot.network.iter().filter(|network| self.0.wants_interface(&network.device));
        interfaces.for_each(|network| add_interface(&mut samples, network));
        if let Some(boot_time) = snapshot.boot_time {
            samples.gauge("node_boot_time_seconds", &[], boot_time);
        }
        if let Some(processes) = &snapshot.processes {
            add_processes(&mut samples, processes);
        }
        add_identity(&mut samples, &snapshot.identity);
        samples.gauge("node_time_seconds", &[], clock::now() as f64 / 1000.0);
        Ok(samples)
    }
}

fn add_cpu(samples: &mut Samples, cpu: &Cpu) {
    // The host calls them as the kernel does, `cpu0`; node_exporter says `0`.
    let name = cpu.name.strip_prefix("cpu").unwrap_or(&cpu.name);
    let modes = [
        ("user", cpu.user),
        ("nice", cpu.nice),
        ("system", cpu.system),
        ("idle", cpu.idle),
        ("iowait", cpu.iowait),
        ("irq", cpu.irq),
        ("softirq", cpu.softirq),
        ("steal", cpu.steal),
    ];
    for (mode, seconds) in modes {
        samples.counter("node_cpu_seconds_total", &[("cpu", name), ("mode", mode)], seconds);
    }
}

fn add_memory(samples: &mut Samples, memory: &Memory) {
    samples.gauge("node_memory_MemTotal_bytes", &[], memory.total as f64);
    samples.gauge("node_memory_MemFree_bytes", &[], memory.free as f64);
    samples.gauge("node_memory_MemAvailable_bytes", &[], memory.available as f64);
    samples.gauge("node_memory_Buffers_bytes", &[], memory.buffers as f64);
    samples.gauge("node_memory_Cached_bytes", &[], memory.cached as f64);
    samples.gauge("node_memory_SwapTotal_bytes", &[], memory.swap_total as f64);
    samples.gauge("node_memory_SwapFree_bytes", &[], memory.swap_free as f64);
}

fn add_mount(samples: &mut Samples, disk: &Disk) {
    let labels = [("device", &*disk.device), ("fstype", &*disk.fstype), ("mountpoint", &*disk.mountpoint)];
    samples.gauge("node_filesystem_size_bytes", &labels, disk.size as f64);
    samples.gauge("node_filesystem_free_bytes", &labels, disk.free as f64);
    samples.gauge("node_filesystem_avail_bytes", &labels, disk.available as f64);
    samples.gauge("node_filesystem_readonly", &labels, f64::from(u8::from(disk.read_only)));
}

fn add_disk(samples: &mut Samples, disk: &DiskIo) {
    let labels = [("device", &*disk.device)];
    samples.counter("node_disk_reads_completed_total", &labels, disk.reads as f64);
    samples.counter("node_disk_read_bytes_total", &labels, disk.read_bytes as f64);
    samples.counter("node_disk_read_time_seconds_total", &labels, disk.read_seconds);
    samples.counter("node_disk_writes_completed_total", &labels, disk.writes as f64);
    samples.counter("node_disk_written_bytes_total", &labels, disk.written_bytes as f64);
    samples.counter("node_disk_write_time_seconds_total", &labels, disk.write_seconds);
    samples.counter("node_disk_io_time_seconds_total", &labels, disk.io_seconds);
}

fn add_interface(samples: &mut Samples, network: &Network) {
    let labels = [("device", &*network.device)];
    samples.counter("node_network_receive_bytes_total", &labels, network.receive_bytes as f64);
    samples.counter("node_network_receive_packets_total", &labels, network.receive_packets as f64);
    samples.counter("node_network_receive_errs_total", &labels, network.receive_errors as f64);
    samples.counter("node_network_receive_drop_total", &labels, network.receive_drops as f64);
    samples.counter("node_network_transmit_bytes_total", &labels, network.transmit_bytes as f64);
    samples.counter("node_network_transmit_packets_total", &labels, network.transmit_packets as f64);
    samples.counter("node_network_transmit_errs_total", &labels, network.transmit_errors as f64);
    samples.counter("node_network_transmit_drop_total", &labels, network.transmit_drops as f64);
}

fn add_processes(samples: &mut Samples, processes: &Processes) {
    samples.gauge("node_procs_running", &[], processes.running as f64);
    samples.gauge("node_procs_blocked", &[], processes.blocked as f64);
    samples.gauge("node_processes_pids", &[], processes.total as f64);
    samples.counter("node_forks_total", &[], processes.forks as f64);
    samples.counter("node_context_switches_total", &[], processes.context_switches as f64);
}

fn add_identity(samples: &mut Samples, identity: &Identity) {
    let labels = [
        ("machine", &*identity.machine),
        ("nodename", &*identity.hostname),
        ("release", &*identity.release),
        ("sysname", &*identity.kernel),
    ];
    samples.gauge("node_uname_info", &labels, 1.0);
}

export!(source: System);

#[cfg(test)]
mod tests;
