//! What all requests share: the parts the web floor is given, and the dashboards as they are now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use axum::http::HeaderValue;
use jiff::tz::TimeZone;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vitrine_access::{AllowedHosts, Networks};
use vitrine_model::alert::Alert;
use vitrine_model::port::alerts::Alerts;
use vitrine_model::port::deliveries::Deliveries;
use vitrine_model::port::keep::Keep;
use vitrine_model::port::receipts::Receipts;
use vitrine_model::port::samples::Samples;
use vitrine_model::port::source::Source;
use vitrine_model::{Clock, Millis};
use vitrine_monitor::live::Live;
use vitrine_monitor::status::Status;
use vitrine_monitor::{Ingest, Teller};
use vitrine_query::Engine;

use crate::alerts::{Joined, Standing};
use crate::ask::Asker;
use crate::callback::{Callbacks, Channels};
use crate::dashboard::Dashboard;
use crate::dashboard::evaluate::{Evaluator, Panels};
use crate::dashboard::layout::{Layout, Layouts};
use crate::dashboard::options::Options;
use crate::dashboard::scope::Asked;
use crate::live::hub::Hubs;
use crate::live::message::Health;
use crate::page::finished::Finished;
use crate::page::templates::Templates;
use crate::plugins::PluginCard;
use crate::pushes::Pushes;
use crate::render::Renders;
use crate::reply::Replies;
use crate::settings::Settings;
use crate::share::Seal;
use crate::{embed, middleware};

/// The source of a name, as it runs now.
pub type Sources = Arc<dyn Fn(&str) -> Option<Arc<dyn Source>> + Send + Sync>;

/// Everything the web floor is given.
pub struct Parts {
    pub engine: Arc<Engine>,
    pub samples: Arc<dyn Samples>,
    /// Where samples go that others bring.
    pub ingest: Ingest,
    pub live: Live,
    pub status: Arc<Status>,
    pub clock: Arc<dyn Clock>,
    pub alerts: Arc<dyn Alerts>,
    pub deliveries: Arc<dyn Deliveries>,
    pub receipts: Arc<dyn Receipts>,
    /// Where it is kept which links in messages were used.
    pub keep: Arc<dyn Keep>,
    /// What is known of a channel, for its far side's reports.
    pub channels: Channels,
    /// Who is told, and what they do not want to hear of.
    pub teller: Teller,
    pub panels: Panels,
    pub sources: Sources,
    pub plugins: Arc<dyn Fn() -> Vec<PluginCard> + Send + Sync>,
    /// Where the web floor's own metrics go; `/metrics` shows all of it.
    pub registry: Arc<Mutex<Registry>>,
    /// Why the host cannot serve yet, if it cannot.
    pub ready: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    pub settings: Settings,
    /// What stands under the links that people share.
    pub seal: Arc<dyn Seal>,
    pub version: String,
}

/// The dashboards of one reading of the files.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) generation: u64,
    pub(crate) dashboards: BTreeMap<String, Arc<Dashboard>>,
    /// What was wrong with the files; the dashboards are the last good ones.
    pub(crate) problems: Vec<String>,
}

/// The state behind all routes.
pub struct Web {
    pub(crate) settings: Settings,
    pub(crate) version: String,
    pub(crate) hosts: AllowedHosts,
    pub(crate) writers: Networks,
    /// The policy of pages that may stand in others' frames.
    pub(crate) framed: HeaderValue,
    pub(crate) seal: Arc<dyn Seal>,
    pub(crate) zone: TimeZone,
    pub(crate) asker: Asker,
    pub(crate) samples: Arc<dyn Samples>,
    pub(crate) pushes: Pushes,
    /// When it was made.
    pub(crate) begun: Millis,
    pub(crate) evaluator: Evaluator,
    layouts: Layouts,
    pub(crate) live: Live,
    pub(crate) status: Arc<Status>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) alerts: Arc<dyn Alerts>,
    pub(crate) deliveries: Arc<dyn Deliveries>,
    pub(crate) receipts: Arc<dyn Receipts>,
    pub(crate) channels: Channels,
    pub(crate) replies: Replies,
    pub(crate) callbacks: Callbacks,
    pub(crate) teller: Teller,
    pub(crate) sources: Sources,
    pub(crate) plugins: Arc<dyn Fn() -> Vec<PluginCard> + Send + Sync>,
    pub(crate) registry: Arc<Mutex<Registry>>,
    pub(crate) ready: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    pub(crate) templates: Templates,
    pub(crate) finished: Finished,
    pub(crate) renders: Renders,
    pub(crate) hubs: Hubs,
    pub(crate) closing: CancellationToken,
    shelf: ArcSwap<Shelf>,
    notes: ArcSwap<Vec<String>>,
    generations: watch::Sender<u64>,
    pub(crate) joined: Joined,
    /// What was last known of firing alerts: how many, and since when the newest.
    counted: Mutex<(usize, Millis)>,
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Web").field("shelf", &self.shelf).finish_non_exhaustive()
    }
}

impl Web {
    pub fn new(parts: Parts) -> Arc<Web> {
        let asker = Asker::new(parts.engine);
        let zone = parts.settings.zone();
        let evaluations = Counter::default();
        let hubs = Hubs::default();
        let renders = Renders::default();
        let (replies, callbacks) = (Replies::new(parts.keep), Callbacks::default());
        let pushes = Pushes::new(parts.ingest, parts.settings.write_timeout);
        {
            let mut registry = parts.registry.lock().unwrap_or_else(PoisonError::into_inner);
            let web = registry.sub_registry_with_prefix("vitrine_web");
            web.register("panel_evaluations", "Panels computed, each for all who look at it", evaluations.clone());
            pushes.register(web);
            replies.register(web);
            callbacks.register(web);
            renders.register(web);
            web.register("live_viewers", "Live pages open now", hubs.viewers_gauge.clone());
            web.register("live_streams", "Live streams computed now", hubs.streams_gauge.clone());
        }
        Arc::new(Web {
            hosts: parts.settings.hosts(),
            writers: parts.settings.writers(),
            framed: middleware::policy(&embed::ancestors(&parts.settings.embedders())),
            seal: parts.seal,
            evaluator: Evaluator::new(
                asker.clone(),
                parts.panels,
                Arc::clone(&parts.sources),
                Arc::clone(&parts.alerts),
                evaluations,
            ),
            layouts: Layouts::new(Options::new(asker.clone(), Arc::clone(&parts.samples)), zone.clone()),
            asker,
            samples: parts.samples,
            pushes,
            begun: parts.clock.now(),
            zone,
            settings: parts.settings,
            version: parts.version,
            joined: Joined::new(parts.live.listen()),
            live: parts.live,
            status: parts.status,
            clock: parts.clock,
            alerts: parts.alerts,
            deliveries: parts.deliveries,
            receipts: parts.receipts,
            channels: parts.channels,
            replies,
            callbacks,
            teller: parts.teller,
            sources: parts.sources,
            plugins: parts.plugins,
            registry: parts.registry,
            ready: parts.ready,
            templates: Templates::new(),
            finished: Finished::default(),
            renders,
            hubs,
            closing: CancellationToken::new(),
            shelf: ArcSwap::default(),
            notes: ArcSwap::default(),
            generations: watch::Sender::new(0),
            counted: Mutex::default(),
        })
    }

    /// Shows these dashboards from now on. `problems` are told on top of each page: what is wrong with the files, while
    /// the caller hands in what was good before.
    pub fn set_dashboards(&self, dashboards: Vec<Dashboard>, problems: Vec<String>) {
        let generation = self.generation() + 1;
        let dashboards = dashboards.into_iter().map(|one| (one.name.clone(), Arc::new(one))).collect();
        self.shelf.store(Arc::new(Shelf { generation, dashboards, problems }));
        self.evaluator.forget();
        self.layouts.forget();
        self.generations.send_replace(generation);
    }

    /// What is not wrong and still waits for an admin, told on top of each page.
    pub fn set_notes(&self, notes: Vec<String>) {
        self.notes.store(Arc::new(notes));
    }

    pub(crate) fn notes(&self) -> Arc<Vec<String>> {
        self.notes.load_full()
    }

    /// Ends all live streams, and takes no more samples; called when the host stops.
    pub fn close(&self) {
        self.pushes.close();
        self.closing.cancel();
    }

    pub(crate) fn shelf(&self) -> Arc<Shelf> {
        self.shelf.load_full()
    }

    pub(crate) fn generation(&self) -> u64 {
        self.shelf.load().generation
    }

    /// Wakes whenever the files were read anew.
    pub(crate) fn generations(&self) -> watch::Receiver<u64> {
        self.generations.subscribe()
    }

    pub(crate) fn dashboard(&self, name: &str) -> Option<(u64, Arc<Dashboard>)> {
        let shelf = self.shelf.load();
        Some((shelf.generation, Arc::clone(shelf.dashboards.get(name)?)))
    }

    /// A dashboard as it was asked for, and the version of the files that it is of.
    pub(crate) async fn layout(&self, name: &str, asked: &Asked) -> Option<(u64, Arc<Layout>)> {
        let (generation, dashboard) = self.dashboard(name)?;
        Some((generation, self.layouts.lay(generation, &dashboard, asked, self.clock.now()).await))
    }

    /// Calls a port that blocks.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, vitrine_model::port::StoreError> + Send + 'static,
    ) -> Result<T, String> {
        match tokio::task::spawn_blocking(work).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(crate) async fn load_alerts(&self) -> Result<Vec<Alert>, String> {
        let alerts = Arc::clone(&self.alerts);
        self.blocking(move || alerts.load()).await
    }

    /// The host's own health, for a line of it.
    pub(crate) async fn health(&self) -> Health {
        let now = self.clock.now();
        let sources = self.status.sources();
        let stale = sources.iter().filter(|source| source.fault.is_some()).count();
        let (alerts, newest) = self.firing().await;
        Health { sources: sources.len(), alerts, newest, stale, time: now }
    }

    /// How many alerts need somebody, and since when the newest.
    async fn firing(&self) -> (usize, Millis) {
        match self.board().await {
            Ok(board) => {
                let counted = (board.count(Standing::Firing), board.newest());
                *self.counted.lock().unwrap_or_else(PoisonError::into_inner) = counted;
                counted
            }
            Err(reason) => {
                tracing::warn!(error = reason, "the alerts could not be counted");
                *self.counted.lock().unwrap_or_else(PoisonError::into_inner)
            }
        }
    }
}
