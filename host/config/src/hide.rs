//! Secrets that stand in a file in the open: where they are, so that no excerpt shows them.

use serde_json::{Map, Value};

use crate::path::Path;

/// References followed from one value: a schema may go round in circles, a tree does not.
const HOPS: usize = 16;

/// The places of all values that a schema calls write-only, as [`Secret`](crate::Secret)'s does; and of values that stand
/// beside such a one under a name that nobody knows: that may be a secret whose key has a typing error.
pub(crate) fn secrets(tree: &Value, schema: &Value) -> Vec<Path> {
    let mut search = Search { root: schema, found: Vec::new() };
    search.walk(tree, schema, &Path::new(), HOPS);
    search.found
}

struct Search<'a> {
    root: &'a Value,
    found: Vec<Path>,
}

impl<'a> Search<'a> {
    fn walk(&mut self, value: &Value, schema: &'a Value, path: &Path, hops: usize) {
        let Some(hops) = hops.checked_sub(1) else { return };
        if is_write_only(schema) {
            self.hide(value, path);
            return;
        }
        if let Some(target) = self.target(schema) {
            self.walk(value, target, path, hops);
        }
        for choice in choices(schema) {
            self.walk(value, choice, path, hops);
        }
        match value {
            Value::Object(map) => self.map(map, schema, path),
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else { return };
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, schema, &path.clone().index(index), HOPS);
                }
            }
            _ => {}
        }
    }

    fn map(&mut self, map: &Map<String, Value>, schema: &'a Value, path: &Path) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let other = schema.get("additionalProperties").filter(|schema| schema.is_object());
        let holds_secrets = properties.is_some_and(|all| all.values().any(|schema| self.is_secret(schema, HOPS)));
        for (key, value) in map {
            let path = path.clone().key(key);
            match properties.and_then(|all| all.get(key)).or(other) {
                Some(schema) => self.walk(value, schema, &path, HOPS),
                None if holds_secrets => self.hide(value, &path),
                None => {}
            }
        }
    }

    /// A reference to a secret (`{ env: NAME }`) is none.
    fn hide(&mut self, value: &Value, path: &Path) {
        if !matches!(value, Value::Object(_) | Value::Null) {
            self.found.push(path.clone());
        }
    }

    fn is_secret(&self, schema: &'a Value, hops: usize) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        is_write_only(schema)
            || self.target(schema).is_some_and(|target| self.is_secret(target, hops))
            || choices(schema).any(|choice| self.is_secret(choice, hops))
    }

    fn target(&self, schema: &Value) -> Option<&'a Value> {
        self.root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
    }
}

fn is_write_only(schema: &Value) -> bool {
    schema.get("writeOnly") == Some(&Value::Bool(true))
}

fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|word| schema.get(word)?.as_array()).flatten()
}
