//! One wasmtime engine for all guests: how it is set up, how it counts time, how plugins come in.

use std::path::PathBuf;
use std::sync::Arc;

use prometheus_client::registry::Registry;
use vitrine_model::Clock;
use vitrine_model::port::databases::Databases;
use vitrine_model::port::keep::Keep;
use vitrine_pack::{Kind, Manifest};
use wasmtime::component::Linker;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::capability::{self, Services};
use crate::code::CodeCache;
use crate::context::Context;
use crate::metrics::Metrics;
use crate::plugin::Plugin;
use crate::settings::{MailRelay, PluginSettings};
use crate::ticker::Ticker;

/// Core instances, memories and tables that one component may hold.
const PARTS_PER_GUEST: u32 = 8;

/// The sandbox. One per host.
pub struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) settings: PluginSettings,
    pub(crate) services: Arc<Services>,
    pub(crate) metrics: Metrics,
    pub(crate) ticker: Arc<Ticker>,
    /// For guests that may import everything; grants decide at the call.
    all: Linker<Context>,
    /// For panels.
    log_only: Linker<Context>,
    code: CodeCache,
    compiling: tokio::sync::Semaphore,
}

impl Runtime {
    /// `data_dir` is the host's data folder; compiled code is kept in it.
    pub fn new(
        settings: PluginSettings,
        data_dir: PathBuf,
        clock: Arc<dyn Clock>,
        registry: &mut Registry,
    ) -> Result<Arc<Runtime>, String> {
        let engine = engine(&settings).map_err(|error| format!("the sandbox cannot be set up: {error:#}"))?;
        let linked = |link: fn(&mut Linker<Context>) -> wasmtime::Result<()>| {
            let mut linker = Linker::new(&engine);
            let outcome = wasmtime_wasi::p2::add_to_linker_async(&mut linker).and_then(|()| link(&mut linker));
            outcome.map(|()| linker).map_err(|error| format!("the capabilities cannot be linked: {error:#}"))
        };
        let metrics = Metrics::default();
        metrics.register(registry);
        let services = Services {
            clock,
            http: capability::http::Egress::new(capability::http::Trust::new(settings.ca_file.clone())),
            mail: capability::mail::Relay::default(),
            system: capability::system::Reader::default(),
            files: capability::files::Reader::default(),
            state: capability::state::Store::default(),
            sql: capability::sql::Door::default(),
            refusals: metrics.refusals(),
        };
        Ok(Arc::new(Runtime {
            all: linked(capability::link_all)?,
            log_only: linked(capability::link_log)?,
            code: CodeCache::open(&data_dir.join("code"))?,
            compiling: tokio::sync::Semaphore::new(1),
            ticker: Ticker::start(&engine)?,
            services: Arc::new(services),
            engine,
            settings,
            metrics,
        }))
    }

    /// Sets, changes or takes away the mail relay.
    pub fn set_mail(&self, relay: Option<&MailRelay>) -> Result<(), String> {
        let pem = match &self.settings.ca_file {
            Some(file) => Some(
                std::fs::read(file).map_err(|error| format!("`plugins.ca_file` {} cannot be read: {error}", file.display()))?,
            ),
            None => None,
        };
        self.services.mail.set(relay, pem.as_deref())
    }

    /// Tells where instances' own values are kept; without it `state` fails.
    pub fn set_keep(&self, keep: Arc<dyn Keep>) {
        self.services.state.set(keep);
    }

    /// Tells which databases there are; without it `sql` is denied.
    pub fn set_databases(&self, databases: Arc<dyn Databases>) {
        self.services.sql.set(databases);
    }

    pub fn has_mail(&self) -> bool {
        self.services.mail.is_set()
    }

    /// Takes a plugin file in: manifest, code, imports. Compiles off the runtime's threads, one at a time.
    pub async fn load(self: &Arc<Runtime>, bytes: Arc<[u8]>) -> Result<Arc<Plugin>, String> {
        let manifest = manifest_of(&bytes)?;
        let _turn = self.compiling.acquire().await.map_err(|error| error.to_string())?;
        let runtime = Arc::clone(self);
        let compile = move || {
            let digest = vitrine_pack::digest(&bytes);
            let component = runtime.code.load(&runtime.engine, &digest, &bytes)?;
            let linker = if manifest.kind == Kind::Panel { &runtime.log_only } else { &runtime.all };
            let ready = linker.instantiate_pre(&component).map_err(|error| refused_import(manifest.kind, &error))?;
            Plugin::new(manifest, digest, ready).map(Arc::new)
        };
        tokio::task::spawn_blocking(compile).await.map_err(|error| format!("compiling failed: {error}"))?
    }
}

/// Reads what the file says of itself, without running anything of it.
pub fn manifest_of(bytes: &[u8]) -> Result<Manifest, String> {
    let text = vitrine_pack::manifest_of(bytes)
        .map_err(|error| format!("{error:#}; build it with `vitrine plugin build`"))?
        .ok_or("it is a component without a manifest: build it with `vitrine plugin build`")?;
    let api = vitrine_pack::api_of(bytes).map_err(|error| format!("{error:#}"))?;
    let manifest = Manifest::parse(&text).map_err(|error| format!("its manifest is wrong: {error}"))?;
    Ok(Manifest { api, ..manifest })
}

fn refused_import(kind: Kind, error: &wasmtime::Error) -> String {
    let reason = format!("{error:#}");
    let may = match kind {
        Kind::Panel => "a panel may import nothing but `vitrine:plugin/log`",
        _ => "see `wit/` for what may be imported",
    };
    format!("it asks for an import that there is not ({reason}): {may}")
}

fn engine(settings: &PluginSettings) -> wasmtime::Result<Engine> {
    let guests = settings.max_guests;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(guests)
        .total_core_instances(guests.saturating_mul(4))
        .total_memories(guests)
        .total_tables(guests.saturating_mul(2))
        .total_stacks(guests)
        .max_core_instances_per_component(PARTS_PER_GUEST * 4)
        .max_memories_per_component(PARTS_PER_GUEST)
        .max_tables_per_component(PARTS_PER_GUEST)
        .max_memory_size(256 << 20)
        .linear_memory_keep_resident(0)
        .table_keep_resident(0)
        .max_unused_warm_slots(0);
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .wasm_component_model(true)
        .wasm_memory64(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}
