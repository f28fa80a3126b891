//! One wasmtime engine for all guests: how it is set up, how it counts time, how plugins come in.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread::Thread;

use prometheus_client::registry::Registry;
use vitrine_model::Clock;
use vitrine_pack::{Kind, Manifest};
use wasmtime::component::Linker;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::capability::{self, Services};
use crate::code::CodeCache;
use crate::context::Context;
use crate::limit::EPOCH;
use crate::metrics::Metrics;
use crate::plugin::Plugin;
use crate::settings::{MailRelay, PluginSettings};

/// Epochs for which it stays awake after the last call.
const LINGER: u32 = 3;

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
    Manifest::parse(&text).map_err(|error| format!("its manifest is wrong: {error}"))
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

/// Counts epochs while a call is under way, and a little longer, as the next call often comes soon; sleeps otherwise.
pub(crate) struct Ticker {
    active: AtomicUsize,
    asleep: AtomicBool,
    stopped: AtomicBool,
    thread: Thread,
}

impl Ticker {
    fn start(engine: &Engine) -> Result<Arc<Ticker>, String> {
        let (send, receive) = std::sync::mpsc::channel::<Weak<Ticker>>();
        let engine = engine.weak();
        let work = move || {
            let Ok(ticker) = receive.recv() else { return };
            let mut idle_epochs = 0;
            while let Some(ticker) = ticker.upgrade().filter(|ticker| !ticker.stopped.load(Ordering::SeqCst)) {
                idle_epochs = if ticker.active.load(Ordering::SeqCst) > 0 { 0 } else { idle_epochs + 1 };
                let sleeps = idle_epochs > LINGER && ticker.falls_asleep();
                drop(ticker);
                if sleeps {
                    // `unpark` before this `park` is not lost, so a call that begins meanwhile is seen.
                    std::thread::park();
                    idle_epochs = 0;
                    continue;
                }
                std::thread::park_timeout(EPOCH);
                let Some(engine) = engine.upgrade() else { return };
                engine.increment_epoch();
            }
        };
        let handle = std::thread::Builder::new().name("epochs".to_owned()).spawn(work).map_err(|error| error.to_string())?;
        let ticker = Arc::new(Ticker {
            active: AtomicUsize::new(0),
            asleep: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            thread: handle.thread().clone(),
        });
        send.send(Arc::downgrade(&ticker)).map_err(|error| error.to_string())?;
        Ok(ticker)
    }

    /// Time is counted until the guard goes.
    pub(crate) fn count(self: &Arc<Ticker>) -> Counting {
        self.active.fetch_add(1, Ordering::SeqCst);
        // Waking costs a system call, so it is done only where it is needed.
        if self.asleep.swap(false, Ordering::SeqCst) {
            self.thread.unpark();
        }
        Counting(Arc::clone(self))
    }

    /// Says that it sleeps, then looks once more: a call that began before that has not woken it.
    fn falls_asleep(&self) -> bool {
        self.asleep.store(true, Ordering::SeqCst);
        self.active.load(Ordering::SeqCst) == 0 || !self.asleep.swap(false, Ordering::SeqCst)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

pub(crate) struct Counting(Arc<Ticker>);

impl Drop for Counting {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::SeqCst);
    }
}
