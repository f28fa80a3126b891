//! Environment variables and flags as trees of settings: `VITRINE_MAIL__RELAY=…` sets `mail.relay`.

use figment::value::Value as Figmented;
use serde_json::Value;

use crate::path::{Path, Step};

/// Between two levels of the tree.
const LEVEL: &str = "__";

/// Levels that a name may go down.
const LEVELS_MOST: usize = 16;

/// Brackets within brackets that a value may hold before it is taken as plain text: reading them costs stack.
const BRACKETS_MOST: usize = 16;

/// The path that a variable sets, if it is one of ours. Case is lost in the environment: paths are lower case.
pub(crate) fn path(prefix: &str, name: &str) -> Option<Path> {
    let rest = name.strip_prefix(prefix).filter(|rest| !rest.is_empty())?;
    let steps: Vec<Step> = rest.split(LEVEL).take(LEVELS_MOST).map(|step| Step::Key(step.to_lowercase())).collect();
    Some(Path(steps))
}

/// A variable's value: a number, a truth, a list `[a, b]`, a map `{a=b}` or text, as figment reads its own.
pub(crate) fn value(text: &str) -> Value {
    let brackets = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
    // figment 0.10 panics on an escape behind a letter of several bytes.
    let perilous = text.contains('\\') && !text.is_ascii();
    if brackets > BRACKETS_MOST || perilous {
        return Value::String(text.to_owned());
    }
    let Ok(read) = text.parse::<Figmented>();
    serde_json::to_value(&read).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// A tree that holds nothing but `value` at `path`.
pub(crate) fn tree(path: &Path, value: Value) -> Value {
    let mut tree = value;
    for step in path.0.iter().rev() {
        tree = Value::Object(serde_json::Map::from_iter([(step.as_key().into_owned(), tree)]));
    }
    tree
}

/// The leaves of a tree with their paths; what is null was not given.
pub(crate) fn leaves(tree: &Value) -> Vec<(Path, Value)> {
    let mut open = vec![(Path::new(), tree)];
    let mut leaves = Vec::new();
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Object(map) => open.extend(map.iter().map(|(key, value)| (path.clone().key(key), value))),
            Value::Null => {}
            _ => leaves.push((path, value.clone())),
        }
    }
    leaves.sort_by(|(a, _), (b, _)| a.cmp(b));
    leaves
}

/// The flag that sets `path`, where it has no other name: `mail.relay` → `mail-relay`.
pub(crate) fn flag_name(path: &Path) -> String {
    let words: Vec<String> = path.0.iter().map(|step| step.as_key().replace('_', "-")).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{flag_name, leaves, path, tree, value};
    use crate::path::Path;

    #[test]
    fn names_become_paths() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(path("VITRINE_", name).map(|path| path.to_string()).as_deref(), expected, "{name}");
        };
        check("VITRINE_LISTEN", Some("listen"));
        check("VITRINE_DATA_DIR", Some("data_dir"));
        check("VITRINE_MAIL__RELAY", Some("mail.relay"));
        check("VITRINE_", None);
        check("HOME", None);
    }

    #[test]
    fn values_are_read_by_their_looks() {
        assert_eq!(value("12"), json!(12));
        assert_eq!(value("true"), json!(true));
        assert_eq!(value("127.0.0.1:7878"), json!("127.0.0.1:7878"));
        assert_eq!(value("[a, 2]"), json!(["a", 2]));
        assert_eq!(value(""), json!(""));
        assert_eq!(value(r#""é\a""#), json!(r#""é\a""#));
        assert_eq!(value(&"[".repeat(100_000)), json!("[".repeat(100_000)));
    }

    #[test]
    fn trees_and_leaves_are_inverse() {
        let at = Path::new().key("mail").key("relay_host");
        let grown = tree(&at, json!("x"));
        assert_eq!(grown, json!({ "mail": { "relay_host": "x" } }));
        assert_eq!(leaves(&grown), [(at.clone(), json!("x"))]);
        assert_eq!(flag_name(&at), "mail-relay-host");
        assert_eq!(leaves(&json!({ "a": null })), []);
    }
}
