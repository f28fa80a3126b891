//! The running host: started, reloaded, stopped. The start path is the reload path: check → diff → build → swap.

mod book;
mod builds;
mod cards;
mod data;
mod instances;
mod later;
mod metrics;
mod reload;
mod retention;
mod running;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use anyhow::{Context, anyhow};
use arc_swap::ArcSwap;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;
use vitrine_model::Clock;
use vitrine_model::port::alerts::Alerts;
use vitrine_model::port::links::Links;
use vitrine_model::port::pictures::Pictures;
use vitrine_model::port::samples::Samples;
use vitrine_monitor::alert::Group;
use vitrine_monitor::live::Live;
use vitrine_monitor::status::Status;
use vitrine_monitor::{Monitor, Parts, Routing};
use vitrine_plugin::{PluginPanel, Runtime};
use vitrine_query::{Engine, Limits};
use vitrine_store::Store;
use vitrine_store::database::NamedDatabases;
use vitrine_web::plugins::PluginCard;
use vitrine_web::{Dashboard, Web};

use crate::cli::compile;
use crate::plan::{Origins, Plan};
use crate::seal::FileSeal;
use crate::settings::Settings;
use crate::shelf::Shelf;
use crate::signature::Trust;
use book::Book;
use metrics::Metrics;
use reload::Changes;
use running::Running;

/// What under way may take to end once the host is told to stop.
const PATIENCE: Duration = Duration::from_secs(3);

/// Everything that runs.
pub struct Host {
    origins: Origins,
    /// The settings of the start: some hold until the next one.
    begun: Settings,
    /// The folders that the files of now name.
    watched: Vec<PathBuf>,
    changes: Option<Changes>,
    /// Whose signatures count now.
    trust: Trust,
    engine: Arc<Engine>,
    runtime: Arc<Runtime>,
    monitor: Monitor,
    store: Arc<Store>,
    databases: Arc<NamedDatabases>,
    web: Arc<Web>,
    clock: Arc<dyn Clock>,
    panels: Arc<ArcSwap<BTreeMap<String, Arc<PluginPanel>>>>,
    cards: Arc<Mutex<Running>>,
    book: Book,
    shelf: Shelf,
    metrics: Metrics,
    ready: Arc<AtomicBool>,
    /// The last good ones of each file.
    groups: Vec<Group>,
    /// The last good ones.
    routing: Option<Arc<Routing>>,
    dashboards: Vec<Dashboard>,
}

/// What is around a host.
pub struct Surroundings {
    pub clock: Arc<dyn Clock>,
    /// Where sources are polled.
    pub collecting: tokio::runtime::Handle,
    /// The program that compiles plugins, in a process with bounds; without one, the host does it itself.
    pub compiler: Option<PathBuf>,
    /// Whose samples are shown, where they are not the store's.
    pub samples: Option<Arc<dyn Samples>>,
    /// Whose alerts pages tell of, where they are not the store's.
    pub alerts: Option<Arc<dyn Alerts>>,
}

impl Host {
    /// Opens the store, sets up the sandbox, and starts what the plan names.
    pub async fn start(plan: Plan, origins: Origins, around: Surroundings) -> anyhow::Result<Host> {
        let Surroundings { clock, collecting, compiler, samples, alerts: told } = around;
        let registry = Arc::new(Mutex::new(Registry::default()));
        let settings = plan.settings.clone();
        let store = Arc::new(Store::open_with(&settings.data_dir, settings.store.checked())?);
        let book = Book::open(store.approvals()).map_err(|reason| anyhow!(reason))?;
        let shelf = Shelf::open(&settings.data_dir).map_err(|reason| anyhow!(reason))?;
        crate::orders::open(&settings.data_dir).map_err(|reason| anyhow!(reason))?;
        let changes = Changes::of(reload::folders(&origins, &settings));
        let plan = reload::again(&origins, plan).await;
        let metrics = Metrics::default();
        let shown = samples.unwrap_or_else(|| store.samples());
        let engine = Arc::new(Engine::new(Arc::clone(&shown), limits(&settings.query)));
        let (live, status) = (Live::default(), Arc::new(Status::default()));
        let (alerts, deliveries) = (store.alerts(), store.deliveries());
        let databases = Arc::new(NamedDatabases::default());
        let (runtime, monitor) = {
            let mut registry = registry.lock().unwrap_or_else(PoisonError::into_inner);
            #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are below 2^52")]
            crate::process::register(&mut registry, clock.now() as f64 / 1_000.0);
            store.metrics(&mut registry);
            metrics.register(&mut registry);
            databases.metrics(&mut registry);
            let runtime = Runtime::new(settings.plugins.clone(), settings.data_dir.clone(), Arc::clone(&clock), &mut registry);
            let runtime = runtime.map_err(|reason| anyhow!(reason))?;
            runtime.set_keep(store.keep());
            runtime.set_receipts(store.receipts());
            runtime.set_databases(Arc::clone(&databases) as _);
            if let Some(program) = compiler {
                runtime.compile_with(program, &[compile::VERB]);
            }
            let parts = Parts {
                clock: Arc::clone(&clock),
                samples: store.samples(),
                alerts: Arc::clone(&alerts),
                deliveries: Arc::clone(&deliveries),
                notices: store.notices(),
                silences: store.silences(),
                oncall: store.oncall(),
                keep: store.keep(),
                engine: Arc::clone(&engine),
                live: live.clone(),
                status: Arc::clone(&status),
                collecting,
            };
            (runtime, Monitor::start(parts, &mut registry).map_err(|reason| anyhow!(reason))?)
        };
        let panels: Arc<ArcSwap<BTreeMap<String, Arc<PluginPanel>>>> = Arc::default();
        let cards: Arc<Mutex<Running>> = Arc::default();
        let ready = Arc::new(AtomicBool::new(false));
        let web = Web::new(vitrine_web::Parts {
            engine: Arc::clone(&engine),
            samples: shown,
            ingest: monitor.ingest(),
            live,
            status,
            clock: Arc::clone(&clock),
            alerts: told.unwrap_or(alerts),
            deliveries,
            receipts: store.receipts(),
            keep: store.keep(),
            channels: channel_finder(&cards),
            teller: monitor.teller(),
            panels: panel_finder(&panels),
            sources: source_finder(&cards),
            plugins: card_maker(&cards),
            registry,
            ready: readiness(&ready),
            settings: settings.web(),
            seal: Arc::new(FileSeal::new(&settings.data_dir)),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        });
        let (pictures, links): (Weak<dyn Pictures>, Weak<dyn Links>) = (Arc::downgrade(&web) as _, Arc::downgrade(&web) as _);
        runtime.set_pages(pictures, links);
        let mut host = Host {
            origins,
            begun: settings,
            watched: Vec::new(),
            trust: Trust::default(),
            changes: Some(changes),
            engine,
            runtime,
            monitor,
            store,
            databases,
            web,
            clock,
            panels,
            cards,
            book,
            shelf,
            metrics,
            ready,
            groups: Vec::new(),
            routing: None,
            dashboards: Vec::new(),
        };
        host.build(plan).await;
        host.monitor.begin_telling();
        host.ready.store(true, Ordering::Release);
        Ok(host)
    }

    pub fn web(&self) -> Arc<Web> {
        Arc::clone(&self.web)
    }

    /// Reads the files again whenever they change, until stopped; meanwhile old samples are forgotten.
    pub async fn run(&mut self, stop: CancellationToken) {
        let forgetting =
            tokio::spawn(retention::forget(self.store.samples(), Arc::clone(&self.clock), self.retention(), stop.clone()));
        let owners = Arc::clone(&self.cards);
        let pruning = tokio::spawn(data::prune(self.store.keep(), Arc::clone(&self.clock), owners, stop.clone()));
        let small = tokio::spawn(crate::memory::keep_small(stop.clone()));
        if let Some(changes) = self.changes.take() {
            reload::watch(self, changes, stop).await;
        }
        // They wait for the same stop.
        let _ = tokio::join!(forgetting, pruning, small);
    }

    /// Ends everything in order; what was acknowledged is on disk.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.ready.store(false, Ordering::Release);
        self.web.close();
        self.monitor.stop(PATIENCE).await;
        let store = self.store;
        let closed = tokio::task::spawn_blocking(move || store.close()).await.context("closing the store failed")?;
        closed.map_err(|error| anyhow!("closing the store failed: {error}"))
    }
}

pub fn limits(settings: &crate::settings::QuerySettings) -> Limits {
    let usual = Limits::default();
    let duration = settings.max_time.parse().map_or(usual.duration, vitrine_model::Span::as_duration);
    let memory = settings.max_memory_mib.saturating_mul(1 << 20);
    Limits { series: settings.max_series, samples: settings.max_samples, memory, duration, ..usual }
}

fn panel_finder(panels: &Arc<ArcSwap<BTreeMap<String, Arc<PluginPanel>>>>) -> vitrine_web::Panels {
    let panels = Arc::clone(panels);
    Arc::new(move |name| panels.load().get(name).map(|panel| Arc::clone(panel) as _))
}

fn source_finder(running: &Arc<Mutex<Running>>) -> vitrine_web::Sources {
    let running = Arc::clone(running);
    Arc::new(move |name| running.lock().unwrap_or_else(PoisonError::into_inner).source(name).map(|source| source as _))
}

fn channel_finder(running: &Arc<Mutex<Running>>) -> vitrine_web::Channels {
    let running = Arc::clone(running);
    Arc::new(move |name| running.lock().unwrap_or_else(PoisonError::into_inner).door(name))
}

fn card_maker(cards: &Arc<Mutex<Running>>) -> Arc<dyn Fn() -> Vec<PluginCard> + Send + Sync> {
    let cards = Arc::clone(cards);
    Arc::new(move || cards.lock().unwrap_or_else(PoisonError::into_inner).cards())
}

fn readiness(ready: &Arc<AtomicBool>) -> Arc<dyn Fn() -> Result<(), String> + Send + Sync> {
    let ready = Arc::clone(ready);
    Arc::new(move || if ready.load(Ordering::Acquire) { Ok(()) } else { Err("the host is starting or stopping".to_owned()) })
}

#[cfg(test)]
mod tests;
