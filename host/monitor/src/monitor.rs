//! All loops together: started, given new settings, stopped.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use prometheus_client::registry::Registry;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vitrine_model::Clock;
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::Alerts;
use vitrine_model::port::channel::Channel;
use vitrine_model::port::deliveries::Deliveries;
use vitrine_model::port::keep::Keep;
use vitrine_model::port::notices::Notices;
use vitrine_model::port::oncall::OnCall;
use vitrine_model::port::samples::Samples;
use vitrine_model::port::silences::Silences;
use vitrine_query::Engine;

use crate::alert::{self, Allowance, Evaluator, External, Group};
use crate::collect::{self, SourceTask, Surroundings};
use crate::ingest::Ingest;
use crate::live::{Change, Live};
use crate::metrics::Metrics;
use crate::notify::heartbeat::{self, Heart, Heartbeat};
use crate::notify::{self, ChannelBook, Forward, Forwarding, Planner, PlannerParts, Route, Teller};
use crate::status::{ChannelStatus, SourceStatus, Status};

/// What the monitor is given.
pub struct Parts {
    pub clock: Arc<dyn Clock>,
    pub samples: Arc<dyn Samples>,
    pub alerts: Arc<dyn Alerts>,
    pub deliveries: Arc<dyn Deliveries>,
    pub notices: Arc<dyn Notices>,
    pub silences: Arc<dyn Silences>,
    pub oncall: Arc<dyn OnCall>,
    pub keep: Arc<dyn Keep>,
    pub engine: Arc<Engine>,
    pub live: Live,
    pub status: Arc<Status>,
    /// Where sources are polled: away from pages and queries, so that neither waits for the other.
    pub collecting: tokio::runtime::Handle,
}

/// A channel by name.
pub struct ChannelEntry {
    pub name: String,
    pub plugin: String,
    pub channel: Arc<dyn Channel>,
}

/// The loops, running.
pub struct Monitor {
    around: Surroundings,
    collecting: tokio::runtime::Handle,
    evaluator: Arc<Evaluator>,
    planner: Arc<Planner>,
    book: Arc<ChannelBook>,
    heart: Arc<Heart>,
    heartbeats: Mutex<(Vec<Heartbeat>, CancellationToken)>,
    forward: Arc<Forward>,
    /// Where each source's loop hears of changes; without it, the loop ends.
    sources: Mutex<BTreeMap<String, watch::Sender<SourceTask>>>,
    /// The groups' loops of now; an async lock, as one generation waits for the end of the one before.
    rules: tokio::sync::Mutex<(CancellationToken, TaskTracker)>,
    /// Sources and rules: they stop first, as they make work for the others.
    makers: TaskTracker,
    tellers: TaskTracker,
    stop_makers: CancellationToken,
    stop_tellers: CancellationToken,
    ingest_thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Monitor {
    /// Takes back what was pending, firing and claimed before, and starts to plan and deliver.
    /// Must be called in a tokio runtime.
    pub fn start(parts: Parts, registry: &mut Registry) -> Result<Monitor, String> {
        let metrics = Metrics::default();
        metrics.register(registry);
        let (ingest, thread) = Ingest::start(parts.samples, Arc::clone(&parts.clock), parts.live.clone(), registry)?;
        let (events, planned) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let told = |error: StoreError| error.to_string();
        let forward = Forward::new(Arc::clone(&parts.clock), parts.alerts.as_ref(), metrics.clone()).map_err(told)?;
        let forward = Arc::new(forward);
        let evaluator = Evaluator {
            clock: Arc::clone(&parts.clock),
            engine: parts.engine,
            alerts: Arc::clone(&parts.alerts),
            ingest: ingest.clone(),
            live: parts.live.clone(),
            status: Arc::clone(&parts.status),
            metrics: metrics.clone(),
            events: Arc::clone(&events),
            forward: Arc::clone(&forward),
            active: Mutex::default(),
            flaps: Mutex::default(),
            external: Mutex::default(),
            written: Mutex::default(),
            allowance: Allowance::default(),
        };
        evaluator.restore(parts.alerts.load().map_err(told)?, parts.alerts.flaps().map_err(told)?);
        let evaluator = Arc::new(evaluator);
        let planner = Planner::new(PlannerParts {
            clock: Arc::clone(&parts.clock),
            alerts: parts.alerts,
            deliveries: Arc::clone(&parts.deliveries),
            notices: parts.notices,
            silences: parts.silences,
            oncall: parts.oncall,
            live: parts.live.clone(),
            metrics: metrics.clone(),
            events,
            planned: Arc::clone(&planned),
        });
        let planner = planner.map_err(told)?;
        // Pages hold the planner past the end of the loops; the evaluator, a handle of the door for samples, ends with these.
        let current = Arc::downgrade(&evaluator);
        planner.set_fresh(Box::new(move |rule, labels| current.upgrade()?.current(rule, labels)));
        parts.deliveries.release().map_err(told)?;
        let book = ChannelBook {
            clock: Arc::clone(&parts.clock),
            deliveries: parts.deliveries,
            channels: ArcSwap::default(),
            planned,
            live: parts.live.clone(),
            status: Arc::clone(&parts.status),
            metrics: metrics.clone(),
            claimed_at: AtomicI64::new(0),
        };
        let (planner, book) = (Arc::new(planner), Arc::new(book));
        let heart = Heart {
            clock: Arc::clone(&parts.clock),
            status: Arc::clone(&parts.status),
            planner: Arc::clone(&planner),
            book: Arc::clone(&book),
            keep: parts.keep,
            metrics: metrics.clone(),
            waiting: Mutex::default(),
        };
        let around = Surroundings { clock: parts.clock, ingest, live: parts.live, status: parts.status, metrics };
        Ok(Monitor {
            around,
            collecting: parts.collecting,
            evaluator,
            planner,
            book,
            heart: Arc::new(heart),
            heartbeats: Mutex::default(),
            forward,
            sources: Mutex::default(),
            rules: tokio::sync::Mutex::default(),
            makers: TaskTracker::new(),
            tellers: TaskTracker::new(),
            stop_makers: CancellationToken::new(),
            stop_tellers: CancellationToken::new(),
            ingest_thread: Mutex::new(Some(thread)),
        })
    }

    /// Begins to plan and deliver: call it once the channels and the route are set.
    pub fn begin_telling(&self) {
        self.tellers.spawn(notify::plan(Arc::clone(&self.planner), self.stop_tellers.clone()));
        self.tellers.spawn(notify::deliver(Arc::clone(&self.book), self.stop_tellers.clone()));
        let (forward, book, planner) = (Arc::clone(&self.forward), Arc::clone(&self.book), Arc::clone(&self.planner));
        self.tellers.spawn(notify::forward(forward, book, planner, self.stop_tellers.clone()));
    }

    pub fn ingest(&self) -> Ingest {
        self.around.ingest.clone()
    }

    /// Starts a source, or swaps the one of that name between two of its runs: no tick is lost, and none comes twice.
    pub fn set_source(&self, task: SourceTask) {
        let name = task.name.clone();
        let before = self.around.status.sources().into_iter().find(|status| status.name == name);
        self.around.status.set_source(SourceStatus {
            plugin: task.plugin.clone(),
            schedule: task.schedule.to_string(),
            ..before.unwrap_or_else(|| SourceStatus {
                name: name.clone(),
                plugin: String::new(),
                schedule: String::new(),
                last_run: None,
                last_good: None,
                next_run: None,
                samples: 0,
                fault: None,
                missed: 0,
            })
        });
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        match sources.get(&name) {
            Some(tasks) => drop(tasks.send_replace(task)),
            None => {
                let (stop, (tasks, sent)) = (self.stop_makers.child_token(), watch::channel(task));
                self.makers.spawn_on(collect::run(sent, self.around.clone(), stop), &self.collecting);
                sources.insert(name, tasks);
            }
        }
        self.around.live.tell(Change::Sources);
    }

    pub fn remove_source(&self, name: &str) {
        // Its loop ends with the sender.
        drop(self.sources.lock().unwrap_or_else(PoisonError::into_inner).remove(name));
        self.around.status.remove_source(name);
        self.around.live.tell(Change::Sources);
    }

    /// The channels there are now; deliveries under way keep theirs to the end.
    pub fn set_channels(&self, entries: Vec<ChannelEntry>) {
        let before = self.around.status.channels();
        for status in &before {
            if !entries.iter().any(|entry| entry.name == status.name) {
                self.around.status.remove_channel(&status.name);
            }
        }
        for entry in &entries {
            let known = before.iter().find(|status| status.name == entry.name).cloned();
            let known = known.unwrap_or_else(|| ChannelStatus {
                name: entry.name.clone(),
                plugin: String::new(),
                waits_for: None,
                last_delivered: None,
                fault: None,
            });
            let waits_for = entry.channel.waits_for();
            self.around.status.set_channel(ChannelStatus { plugin: entry.plugin.clone(), waits_for, ..known });
        }
        let channels = entries.into_iter().map(|entry| (entry.name, entry.channel)).collect();
        self.book.channels.store(Arc::new(channels));
        self.book.planned.notify_one();
        self.around.live.tell(Change::Sources);
    }

    /// The outside Alertmanagers that are sent the alerts of rules.
    pub fn set_forwarding(&self, terms: Forwarding) {
        self.forward.set(terms);
    }

    /// Whether they have been sent all that is due.
    pub fn is_forwarded(&self) -> bool {
        self.forward.is_settled()
    }

    pub fn set_route(&self, route: Route) {
        self.planner.set_route(route);
    }

    /// The heartbeats there are now; those of before end, unless they are the same.
    pub fn set_heartbeats(&self, heartbeats: Vec<Heartbeat>) {
        let mut running = self.heartbeats.lock().unwrap_or_else(PoisonError::into_inner);
        if running.0 == heartbeats {
            return;
        }
        running.1.cancel();
        self.around.status.forget_heartbeats();
        let stop = self.stop_tellers.child_token();
        for heartbeat in &heartbeats {
            self.tellers.spawn(heartbeat::beat(Arc::clone(&self.heart), heartbeat.clone(), stop.clone()));
        }
        *running = (heartbeats, stop);
    }

    /// What templates of alerts may speak of besides the alert.
    pub fn set_external(&self, external: External) {
        *self.evaluator.external.lock().unwrap_or_else(PoisonError::into_inner) = external;
    }

    /// What pages and programs ask and have done.
    pub fn teller(&self) -> Teller {
        Teller(Arc::clone(&self.planner))
    }

    /// The rules there are now. Alerts of rules that are gone end, and those told of them are told so.
    /// `unread` are files that are wrong just now: their alerts stay as they are.
    pub async fn set_rules(&self, groups: Vec<Group>, unread: &[String]) {
        let mut running = self.rules.lock().await;
        let (old, loops) = &*running;
        // The old loops end first: an evaluation under way must not bring back what is ended here.
        old.cancel();
        loops.close();
        loops.wait().await;
        self.evaluator.retain(&groups, unread).await;
        self.around.status.set_groups(&groups);
        let (stop, loops) = (self.stop_makers.child_token(), TaskTracker::new());
        for group in groups {
            let task = alert::run(group, Arc::clone(&self.evaluator), stop.clone());
            self.makers.spawn(loops.track_future(task));
        }
        *running = (stop, loops);
        self.around.live.tell(Change::Settings);
    }

    /// Stops top-down: nothing new is collected or decided, what was decided is planned and told as far as
    /// `patience` goes, what was collected is committed.
    pub async fn stop(self, patience: Duration) {
        let waited = tokio::time::timeout(patience, async {
            self.stop_makers.cancel();
            self.makers.close();
            self.makers.wait().await;
            self.stop_tellers.cancel();
            self.tellers.close();
            self.tellers.wait().await;
        });
        if waited.await.is_err() {
            tracing::warn!("some runs did not end in time and are left; nothing committed is lost");
        }
        let thread = self.ingest_thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let last_handles = (self.around, self.evaluator);
        drop(last_handles);
        if let Some(thread) = thread.filter(|_| self.makers.is_empty()) {
            // The last handle of the door is gone with the loops, so the thread ends once all is committed.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}
