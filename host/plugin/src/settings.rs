//! What an admin can set about the sandbox and its capabilities.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `plugins:` in the settings. What counts for one instance can be set anew under `limits` of its entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PluginSettings {
    /// Folder with plugin files (`<name>.wasm`) of your own; they win over the bundled ones.
    pub folder: Option<PathBuf>,
    /// How many guests may be alive at once, in all.
    #[schemars(range(min = 1, max = 20_000))]
    pub max_guests: u32,
    /// Memory of all guests together, in MiB.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub total_memory_mib: u32,
    /// Memory of one guest, in MiB, where neither its manifest nor its entry's `limits` says otherwise.
    #[schemars(range(min = 1, max = 4_095))]
    pub memory_mib: u32,
    /// The most memory that a manifest or an entry's `limits` may ask for one guest, in MiB.
    #[schemars(range(min = 1, max = 4_095))]
    pub max_memory_mib: u32,
    /// CPU time of one call, in milliseconds.
    #[schemars(range(min = 10, max = 60_000))]
    pub cpu_ms: u32,
    /// Time that each kind of call may take, waiting included, in milliseconds.
    pub wall_ms: WallTimes,
    /// Bytes that may cross the border in one call, each way, in KiB.
    #[schemars(range(min = 1, max = 262_144))]
    pub crossing_kib: u32,
    /// Handles (of resources and streams) that a guest may hold.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub handles: u32,
    /// Entries in all function tables of a guest.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub table_entries: u32,
    /// Calls of one instance at once; without it 2 for a source, 4 for a channel or a panel.
    #[schemars(range(min = 1, max = 64))]
    pub concurrency: Option<u32>,
    /// Log lines of a guest per second; five times as many may come at once.
    #[schemars(range(min = 1, max = 10_000))]
    pub log_lines: u32,
    /// Samples that one collection may bring.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub samples: u32,
    /// How deep the calls inside a guest may go: its stack, in KiB.
    #[schemars(range(min = 64, max = 8_192))]
    pub stack_kib: u32,
    /// Time that compiling one plugin may take, in seconds.
    #[schemars(range(min = 1, max = 3_600))]
    pub compile_seconds: u32,
    /// Memory that compiling one plugin may take, in MiB.
    #[schemars(range(min = 256, max = 65_536))]
    pub compile_memory_mib: u32,
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
            total_memory_mib: 2_048,
            memory_mib: 64,
            max_memory_mib: 256,
            cpu_ms: 2_000,
            wall_ms: WallTimes::default(),
            crossing_kib: 16 << 10,
            handles: 1_024,
            table_entries: 100_000,
            concurrency: None,
            log_lines: 20,
            samples: 1_000_000,
            stack_kib: 512,
            compile_seconds: 120,
            compile_memory_mib: 2_048,
            ca_file: None,
            trust: Vec::new(),
            require_signature: false,
        }
    }
}

/// `limits:` of an entry: what differs for this one instance from what `plugins` says for all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InstanceLimits {
    /// Memory of one guest, in MiB, up to `plugins.max_memory_mib`.
    #[schemars(range(min = 1, max = 4_095))]
    pub memory_mib: Option<u32>,
    /// CPU time of one call, in milliseconds.
    #[schemars(range(min = 10, max = 60_000))]
    pub cpu_ms: Option<u32>,
    /// Time that each kind of call may take, waiting included, in milliseconds.
    pub wall_ms: WallTimes,
    /// Bytes that may cross the border in one call, each way, in KiB.
    #[schemars(range(min = 1, max = 262_144))]
    pub crossing_kib: Option<u32>,
    /// Handles (of resources and streams) that a guest may hold.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub handles: Option<u32>,
    /// Entries in all function tables of a guest.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub table_entries: Option<u32>,
    /// Calls at once.
    #[schemars(range(min = 1, max = 64))]
    pub concurrency: Option<u32>,
    /// Log lines per second; five times as many may come at once.
    #[schemars(range(min = 1, max = 10_000))]
    pub log_lines: Option<u32>,
    /// Samples that one collection may bring.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub samples: Option<u32>,
}

/// Milliseconds for each kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WallTimes {
    /// Taking its configuration, start-up included: 2,000 without it.
    #[schemars(range(min = 10, max = 600_000))]
    pub configure: Option<u32>,
    /// Saying whether it can work: 5,000 without it.
    #[schemars(range(min = 10, max = 600_000))]
    pub check: Option<u32>,
    /// Collecting samples: 10,000 without it.
    #[schemars(range(min = 10, max = 600_000))]
    pub collect: Option<u32>,
    /// Answering queries: 10,000 without it.
    #[schemars(range(min = 10, max = 600_000))]
    pub query: Option<u32>,
    /// Doing something to the system watched, or saying what can be done: 10,000 without it.
    #[schemars(range(min = 10, max = 600_000))]
    pub act: Option<u32>,
    /// Reading log lines: 10,000 without it.
    #[schemars(range(min = 10, max = 600_000))]
    pub logs: Option<u32>,
    /// Telling people: 15,000 without it.
    #[schemars(range(min = 10, max = 600_000))]
    pub deliver: Option<u32>,
    /// Drawing a panel: 1,000 without it.
    #[schemars(range(min = 10, max = 600_000))]
    pub render: Option<u32>,
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
