//! Samples in memory, written in the notation of Prometheus's own tests: `metric{label="x"} 1+2x3 _ stale NaN`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vitrine_model::matcher::Test;
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Samples, Select, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, MetricKind, stale};
use vitrine_model::{Labels, Matcher, Millis};

#[derive(Debug, Default)]
pub(super) struct Memory(BTreeMap<Labels, BTreeMap<Millis, f64>>);

impl Memory {
    /// One series per line, one sample per step.
    pub(super) fn load(step: Millis, lines: &str) -> Arc<Memory> {
        let mut memory = Memory::default();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            assert!(memory.load_line(step, line), "{line}");
        }
        Arc::new(memory)
    }

    /// Whether the line could be read.
    pub(super) fn load_line(&mut self, step: Millis, line: &str) -> bool {
        let Some((labels, values)) = split_series(line) else { return false };
        let Some(values) = values.split_whitespace().map(numbers).collect::<Option<Vec<_>>>() else { return false };
        let series = self.0.entry(labels).or_default();
        for (place, value) in values.into_iter().flatten().enumerate() {
            series.extend(value.map(|value| (step * place as Millis, value)));
        }
        true
    }
}

/// Labels, and the rest of the line.
pub(super) fn split_series(line: &str) -> Option<(Labels, &str)> {
    let end = match (line.find('{'), line.find([' ', '\t'])) {
        (Some(brace), Some(space)) if brace < space => closing_brace(line)? + 1,
        (Some(_), None) => closing_brace(line)? + 1,
        (_, Some(space)) => space,
        (None, None) => return None,
    };
    let (selector, rest) = line.split_at(end);
    if selector == "{}" {
        return Some((Labels::new(), rest));
    }
    let expr = crate::Expr::parse(selector).ok()?;
    let pairs = expr.selectors().next()?.iter().filter_map(|matcher| match &matcher.test {
        Test::Equal(value) => Some((matcher.name.clone(), value.clone())),
        _ => None,
    });
    Some((Labels::from_pairs(pairs), rest))
}

fn closing_brace(line: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    line.char_indices().find_map(|(place, letter)| {
        let was_escaped = escaped;
        escaped = letter == '\\' && !was_escaped;
        quoted ^= letter == '"' && !was_escaped;
        (letter == '}' && !quoted).then_some(place)
    })
}

/// `3`, `_`, `stale`, `1x4`, `1+2x3`, `_x5`.
pub(super) fn numbers(text: &str) -> Option<Vec<Option<f64>>> {
    let one = |text: &str| match text {
        "_" => Some(None),
        "stale" => Some(Some(stale())),
        _ => text.parse::<f64>().ok().map(Some),
    };
    let Some((first, count)) = text.rsplit_once('x') else { return one(text).map(|value| vec![value]) };
    let count: usize = count.parse().ok()?;
    if first == "_" {
        return Some(vec![None; count]);
    }
    if let Some(value) = one(first) {
        return Some(vec![value; count + 1]);
    }
    let sign = first.rfind(['+', '-'])?;
    let start: f64 = first[..sign].parse().ok()?;
    let by: f64 = first[sign..].parse().ok()?;
    Some((0..=count).scan(start, |value, _| Some(Some(std::mem::replace(value, *value + by)))).collect())
}

impl Samples for Memory {
    fn push(&self, _: &[Push], _: Bounds) -> Result<Vec<Appended>, StoreError> {
        Err(StoreError("these samples are fixed".to_owned()))
    }

    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        let matching = self.0.iter().filter(|(labels, _)| select.matchers.iter().all(|matcher| matcher.matches(labels)));
        let (mut series, mut samples) = (0, 0);
        for (labels, column) in matching {
            let (times, values): (Vec<Millis>, Vec<f64>) = column.range(select.start..=select.end).unzip();
            if times.is_empty() {
                continue;
            }
            series += 1;
            samples += times.len();
            if series > select.limits.series || samples > select.limits.samples {
                return Err(StoreError("too much".to_owned()));
            }
            if take(labels, &times, &values).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn series(&self, matchers: &[Matcher], _: Millis, _: Millis, _: usize) -> Result<Vec<Labels>, StoreError> {
        Ok(self.0.keys().filter(|labels| matchers.iter().all(|matcher| matcher.matches(labels))).cloned().collect())
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        let names: BTreeSet<&str> = self.0.keys().map(Labels::name).collect();
        let family =
            |name: &str| Family { name: name.to_owned(), kind: MetricKind::Unknown, help: String::new(), unit: String::new() };
        Ok(names.into_iter().map(family).collect())
    }

    fn forget(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }
}
