//! What an admin can set about the sandbox and its capabilities.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `plugins:` in the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PluginSettings {
    /// Folder with plugin files (`<name>.wasm`) of your own; they win over the bundled ones.
    pub folder: Option<PathBuf>,
    /// How many guests may be alive at once, in all.
    #[schemars(range(min = 1, max = 100_000))]
    pub max_guests: u32,
    /// Memory of one guest, in MiB, unless its manifest asks for less.
    #[schemars(range(min = 1, max = 256))]
    pub memory_mib: u32,
    /// CPU time of one call, in milliseconds.
    #[schemars(range(min = 10, max = 60_000))]
    pub cpu_ms: u32,
    /// PEM file with certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Whose signatures count, by the name you know them by.
    pub trust: Vec<TrustedKey>,
    /// Load no plugin that is not signed by one of them; the bundled ones are the host's own.
    pub require_signature: bool,
}

/// An entry of `plugins.trust`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedKey {
    /// Who holds it.
    pub name: String,
    /// The public key: `ed25519:…`.
    pub key: String,
}

impl Default for PluginSettings {
    fn default() -> PluginSettings {
        PluginSettings {
            folder: None,
            max_guests: 1_000,
            memory_mib: 64,
            cpu_ms: 2_000,
            ca_file: None,
            trust: Vec::new(),
            require_signature: false,
        }
    }
}

/// How to speak to the mail relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Upgrade with STARTTLS, or fail.
    #[default]
    Starttls,
    /// TLS from the first byte (port 465).
    Implicit,
    /// No encryption: for a relay on this machine.
    None,
}

/// The mail relay, with its password in clear: the app resolves secrets before it builds this.
#[derive(Clone, PartialEq)]
pub struct MailRelay {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub from: String,
    pub login: Option<(String, String)>,
}

impl std::fmt::Debug for MailRelay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailRelay").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}
