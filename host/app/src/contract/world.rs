//! The world that a plugin is tested in: the sandbox, with grants for all that it asks for, and neighbours.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prometheus_client::registry::Registry;
use serde_json::{Map, Value, json};
use vitrine_plugin::grant::{GrantSettings, Grants};
use vitrine_plugin::settings::PluginSettings;
use vitrine_plugin::{Capability, Instance, Manifest, Plugin, Runtime, SecretSource};

use super::Subject;
use super::clock::JumpingClock;
use super::data::{DATABASE, Data};
use super::database::Moody;
use super::relay::Relay;
use super::report::Verdict;
use super::web::Web;
use crate::cli::compile;

/// Stands for the web server's address in configurations and canned answers.
const SERVER: &str = "{server}";

pub struct World {
    pub manifest: Manifest,
    pub clock: Arc<JumpingClock>,
    pub web: Web,
    pub relay: Relay,
    pub database: Arc<Moody>,
    /// Configurations that must work, as they are written.
    pub samples: Vec<Value>,
    runtime: Arc<Runtime>,
    plugin: Arc<Plugin>,
    grants: Grants,
    _data: Data,
    _folder: tempfile::TempDir,
}

impl World {
    /// The inner error is the plugin's, the outer the machine's.
    pub async fn new(subject: &Subject) -> Result<Result<World, String>, String> {
        let folder = tempfile::Builder::new().prefix("vitrine-test-").tempdir().map_err(|error| error.to_string())?;
        let clock = Arc::new(JumpingClock::new());
        let runtime = runtime(subject.settings.clone(), folder.path(), &clock)?;
        let data = Data::new(folder.path(), &runtime)?;
        let plugin = match runtime.load(Arc::clone(&subject.bytes)).await {
            Ok(plugin) => plugin,
            Err(reason) => return Ok(Err(reason)),
        };
        let manifest = subject.manifest.clone();
        let no_server = |error: std::io::Error| format!("no server can be started on this machine: {error}");
        let web = Web::start(manifest.test.http.clone()).await.map_err(no_server)?;
        let relay = Relay::start().await.map_err(no_server)?;
        runtime.set_mail(Some(&relay.settings()))?;
        runtime.set_secrets(secrets(&manifest, &web));
        let grants = match grants(&manifest, &web, &data) {
            Ok(grants) => grants,
            Err(reason) => return Ok(Err(reason)),
        };
        let (samples, database) = (samples(subject), Arc::clone(&data.database));
        Ok(Ok(World { manifest, clock, web, relay, database, samples, runtime, plugin, grants, _data: data, _folder: folder }))
    }

    pub fn asks_for(&self, right: Capability) -> bool {
        self.manifest.asks_for(right)
    }

    pub fn has_samples(&self) -> Verdict {
        match self.samples.is_empty() {
            false => Verdict::Good,
            true => Verdict::bad(
                "an option is required, and nothing says what to set it to",
                "add `[test]` with `with = [{ … }]` to plugin.toml, or give `--with JSON`",
            ),
        }
    }

    /// A configuration with the server's address in it.
    pub fn filled(&self, with: &Value) -> Value {
        fill(with, &self.web.url())
    }

    /// A fresh instance with the first sample, which may do all that it asks for.
    pub fn instance(&self) -> Arc<Instance> {
        self.instance_with(&self.sample())
    }

    /// A fresh instance whose server is not there.
    pub fn instance_at_closed_port(&self) -> Arc<Instance> {
        let sample = self.samples.first().cloned().unwrap_or_else(|| json!({}));
        self.instance_with(&fill(&sample, &self.web.closed_url()))
    }

    pub fn instance_with(&self, with: &Value) -> Arc<Instance> {
        Instance::new(&self.runtime, Arc::clone(&self.plugin), "under-test", with, self.grants.clone())
    }

    /// A fresh instance that may do nothing.
    pub fn instance_without_rights(&self) -> Arc<Instance> {
        Instance::new(&self.runtime, Arc::clone(&self.plugin), "under-test", &self.sample(), Grants::default())
    }

    pub fn sample(&self) -> Value {
        self.samples.first().map_or_else(|| json!({}), |sample| self.filled(sample))
    }

    /// Sends messages to where nobody listens, or back to the relay.
    pub fn set_relay(&self, is_there: bool) -> Result<(), String> {
        let settings = if is_there { self.relay.settings() } else { self.relay.closed_settings() };
        self.runtime.set_mail(Some(&settings))
    }
}

/// Compiles as the host does: in a process with bounds, since what is tested may be a stranger's. What was compiled for an
/// earlier test is used again, where the user's cache can be used: Python takes a while.
fn runtime(settings: PluginSettings, folder: &Path, clock: &Arc<JumpingClock>) -> Result<Arc<Runtime>, String> {
    let with_code_in = |place: PathBuf| Runtime::new(settings.clone(), place, Arc::clone(clock) as _, &mut Registry::default());
    let cached = vitrine_pack::cache_folder().ok().and_then(|cache| with_code_in(cache).ok());
    let runtime = cached.map_or_else(|| with_code_in(folder.to_owned()), Ok)?;
    runtime.compile_with(compile::program(), &[compile::VERB]);
    Ok(runtime)
}

fn samples(subject: &Subject) -> Vec<Value> {
    if let Some(with) = &subject.with {
        return vec![with.clone()];
    }
    let manifest = &subject.manifest;
    let needs_none = !manifest.options.values().any(|option| option.required);
    match (manifest.test.with.as_slice(), needs_none) {
        ([], true) => vec![json!({})],
        (samples, _) => samples.to_vec(),
    }
}

fn fill(value: &Value, server: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace(SERVER, server)),
        Value::Array(list) => list.iter().map(|value| fill(value, server)).collect(),
        Value::Object(map) => {
            let filled: Map<String, Value> = map.iter().map(|(key, value)| (key.clone(), fill(value, server))).collect();
            Value::Object(filled)
        }
        other => other.clone(),
    }
}

/// A value for each secret that the manifest names, bound to the test's own server.
fn secrets(manifest: &Manifest, web: &Web) -> BTreeMap<String, SecretSource> {
    let secret = |name: &String| {
        let value = format!("contract-secret-{name}");
        let hosts = [web.url(), web.closed_url()].iter().filter_map(|host| host.parse().ok()).collect();
        (name.clone(), SecretSource { hosts, fetch: Arc::new(move || Ok(value.clone().into())) })
    };
    manifest.secrets.keys().map(secret).collect()
}

/// Everything that the manifest asks for, as an admin would write it; but requests go to the test's own server and nowhere
/// else, whichever hosts the manifest names: a test must not write to somebody's real account.
fn grants(manifest: &Manifest, web: &Web, data: &Data) -> Result<Grants, String> {
    let mut words = Map::new();
    for right in manifest.rights.keys() {
        let value = match right {
            Capability::Http => json!([web.url(), web.closed_url()]),
            Capability::Sql => json!([DATABASE]),
            Capability::Files => json!([data.folder]),
            _ => json!(true),
        };
        words.insert(right.word().to_owned(), value);
    }
    if !manifest.secrets.is_empty() {
        words.insert("secrets".to_owned(), json!(manifest.secrets.keys().collect::<Vec<_>>()));
    }
    let settings: GrantSettings = serde_json::from_value(Value::Object(words))
        .map_err(|error| format!("the rights that it asks for cannot be granted here: {error}"))?;
    let mut anywhere = manifest.clone();
    anywhere.rights.values_mut().for_each(|right| right.hosts.clear());
    anywhere.secrets.values_mut().for_each(|secret| secret.hosts = vec![vitrine_pack::ANY_HOST.to_owned()]);
    Grants::new(&settings, &anywhere).map_err(|problems| {
        let reasons: Vec<String> = problems.into_iter().map(|problem| problem.reason).collect();
        format!("the rights that it asks for cannot be granted here: {}", reasons.join("; "))
    })
}
