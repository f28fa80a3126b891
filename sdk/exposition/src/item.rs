//! What a text says: families, and their samples.

use std::borrow::Cow;

/// What a metric is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    #[default]
    Unknown,
    Counter,
    Gauge,
    Histogram,
    GaugeHistogram,
    Summary,
    Info,
    StateSet,
}

/// What is said of a metric before its samples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Family<'a> {
    /// In OpenMetrics without the endings that the type adds to its samples, such as `_total`.
    pub name: Cow<'a, str>,
    pub kind: Kind,
    pub help: Cow<'a, str>,
    pub unit: &'a str,
}

/// A label, its escapes undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label<'a> {
    pub name: Cow<'a, str>,
    pub value: Cow<'a, str>,
}

/// One line with a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample<'p, 'a> {
    pub name: &'p str,
    /// As they stand in the line; no name comes twice.
    pub labels: &'p [Label<'a>],
    pub value: f64,
    /// Milliseconds since the Unix epoch, where the line has a time.
    pub time: Option<i64>,
}

/// A piece of the text, in its order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Item<'p, 'a> {
    /// Once per family that is described, before its samples. In Prometheus's format, where a description may follow its
    /// samples or come in parts, it may come again.
    Family(&'p Family<'a>),
    Sample(Sample<'p, 'a>),
}

impl Kind {
    /// OpenMetrics' word for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Unknown => "unknown",
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::GaugeHistogram => "gaugehistogram",
            Kind::Summary => "summary",
            Kind::Info => "info",
            Kind::StateSet => "stateset",
        }
    }

    /// `untyped` is Prometheus's word alone.
    pub(crate) fn of_word(word: &str) -> Option<Kind> {
        Some(match word {
            "unknown" => Kind::Unknown,
            "counter" => Kind::Counter,
            "gauge" => Kind::Gauge,
            "histogram" => Kind::Histogram,
            "gaugehistogram" => Kind::GaugeHistogram,
            "summary" => Kind::Summary,
            "info" => Kind::Info,
            "stateset" => Kind::StateSet,
            _ => return None,
        })
    }

    /// What its samples' names have after the family's in OpenMetrics.
    pub(crate) fn endings(self) -> &'static [&'static str] {
        match self {
            Kind::Counter => &["_total", "_created"],
            Kind::Summary => &["", "_count", "_sum", "_created"],
            Kind::Histogram => &["_bucket", "_count", "_sum", "_created"],
            Kind::GaugeHistogram => &["_bucket", "_gcount", "_gsum"],
            Kind::Info => &["_info"],
            Kind::Unknown | Kind::Gauge | Kind::StateSet => &[""],
        }
    }
}

impl Sample<'_, '_> {
    /// The value of a label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|label| label.name == name).map(|label| &*label.value)
    }
}
