//! What runs, from which text it was made, and what hinders what should run instead.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use vitrine_model::{Fault, Millis};
use vitrine_plugin::grant::Grants;
use vitrine_plugin::settings::MailRelay;
use vitrine_plugin::{Instance, Manifest, Plugin, PluginSource};
use vitrine_web::Door;

use crate::seal::SecretSeal;

/// `source` or `channel`, and the name.
pub(super) type Key = (&'static str, String);

#[derive(Default)]
pub(super) struct Running {
    /// Compiled, by digest: those that something is made of.
    pub(super) plugins: BTreeMap<String, Arc<Plugin>>,
    /// By name, as the files are now.
    pub(super) files: BTreeMap<String, PluginFile>,
    pub(super) instances: BTreeMap<Key, Made>,
    pub(super) panels: BTreeMap<String, Made>,
    pub(super) notes: BTreeMap<Key, Note>,
    pub(super) mail: Option<MailRelay>,
    pub(super) kept: super::retention::Kept,
}

impl Running {
    /// Under which names instances keep values.
    pub(super) fn owners(&self) -> Vec<String> {
        self.instances.values().map(|made| made.instance.owner().to_owned()).collect()
    }
}

impl Running {
    /// The source of this name, to be asked beside its schedule.
    pub(super) fn source(&self, name: &str) -> Option<Arc<PluginSource>> {
        let made = self.instances.get(&("source", name.to_owned()))?;
        Some(Arc::new(PluginSource::new(Arc::clone(&made.instance))))
    }
}

impl Running {
    /// What is known of a channel, for its far side's reports.
    pub(super) fn door(&self, name: &str) -> Option<Door> {
        let made = self.instances.get(&("channel", name.to_owned()))?;
        Some(Door {
            plugin: made.plugin.manifest.name.clone(),
            config: serde_json::from_str(made.instance.config()).unwrap_or_default(),
            signed: Arc::new(SecretSeal(Arc::clone(&made.instance))),
        })
    }
}

/// A plugin's file, as far as it can be read.
#[derive(Clone)]
pub(super) struct PluginFile {
    pub(super) manifest: Manifest,
    pub(super) digest: String,
    /// `bundled`, or its path.
    pub(super) from: String,
}

/// What a guest said of itself when it was asked whether it can do its work.
pub(super) type Said = Arc<Mutex<Option<Result<String, Fault>>>>;

/// An instance, running.
#[derive(Clone)]
pub(super) struct Made {
    /// Changes when anything about it changes.
    pub(super) version: String,
    pub(super) plugin: Arc<Plugin>,
    pub(super) grants: Grants,
    pub(super) instance: Arc<Instance>,
    pub(super) since: Millis,
    pub(super) checked: Said,
}

/// Why an instance does not run as its entry and its file say.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Note {
    /// The plugin that the entry names.
    pub(super) plugin: String,
    /// A build that nobody has approved.
    pub(super) waiting: Option<Waiting>,
    /// Why it could not be made.
    pub(super) problem: Option<String>,
    /// Another try may end better, though no file changes: the machine was busy, say.
    pub(super) may_pass: bool,
}

/// Why an instance could not be made.
#[derive(Debug)]
pub(super) struct Hindrance {
    pub(super) reason: String,
    pub(super) may_pass: bool,
}

impl From<String> for Hindrance {
    fn from(reason: String) -> Hindrance {
        Hindrance { reason, may_pass: false }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) version: String,
    pub(super) digest: String,
    /// What it asks for that was not approved; empty where the grant names another build.
    pub(super) more: Vec<String>,
}

impl Waiting {
    /// For the log and the pages.
    pub(super) fn sentence(&self) -> String {
        if self.more.is_empty() {
            return format!("its grant names another build than the file's, which is {} ({})", self.version, self.digest);
        }
        format!("build {} asks for more than was granted: {}", self.version, self.more.join(", "))
    }

    pub(super) fn remedy(&self, (noun, name): &Key) -> String {
        if self.more.is_empty() {
            return "put the build that is named there, or change `digest` under `grant`".to_owned();
        }
        format!("add it under `grant`, or run `vitrine plugin grant {noun}/{name}`")
    }
}

impl Note {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_none() && self.problem.is_none()
    }

    /// What is wrong, and what to do, for whoever reads the log or a page.
    pub(super) fn line(&self, key: &Key) -> Option<String> {
        let (noun, name) = key;
        if let Some(waiting) = &self.waiting {
            return Some(format!("{noun} `{name}` waits for a grant: {}; {}", waiting.sentence(), waiting.remedy(key)));
        }
        self.problem.as_ref().map(|reason| format!("{noun} `{name}` cannot be started: {reason}"))
    }
}
