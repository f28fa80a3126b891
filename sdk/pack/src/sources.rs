//! The SDK's sources, which this binary carries: written beside a plugin that has no other way to them.
//!
//! A plugin made by `vitrine plugin new` depends on `.vitrine/sdk` by path. The folder is not the author's: it is written
//! at `new` and at `build`, so that it always is of the binary's own release, and no clone needs to hold it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Where it is, seen from the plugin's folder.
pub const VENDORED: &str = ".vitrine/sdk";

static SOURCES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The crate's manifest without its workspace: there it inherits, here it stands alone.
static MANIFEST: &str = include_str!("sources/Cargo.toml");

/// The places (`js/src/index.js`, `wit/types.wit`) and contents of all files.
pub(crate) fn all() -> &'static [(&'static str, &'static [u8])] {
    SOURCES
}

/// Writes the SDK into the plugin's folder, where its own files say that they want it there. What is there and right is
/// left alone, so that nothing is compiled anew for it.
pub fn refresh(folder: &Path) -> Result<()> {
    let wants = ["Cargo.toml", "package.json", "pyproject.toml"]
        .iter()
        .any(|name| fs::read_to_string(folder.join(name)).is_ok_and(|text| text.contains(VENDORED)));
    match wants {
        true => write(folder),
        false => Ok(()),
    }
}

/// Writes the SDK into the plugin's folder.
pub(crate) fn write(folder: &Path) -> Result<()> {
    let sdk = folder.join(VENDORED);
    let manifest = MANIFEST.replace("{{version}}", env!("CARGO_PKG_VERSION"));
    let mut wanted: Vec<(PathBuf, &[u8])> = vec![(sdk.join("Cargo.toml"), manifest.as_bytes())];
    wanted.extend(SOURCES.iter().map(|(place, bytes)| (sdk.join(place), *bytes)));
    remove_others(&sdk, &wanted)?;
    for (path, bytes) in wanted {
        if !fs::read(&path).is_ok_and(|old| old == bytes) {
            create(&path, bytes)?;
        }
    }
    Ok(())
}

/// A file of an older release would be compiled along.
fn remove_others(folder: &Path, wanted: &[(PathBuf, &[u8])]) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_tools_own = path.file_name().is_some_and(|name| name == "node_modules" || name == "target");
        if path.is_dir() && !is_tools_own {
            remove_others(&path, wanted)?;
        } else if path.extension().is_some_and(|end| end == "rs" || end == "wit")
            && !wanted.iter().any(|(known, _)| *known == path)
        {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn the_manifest_asks_for_what_the_workspace_asks_for() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let read = |path: PathBuf| fs::read_to_string(path).unwrap().parse::<toml::Table>().unwrap();
        let (workspace, sdk) = (read(root.join("Cargo.toml")), read(root.join("sdk/Cargo.toml")));
        let vendored: toml::Table = MANIFEST.parse().unwrap();
        let wanted = &workspace["workspace"]["dependencies"];
        let names: Vec<&String> = sdk["dependencies"].as_table().unwrap().keys().collect();
        assert_eq!(names, vendored["dependencies"].as_table().unwrap().keys().collect::<Vec<_>>());
        for name in names {
            assert_eq!(vendored["dependencies"][name], wanted[name], "{name}");
        }
        for key in ["edition", "rust-version", "license"] {
            assert_eq!(vendored["package"][key], workspace["workspace"]["package"][key], "{key}");
        }
    }

    #[test]
    fn only_who_asks_for_it_gets_it_and_what_is_stale_goes() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Cargo.toml"), "vitrine-sdk = { path = \"../sdk\" }").unwrap();
        refresh(folder.path()).unwrap();
        assert!(!folder.path().join(VENDORED).exists());

        fs::write(folder.path().join("Cargo.toml"), format!("vitrine-sdk = {{ path = \"{VENDORED}\" }}")).unwrap();
        refresh(folder.path()).unwrap();
        let sdk = folder.path().join(VENDORED);
        for name in ["Cargo.toml", "src/lib.rs", "wit/types.wit"] {
            assert!(sdk.join(name).is_file(), "{name}");
        }
        fs::write(sdk.join("src/lib.rs"), "changed").unwrap();
        fs::write(sdk.join("src/of_an_older_release.rs"), "").unwrap();
        refresh(folder.path()).unwrap();
        assert_ne!(fs::read(sdk.join("src/lib.rs")).unwrap(), b"changed");
        assert!(!sdk.join("src/of_an_older_release.rs").exists());
    }
}
