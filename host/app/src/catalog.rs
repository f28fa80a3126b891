//! Where plugins come from: the admin's folder first, then the ones that this binary carries.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vitrine_plugin::{Kind, Manifest, manifest_of};

/// Name and component of each bundled plugin.
static BUNDLED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// The most that a plugin file may hold.
const FILE_BYTES: u64 = 64 << 20;

/// A plugin that can be had: what it says of itself, and where its code is.
#[derive(Debug, Clone)]
pub struct Entry {
    pub manifest: Manifest,
    pub file: Option<PathBuf>,
    bytes: Cow<'static, [u8]>,
    digest: Arc<str>,
}

impl Entry {
    pub fn bytes(&self) -> Arc<[u8]> {
        self.bytes.as_ref().into()
    }

    pub fn digest(&self) -> &str {
        &self.digest
    }

    fn new(bytes: Cow<'static, [u8]>, file: Option<PathBuf>) -> Result<Entry, String> {
        let manifest = manifest_of(&bytes)?;
        let digest = vitrine_pack::digest(&bytes).into();
        Ok(Entry { manifest, file, bytes, digest })
    }

    /// A file of the admin's.
    pub fn read(file: &Path) -> Result<Entry, String> {
        let size = std::fs::metadata(file).map_err(|error| format!("it cannot be read: {error}"))?.len();
        if size > FILE_BYTES {
            return Err(format!("it is larger than {} MiB", FILE_BYTES >> 20));
        }
        let bytes = std::fs::read(file).map_err(|error| format!("it cannot be read: {error}"))?;
        Entry::new(Cow::Owned(bytes), Some(file.to_owned()))
    }
}

/// All plugins by name.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    entries: BTreeMap<String, Entry>,
    /// Files that are no plugins, with the reason.
    pub broken: BTreeMap<PathBuf, String>,
}

impl Catalog {
    pub fn gather(folder: Option<&Path>) -> Catalog {
        let mut catalog = Catalog::default();
        for (name, bytes) in BUNDLED {
            match Entry::new(Cow::Borrowed(bytes), None) {
                Ok(entry) => drop(catalog.entries.insert((*name).to_owned(), entry)),
                Err(reason) => drop(catalog.broken.insert(PathBuf::from(format!("bundled/{name}")), reason)),
            }
        }
        let Some(folder) = folder else { return catalog };
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                catalog.broken.insert(
                    folder.to_owned(),
                    format!("the folder cannot be read: {error}; make it, or change `plugins.folder`"),
                );
                return catalog;
            }
        };
        for file in entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "wasm")) {
            catalog.add(file);
        }
        catalog
    }

    fn add(&mut self, file: PathBuf) {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match Entry::read(&file) {
            Ok(entry) if entry.manifest.name == stem => drop(self.entries.insert(stem, entry)),
            Ok(entry) => {
                let reason = format!("its manifest says `{0}`: rename it to `{0}.wasm`", entry.manifest.name);
                self.broken.insert(file, reason);
            }
            Err(reason) => drop(self.broken.insert(file, reason)),
        }
    }

    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The names of one kind.
    pub fn names(&self, kind: Kind) -> Vec<String> {
        self.entries.iter().filter(|(_, entry)| entry.manifest.kind == kind).map(|(name, _)| name.clone()).collect()
    }

    /// Why there is no such plugin of this kind, and what to write instead.
    pub fn missing(&self, name: &str, kind: Kind) -> (String, String) {
        let broken = self.broken.iter().find(|(file, _)| file.file_stem().is_some_and(|stem| stem == name));
        if let Some((file, reason)) = broken {
            return (
                format!("plugin `{name}` cannot be used: {}: {reason}", file.display()),
                "put a working file there".to_owned(),
            );
        }
        if let Some(entry) = self.entries.get(name) {
            let is = entry.manifest.kind;
            return (format!("plugin `{name}` is a {is}, and here a {kind} is wanted"), self.list(kind));
        }
        (format!("there is no plugin `{name}`"), self.list(kind))
    }

    fn list(&self, kind: Kind) -> String {
        format!("there are {}; own ones go into the folder `plugins.folder`", self.names(kind).join(", "))
    }
}
