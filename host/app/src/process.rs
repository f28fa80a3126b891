//! This process's own figures on `/metrics`.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

#[derive(Debug)]
struct Process {
    started: f64,
}

/// Adds `vitrine_process_…` and `vitrine_build_info`.
pub fn register(registry: &mut Registry, started_seconds: f64) {
    registry.register_collector(Box::new(Process { started: started_seconds }));
    let build = prometheus_client::metrics::info::Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("vitrine_build", "The version that runs", build);
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let started = ConstGauge::new(self.started);
        let metric = encoder.encode_descriptor(
            "vitrine_process_start_time",
            "When it started, since the Unix epoch",
            Some(&Unit::Seconds),
            started.metric_type(),
        )?;
        started.encode(metric)?;
        #[cfg(target_os = "linux")]
        linux(&mut encoder)?;
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn linux(encoder: &mut DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
    let Ok(stat) = procfs::process::Process::myself().and_then(|process| process.stat()) else { return Ok(()) };
    #[expect(clippy::cast_precision_loss, reason = "samples are doubles")]
    let cpu = (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64;
    let cpu = ConstCounter::new(cpu);
    let metric =
        encoder.encode_descriptor("vitrine_process_cpu", "Processor time used", Some(&Unit::Seconds), cpu.metric_type())?;
    cpu.encode(metric)?;
    let resident = ConstGauge::new(i64::try_from(stat.rss * procfs::page_size()).unwrap_or(i64::MAX));
    let metric = encoder.encode_descriptor(
        "vitrine_process_resident_memory",
        "Memory in use",
        Some(&Unit::Bytes),
        resident.metric_type(),
    )?;
    resident.encode(metric)?;
    let threads = ConstGauge::new(stat.num_threads);
    let metric = encoder.encode_descriptor("vitrine_process_threads", "Threads", None, threads.metric_type())?;
    threads.encode(metric)
}
