//! `plugins.lock`: which plugins are installed, by digest, beside the settings.
//!
//! The file says what is wanted and the shelf in the data folder holds it, so that the one can be kept under version
//! control and the other be filled again from it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The file's name, in the folder with the settings.
pub const LOCK: &str = "plugins.lock";

/// Plugins that can be installed at once.
const MOST: usize = 1_000;

const NOTE: &str = "# Written by `vitrine plugin install` and `vitrine plugin remove`. Keep it with the settings.\n\n";

/// The file, read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    #[serde(default, rename = "plugin")]
    pub plugins: Vec<Locked>,
}

/// One installed plugin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    pub name: String,
    pub version: String,
    /// `sha256:…` of the file.
    pub digest: String,
    /// Where it came from.
    pub source: String,
    /// The key that it was signed with, as far as it was trusted when it was installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
}

impl Lock {
    /// Where it lies.
    pub fn place(config: &Path) -> PathBuf {
        config.join(LOCK)
    }

    /// Empty where there is no file.
    pub fn read(file: &Path) -> Result<Lock, String> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Lock::default()),
            Err(error) => return Err(format!("it cannot be read: {error}")),
        };
        let lock: Lock = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            format!("line {line}: {}; remove what is wrong, and install the plugin again", error.message())
        })?;
        if lock.plugins.len() > MOST {
            return Err(format!("it names more than {MOST} plugins"));
        }
        Ok(lock)
    }

    /// Others see the old file or the new one, never half of it.
    pub fn write(&self, file: &Path) -> Result<(), String> {
        let text = toml::to_string(self).map_err(|error| error.to_string())?;
        let beside = file.with_extension(format!("lock.{}", std::process::id()));
        let written = file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| {
            std::fs::write(&beside, format!("{NOTE}{text}"))?;
            std::fs::rename(&beside, file)
        });
        written.map_err(|error| format!("cannot write {}: {error}", file.display()))
    }

    /// Adds it in place of one of the same name, which comes back.
    pub fn put(&mut self, new: Locked) -> Option<Locked> {
        let old = self.take(&new.name);
        let place = self.plugins.partition_point(|locked| locked.name < new.name);
        self.plugins.insert(place, new);
        old
    }

    pub fn take(&mut self, name: &str) -> Option<Locked> {
        let place = self.plugins.iter().position(|locked| locked.name == name)?;
        Some(self.plugins.remove(place))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn locked(name: &str, version: &str) -> Locked {
        Locked {
            name: name.to_owned(),
            version: version.to_owned(),
            digest: "sha256:00".to_owned(),
            source: "https://plugins.example/a.wasm".to_owned(),
            signer: None,
        }
    }

    #[test]
    fn what_is_written_is_read_again_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = Lock::place(&folder.path().join("config"));
        let mut lock = Lock::read(&file).unwrap();
        assert_eq!(lock, Lock::default());
        for name in ["b", "a", "c"] {
            assert_eq!(lock.put(locked(name, "1.0.0")), None);
        }
        assert_eq!(lock.put(locked("b", "1.1.0")).unwrap().version, "1.0.0");
        lock.write(&file).unwrap();
        let mut again = Lock::read(&file).unwrap();
        assert_eq!(again, lock);
        let names: Vec<&str> = again.plugins.iter().map(|locked| locked.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert!(again.take("b").is_some() && again.take("b").is_none());
    }

    #[test]
    fn a_mistake_has_its_line_and_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plugins.lock");
        std::fs::write(&file, "\n[[plugin]]\nname = \"a\"\nversoin = \"1\"\n").unwrap();
        let reason = Lock::read(&file).unwrap_err();
        assert!(
            reason.starts_with("line ") && reason.contains("versoin") && reason.contains("install the plugin again"),
            "{reason}"
        );
    }
}
