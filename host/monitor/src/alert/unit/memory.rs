//! Samples in memory: what a test brings, and what its rules write.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Samples, Select, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, Sample};
use vitrine_model::{Labels, Matcher, Millis};

type Series = BTreeMap<Labels, BTreeMap<Millis, f64>>;

#[derive(Debug, Default)]
pub(super) struct Memory(RwLock<Series>);

impl Memory {
    pub(super) fn write(&self, samples: impl IntoIterator<Item = (Labels, Sample)>) {
        let mut series = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (labels, sample) in samples {
            series.entry(labels).or_default().insert(sample.time, sample.value);
        }
    }
}

fn fits(matchers: &[Matcher], labels: &Labels) -> bool {
    matchers.iter().all(|matcher| matcher.matches(labels))
}

impl Samples for Memory {
    fn push(&self, _: &[Push], _: Bounds) -> Result<Vec<Appended>, StoreError> {
        Err(StoreError("samples of a test come from its file".to_owned()))
    }

    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        let series = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for (labels, samples) in series.iter().filter(|(labels, _)| fits(select.matchers, labels)) {
            let (times, values): (Vec<_>, Vec<_>) = samples.range(select.start..=select.end).unzip();
            if !times.is_empty() && take(labels, &times, &values).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn series(&self, matchers: &[Matcher], _: Millis, _: Millis, limit: usize) -> Result<Vec<Labels>, StoreError> {
        let series = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(series.keys().filter(|labels| fits(matchers, labels)).take(limit).cloned().collect())
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        Ok(Vec::new())
    }

    fn forget(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }
}
