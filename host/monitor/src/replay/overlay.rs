//! Stored samples with what the rules of a replay write laid over them: from its beginning on, series of their names are theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Samples, Select, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, Sample};
use vitrine_model::{Labels, Matcher, Millis};

use crate::alert::{Group, Kept, Rule, asks_for, may_be_named};

/// Samples that the rules of a replay may write.
const SAMPLES: usize = 20_000_000;

/// What rules write, by name.
pub(super) struct Written {
    names: BTreeSet<String>,
    /// Those that somebody may ask for; others need not be kept.
    wanted: BTreeSet<String>,
}

impl Written {
    pub(super) fn new(names: &[String], groups: &[Group]) -> Written {
        let rules = || groups.iter().flat_map(|group| &group.rules);
        let asks = |rule: &Rule, name: &str| match rule {
            Rule::Record(rule) => asks_for(&rule.expr, name),
            Rule::Alert(rule) => {
                let over = rule.resolve_when.as_ref().is_some_and(|expr| asks_for(expr, name));
                // A template may ask for anything that it names.
                let mut texts = rule.labels.iter().chain(&rule.annotations);
                over || asks_for(&rule.expr, name) || texts.any(|(_, text)| text.written().contains("query"))
            }
        };
        let wanted = names.iter().filter(|name| rules().any(|rule| asks(rule, name))).cloned().collect();
        Written { names: names.iter().cloned().collect(), wanted }
    }
}

type Columns = (Vec<Millis>, Vec<f64>);

#[derive(Default)]
struct Laid {
    series: BTreeMap<Labels, Columns>,
    samples: usize,
}

/// As [`Samples`], read only.
pub(super) struct Overlay {
    stored: Arc<dyn Samples>,
    written: Written,
    begin: Millis,
    laid: RwLock<Laid>,
}

impl Overlay {
    pub(super) fn new(stored: Arc<dyn Samples>, written: Written, begin: Millis) -> Overlay {
        Overlay { stored, written, begin, laid: RwLock::default() }
    }

    /// Whether all that was written found room.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.laid.read().unwrap_or_else(PoisonError::into_inner).samples <= SAMPLES {
            true => Ok(()),
            false => Err(format!("the rules write more than {SAMPLES} samples: choose a shorter time with `--from`")),
        }
    }

    fn may_be_written(&self, matchers: &[Matcher]) -> bool {
        self.written.names.iter().any(|name| may_be_named(matchers, name))
    }
}

impl Kept for Overlay {
    fn write(&self, samples: Vec<(Labels, Sample)>) {
        let mut laid = self.laid.write().unwrap_or_else(PoisonError::into_inner);
        for (labels, sample) in samples {
            if !self.written.wanted.contains(labels.name()) || laid.samples > SAMPLES {
                continue;
            }
            laid.samples += 1;
            let (times, values) = laid.series.entry(labels).or_default();
            // Of one moment, the later word counts; moments of one series only go on.
            if times.last() == Some(&sample.time) {
                times.pop();
                values.pop();
            }
            times.push(sample.time);
            values.push(sample.value);
        }
    }
}

fn fits(matchers: &[Matcher], labels: &Labels) -> bool {
    matchers.iter().all(|matcher| matcher.matches(labels))
}

impl Samples for Overlay {
    fn push(&self, _: &[Push], _: Bounds) -> Result<Vec<Appended>, StoreError> {
        Err(StoreError("a replay takes no samples".to_owned()))
    }

    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        if !self.may_be_written(select.matchers) {
            return self.stored.scan(select, take);
        }
        let mut found: BTreeMap<Labels, Columns> = BTreeMap::new();
        // All samples: the one that matters at a moment may be among those that are not taken.
        let all = Select { hint: None, moments: None, ..*select };
        self.stored.scan(&all, &mut |labels, times, values| {
            let is_written = self.written.names.contains(labels.name());
            let count = if is_written { times.partition_point(|time| *time < self.begin) } else { times.len() };
            if count > 0 {
                found.insert(labels.clone(), (times[..count].to_vec(), values[..count].to_vec()));
            }
            std::ops::ControlFlow::Continue(())
        })?;
        let laid = self.laid.read().unwrap_or_else(PoisonError::into_inner);
        for (labels, (times, values)) in laid.series.iter().filter(|(labels, _)| fits(select.matchers, labels)) {
            let first = times.partition_point(|time| *time < select.start);
            let end = times.partition_point(|time| *time <= select.end);
            if first < end {
                let (own_times, own_values) = found.entry(labels.clone()).or_default();
                own_times.extend(&times[first..end]);
                own_values.extend(&values[first..end]);
            }
        }
        drop(laid);
        for (labels, (times, values)) in &found {
            if take(labels, times, values).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn series(&self, matchers: &[Matcher], start: Millis, end: Millis, limit: usize) -> Result<Vec<Labels>, StoreError> {
        let mut found = self.stored.series(matchers, start, end, limit)?;
        if self.may_be_written(matchers) {
            let laid = self.laid.read().unwrap_or_else(PoisonError::into_inner);
            found.extend(laid.series.keys().filter(|labels| fits(matchers, labels)).cloned());
            found.sort();
            found.dedup();
            found.truncate(limit);
        }
        Ok(found)
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        self.stored.families()
    }

    fn forget(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }
}
