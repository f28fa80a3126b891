//! Samples in memory, at whatever times the tests want.

use std::collections::{BTreeMap, BTreeSet};

use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Samples, Select, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, MetricKind, Sample};
use vitrine_model::{Labels, Matcher, Millis};

use super::series;

#[derive(Debug, Default)]
pub struct Memory {
    samples: BTreeMap<Labels, BTreeMap<Millis, f64>>,
    /// Series that cannot be loaded, and the lines they stand on.
    histograms: Vec<(Labels, usize)>,
}

impl Memory {
    /// A series of one sample per step.
    pub fn load(&mut self, step: Millis, text: &str, line: usize) -> Result<(), String> {
        let (labels, values) = series::split(text)?;
        if series::has_histograms(values) {
            self.histograms.push((labels, line));
            return Ok(());
        }
        let samples = self.samples.entry(labels).or_default();
        for (place, value) in series::values(values)?.into_iter().enumerate() {
            samples.extend(value.map(|value| (step * place as Millis, value)));
        }
        Ok(())
    }

    /// A series with samples at moments of their own.
    pub fn add(&mut self, labels: Labels, samples: Vec<Sample>) {
        self.samples.entry(labels).or_default().extend(samples.into_iter().map(|sample| (sample.time, sample.value)));
    }

    /// The line of a series with native histograms that these matchers would select.
    pub(super) fn histogram_line(&self, matchers: &[Matcher]) -> Option<usize> {
        let matching = |labels: &Labels| matchers.iter().all(|matcher| matcher.matches(labels));
        self.histograms.iter().find(|(labels, _)| matching(labels)).map(|(_, line)| *line)
    }
}

impl Samples for Memory {
    fn push(&self, _: &[Push], _: Bounds) -> Result<Vec<Appended>, StoreError> {
        Err(StoreError("these samples are fixed".to_owned()))
    }

    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        let (mut times, mut values) = (Vec::new(), Vec::new());
        for (labels, samples) in &self.samples {
            if !select.matchers.iter().all(|matcher| matcher.matches(labels)) {
                continue;
            }
            times.clear();
            values.clear();
            for (time, value) in samples.range(select.start..=select.end) {
                times.push(*time);
                values.push(*value);
            }
            if !times.is_empty() && take(labels, &times, &values).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn series(&self, matchers: &[Matcher], _: Millis, _: Millis, limit: usize) -> Result<Vec<Labels>, StoreError> {
        let matching = self.samples.keys().filter(|labels| matchers.iter().all(|matcher| matcher.matches(labels)));
        Ok(matching.take(limit).cloned().collect())
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        let names: BTreeSet<&str> = self.samples.keys().map(Labels::name).collect();
        let family =
            |name: &str| Family { name: name.to_owned(), kind: MetricKind::Unknown, help: String::new(), unit: String::new() };
        Ok(names.into_iter().map(family).collect())
    }

    fn forget(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }
}
