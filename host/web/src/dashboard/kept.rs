//! A map that forgets its oldest entries: what may grow with requests stays bounded.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

#[derive(Debug)]
pub struct Kept<K, V> {
    entries: HashMap<K, V>,
    order: VecDeque<K>,
    most: usize,
}

impl<K: Eq + Hash + Clone, V: Clone> Kept<K, V> {
    pub fn new(most: usize) -> Kept<K, V> {
        Kept { entries: HashMap::new(), order: VecDeque::new(), most }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.entries.get(key).cloned()
    }

    /// What is there under the key, made first if need be.
    pub fn get_or(&mut self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.get(&key) {
            return value;
        }
        let value = make();
        self.set(key, value.clone());
        value
    }

    pub fn set(&mut self, key: K, value: V) {
        if self.entries.insert(key.clone(), value).is_none() {
            self.order.push_back(key);
        }
        while self.entries.len() > self.most {
            let Some(oldest) = self.order.pop_front() else { break };
            self.entries.remove(&oldest);
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.order.clear();
    }

    pub fn remove(&mut self, key: &K) {
        if self.entries.remove(key).is_some() {
            self.order.retain(|other| other != key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let mut kept = Kept::new(2);
        for key in [1, 2, 1, 3] {
            kept.set(key, key * 10);
        }
        assert_eq!((kept.get(&1), kept.get(&2), kept.get(&3)), (None, Some(20), Some(30)));
        kept.remove(&2);
        kept.set(4, 40);
        assert_eq!((kept.get(&3), kept.get(&4)), (Some(30), Some(40)));
        assert_eq!(kept.get_or(4, || 0), 40);
    }
}
