//! The world of a test: samples in memory, what it brings and what its rules write.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, RwLock};

use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Samples, Select, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, Sample};
use vitrine_model::{Labels, Matcher, Millis};
use vitrine_query::{Engine, Limits};

use crate::alert::turn::External;
use crate::alert::world::{Kept, World};

/// Rules over samples in memory.
pub(super) struct Test {
    samples: Arc<Memory>,
    world: World,
}

impl Test {
    pub(super) fn new(external: External) -> Test {
        let samples = Arc::new(Memory::default());
        let engine = Engine::new(Arc::clone(&samples) as Arc<_>, Limits::default());
        let world = World::over(Box::new(engine), Arc::clone(&samples) as Arc<_>, external);
        Test { samples, world }
    }

    pub(super) fn bring(&self, samples: impl IntoIterator<Item = (Labels, Sample)>) {
        self.samples.write(samples.into_iter().collect());
    }
}

impl Deref for Test {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Test {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

type Series = BTreeMap<Labels, BTreeMap<Millis, f64>>;

#[derive(Debug, Default)]
struct Memory(RwLock<Series>);

impl Kept for Memory {
    fn write(&self, samples: Vec<(Labels, Sample)>) {
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
