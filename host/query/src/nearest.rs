//! What a selector that finds nothing most likely meant: the series there are that come nearest to it.

use std::collections::BTreeMap;

use vitrine_model::labels::NAME;
use vitrine_model::matcher::Test;
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::Samples;
use vitrine_model::{Labels, Matcher, Millis};

/// Selectors looked at, series of one metric held against a selector, and answers given: an empty panel is drawn again at
/// each refresh, so this must cost next to nothing.
const SELECTORS: usize = 4;
const SERIES: usize = 1_000;
const ANSWERS: usize = 3;
/// Longer words are not compared: the time for it grows with the product of the lengths.
const LETTERS: usize = 100;
/// What a label costs that a series does not have at all.
const MISSING: usize = 50;

/// Selectors that find something, nearest first; none where the series are there and only their samples are not.
pub(crate) fn nearest(samples: &dyn Samples, selectors: &[&[Matcher]]) -> Result<Vec<String>, StoreError> {
    let mut answers = Vec::new();
    for matchers in selectors.iter().take(SELECTORS) {
        let Some(name) = wanted_name(matchers) else { continue };
        let series = samples.series(&[Matcher::equal(NAME, name)], Millis::MIN, Millis::MAX, SERIES)?;
        answers.extend(if series.is_empty() { names(samples, name)? } else { selections(name, matchers, &series) });
    }
    answers.dedup();
    answers.truncate(ANSWERS);
    Ok(answers)
}

fn wanted_name(matchers: &[Matcher]) -> Option<&str> {
    matchers.iter().find_map(|matcher| match &matcher.test {
        Test::Equal(name) if matcher.name == NAME => Some(name.as_str()),
        _ => None,
    })
}

/// The names of metrics that this may be a misspelling or a part of.
fn names(samples: &dyn Samples, wanted: &str) -> Result<Vec<String>, StoreError> {
    let families = samples.families()?;
    let near = families.iter().filter_map(|family| {
        let is_part = family.name.starts_with(wanted) || wanted.starts_with(&family.name);
        let distance = if is_part { 1 } else { distance(wanted, &family.name) };
        (distance <= wanted.chars().count().div_ceil(3)).then(|| (distance, family.name.clone()))
    });
    Ok(first(near.collect()))
}

/// The metric with the values that its series have where the selector wants others.
fn selections(name: &str, matchers: &[Matcher], series: &[Labels]) -> Vec<String> {
    let mut costs = BTreeMap::new();
    for labels in series {
        let cost: usize = matchers.iter().map(|matcher| cost(matcher, labels)).sum();
        if cost == 0 {
            return Vec::new();
        }
        let least = costs.entry(selector(name, matchers, labels)).or_insert(cost);
        *least = cost.min(*least);
    }
    first(costs.into_iter().map(|(text, cost)| (cost, text)).collect())
}

fn cost(matcher: &Matcher, labels: &Labels) -> usize {
    if matcher.matches(labels) {
        return 0;
    }
    match (&matcher.test, labels.get(&matcher.name)) {
        (_, None) => MISSING,
        (Test::Equal(wanted), Some(value)) => distance(wanted, value).clamp(1, MISSING),
        (Test::Match(_) | Test::NotEqual(_) | Test::NotMatch(_), Some(_)) => MISSING / 2,
    }
}

/// `name{label="value"}` with the labels that the selector asks of and the values that this series has.
fn selector(name: &str, matchers: &[Matcher], labels: &Labels) -> String {
    let mut asked: Vec<&str> = matchers.iter().map(|matcher| matcher.name.as_str()).filter(|label| *label != NAME).collect();
    asked.sort_unstable();
    asked.dedup();
    let pairs: Vec<String> = asked.into_iter().filter_map(|label| Some(format!("{label}={:?}", labels.get(label)?))).collect();
    if pairs.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", pairs.join(",")) }
}

fn distance(wanted: &str, other: &str) -> usize {
    let is_long = |text: &str| text.len() > LETTERS;
    if is_long(wanted) || is_long(other) {
        usize::MAX
    } else {
        strsim::osa_distance(&wanted.to_lowercase(), &other.to_lowercase())
    }
}

fn first(mut found: Vec<(usize, String)>) -> Vec<String> {
    found.sort();
    found.into_iter().take(ANSWERS).map(|(_, text)| text).collect()
}
