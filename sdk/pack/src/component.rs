//! The file that ships: a component with its manifest in a custom section.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use wasm_encoder::{CustomSection, Encode, Section};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

use crate::manifest::{Kind, Manifest};

/// The custom section's name.
pub const MANIFEST_SECTION: &str = "vitrine:manifest";

/// Makes a core module a component (a component is left as it is) and folds the manifest in.
pub fn embed(module: &[u8], manifest_text: &str) -> Result<Vec<u8>> {
    let manifest = Manifest::parse(manifest_text).context("plugin.toml is not valid")?;
    let mut component = match Parser::is_component(module) {
        true => module.to_vec(),
        false => encode(module)?,
    };
    check_kind(&component, manifest.kind)?;
    ensure!(manifest_of(&component)?.is_none(), "the component carries a manifest already");
    let section = CustomSection { name: MANIFEST_SECTION.into(), data: manifest_text.as_bytes().into() };
    component.push(section.id());
    section.encode(&mut component);
    Ok(component)
}

fn encode(module: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .context("this is no module made with the vitrine:plugin interface")?;
    encoder.encode().context("the module cannot be made a component")
}

/// The manifest's text, if the component carries one. Errors where the bytes are no component.
pub fn manifest_of(component: &[u8]) -> Result<Option<String>> {
    ensure!(Parser::is_component(component), "this is not a WebAssembly component");
    for payload in top_level(component) {
        if let Payload::CustomSection(section) = payload?
            && section.name() == MANIFEST_SECTION
        {
            let text = std::str::from_utf8(section.data()).context("the manifest is not UTF-8")?;
            return Ok(Some(text.to_owned()));
        }
    }
    Ok(None)
}

/// `sha256:` and the hash of the whole file, in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(bytes) {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A manifest that names another kind than the component's would fail at its first call only.
fn check_kind(component: &[u8], kind: Kind) -> Result<()> {
    let wanted = match kind {
        Kind::DataSource => "vitrine:plugin/collector@",
        Kind::AlertChannel => "vitrine:plugin/delivery@",
        Kind::Panel => "vitrine:plugin/rendering@",
    };
    for payload in top_level(component) {
        let Payload::ComponentExportSection(exports) = payload? else { continue };
        for export in exports {
            if export?.name.name.starts_with(wanted) {
                return Ok(());
            }
        }
    }
    bail!("plugin.toml says kind = \"{kind}\", but the component exports no {wanted}…: set the kind that the source exports");
}

/// The payloads of the outermost component, without those of the modules and components inside it.
pub(crate) fn top_level(component: &[u8]) -> impl Iterator<Item = wasmparser::Result<Payload<'_>>> {
    let mut depth = 0_u32;
    Parser::new(0).parse_all(component).filter(move |payload| match payload {
        Ok(Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => {
            depth += 1;
            false
        }
        Ok(Payload::End(_)) => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
    const PANEL: &str = "name = \"a\"\nkind = \"panel\"\nversion = \"0.1.0\"\ntitle = \"A\"\ndescription = \"x\"\n";

    #[test]
    fn a_component_without_a_manifest_says_so() {
        assert_eq!(manifest_of(EMPTY_COMPONENT).unwrap(), None);
    }

    #[test]
    fn what_is_no_component_is_refused() {
        for bytes in [&b""[..], b"hello", b"\0asm\x01\0\0\0"] {
            assert!(manifest_of(bytes).is_err());
        }
        for module in [&b"\0asm\x01\0\0\0"[..], b"hello", b""] {
            assert!(embed(module, PANEL).is_err());
        }
    }

    #[test]
    fn the_kind_must_be_exported() {
        let error = embed(EMPTY_COMPONENT, PANEL).unwrap_err().to_string();
        assert!(error.contains("kind = \"panel\""), "{error}");
    }

    #[test]
    fn a_truncated_component_is_an_error() {
        let mut bytes = EMPTY_COMPONENT.to_vec();
        bytes.extend([0, 40, 3, b'a']);
        assert!(manifest_of(&bytes).is_err());
    }

    #[test]
    fn a_digest_is_sha256() {
        assert_eq!(digest(b""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
