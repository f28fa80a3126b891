//! A collection's samples: from symbol table and columns to labelled samples.

use std::sync::Arc;

use vitrine_model::labels::{Labels, NAME, is_label_name};
use vitrine_model::sample::{Batch, Family, MetricKind, Sample};
use vitrine_model::{Fault, Millis};

use super::{cut, wrong};
use crate::bindings::exported::collector;

/// The last moment that a sample may have: the end of the year 9999.
const LATEST: Millis = 253_402_300_799_999;
/// What one series may be named by; the store has the same bounds.
const LABELS: usize = 64;
const SYMBOL_BYTES: usize = 4 << 10;
/// Metric families that one collection may describe, and how much of each is kept.
const FAMILIES: usize = 10_000;
const NAME_BYTES: usize = 1 << 10;
const HELP_BYTES: usize = 1 << 10;
const UNIT_BYTES: usize = 64;

/// What names the series of a batch. A plugin mostly brings the same series at each tick: their labels are then made
/// once, and who hears of them knows them again by their place in memory.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    symbols: Vec<String>,
    labels: Vec<u32>,
    ends: Vec<u32>,
    series: Vec<Labels>,
}

/// A larger layout is not kept: it would cost more memory than it saves time.
const KEPT: usize = 20_000;

impl Layout {
    fn is_of(&self, batch: &collector::Batch) -> bool {
        self.ends == batch.ends && self.labels == batch.labels && self.symbols == batch.symbols
    }

    fn new(batch: &mut collector::Batch) -> Result<Layout, Fault> {
        let symbols: Vec<Arc<str>> = batch.symbols.iter().map(|symbol| Arc::from(symbol.as_str())).collect();
        let mut series = Vec::with_capacity(batch.ends.len());
        let mut start = 0;
        for end in &batch.ends {
            let end = *end as usize;
            let pairs =
                batch.labels.get(start..end).ok_or_else(|| wrong("a series of a batch ends where there are no labels"))?;
            series.push(labels(&symbols, pairs)?);
            start = end;
        }
        let [labels, ends] = [&mut batch.labels, &mut batch.ends].map(std::mem::take);
        Ok(Layout { symbols: std::mem::take(&mut batch.symbols), labels, ends, series })
    }
}

/// Samples without a time of their own get `now`. `known` is the layout of the batch before, and then of this one.
pub(crate) fn batch(mut batch: collector::Batch, now: Millis, known: &mut Layout) -> Result<Batch, Fault> {
    let count = batch.ends.len();
    if batch.values.len() != count || !(batch.times.is_empty() || batch.times.len() == count) {
        return Err(wrong("the columns of a batch differ in length"));
    }
    if let Some(time) = batch.times.iter().find(|time| !(0..=LATEST).contains(*time)) {
        return Err(wrong(format!("a sample's time of {time} ms is not between the years 1970 and 9999")));
    }
    if let Some(long) = batch.symbols.iter().find(|symbol| symbol.len() > SYMBOL_BYTES) {
        return Err(wrong(format!("a label of {} bytes is longer than the {SYMBOL_BYTES} that one may have", long.len())));
    }
    if batch.families.len() > FAMILIES {
        return Err(wrong(format!(
            "{} metric families are more than the {FAMILIES} that one collection may have",
            batch.families.len()
        )));
    }
    if !known.is_of(&batch) {
        *known = Layout::default();
        *known = Layout::new(&mut batch)?;
    }
    let timed = |place: usize| batch.times.get(place).copied().unwrap_or(now);
    let values = batch.values.iter().enumerate().map(|(place, value)| Sample { time: timed(place), value: *value });
    let samples = known.series.iter().cloned().zip(values).collect();
    if count > KEPT {
        *known = Layout::default();
    }
    Ok(Batch {
        families: batch
            .families
            .into_iter()
            .filter(|family| is_metric_name(&family.name) && family.name.len() <= NAME_BYTES)
            .map(family)
            .collect(),
        samples,
    })
}

fn labels(symbols: &[Arc<str>], pairs: &[u32]) -> Result<Labels, Fault> {
    let symbol = |index: &u32| {
        symbols.get(*index as usize).cloned().ok_or_else(|| wrong("a batch refers to a symbol that it does not have"))
    };
    if pairs.len() / 2 > LABELS {
        return Err(wrong(format!("a series with {} labels has more than {LABELS}", pairs.len() / 2)));
    }
    let mut list = Vec::with_capacity(pairs.len() / 2);
    for pair in pairs.chunks(2) {
        let [name, value] = pair else { return Err(wrong("a series of a batch has a label name without a value")) };
        let name = symbol(name)?;
        if !is_label_name(&name) {
            return Err(wrong(format!("{name:?} is not a label name")));
        }
        list.push((name, symbol(value)?));
    }
    let labels = Labels::from_pairs(list);
    if !is_metric_name(labels.name()) {
        return Err(wrong(format!("{:?} is not a metric name", labels.get(NAME).unwrap_or(""))));
    }
    Ok(labels)
}

fn is_metric_name(name: &str) -> bool {
    !name.is_empty()
        && name.split(':').all(|part| {
            part.is_empty() || is_label_name(part) || part.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
        })
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

fn family(family: collector::Family) -> Family {
    let kind = match family.kind {
        collector::MetricKind::Unknown => MetricKind::Unknown,
        collector::MetricKind::Counter => MetricKind::Counter,
        collector::MetricKind::Gauge => MetricKind::Gauge,
        collector::MetricKind::Histogram => MetricKind::Histogram,
        collector::MetricKind::Summary => MetricKind::Summary,
    };
    Family { name: family.name, kind, help: cut(family.help, HELP_BYTES), unit: cut(family.unit, UNIT_BYTES) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn batch(raw: collector::Batch, now: Millis) -> Result<Batch, Fault> {
        super::batch(raw, now, &mut Layout::default())
    }

    fn raw(symbols: &[&str], labels: &[u32], ends: &[u32], values: &[f64], times: &[i64]) -> collector::Batch {
        collector::Batch {
            families: Vec::new(),
            symbols: symbols.iter().map(|text| (*text).to_owned()).collect(),
            labels: labels.to_vec(),
            ends: ends.to_vec(),
            values: values.to_vec(),
            times: times.to_vec(),
        }
    }

    #[test]
    fn symbols_become_labels_and_missing_times_become_now() {
        let made = batch(raw(&["__name__", "up", "job", "web"], &[0, 1, 2, 3, 0, 1], &[4, 6], &[1.0, 0.0], &[]), 7).unwrap();
        let shown: Vec<_> =
            made.samples.iter().map(|(labels, sample)| format!("{labels} {} {}", sample.value, sample.time)).collect();
        assert_eq!(shown, [r#"up{job="web"} 1 7"#, "up 0 7"]);
    }

    #[test]
    fn the_same_series_are_named_once_and_others_anew() {
        let mut known = Layout::default();
        let symbols = ["__name__", "up", "job", "web", "db"];
        let mut told = |labels: &[u32], values: &[f64]| {
            super::batch(raw(&symbols, labels, &[4], values, &[]), 7, &mut known).unwrap().samples.remove(0)
        };
        let (first, again, other) = (told(&[0, 1, 2, 3], &[1.0]), told(&[0, 1, 2, 3], &[2.0]), told(&[0, 1, 2, 4], &[3.0]));
        assert!(first.0.is_same(&again.0));
        assert_eq!((first.1.value, again.1.value), (1.0, 2.0));
        assert_eq!((other.0.to_string(), other.1.value), (r#"up{job="db"}"#.to_owned(), 3.0));
        assert!(super::batch(raw(&symbols, &[0, 9], &[2], &[1.0], &[]), 7, &mut known).is_err());
        assert_eq!(super::batch(raw(&symbols, &[0, 1], &[2], &[1.0], &[]), 7, &mut known).unwrap().samples.len(), 1);
    }

    #[test]
    fn what_breaks_the_contract_is_the_plugins_fault() {
        for broken in [
            raw(&["__name__"], &[0, 9], &[2], &[1.0], &[]),
            raw(&["__name__", "up"], &[0, 1], &[4], &[1.0], &[]),
            raw(&["__name__", "up"], &[0, 1], &[2, 1], &[1.0, 1.0], &[]),
            raw(&["__name__", "up"], &[0], &[1], &[1.0], &[]),
            raw(&["__name__", "up"], &[0, 1], &[2], &[], &[]),
            raw(&["__name__", "up"], &[0, 1], &[2], &[1.0], &[1, 2]),
            raw(&["__name__", "9up"], &[0, 1], &[2], &[1.0], &[]),
            raw(&["__name__", "up", "a-b"], &[0, 1, 2, 1], &[4], &[1.0], &[]),
            raw(&["job", "up"], &[0, 1], &[2], &[1.0], &[]),
            raw(&["__name__", "up"], &[0, 1], &[2], &[1.0], &[-1]),
            raw(&["__name__", "up"], &[0, 1], &[2], &[1.0], &[i64::MIN]),
            raw(&["__name__", "up"], &[0, 1], &[2], &[1.0], &[i64::MAX]),
        ] {
            assert!(matches!(batch(broken, 0), Err(Fault::Internal(_))));
        }
    }
}
