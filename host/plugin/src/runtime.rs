//! One wasmtime engine for all guests: how it is set up, how it counts time, how plugins come in.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use prometheus_client::registry::Registry;
use vitrine_model::Clock;
use vitrine_model::port::databases::Databases;
use vitrine_model::port::keep::Keep;
use vitrine_model::port::links::Links;
use vitrine_model::port::pictures::Pictures;
use vitrine_model::port::receipts::Receipts;
use vitrine_pack::{Kind, Manifest};
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::capability::http::SecretSource;
use crate::capability::{self, Services};
use crate::code::CodeCache;
use crate::compile::Compiler;
use crate::context::Context;
use crate::limit::{Budget, INSTANCES, PARTS};
use crate::metrics::Metrics;
use crate::plugin::Plugin;
use crate::settings::{MailRelay, PluginSettings};
use crate::ticker::Ticker;

/// What the host's own functions have of a guest's stack, beside what is the guest's.
const HOST_STACK: usize = 1_536 << 10;

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
    compiler: Compiler,
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
        let budget = Arc::new(Budget::new(settings.total_memory_mib as usize * (1 << 20)));
        metrics.register(registry, &budget, settings.max_guests);
        let http_metrics = capability::http::HttpMetrics::default();
        http_metrics.register(registry);
        let services = Services {
            clock,
            http: capability::http::Egress::new(capability::http::Trust::new(settings.ca_file.clone()), http_metrics),
            mail: capability::mail::Relay::default(),
            system: capability::system::Reader::default(),
            files: capability::files::Reader::default(),
            state: capability::state::Store::default(),
            sql: capability::sql::Door::default(),
            desk: capability::notice::Desk::default(),
            refusals: metrics.refusals(),
            budget,
        };
        Ok(Arc::new(Runtime {
            all: linked(capability::link_all)?,
            log_only: linked(capability::link_log)?,
            code: CodeCache::open(&data_dir.join("code"))?,
            compiler: Compiler::new(&settings),
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

    /// Tells who makes pictures and links for notices; without them there are none.
    pub fn set_pages(&self, pictures: Weak<dyn Pictures>, links: Weak<dyn Links>) {
        self.services.desk.set_pages(pictures, links);
    }

    /// Tells where it is kept who was told; without it, it is not.
    pub fn set_receipts(&self, receipts: Arc<dyn Receipts>) {
        self.services.desk.set_receipts(receipts);
    }

    /// Takes the place of all secrets that there were.
    pub fn set_secrets(&self, secrets: BTreeMap<String, SecretSource>) {
        self.services.http.vault().set(secrets);
    }

    pub fn has_mail(&self) -> bool {
        self.services.mail.is_set()
    }

    /// From now on plugins are compiled by this program (with these arguments), which calls [`crate::compile`] on what
    /// it reads: a process can be bounded in memory and stopped, a thread cannot.
    pub fn compile_with(&self, program: PathBuf, arguments: &[&str]) {
        self.compiler.set_program(program, arguments);
    }

    /// Takes a plugin file in: manifest, code, imports. Nothing of it runs yet, and no thread of the runtime's is held up.
    pub async fn load(self: &Arc<Runtime>, bytes: Arc<[u8]>) -> Result<Arc<Plugin>, String> {
        let runtime = Arc::clone(self);
        let file = Arc::clone(&bytes);
        let (manifest, digest, known) = off_thread(move || {
            let manifest = manifest_of(&file)?;
            let digest = vitrine_pack::digest(&file);
            let known = runtime.code.known(&runtime.engine, &digest);
            Ok((manifest, digest, known))
        })
        .await?;
        let component = match known {
            Some(component) => component,
            None => self.compiled(&digest, bytes).await?,
        };
        let runtime = Arc::clone(self);
        off_thread(move || {
            let linker = if manifest.kind == Kind::Panel { &runtime.log_only } else { &runtime.all };
            let ready = linker.instantiate_pre(&component).map_err(|error| refused_import(manifest.kind, &error))?;
            Plugin::new(manifest, digest, ready).map(Arc::new)
        })
        .await
    }

    async fn compiled(self: &Arc<Runtime>, digest: &str, bytes: Arc<[u8]>) -> Result<Component, String> {
        let code = self.compiler.compile(digest, bytes).await?;
        let (runtime, digest) = (Arc::clone(self), digest.to_owned());
        off_thread(move || runtime.code.keep(&runtime.engine, &digest, &code)).await
    }
}

async fn off_thread<R: Send + 'static>(work: impl FnOnce() -> Result<R, String> + Send + 'static) -> Result<R, String> {
    tokio::task::spawn_blocking(work).await.map_err(|error| format!("loading failed: {error}"))?
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
    format!("it asks for an import that there is not ({reason}): {may}; this host has `vitrine:plugin@{}`", vitrine_pack::API)
}

/// What decides how code is compiled; the compiler's process has the same.
pub(crate) fn code_config() -> Config {
    let mut config = Config::new();
    // Several memories are not for guests' own modules: what passes values between the parts of a component has them, and
    // the components of other languages have parts.
    config.epoch_interruption(true).wasm_component_model(true).wasm_memory64(false).wasm_multi_memory(true);
    config
}

fn engine(settings: &PluginSettings) -> wasmtime::Result<Engine> {
    let guests = settings.max_guests;
    let (parts, instances) = (u32::try_from(PARTS)?, u32::try_from(INSTANCES)?);
    let stack = settings.stack_kib as usize * (1 << 10);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(guests)
        .total_core_instances(guests.saturating_mul(4).max(instances))
        .total_memories(guests.max(parts))
        .total_tables(guests.saturating_mul(2).max(parts))
        .total_stacks(guests)
        .max_core_instances_per_component(instances)
        .max_memories_per_component(parts)
        .max_tables_per_component(parts)
        .max_tables_per_module(parts)
        .table_elements(settings.table_entries as usize)
        .max_memory_size(settings.max_memory_mib as usize * (1 << 20))
        .linear_memory_keep_resident(0)
        .table_keep_resident(0)
        .max_unused_warm_slots(0);
    let mut config = code_config();
    config
        .max_wasm_stack(stack)
        .async_stack_size(stack + HOST_STACK)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}
