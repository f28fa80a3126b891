//! Where in a tree of settings something is: `sources.shop.with.url`, `panels[2].query`.

use std::fmt;

/// One step down a tree of settings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into a map, by name.
    Key(String),
    /// Into a list, counted from zero.
    Index(usize),
}

/// The way from the top of a tree to one value in it; empty means the whole tree.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<Step>);

impl Path {
    pub fn new() -> Path {
        Path::default()
    }

    /// This path, and then into the map entry `name`.
    #[must_use]
    pub fn key(mut self, name: impl Into<String>) -> Path {
        self.0.push(Step::Key(name.into()));
        self
    }

    /// This path, and then to the list's item `index`, counted from zero.
    #[must_use]
    pub fn index(mut self, index: usize) -> Path {
        self.0.push(Step::Index(index));
        self
    }

    /// This path, and then all steps of `rest`.
    #[must_use]
    pub fn join(mut self, rest: &Path) -> Path {
        self.0.extend_from_slice(&rest.0);
        self
    }

    /// The path one step up; none at the top.
    pub fn parent(&self) -> Option<Path> {
        let (_, above) = self.0.split_last()?;
        Some(Path(above.to_vec()))
    }

    pub fn is_top(&self) -> bool {
        self.0.is_empty()
    }

    /// The value at this path in a JSON tree.
    pub fn find<'a>(&self, tree: &'a serde_json::Value) -> Option<&'a serde_json::Value> {
        let mut here = tree;
        for step in &self.0 {
            here = match here {
                serde_json::Value::Object(map) => map.get(step.as_key().as_ref())?,
                serde_json::Value::Array(items) => items.get(step.as_index()?)?,
                _ => return None,
            };
        }
        Some(here)
    }
}

impl Step {
    /// The step as a map's key. A number does too: a JSON pointer cannot tell item 2 from the key `2`.
    pub(crate) fn as_key(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Step::Key(name) => name.into(),
            Step::Index(index) => index.to_string().into(),
        }
    }

    /// The step as a place in a list.
    pub(crate) fn as_index(&self) -> Option<usize> {
        match self {
            Step::Key(name) => name.parse().ok(),
            Step::Index(index) => Some(*index),
        }
    }
}

/// Reads a JSON pointer (RFC 6901): `/panels/2/query`. A number is taken for a place in a list.
impl From<&str> for Path {
    fn from(pointer: &str) -> Path {
        let mut path = Path::new();
        for segment in pointer.split('/').skip(1) {
            let name = segment.replace("~1", "/").replace("~0", "~");
            path = match name.parse::<usize>() {
                Ok(index) if index.to_string() == name => path.index(index),
                _ => path.key(name),
            };
        }
        path
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(name) => {
                    if depth > 0 {
                        f.write_str(".")?;
                    }
                    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
                    if plain { f.write_str(name)? } else { write!(f, "{name:?}")? }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn paths_read_as_people_would_say_them() {
        let check = |path: Path, expected: &str| assert_eq!(path.to_string(), expected);
        check(Path::new(), "");
        check(Path::new().key("sources").key("shop").key("with").key("url"), "sources.shop.with.url");
        check(Path::new().key("panels").index(2).key("query"), "panels[2].query");
        check(Path::new().key("labels").key("a.b c"), r#"labels."a.b c""#);
        check(Path::from("/panels/2/query"), "panels[2].query");
        check(Path::from("/a~1b/c~0d"), r#""a/b"."c~d""#);
        check(Path::from(""), "");
    }

    #[test]
    fn numbers_find_keys_as_well_as_items() {
        let tree = serde_json::json!({ "codes": { "200": ["fine"] } });
        assert_eq!(Path::from("/codes/200/0").find(&tree), Some(&"fine".into()));
        assert_eq!(Path::from("/codes/404").find(&tree), None);
    }
}
