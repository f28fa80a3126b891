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

/// The crates' manifests without their workspace: there they inherit, here they stand alone.
static MANIFESTS: [(&str, &str); 2] =
    [("Cargo.toml", include_str!("sources/Cargo.toml")), ("exposition/Cargo.toml", include_str!("sources/exposition.toml"))];

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
    let manifests = MANIFESTS.map(|(place, text)| (place, text.replace("{{version}}", env!("CARGO_PKG_VERSION"))));
    let mut wanted: Vec<(PathBuf, &[u8])> = manifests.iter().map(|(place, text)| (sdk.join(place), text.as_bytes())).collect();
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
    fn the_manifests_ask_for_what_the_workspace_asks_for() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let read = |path: PathBuf| fs::read_to_string(path).unwrap().parse::<toml::Table>().unwrap();
        let workspace = read(root.join("Cargo.toml"));
        let wanted = &workspace["workspace"]["dependencies"];
        let dependencies = |manifest: &toml::Table| {
            manifest.get("dependencies").map_or(toml::Table::new(), |table| table.as_table().unwrap().clone())
        };
        for (place, text) in MANIFESTS {
            let vendored: toml::Table = text.parse().unwrap();
            let inherits = dependencies(&read(root.join("sdk").join(place)));
            let alone = dependencies(&vendored);
            assert_eq!(inherits.keys().collect::<Vec<_>>(), alone.keys().collect::<Vec<_>>(), "{place}");
            for (name, asked) in &alone {
                match asked.get("path").and_then(toml::Value::as_str) {
                    Some(path) => assert_eq!(wanted[name]["path"].as_str().unwrap(), ["sdk/", path].concat(), "{name}"),
                    None => assert_eq!(*asked, wanted[name], "{name}"),
                }
            }
            for key in ["edition", "rust-version", "license"] {
                assert_eq!(vendored["package"][key], workspace["workspace"]["package"][key], "{key}");
            }
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
        for name in ["Cargo.toml", "src/lib.rs", "exposition/Cargo.toml", "exposition/src/lib.rs", "wit/types.wit"] {
            assert!(sdk.join(name).is_file(), "{name}");
        }
        fs::write(sdk.join("src/lib.rs"), "changed").unwrap();
        fs::write(sdk.join("src/of_an_older_release.rs"), "").unwrap();
        refresh(folder.path()).unwrap();
        assert_ne!(fs::read(sdk.join("src/lib.rs")).unwrap(), b"changed");
        assert!(!sdk.join("src/of_an_older_release.rs").exists());
    }
}
