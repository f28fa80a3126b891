#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_sdk::fake;
use vitrine_sdk::source::{Batch, MetricKind, configure};
use vitrine_sdk::system::{Load, Snapshot};

use super::*;

fn mount(device: &str, mountpoint: &str, fstype: &str) -> Disk {
    Disk {
        device: device.to_owned(),
        mountpoint: mountpoint.to_owned(),
        fstype: fstype.to_owned(),
        size: 100,
        free: 60,
        available: 50,
        read_only: mountpoint == "/mnt/archive",
    }
}

fn disk(device: &str) -> DiskIo {
    DiskIo {
        device: device.to_owned(),
        reads: 1,
        read_bytes: 2,
        read_seconds: 3.5,
        writes: 4,
        written_bytes: 5,
        write_seconds: 6.5,
        io_seconds: 7.5,
    }
}

fn interface(device: &str) -> Network {
    Network {
        device: device.to_owned(),
        receive_bytes: 1,
        receive_packets: 2,
        receive_errors: 3,
        receive_drops: 4,
        transmit_bytes: 5,
        transmit_packets: 6,
        transmit_errors: 7,
        transmit_drops: 8,
    }
}

fn machine() -> Snapshot {
    Snapshot {
        cpus: vec![Cpu {
            name: "cpu0".to_owned(),
            user: 1.5,
            nice: 0.0,
            system: 2.5,
            idle: 90.0,
            iowait: 0.5,
            irq: 0.0,
            softirq: 0.25,
            steal: 0.0,
        }],
        load: Some(Load { one: 0.5, five: 0.25, fifteen: 0.125 }),
        memory: Some(Memory { total: 1000, free: 100, available: 600, buffers: 50, cached: 400, swap_total: 20, swap_free: 10 }),
        disks: vec![
            mount("overlay", "/", "overlay"),
            mount("/dev/sdb1", "/mnt/archive", "ext4"),
            mount("tmpfs", "/tmp", "tmpfs"),
            mount("/dev/sda3", "/var/lib/docker/x", "ext4"),
        ],
        disk_io: vec![disk("sda"), disk("sda1"), disk("nvme0n1"), disk("nvme0n1p1"), disk("loop3"), disk("md127"), disk("dm-0")],
        network: vec![interface("eth0"), interface("lo"), interface("veth12")],
        boot_time: Some(1_700_000_000.5),
        processes: Some(Processes { running: 2, blocked: 1, total: 300, forks: 5000, context_switches: 90000 }),
        ..fake::snapshot()
    }
}

fn collect(config: &str) -> Samples {
    let host = fake::Host::new();
    host.set_now(1_700_000_100_250);
    host.set_system(machine());
    configure::<System>(config).unwrap().collect().unwrap()
}

#[test]
fn samples_carry_node_exporters_names_and_labels() {
    let samples = collect("{}");
    let check = |name: &str, labels: &[(&str, &str)], value: f64| {
        assert_eq!(samples.value(name, labels), Some(value), "{name} in\n{samples}");
    };
    check("node_cpu_seconds_total", &[("cpu", "0"), ("mode", "iowait")], 0.5);
    check("node_load15", &[], 0.125);
    check("node_memory_MemAvailable_bytes", &[], 600.0);
    check("node_filesystem_avail_bytes", &[("device", "overlay"), ("fstype", "overlay"), ("mountpoint", "/")], 50.0);
    check("node_filesystem_readonly", &[("device", "/dev/sdb1"), ("fstype", "ext4"), ("mountpoint", "/mnt/archive")], 1.0);
    check("node_disk_io_time_seconds_total", &[("device", "sda")], 7.5);
    check("node_network_transmit_errs_total", &[("device", "eth0")], 7.0);
    check("node_boot_time_seconds", &[], 1_700_000_000.5);
    check("node_context_switches_total", &[], 90000.0);
    check("node_time_seconds", &[], 1_700_000_100.25);
    let identity = [("sysname", "Linux"), ("nodename", "machine"), ("release", "6.1.0"), ("machine", "x86_64")];
    check("node_uname_info", &identity, 1.0);
}

#[test]
fn names_that_end_in_total_are_counters() {
    for family in Batch::from(collect("{}")).families {
        let kind = if family.name.ends_with("_total") { MetricKind::Counter } else { MetricKind::Gauge };
        assert_eq!(family.kind, kind, "{}", family.name);
    }
}

/// The values of one label of one metric, in order.
fn devices(samples: &Samples, metric: &str, label: &str) -> Vec<String> {
    let text = samples.to_string();
    let of_metric = text.lines().filter(|line| line.starts_with(metric));
    let value = |line: &str| line.split(&format!("{label}=\"")).nth(1)?.split('"').next().map(str::to_owned);
    of_metric.filter_map(value).collect()
}

#[test]
fn what_is_not_worth_watching_is_left_out() {
    let samples = collect("{}");
    assert_eq!(devices(&samples, "node_filesystem_size_bytes", "mountpoint"), ["/", "/mnt/archive"]);
    assert_eq!(devices(&samples, "node_disk_read_bytes_total", "device"), ["sda", "nvme0n1", "md127", "dm-0"]);
    assert_eq!(devices(&samples, "node_network_receive_bytes_total", "device"), ["eth0", "lo"]);
}

#[test]
fn the_admin_may_choose_otherwise() {
    let samples = collect(
        r#"{"ignore_filesystems":[],"ignore_mounts":["/mnt/*"],"ignore_disks":["*n1*","d?-0"],"partitions":true,"ignore_interfaces":["lo"]}"#,
    );
    assert_eq!(devices(&samples, "node_filesystem_size_bytes", "mountpoint"), ["/", "/tmp", "/var/lib/docker/x"]);
    assert_eq!(devices(&samples, "node_disk_read_bytes_total", "device"), ["sda", "sda1", "loop3", "md127"]);
    assert_eq!(devices(&samples, "node_network_receive_bytes_total", "device"), ["eth0", "veth12"]);
}

#[test]
fn only_the_sections_asked_for_are_read() {
    let samples = collect(r#"{"sections":["load"]}"#);
    assert!(samples.value("node_load1", &[]).is_some());
    assert_eq!(samples.len(), 5, "three loads, the identity and the time\n{samples}");
}

#[test]
fn without_the_grant_it_says_so() {
    let _host = fake::Host::new();
    let mut source = configure::<System>("{}").unwrap();
    assert!(matches!(source.collect(), Err(Fault::Denied(_))));
    assert!(matches!(source.check(), Err(Fault::Denied(_))));
}

#[test]
fn patterns_match_as_in_a_shell() {
    let check = |pattern, text, expected| assert_eq!(pattern::matches(pattern, text), expected, "{pattern} on {text}");
    check("*", "", true);
    check("a*b*c", "aXbYbZc", true);
    check("a*b*c", "aXbYbZ", false);
    check("?", "", false);
    check("/dev", "/devices", false);
    check("", "a", false);
    check("**a", "bbba", true);
}
