//! Which entries of a map a reload adds, removes and changes.

use std::collections::BTreeMap;

use serde_json::Value;

/// The names of what differs between two maps, each list sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
}

impl Changes {
    /// Compares two maps of typed settings.
    pub fn of<T: PartialEq>(old: &BTreeMap<String, T>, new: &BTreeMap<String, T>) -> Changes {
        Changes::collect(old.iter(), new.iter(), |name| old.get(name), |name| new.get(name))
    }

    /// Compares two JSON trees entry by entry; what is not a map counts as an empty one.
    pub fn between(old: &Value, new: &Value) -> Changes {
        let empty = serde_json::Map::new();
        let old = old.as_object().unwrap_or(&empty);
        let new = new.as_object().unwrap_or(&empty);
        Changes::collect(old.iter(), new.iter(), |name| old.get(name), |name| new.get(name))
    }

    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    fn collect<'a, T: PartialEq + 'a>(
        old: impl Iterator<Item = (&'a String, &'a T)>,
        new: impl Iterator<Item = (&'a String, &'a T)>,
        in_old: impl Fn(&str) -> Option<&'a T>,
        in_new: impl Fn(&str) -> Option<&'a T>,
    ) -> Changes {
        let mut changes = Changes::default();
        for (name, after) in new {
            match in_old(name) {
                None => changes.added.push(name.clone()),
                Some(before) if before != after => changes.changed.push(name.clone()),
                Some(_) => {}
            }
        }
        for (name, _) in old {
            if in_new(name).is_none() {
                changes.removed.push(name.clone());
            }
        }
        changes.added.sort();
        changes.removed.sort();
        changes.changed.sort();
        changes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::Changes;

    #[test]
    fn entries_are_told_apart_by_name() {
        let old = json!({ "kept": 1, "gone": 2, "other": { "every": "15s" } });
        let new = json!({ "kept": 1, "new": 2, "other": { "every": "30s" } });
        let names = |name: &str| vec![name.to_owned()];
        let changes = Changes::between(&old, &new);
        assert_eq!(changes, Changes { added: names("new"), removed: names("gone"), changed: names("other") });
        assert!(Changes::between(&old, &old).is_empty());
        assert_eq!(Changes::between(&json!(null), &json!({ "a": 1 })).added, names("a"));
    }

    #[test]
    fn typed_maps_compare_alike() {
        let old = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]);
        let new = BTreeMap::from([("b".to_owned(), 3)]);
        let changes = Changes::of(&old, &new);
        assert_eq!((changes.removed, changes.changed), (vec!["a".to_owned()], vec!["b".to_owned()]));
    }
}
