//! Label sets: what names a series.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The label that holds a metric's name.
pub const NAME: &str = "__name__";

/// Seeded anew in each process, so that nobody outside can choose labels that collide.
static HASHING: LazyLock<foldhash::quality::RandomState> = LazyLock::new(foldhash::quality::RandomState::default);

type Pair = (Arc<str>, Arc<str>);

/// A sorted set of labels with distinct names. Cheap to clone; empty values do not exist.
///
/// Its hash is worked out once, when it is made: a series is looked up far more often than it is named.
#[derive(Clone)]
pub struct Labels {
    hash: u64,
    pairs: Arc<[Pair]>,
}

impl Labels {
    pub fn new() -> Labels {
        Labels::default()
    }

    /// The pairs are sorted, and no name comes twice.
    fn sorted(pairs: Arc<[Pair]>) -> Labels {
        Labels { hash: HASHING.hash_one(&pairs), pairs }
    }

    /// Whether both are the same piece of memory: true only where they are equal, and never dear to ask.
    pub fn is_same(&self, other: &Labels) -> bool {
        Arc::ptr_eq(&self.pairs, &other.pairs)
    }

    /// What a hash table may use as it is; differs from process to process.
    pub fn hash_value(&self) -> u64 {
        self.hash
    }

    /// Sorts and keeps the last of equal names; a label with an empty value is no label.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Labels
    where
        N: Into<Arc<str>>,
        V: Into<Arc<str>>,
    {
        let mut list: Vec<(Arc<str>, Arc<str>)> = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        // A stable sort keeps equal names in order, so the last one given wins below.
        list.sort_by(|a, b| a.0.cmp(&b.0));
        list.reverse();
        list.dedup_by(|a, b| a.0 == b.0);
        list.reverse();
        list.retain(|(_, value)| !value.is_empty());
        Labels::sorted(list.into())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let place = self.pairs.binary_search_by(|(key, _)| key.as_ref().cmp(name)).ok()?;
        Some(&self.pairs[place].1)
    }

    /// The metric's name, or nothing.
    pub fn name(&self) -> &str {
        self.get(NAME).unwrap_or("")
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// The same labels less those for which `keep` says no.
    pub fn filter(&self, mut keep: impl FnMut(&str) -> bool) -> Labels {
        Labels::sorted(self.pairs.iter().filter(|(name, _)| keep(name)).cloned().collect())
    }

    pub fn without_name(&self) -> Labels {
        self.filter(|name| name != NAME)
    }

    /// Names an alert by its labels, as Alertmanager's fingerprints do: FNV-1a over the sorted labels, sixteen hex digits.
    pub fn fingerprint(&self) -> String {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        const SEPARATOR: u8 = 0xff;
        let mut sum = OFFSET;
        let mut add = |byte: u8| sum = (sum ^ u64::from(byte)).wrapping_mul(PRIME);
        for (name, value) in self.iter() {
            name.bytes().for_each(&mut add);
            add(SEPARATOR);
            value.bytes().for_each(&mut add);
            add(SEPARATOR);
        }
        format!("{sum:016x}")
    }

    /// The same labels with another set over them; shares the text of both.
    pub fn under(&self, over: &Labels) -> Labels {
        let (mut below, mut above) = (self.pairs.iter().peekable(), over.pairs.iter().peekable());
        let mut pairs = Vec::with_capacity(self.len() + over.len());
        loop {
            let order = match (below.peek(), above.peek()) {
                (Some(one), Some(other)) => one.0.cmp(&other.0),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return Labels::sorted(pairs.into()),
            };
            if order == Ordering::Equal {
                below.next();
            }
            let next = if order == Ordering::Less { below.next() } else { above.next() };
            pairs.extend(next.cloned());
        }
    }

    /// The same labels with these set over them.
    pub fn with<'a>(&self, more: impl IntoIterator<Item = (&'a str, &'a str)>) -> Labels {
        let own = self.pairs.iter().cloned();
        Labels::from_pairs(own.chain(more.into_iter().map(|(name, value)| (name.into(), value.into()))))
    }
}

impl Default for Labels {
    fn default() -> Labels {
        Labels::sorted(Arc::default())
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Labels) -> bool {
        self.is_same(other) || (self.hash == other.hash && self.pairs == other.pairs)
    }
}

impl Eq for Labels {}

impl Hash for Labels {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Labels) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Labels {
    fn cmp(&self, other: &Labels) -> Ordering {
        self.pairs.cmp(&other.pairs)
    }
}

/// As in PromQL: `up{job="web"}`.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        let rest: Vec<_> = self.iter().filter(|(name, _)| *name != NAME).collect();
        if rest.is_empty() && !self.name().is_empty() {
            return Ok(());
        }
        f.write_str("{")?;
        for (place, (name, value)) in rest.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{name}={value:?}")?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> serde::Deserialize<'de> for Labels {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Labels, D::Error> {
        let map = std::collections::BTreeMap::<String, String>::deserialize(deserializer)?;
        Ok(Labels::from_pairs(map))
    }
}

/// Whether `name` may name a label: `[a-zA-Z_][a-zA-Z0-9_]*`.
pub fn is_label_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_names_wins_and_empty_values_vanish() {
        let labels = Labels::from_pairs([("b", "1"), ("a", "2"), ("b", "3"), ("c", "")]);
        assert_eq!(labels.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "3")]);
        assert_eq!(labels.with([("a", "")]).to_string(), r#"{b="3"}"#);
    }

    #[test]
    fn labels_laid_over_others_win_and_stay_in_order() {
        let below = Labels::from_pairs([("a", "1"), ("c", "1"), ("d", "1")]);
        let above = Labels::from_pairs([("b", "2"), ("c", "2"), ("e", "2")]);
        assert_eq!(below.under(&above).to_string(), r#"{a="1", b="2", c="2", d="1", e="2"}"#);
        assert_eq!(below.under(&above), Labels::from_pairs(below.iter().chain(above.iter())));
        assert_eq!(below.under(&Labels::new()), below);
        assert_eq!(Labels::new().under(&above), above);
    }

    #[test]
    fn equal_labels_have_equal_hashes_however_they_were_made() {
        let one = Labels::from_pairs([("a", "1"), ("b", "2")]);
        let other = Labels::from_pairs([("b", "2")]).with([("a", "1")]);
        assert_eq!((one.hash_value(), &one), (other.hash_value(), &other));
        assert!(!one.is_same(&other) && one.is_same(&one.clone()));
    }

    #[test]
    fn prints_like_promql() {
        assert_eq!(Labels::from_pairs([(NAME, "up"), ("job", "a\"b")]).to_string(), r#"up{job="a\"b"}"#);
        assert_eq!(Labels::from_pairs([(NAME, "up")]).to_string(), "up");
        assert_eq!(Labels::new().to_string(), "{}");
    }
}
