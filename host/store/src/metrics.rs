//! What the store tells of itself: `vitrine_store_…`.

use std::path::PathBuf;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::sqlite::samples::SqliteSamples;

/// Counted as it happens. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    pub(crate) appended: Counter,
    pub(crate) append_seconds: Histogram,
    pub(crate) select_seconds: Histogram,
    pub(crate) sealed: Counter,
    pub(crate) seal_seconds: Histogram,
    pub(crate) merge_seconds: Histogram,
    pub(crate) set_aside: Counter,
    pub(crate) rollups_made: Counter,
    pub(crate) rollups_read: Counter,
}

impl Default for Metrics {
    fn default() -> Metrics {
        // 0.1 ms to 6.5 s.
        let seconds = || Histogram::new(exponential_buckets(0.000_1, 4.0, 9));
        Metrics {
            appended: Counter::default(),
            append_seconds: seconds(),
            select_seconds: seconds(),
            sealed: Counter::default(),
            seal_seconds: seconds(),
            merge_seconds: seconds(),
            set_aside: Counter::default(),
            rollups_made: Counter::default(),
            rollups_read: Counter::default(),
        }
    }
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("vitrine_store_appended_samples", "Samples committed", self.appended.clone());
        registry.register_with_unit(
            "vitrine_store_append",
            "Time to commit what one append brought",
            Unit::Seconds,
            self.append_seconds.clone(),
        );
        registry.register_with_unit("vitrine_store_select", "Time to select samples", Unit::Seconds, self.select_seconds.clone());
        registry.register("vitrine_store_sealed_samples", "Samples moved from the hot log into blocks", self.sealed.clone());
        let step = "Time that one step in the background held the writer, to seal";
        registry.register_with_unit("vitrine_store_seal", step, Unit::Seconds, self.seal_seconds.clone());
        let step = "Time that one step in the background held the writer, to merge";
        registry.register_with_unit("vitrine_store_merge", step, Unit::Seconds, self.merge_seconds.clone());
        let words = "Rollups written: each of one series, one day and one step";
        registry.register("vitrine_store_rollups_made", words, self.rollups_made.clone());
        let words = "Rollups that answered in the place of samples";
        registry.register("vitrine_store_rollups_read", words, self.rollups_read.clone());
        registry.register("vitrine_store_set_aside", "Damaged rows that were set aside", self.set_aside.clone());
    }
}

/// Looked up when asked.
#[derive(Debug)]
pub(crate) struct Files {
    files: [(&'static str, PathBuf); 2],
    samples: Arc<SqliteSamples>,
}

impl Files {
    pub(crate) fn new(files: [(&'static str, PathBuf); 2], samples: Arc<SqliteSamples>) -> Files {
        Files { files, samples }
    }
}

impl Collector for Files {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let series = ConstGauge::new(i64::try_from(self.samples.series_count()).unwrap_or(i64::MAX));
        series.encode(encoder.encode_descriptor("vitrine_store_series", "Series kept", None, series.metric_type())?)?;
        let hot = ConstGauge::new(i64::try_from(self.samples.head_samples()).unwrap_or(i64::MAX));
        let words = "Samples in memory that are not sealed yet";
        hot.encode(encoder.encode_descriptor("vitrine_store_head_samples", words, None, hot.metric_type())?)?;
        let mut family = encoder.encode_descriptor(
            "vitrine_store_file",
            "Size of a database with its write-ahead log",
            Some(&Unit::Bytes),
            series.metric_type(),
        )?;
        for (name, path) in &self.files {
            let mut log = path.clone().into_os_string();
            log.push("-wal");
            let bytes = size(path) + size(log.as_ref());
            let gauge = ConstGauge::new(i64::try_from(bytes).unwrap_or(i64::MAX));
            gauge.encode(family.encode_family(&[("file", *name)])?)?;
        }
        Ok(())
    }
}

fn size(path: &std::path::Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}
