//! Which versions of `wit/` there are, and which one a component was built for.
//!
//! The names of what a component imports and exports carry the version, so that a file tells it whatever its manifest
//! says. A host takes every version listed here; a version stays listed until a major release drops it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use wasmparser::Payload;

use crate::component::top_level;

/// The version of `wit/` that this release's SDK builds for.
pub const API: &str = "0.1.0";

/// The versions that this release's host takes.
pub const APIS: [&str; 1] = [API];

const PACKAGE: &str = "vitrine:plugin/";

/// The version that a component was built for. Errors where the host takes no such version, or where there is none.
pub fn api_of(component: &[u8]) -> Result<String> {
    let mut versions = BTreeSet::new();
    for payload in top_level(component) {
        match payload.context("this is no valid component")? {
            Payload::ComponentImportSection(imports) => {
                for import in imports {
                    versions.extend(version(import?.name.name));
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports {
                    versions.extend(version(export?.name.name));
                }
            }
            _ => {}
        }
    }
    match versions.iter().next_back() {
        None => bail!("it speaks no version of vitrine:plugin: build it with `vitrine plugin build`"),
        Some(newest) => {
            // Several of them are of one component that was put together from parts; each must be taken.
            for version in &versions {
                check(version)?;
            }
            Ok(newest.clone())
        }
    }
}

/// Refuses a version that the host does not take, in one sentence.
pub(crate) fn check(version: &str) -> Result<()> {
    if APIS.contains(&version) {
        return Ok(());
    }
    bail!("it is built for version {version} of vitrine:plugin, and this host takes {}: {}", APIS.join(", "), remedy(version))
}

/// What to do about a version that is not taken.
pub(crate) fn remedy(version: &str) -> &'static str {
    let numbers = |text: &str| text.split('.').map(|part| part.parse::<u64>().unwrap_or(0)).collect::<Vec<_>>();
    match numbers(version) > numbers(API) {
        true => "update the host, or build the plugin with the SDK of this host's release",
        false => "build it anew with the SDK of this host's release",
    }
}

/// `0.1.0` of `vitrine:plugin/log@0.1.0`.
fn version(name: &str) -> Option<String> {
    Some(name.strip_prefix(PACKAGE)?.split_once('@')?.1.to_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use wasm_encoder::{Component, ComponentImportSection, ComponentTypeRef, ComponentTypeSection, InstanceType};

    use super::*;

    /// A component that imports an interface of this name.
    fn importing(names: &[&str]) -> Vec<u8> {
        let mut types = ComponentTypeSection::new();
        types.instance(&InstanceType::new());
        let mut imports = ComponentImportSection::new();
        for name in names {
            imports.import(*name, ComponentTypeRef::Instance(0));
        }
        let mut component = Component::new();
        component.section(&types).section(&imports);
        component.finish()
    }

    #[test]
    fn a_component_tells_its_version() {
        assert_eq!(api_of(&importing(&["vitrine:plugin/log@0.1.0", "wasi:io/poll@0.2.6"])).unwrap(), "0.1.0");
        let error = api_of(&importing(&["wasi:io/poll@0.2.6"])).unwrap_err().to_string();
        assert!(error.contains("no version of vitrine:plugin"), "{error}");
    }

    #[test]
    fn other_versions_are_refused_in_one_sentence() {
        let error = |version: &str| api_of(&importing(&[&format!("vitrine:plugin/log@{version}")])).unwrap_err().to_string();
        let newer = error("0.2.0");
        assert!(
            newer.contains("version 0.2.0 of vitrine:plugin, and this host takes 0.1.0") && newer.contains("update the host")
        );
        assert!(error("0.0.9").contains("build it anew"), "{}", error("0.0.9"));
        assert!(api_of(&importing(&["vitrine:plugin/log@0.1.0", "vitrine:plugin/clock@7.0.0"])).is_err());
    }
}
