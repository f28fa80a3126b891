//! Metrics that plugins declare themselves, on the host's `/metrics` as `vitrine_plugin_custom_…`.
//!
//! The prefix and the labels `plugin` and `instance` are the host's, so that no plugin can speak for the host or for
//! another. An instance's series go when it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// What every name begins with.
const PREFIX: &str = "vitrine_plugin_custom_";

/// Series that one instance may have.
pub(crate) const SERIES: usize = 200;
const NAME_BYTES: usize = 100;
const LABELS: usize = 10;
const VALUE_BYTES: usize = 256;

/// Endings that belong to other kinds of metrics: a name with one would be read as a part of those.
const RESERVED_ENDINGS: [&str; 6] = ["_total", "_bucket", "_sum", "_count", "_info", "_created"];
/// Labels that the host sets, or that have a meaning of their own.
const RESERVED_LABELS: [&str; 4] = ["plugin", "instance", "le", "quantile"];

/// Name and value of each label, in order of the names.
pub(crate) type Labels = Vec<(String, String)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        }
    }
}

/// Why a value was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It breaks the rules: the plugin's fault.
    Wrong(String),
    /// It is one too many.
    Full(String),
}

/// All of them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Custom(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    families: Mutex<BTreeMap<String, Family>>,
    last_id: AtomicU64,
}

#[derive(Debug)]
struct Family {
    kind: Kind,
    /// Sorted by labels first: where an instance is about to be replaced by one of the same name, both have the same.
    series: BTreeMap<(Labels, u64), f64>,
}

impl Custom {
    /// Room for one instance's series.
    pub(crate) fn of(&self, instance: &str, plugin: &str) -> Series {
        Series {
            all: self.clone(),
            id: self.0.last_id.fetch_add(1, Ordering::Relaxed),
            host_labels: [("instance".to_owned(), instance.to_owned()), ("plugin".to_owned(), plugin.to_owned())],
        }
    }

    fn families(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Family>> {
        self.0.families.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One instance's series; they go with it.
#[derive(Debug)]
pub(crate) struct Series {
    all: Custom,
    id: u64,
    host_labels: [(String, String); 2],
}

impl Series {
    /// Adds to a counter.
    pub(crate) fn count(&self, name: &str, labels: Labels, by: f64) -> Result<(), Refused> {
        if !by.is_finite() || by < 0.0 {
            return Err(Refused::Wrong(format!("a counter only goes up by numbers, and {by} is none: use a gauge")));
        }
        let name = name.strip_suffix("_total").unwrap_or(name);
        self.change(Kind::Counter, name, labels, |value| (value + by).min(f64::MAX))
    }

    /// Sets a gauge; NaN takes it away.
    pub(crate) fn gauge(&self, name: &str, labels: Labels, value: f64) -> Result<(), Refused> {
        if value.is_nan() {
            let labels = self.checked(name, labels)?;
            self.remove(name, labels);
            return Ok(());
        }
        self.change(Kind::Gauge, name, labels, |_| value)
    }

    fn change(&self, kind: Kind, name: &str, labels: Labels, new: impl FnOnce(f64) -> f64) -> Result<(), Refused> {
        let key = (self.checked(name, labels)?, self.id);
        let mut families = self.all.families();
        if let Some(other) = families.get(name).filter(|family| family.kind != kind) {
            let reason = format!("`{name}` is a {} already, and cannot be a {} too", other.kind.word(), kind.word());
            return Err(Refused::Wrong(reason));
        }
        let is_new = !families.get(name).is_some_and(|family| family.series.contains_key(&key));
        if is_new && families.values().map(|family| family.of(self.id).count()).sum::<usize>() >= SERIES {
            return Err(Refused::Full(format!("`{name}`: an instance may have {SERIES} series of its own, and has them")));
        }
        let family = families.entry(name.to_owned()).or_insert_with(|| Family { kind, series: BTreeMap::new() });
        let value = family.series.entry(key).or_default();
        *value = new(*value);
        Ok(())
    }

    fn remove(&self, name: &str, labels: Labels) {
        let mut families = self.all.families();
        if let Some(family) = families.get_mut(name).filter(|family| family.kind == Kind::Gauge) {
            family.series.remove(&(labels, self.id));
        }
        families.retain(|_, family| !family.series.is_empty());
    }

    /// The labels with the host's own, in order.
    fn checked(&self, name: &str, mut labels: Labels) -> Result<Labels, Refused> {
        if !is_name(name) || name.len() > NAME_BYTES || RESERVED_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            let shown = name.get(..NAME_BYTES).unwrap_or(name);
            return Err(Refused::Wrong(format!(
                "{shown:?} cannot name a metric: use letters, digits and `_`, at most {NAME_BYTES}, and no ending such as `_sum`"
            )));
        }
        if labels.len() > LABELS {
            return Err(Refused::Wrong(format!("`{name}` has {} labels, more than {LABELS}", labels.len())));
        }
        let mut seen = BTreeSet::new();
        for (label, value) in &labels {
            if !is_name(label) || label.len() > NAME_BYTES || RESERVED_LABELS.contains(&label.as_str()) {
                return Err(Refused::Wrong(format!("`{name}` cannot have the label {label:?}: it is the host's, or no name")));
            }
            if value.len() > VALUE_BYTES {
                return Err(Refused::Wrong(format!("the label `{label}` of `{name}` is longer than {VALUE_BYTES} bytes")));
            }
            if !seen.insert(label) {
                return Err(Refused::Wrong(format!("`{name}` has the label `{label}` twice")));
            }
        }
        // To Prometheus an empty label is a label that is not there.
        labels.retain(|(_, value)| !value.is_empty());
        labels.extend(self.host_labels.iter().cloned());
        labels.sort();
        Ok(labels)
    }
}

impl Drop for Series {
    fn drop(&mut self) {
        self.all.families().retain(|_, family| {
            family.series.retain(|(_, id), _| *id != self.id);
            !family.series.is_empty()
        });
    }
}

impl Family {
    fn of(&self, wanted: u64) -> impl Iterator<Item = &f64> {
        self.series.iter().filter(move |((_, id), _)| *id == wanted).map(|(_, value)| value)
    }
}

/// As Prometheus has it, and not beginning with `__`, which is for itself.
fn is_name(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    text.starts_with(is_letter)
        && !text.starts_with("__")
        && text.chars().all(|letter| is_letter(letter) || letter.is_ascii_digit())
}

impl Collector for Custom {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        for (name, family) in self.families().iter() {
            let kind = match family.kind {
                Kind::Counter => MetricType::Counter,
                Kind::Gauge => MetricType::Gauge,
            };
            let name = format!("{PREFIX}{name}");
            let mut encoder = encoder.encode_descriptor(&name, "A plugin's own", None, kind)?;
            let mut last: Option<&Labels> = None;
            for ((labels, _), value) in &family.series {
                // The older instance speaks until it is gone.
                if last == Some(labels) {
                    continue;
                }
                last = Some(labels);
                match family.kind {
                    Kind::Counter => ConstCounter::new(*value).encode(encoder.encode_family(labels)?)?,
                    Kind::Gauge => ConstGauge::new(*value).encode(encoder.encode_family(labels)?)?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
