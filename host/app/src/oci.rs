//! Plugins in an OCI image layout, as registries' tools write it to a folder: `index.json` and `blobs/sha256/…`.
//!
//! Every blob is held against the digest that led to it, so that the folder need not be trusted once the pin is.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// What a descriptor's JSON may hold.
const DOCUMENT_BYTES: u64 = 1 << 20;
/// An index may lead to further ones.
const DEPTH: usize = 4;
/// Layers that are looked at.
const LAYERS: usize = 64;

/// The kinds of layers that hold a component.
const WASM: [&str; 3] =
    ["application/wasm", "application/vnd.wasm.content.layer.v1+wasm", "application/vnd.module.wasm.content.layer.v1+wasm"];

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    #[serde(default)]
    media_type: String,
    digest: String,
    size: u64,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

/// An index or a manifest: the one has `manifests`, the other `layers`.
#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    manifests: Vec<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
}

/// Whether the folder says that it is one.
pub fn is_layout(folder: &Path) -> bool {
    folder.join("index.json").is_file()
}

/// The component in the folder; where it holds several, the one with the digest `wanted`.
pub fn read(folder: &Path, wanted: Option<&str>, most_bytes: u64) -> Result<Vec<u8>, String> {
    let index = bytes(&folder.join("index.json"), DOCUMENT_BYTES)?;
    let mut layers = Vec::new();
    gather(folder, &index, DEPTH, &mut layers)?;
    if let Some(wanted) = wanted {
        layers.retain(|layer| layer.digest == wanted);
    }
    layers.dedup_by(|one, other| one.digest == other.digest);
    match (layers.as_slice(), wanted) {
        ([layer], _) => blob(folder, layer, most_bytes),
        ([], None) => Err(format!("{} holds no layer of type {}", folder.display(), WASM[0])),
        ([], Some(wanted)) => Err(format!("{} holds no component with the digest {wanted}", folder.display())),
        (several, _) => {
            let told: Vec<String> = several.iter().map(name).collect();
            Err(format!("{} holds several components: add `@` and the digest of one of {}", folder.display(), told.join(", ")))
        }
    }
}

fn name(layer: &Descriptor) -> String {
    match layer.annotations.get("org.opencontainers.image.title") {
        Some(title) => format!("{title} ({})", layer.digest),
        None => layer.digest.clone(),
    }
}

fn gather(folder: &Path, document: &[u8], depth: usize, layers: &mut Vec<Descriptor>) -> Result<(), String> {
    let document: Document =
        serde_json::from_slice(document).map_err(|error| format!("{} is no OCI layout: {error}", folder.display()))?;
    layers.extend(document.layers.into_iter().filter(|layer| WASM.contains(&layer.media_type.as_str())));
    for descriptor in document.manifests.iter().take(LAYERS) {
        if depth == 0 || layers.len() > LAYERS {
            return Err(format!("{} is nested deeper or holds more than a plugin needs", folder.display()));
        }
        let next = blob(folder, descriptor, DOCUMENT_BYTES)?;
        gather(folder, &next, depth - 1, layers)?;
    }
    Ok(())
}

/// A blob, which is what its digest says.
fn blob(folder: &Path, descriptor: &Descriptor, most_bytes: u64) -> Result<Vec<u8>, String> {
    let digest = &descriptor.digest;
    if !crate::shelf::is_digest(digest) {
        return Err(crate::shelf::not_a_digest(digest));
    }
    let file = folder.join("blobs").join(digest.replacen(':', "/", 1));
    let bytes = bytes(&file, most_bytes)?;
    if bytes.len() as u64 != descriptor.size || vitrine_pack::digest(&bytes) != *digest {
        return Err(format!("{} is not what its digest says: get the folder anew", file.display()));
    }
    Ok(bytes)
}

fn bytes(file: &Path, most: u64) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?.len();
    if size > most {
        return Err(format!("{} is larger than {most} bytes", file.display()));
    }
    std::fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use serde_json::{Value, json};

    use super::*;

    /// A folder that grows blob by blob.
    struct Layout(tempfile::TempDir);

    impl Layout {
        fn new() -> Layout {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir_all(folder.path().join("blobs/sha256")).unwrap();
            Layout(folder)
        }

        fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
            let digest = vitrine_pack::digest(bytes);
            std::fs::write(self.0.path().join("blobs").join(digest.replacen(':', "/", 1)), bytes).unwrap();
            json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
        }

        fn index(&self, manifests: &[Value]) {
            let text = json!({ "schemaVersion": 2, "manifests": manifests }).to_string();
            std::fs::write(self.0.path().join("index.json"), text).unwrap();
        }

        fn manifest(&self, layers: &[Value]) -> Value {
            let text = json!({ "schemaVersion": 2, "layers": layers }).to_string();
            self.blob("application/vnd.oci.image.manifest.v1+json", text.as_bytes())
        }

        fn read(&self, wanted: Option<&str>) -> Result<Vec<u8>, String> {
            read(self.0.path(), wanted, 1_000)
        }
    }

    #[test]
    fn the_layer_with_the_component_is_found() {
        let layout = Layout::new();
        let layers = [layout.blob("text/plain", b"words"), layout.blob(WASM[0], b"component")];
        let nested = json!({ "manifests": [layout.manifest(&layers)] }).to_string();
        layout.index(&[layout.blob("application/vnd.oci.image.index.v1+json", nested.as_bytes())]);
        assert!(is_layout(layout.0.path()));
        assert_eq!(layout.read(None).unwrap(), b"component");
        let digest = vitrine_pack::digest(b"component");
        assert_eq!(layout.read(Some(&digest)).unwrap(), b"component");
        assert!(layout.read(Some(&vitrine_pack::digest(b"x"))).unwrap_err().contains("no component with the digest"));
    }

    #[test]
    fn several_need_a_digest() {
        let layout = Layout::new();
        layout.index(&[layout.manifest(&[layout.blob(WASM[0], b"one"), layout.blob(WASM[1], b"two")])]);
        assert!(layout.read(None).unwrap_err().contains("add `@` and the digest"));
        assert_eq!(layout.read(Some(&vitrine_pack::digest(b"two"))).unwrap(), b"two");
    }

    #[test]
    fn what_was_changed_or_leads_elsewhere_is_refused() {
        let layout = Layout::new();
        let layer = layout.blob(WASM[0], b"component");
        layout.index(&[layout.manifest(std::slice::from_ref(&layer))]);
        let file = layout.0.path().join("blobs").join(layer["digest"].as_str().unwrap().replacen(':', "/", 1));
        std::fs::write(&file, b"Component").unwrap();
        assert!(layout.read(None).unwrap_err().contains("not what its digest says"));
        std::fs::write(&file, vec![0; 2_000]).unwrap();
        assert!(layout.read(None).unwrap_err().contains("larger than"));
        layout.index(&[json!({ "mediaType": "", "digest": "sha256:../../index.json", "size": 1 })]);
        assert!(layout.read(None).unwrap_err().contains("is not a digest"));
        layout.index(&[]);
        assert!(layout.read(None).unwrap_err().contains("holds no layer"));
    }
}
