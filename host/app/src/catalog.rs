//! Where plugins come from: the admin's folder first, then the installed ones, then those that this binary carries.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vitrine_plugin::{Kind, Manifest, manifest_of};

use crate::lock::{LOCK, Lock, Locked};
use crate::plan::Origins;
use crate::settings::Settings;
use crate::shelf::Shelf;
use crate::signature::{Signer, Trust};

/// Name and component of each bundled plugin.
static BUNDLED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// The most that a plugin file may hold.
pub const FILE_BYTES: u64 = 64 << 20;

/// Where to look besides the bundled ones, and whose signatures count.
#[derive(Debug, Default)]
pub struct Places {
    pub folder: Option<PathBuf>,
    /// The file `plugins.lock`.
    pub lock: Option<PathBuf>,
    pub data_dir: PathBuf,
    pub trust: Trust,
}

impl Places {
    pub fn of(origins: &Origins, settings: &Settings) -> Places {
        Places {
            folder: settings.plugins.folder.clone(),
            lock: Some(Lock::place(&origins.folder)),
            data_dir: origins.preview.as_ref().map_or_else(|| settings.data_dir.clone(), |preview| preview.data_dir.clone()),
            trust: Trust::new(&settings.plugins),
        }
    }
}

/// A plugin that can be had: what it says of itself, and where its code is.
#[derive(Debug, Clone)]
pub struct Entry {
    pub manifest: Manifest,
    pub file: Option<PathBuf>,
    /// Where it was installed from.
    pub source: Option<String>,
    pub signer: Signer,
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

    /// Whether it came with the host.
    pub fn is_bundled(&self) -> bool {
        self.file.is_none()
    }

    fn new(bytes: Cow<'static, [u8]>, file: Option<PathBuf>) -> Result<Entry, String> {
        let manifest = manifest_of(&bytes)?;
        let digest = vitrine_pack::digest(&bytes).into();
        Ok(Entry { manifest, file, source: None, signer: Signer::default(), bytes, digest })
    }

    /// What is not in a file of the admin's yet.
    pub fn of(bytes: Vec<u8>, trust: &Trust) -> Result<Entry, String> {
        let entry = Entry::new(Cow::Owned(bytes), None)?;
        Ok(Entry { signer: trust.judge(&entry.bytes)?, ..entry })
    }

    /// A file of the admin's, as far as it may be loaded.
    fn trusted(file: &Path, trust: &Trust) -> Result<Entry, String> {
        let entry = Entry::read(file)?;
        Ok(Entry { signer: trust.judge(&entry.bytes)?, ..entry })
    }

    /// What `plugins.lock` says is installed.
    fn installed(locked: &Locked, shelf: &Shelf, trust: &Trust) -> Result<Entry, String> {
        let remedy = format!("install it again from {}", locked.source);
        let bytes = shelf.get(&locked.digest).map_err(|reason| format!("{reason}; {remedy}"))?;
        let entry = Entry::new(Cow::Owned(bytes), Some(shelf.file(&locked.digest)?))?;
        if entry.manifest.name != locked.name {
            return Err(format!("`{}` has the digest of `{}`: {remedy}", locked.name, entry.manifest.name));
        }
        Ok(Entry { signer: trust.judge(&entry.bytes)?, source: Some(locked.source.clone()), ..entry })
    }

    /// A file of anybody's, whoever signed it.
    pub fn read(file: &Path) -> Result<Entry, String> {
        let size = std::fs::metadata(file).map_err(|error| format!("it cannot be read: {error}"))?.len();
        if size > FILE_BYTES {
            return Err(format!("it is larger than {} MiB", FILE_BYTES >> 20));
        }
        let bytes = std::fs::read(file).map_err(|error| format!("it cannot be read: {error}"))?;
        // Somebody writes to it: their next step is seen too, and it is read again.
        if std::fs::metadata(file).map_or(0, |now| now.len()) != bytes.len() as u64 {
            return Err("it is being written".to_owned());
        }
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
    pub fn gather(places: &Places) -> Catalog {
        let mut catalog = Catalog::default();
        for (name, bytes) in BUNDLED {
            match Entry::new(Cow::Borrowed(bytes), None) {
                Ok(entry) => drop(catalog.entries.insert((*name).to_owned(), entry)),
                Err(reason) => drop(catalog.broken.insert(PathBuf::from(format!("bundled/{name}")), reason)),
            }
        }
        catalog.gather_installed(places);
        catalog.gather_folder(places);
        catalog
    }

    fn gather_installed(&mut self, places: &Places) {
        let Some(file) = &places.lock else { return };
        let lock = match Lock::read(file) {
            Ok(lock) if lock.plugins.is_empty() => return,
            Ok(lock) => lock,
            Err(reason) => return drop(self.broken.insert(file.clone(), reason)),
        };
        let shelf = match Shelf::open(&places.data_dir) {
            Ok(shelf) => shelf,
            Err(reason) => return drop(self.broken.insert(file.clone(), reason)),
        };
        for locked in &lock.plugins {
            match Entry::installed(locked, &shelf, &places.trust) {
                Ok(entry) => drop(self.entries.insert(locked.name.clone(), entry)),
                Err(reason) => {
                    // The bundled one must not take over in silence.
                    self.entries.remove(&locked.name);
                    self.broken.insert(file.join(&locked.name), reason);
                }
            }
        }
    }

    fn gather_folder(&mut self, places: &Places) {
        let Some(folder) = places.folder.as_deref() else { return };
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let reason = format!("the folder cannot be read: {error}; make it, or change `plugins.folder`");
                self.broken.insert(folder.to_owned(), reason);
                return;
            }
        };
        let is_plugin = |path: &PathBuf| path.extension().is_some_and(|end| end == "wasm");
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_plugin).collect();
        files.sort();
        for file in files {
            self.add(file, &places.trust);
        }
    }

    fn add(&mut self, file: PathBuf, trust: &Trust) {
        let called = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let entry = match Entry::trusted(&file, trust) {
            Ok(entry) => entry,
            Err(reason) => {
                // A bundled one must not take over where the admin's own is only broken just now.
                self.entries.remove(called.trim_end_matches(".wasm"));
                self.broken.insert(file, reason);
                return;
            }
        };
        let (name, version) = (entry.manifest.name.clone(), &entry.manifest.version);
        if called != format!("{name}.wasm") && called != format!("{name}-{version}.vitrine.wasm") {
            let reason = format!("its manifest says `{name}` and {version}: rename it to `{name}.wasm`");
            self.broken.insert(file, reason);
            return;
        }
        let other = self.entries.get(&name).and_then(|known| known.file.clone()).filter(|known| known.parent() == file.parent());
        if let Some(other) = other {
            let reason = format!("{} is the plugin `{name}` too: keep one of the two", other.display());
            self.broken.insert(file, reason);
            return;
        }
        self.entries.insert(name, entry);
    }

    /// A sentence for each file that is no plugin.
    pub fn problems(&self) -> impl Iterator<Item = String> {
        self.broken.iter().map(|(file, reason)| match file.parent().filter(|lock| lock.ends_with(LOCK)) {
            Some(lock) => {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                format!("the installed plugin `{name}` ({}) cannot be used: {reason}", lock.display())
            }
            None if file.ends_with(LOCK) => format!("{} is wrong: {reason}", file.display()),
            None => format!("{} is no plugin that can be used: {reason}", file.display()),
        })
    }

    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// Whether there is a file of that name that cannot be used.
    pub fn is_broken(&self, name: &str) -> bool {
        self.broken.keys().any(|file| file.file_stem().is_some_and(|stem| stem == name))
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
                "mend that, or put another build there".to_owned(),
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
