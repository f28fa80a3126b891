//! What an admin says on the command line, for the running host or the next one: files in the data folder, each read
//! once. Nobody but the host's own user can write there, so a word over HTTP, which a guest might send, does not do.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Orders taken at once; more wait for the next reading.
const AT_ONCE: usize = 100;
/// No order is longer.
const BYTES: u64 = 4 << 10;

/// One word of the admin's about one instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// `source` or `channel`, or neither where the name alone says it.
    pub noun: Option<String>,
    pub name: String,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// This build may have all it asks for, as far as the entry grants it.
    Grant { digest: String },
    /// It may be called again, whatever it did before.
    Enable,
}

impl Order {
    /// `shop`, or `source/shop`.
    pub fn of(instance: &str, what: What) -> Order {
        let (noun, name) = match instance.split_once('/') {
            Some((noun @ ("source" | "channel" | "panel"), name)) => (Some(noun.to_owned()), name),
            _ => (None, instance),
        };
        Order { noun, name: name.to_owned(), what }
    }

    pub fn is_for(&self, noun: &str, name: &str) -> bool {
        self.name == name && self.noun.as_deref().is_none_or(|own| own == noun)
    }
}

/// Where orders lie.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("orders")
}

/// Makes the folder, for this user's eyes only.
pub fn open(data_dir: &Path) -> Result<(), String> {
    let folder = folder(data_dir);
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))
}

/// Leaves an order for the host.
pub fn leave(data_dir: &Path, order: &Order) -> Result<(), String> {
    open(data_dir)?;
    let folder = folder(data_dir);
    let text = serde_json::to_string(order).map_err(|error| error.to_string())?;
    let name = format!("{:016x}", hash_of(&text));
    let (beside, file) = (folder.join(format!("{name}.new")), folder.join(format!("{name}.json")));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&beside).and_then(|mut file| file.write_all(text.as_bytes()));
    written.and_then(|()| std::fs::rename(&beside, &file)).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

/// The same order twice is one.
fn hash_of(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Takes what lies there; each order is told once.
pub fn take(data_dir: &Path) -> Vec<Order> {
    let entries = std::fs::read_dir(folder(data_dir)).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(|file| file.extension().is_some_and(|end| end == "json"));
    files.take(AT_ONCE).filter_map(|file| one(&file)).collect()
}

fn one(file: &Path) -> Option<Order> {
    let read = || {
        let size = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
        if size > BYTES {
            return Err("it is too long".to_owned());
        }
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    };
    let order = read();
    if let Err(error) = std::fs::remove_file(file) {
        // One that cannot be taken away would be obeyed again and again.
        tracing::error!("the order {} is not obeyed, as it cannot be removed: {error}", file.display());
        return None;
    }
    order.inspect_err(|reason| tracing::error!("the order {} cannot be read: {reason}", file.display())).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn an_order_is_obeyed_once() {
        let folder = tempfile::tempdir().unwrap();
        let grant = Order::of("source/shop", What::Grant { digest: "sha256:1".to_owned() });
        let enable = Order::of("shop", What::Enable);
        for order in [&grant, &enable, &enable] {
            leave(folder.path(), order).unwrap();
        }
        std::fs::write(super::folder(folder.path()).join("odd.json"), "{").unwrap();
        let taken = take(folder.path());
        assert_eq!(taken.len(), 2);
        assert!(taken.contains(&grant) && taken.contains(&enable));
        assert!(take(folder.path()).is_empty());
        assert_eq!(std::fs::read_dir(super::folder(folder.path())).unwrap().count(), 0);
    }

    #[test]
    fn a_name_alone_is_for_all_of_that_name() {
        let order = |text| Order::of(text, What::Enable);
        for (text, noun, name, wanted) in [
            ("shop", "source", "shop", true),
            ("shop", "channel", "shop", true),
            ("source/shop", "channel", "shop", false),
            ("source/shop", "source", "shop", true),
            ("odd/shop", "source", "odd/shop", true),
        ] {
            assert_eq!(order(text).is_for(noun, name), wanted, "{text}");
        }
    }
}
