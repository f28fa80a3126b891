//! From matchers to series.
//!
//! Equality comes first, as it leaves the fewest; then each other matcher either looks at the series that are left, or
//! gathers the values that fit, whichever is less work. What a pattern found among many values is remembered.

use std::sync::{Arc, PoisonError};

use roaring::RoaringBitmap;
use vitrine_model::Matcher;
use vitrine_model::matcher::Test;

use super::{Index, Name, PairId, Slot};

/// Patterns remembered, and the fewest values at which that is worth it.
const PATTERNS: usize = 256;
const WORTH_REMEMBERING: usize = 64;

/// The pairs that fit a pattern, as of a version of the label's values.
#[derive(Debug)]
pub(super) struct Found {
    version: u64,
    pairs: Arc<[PairId]>,
}

/// What many patterns are in truth.
enum Shape<'a> {
    /// `a|b|c`
    Words(Vec<&'a str>),
    /// `abc.*`, `abc.+`: the beginning, and whether more must follow.
    Beginning(&'a str, bool),
    Other,
}

impl Index {
    /// Series that fit all matchers.
    pub(in super::super) fn matching(&self, matchers: &[Matcher]) -> RoaringBitmap {
        let mut equal = Vec::new();
        let mut others = Vec::new();
        for matcher in matchers {
            match &matcher.test {
                Test::Equal(value) if !value.is_empty() => match self.pair_of(&matcher.name, value) {
                    Some(pair) => equal.push(&self.pairs[pair as usize].postings),
                    None => return RoaringBitmap::new(),
                },
                _ => others.push(matcher),
            }
        }
        equal.sort_by_key(|postings| postings.len());
        let mut found = equal.first().map_or_else(|| self.live.clone(), |postings| postings.to_set());
        for postings in equal.iter().skip(1) {
            postings.narrow(&mut found);
        }
        for matcher in others {
            if found.is_empty() {
                break;
            }
            self.narrow(matcher, &mut found);
        }
        found
    }

    fn pair_of(&self, name: &str, value: &str) -> Option<PairId> {
        let mut text = Vec::with_capacity(4 + name.len() + value.len());
        text.extend_from_slice(&u16::try_from(name.len()).ok()?.to_le_bytes());
        text.extend_from_slice(&u16::try_from(value.len()).ok()?.to_le_bytes());
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(value.as_bytes());
        self.by_text.find(vitrine_model::push::hash(&text), |pair| self.text(*pair) == text).copied()
    }

    fn narrow(&self, matcher: &Matcher, found: &mut RoaringBitmap) {
        let fits_nothing = matcher.matches_value("");
        let Some(name) = self.names.get(matcher.name.as_str()) else {
            if !fits_nothing {
                found.clear();
            }
            return;
        };
        if (found.len() as usize) < name.pairs.len() {
            let fits = |slot: &Slot| matcher.matches_value(self.value(*slot, name.number).unwrap_or(""));
            *found = found.iter().filter(fits).collect();
            return;
        }
        let pairs = self.fitting(matcher, name, !fits_nothing);
        let (mut singles, mut set) = (Vec::new(), RoaringBitmap::new());
        for pair in pairs.iter() {
            self.pairs[*pair as usize].postings.gather(&mut singles, &mut set);
        }
        singles.sort_unstable();
        set |= RoaringBitmap::from_iter(singles);
        // With the matcher's no for "nothing there", those that fit stay; with its yes, those that do not go.
        if fits_nothing {
            *found -= set;
        } else {
            *found &= set;
        }
    }

    pub(super) fn value(&self, slot: Slot, name: u32) -> Option<&str> {
        let mut pairs = self.pairs_of(&self.series[slot as usize]).iter();
        pairs.find(|pair| self.pairs[**pair as usize].name == name).map(|pair| self.name_and_value(*pair).1)
    }

    /// The pairs of a name whose values fit (`wanted`) or do not.
    fn fitting(&self, matcher: &Matcher, name: &Name, wanted: bool) -> Arc<[PairId]> {
        let pattern = match &matcher.test {
            Test::Match(pattern) | Test::NotMatch(pattern) => pattern.as_str(),
            Test::Equal(_) | Test::NotEqual(_) => "",
        };
        let positive = matches!(matcher.test, Test::Match(_)) == wanted;
        match shape(pattern) {
            Shape::Words(words) if positive && !pattern.is_empty() => {
                return words.into_iter().filter_map(|word| self.pair_of(&matcher.name, word)).collect();
            }
            Shape::Beginning(start, more) if !pattern.is_empty() => {
                let fits = |value: &str| value.strip_prefix(start).is_some_and(|rest| !(more && rest.is_empty()));
                let pairs = name.pairs.iter().copied();
                return pairs.filter(|pair| fits(self.name_and_value(*pair).1) == positive).collect();
            }
            Shape::Words(_) | Shape::Beginning(..) | Shape::Other => {}
        }
        let key = (format!("{}{}", matcher.name, if wanted == positive { "" } else { "!" }), pattern.to_owned());
        let worth = !pattern.is_empty() && name.pairs.len() >= WORTH_REMEMBERING;
        if worth && let Some(found) = self.patterns().get(&key).filter(|found| found.version == name.version) {
            return Arc::clone(&found.pairs);
        }
        let fits = |pair: &PairId| matcher.matches_value(self.name_and_value(*pair).1) == wanted;
        let pairs: Arc<[PairId]> = name.pairs.iter().copied().filter(fits).collect();
        if worth {
            let mut patterns = self.patterns();
            if patterns.len() >= PATTERNS {
                patterns.clear();
            }
            patterns.insert(key, Found { version: name.version, pairs: Arc::clone(&pairs) });
        }
        pairs
    }

    fn patterns(&self) -> std::sync::MutexGuard<'_, std::collections::HashMap<(String, String), Found>> {
        self.patterns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shape(pattern: &str) -> Shape<'_> {
    let is_plain = |text: &str| text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"_-:/ @,%~".contains(&letter));
    let Some(inner) = pattern.strip_prefix("^(?s:").and_then(|rest| rest.strip_suffix(")$")) else { return Shape::Other };
    let words: Vec<&str> = inner.split('|').collect();
    if words.iter().all(|word| is_plain(word)) {
        return Shape::Words(words);
    }
    let beginning = inner.strip_suffix(".*").map(|start| (start, false));
    match beginning.or_else(|| inner.strip_suffix(".+").map(|start| (start, true))) {
        Some((start, more)) if is_plain(start) => Shape::Beginning(start, more),
        _ => Shape::Other,
    }
}
