//! What to watch for one path, and which events concern it.

use std::collections::BTreeMap;
use std::path::{Component, Path as FilePath, PathBuf};

use notify_debouncer_full::notify::RecursiveMode;

/// A path to watch, as given and as the system names it.
#[derive(Debug)]
pub(super) struct Target {
    given: PathBuf,
    absolute: PathBuf,
}

impl Target {
    pub(super) fn new(given: &FilePath) -> Result<Target, String> {
        let absolute = std::path::absolute(given)
            .map_err(|error| format!("cannot watch `{}`: {error}: name an existing file or folder", given.display()))?;
        Ok(Target { given: given.to_owned(), absolute })
    }

    pub(super) fn given(&self) -> &FilePath {
        &self.given
    }

    /// The path to report for an event at `path`, if it concerns this target.
    pub(super) fn changed_by(&self, path: &FilePath) -> Option<PathBuf> {
        // A folder above that appears or goes takes the target with it.
        if self.absolute.starts_with(path) {
            return Some(self.given.clone());
        }
        let below = path.strip_prefix(&self.absolute).ok()?;
        let noise = below.components().any(|component| match component {
            Component::Normal(name) => is_noise(&name.to_string_lossy()),
            _ => false,
        });
        (!noise).then(|| self.given.join(below))
    }

    /// The folders to watch for it: itself with all in it, and the one that would show its coming and going.
    fn folders(&self) -> Vec<(PathBuf, RecursiveMode)> {
        let mut folders = Vec::new();
        if self.absolute.is_dir() {
            folders.push((self.absolute.clone(), RecursiveMode::Recursive));
        }
        let above = self.absolute.ancestors().skip(1).find(|folder| folder.is_dir());
        folders.extend(above.map(|folder| (folder.to_owned(), RecursiveMode::NonRecursive)));
        folders
    }
}

/// Hidden files, and what editors leave beside the file they save. `..data` is how Kubernetes swaps mounted settings.
fn is_noise(name: &str) -> bool {
    let hidden = name.starts_with('.') && name != "..data";
    let backup = name.ends_with('~') || name.starts_with('#') || name == "4913";
    let leftover = [".swp", ".swx", ".swo", ".tmp", ".bak", ".orig"].iter().any(|ending| name.ends_with(ending));
    hidden || backup || leftover
}

/// The folders that are watched now.
#[derive(Debug, Default)]
pub(super) struct Armed(BTreeMap<PathBuf, RecursiveMode>);

impl Armed {
    /// What the targets need that is not watched yet.
    pub(super) fn lacking(&self, targets: &[Target]) -> Vec<(PathBuf, RecursiveMode)> {
        let mut needed: BTreeMap<PathBuf, RecursiveMode> = BTreeMap::new();
        for (folder, mode) in targets.iter().flat_map(Target::folders) {
            let entry = needed.entry(folder).or_insert(mode);
            if mode == RecursiveMode::Recursive {
                *entry = mode;
            }
        }
        needed.into_iter().filter(|(folder, mode)| self.0.get(folder) != Some(mode)).collect()
    }

    pub(super) fn set(&mut self, folder: PathBuf, mode: RecursiveMode) {
        self.0.insert(folder, mode);
    }

    pub(super) fn forget(&mut self, folder: &FilePath) -> bool {
        self.0.remove(folder).is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Target;

    #[test]
    #[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    fn only_what_concerns_the_target_is_reported() {
        let target = Target::new(Path::new("/etc/vitrine/config")).unwrap();
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(target.changed_by(Path::new(path)).as_deref(), expected.map(Path::new), "{path}");
        };
        check("/etc/vitrine/config/sources.yaml", Some("/etc/vitrine/config/sources.yaml"));
        check("/etc/vitrine/config/conf.d/local.yaml", Some("/etc/vitrine/config/conf.d/local.yaml"));
        check("/etc/vitrine/config/..data", Some("/etc/vitrine/config/..data"));
        check("/etc/vitrine", Some("/etc/vitrine/config"));
        check("/etc/vitrine/other.yaml", None);
        check("/etc/vitrine/config/.sources.yaml.swp", None);
        check("/etc/vitrine/config/sources.yaml~", None);
        check("/etc/vitrine/config/4913", None);
        check("/etc/vitrine/config/.git/index", None);
    }
}
