//! One task for each dashboard and scope that somebody looks at. It computes, tells what changed, and ends with its last viewer.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::broadcast::{self, error::RecvError};
use vitrine_model::Millis;
use vitrine_monitor::live::Change;

use crate::dashboard::evaluate::Shown;
use crate::dashboard::layout::Layout;
use crate::dashboard::scope::{Asked, Scope};
use crate::dashboard::window::Window;
use crate::live::message::{self, Health};
use crate::live::pulse;
use crate::live::told::Told;
use crate::live::viewer::Viewer;
use crate::web::Web;

/// How many rounds a slow viewer may be behind before it gets everything anew.
const BACKLOG: usize = 16;
/// The least time between two rounds.
const PACE: Millis = 1_000;

/// What one round tells, shared by all who look on.
pub type Round = Arc<Told>;

type Key = (String, Scope);

/// Why somebody cannot look on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    #[error("there is no such dashboard")]
    Unknown,
    #[error("as many live pages are open as this host allows: close some, or raise `max_viewers`")]
    Full,
    #[error("the host is stopping")]
    Closing,
}

/// All hubs there are.
#[derive(Debug, Default)]
pub struct Hubs {
    map: Mutex<HashMap<Key, Arc<Hub>>>,
    /// Of all pages without panels.
    pages: Mutex<Option<Arc<Hub>>>,
    viewers: Arc<AtomicUsize>,
    pub viewers_gauge: Gauge,
    pub streams_gauge: Gauge,
}

#[derive(Debug)]
pub struct Hub {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Gone once the hub has ended.
    sender: Option<broadcast::Sender<Round>>,
    panels: Vec<(String, Arc<Shown>)>,
    health: Option<Health>,
    /// All of it, once somebody asked.
    full: Option<Round>,
}

/// A place among the viewers, given back when dropped.
#[derive(Debug)]
pub struct Seat {
    viewers: Arc<AtomicUsize>,
    gauge: Gauge,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.viewers.fetch_sub(1, Ordering::Relaxed);
        self.gauge.dec();
    }
}

impl Hub {
    fn new() -> Hub {
        let sender = Some(broadcast::Sender::new(BACKLOG));
        Hub { state: Mutex::new(State { sender, panels: Vec::new(), health: None, full: None }) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A listener from now on, and all that was told before; nothing if the hub has ended.
    pub fn subscribe(&self) -> Option<(broadcast::Receiver<Round>, Round)> {
        let mut state = self.lock();
        let receiver = state.sender.as_ref()?.subscribe();
        // Written once a round: a thousand who come at the same time share the text.
        let State { panels, health, full, .. } = &mut *state;
        let full = full.get_or_insert_with(|| {
            let panels = panels.iter().flat_map(|(id, shown)| message::full(id, shown));
            Arc::new(Told::new(panels.chain(health.as_ref().map(message::status)).collect()))
        });
        Some((receiver, Arc::clone(full)))
    }

    /// Takes over a round's results and tells what they change.
    fn update(&self, panels: Vec<(String, Arc<Shown>)>, health: Health) {
        let before = self.lock().panels.clone();
        let mut messages = Vec::new();
        for (place, (id, shown)) in panels.iter().enumerate() {
            match before.get(place) {
                Some((_, old)) if Arc::ptr_eq(old, shown) => {}
                Some((_, old)) => messages.extend(message::changes(id, old, shown)),
                None => messages.extend(message::full(id, shown)),
            }
        }
        messages.push(message::status(&health));
        let mut state = self.lock();
        state.panels = panels;
        state.health = Some(health);
        state.full = None;
        state.tell(messages);
    }

    /// Tells how the host is, and whether pages without panels had better look again.
    pub(super) fn pulse(&self, health: Health, has_changed: bool) {
        let mut state = self.lock();
        state.health = Some(health);
        state.full = None;
        let changed = has_changed.then(message::changed);
        state.tell([message::status(&health)].into_iter().chain(changed).collect());
    }

    fn viewers(&self) -> usize {
        self.lock().sender.as_ref().map_or(0, broadcast::Sender::receiver_count)
    }
}

impl State {
    fn tell(&self, messages: Vec<String>) {
        if let Some(sender) = &self.sender {
            // No viewer is no error: the hub will notice and end.
            let _ = sender.send(Arc::new(Told::new(messages)));
        }
    }
}

impl Hubs {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Arc<Hub>>> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks on; starts the hub if nobody did before.
    pub async fn join(&self, web: &Arc<Web>, name: &str, asked: &Asked) -> Result<Viewer, JoinError> {
        if web.closing.is_cancelled() {
            return Err(JoinError::Closing);
        }
        let seat = self.seat(web.settings.max_viewers)?;
        let (generation, layout) = web.layout(name, asked).await.ok_or(JoinError::Unknown)?;
        let key = (name.to_owned(), layout.scope.clone());
        let mut map = self.lock();
        let count = map.len();
        let hub = match map.entry(key.clone()) {
            Entry::Occupied(entry) => Arc::clone(entry.get()),
            Entry::Vacant(_) if count >= web.settings.max_streams => return Err(JoinError::Full),
            Entry::Vacant(entry) => {
                let hub = Arc::clone(entry.insert(Arc::new(Hub::new())));
                self.streams_gauge.inc();
                let beat = Beat {
                    hub: Arc::clone(&hub),
                    key,
                    web: Arc::clone(web),
                    generation,
                    asked: Asked::from(&layout.scope),
                    layout,
                };
                tokio::spawn(beat.run());
                hub
            }
        };
        // Still under the map's lock: a hub ends only under it, so this one cannot end in between.
        let (receiver, backlog) = hub.subscribe().ok_or(JoinError::Closing)?;
        drop(map);
        Ok(Viewer::new(hub, receiver, backlog, seat, web.closing.clone()))
    }

    /// Looks on at what all pages show.
    pub async fn join_pages(&self, web: &Arc<Web>) -> Result<Viewer, JoinError> {
        if web.closing.is_cancelled() {
            return Err(JoinError::Closing);
        }
        let seat = self.seat(web.settings.max_viewers)?;
        let mut pages = self.lock_pages();
        let hub = pages.get_or_insert_with(|| {
            let hub = Arc::new(Hub::new());
            self.streams_gauge.inc();
            tokio::spawn(pulse::run(Arc::clone(web), Arc::clone(&hub)));
            hub
        });
        // Under the lock, as above.
        let (receiver, backlog) = hub.subscribe().ok_or(JoinError::Closing)?;
        Ok(Viewer::new(Arc::clone(hub), receiver, backlog, seat, web.closing.clone()))
    }

    fn lock_pages(&self) -> MutexGuard<'_, Option<Arc<Hub>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the hub of all pages if nobody looks on, or in any case.
    pub(super) fn end_pages(&self, hub: &Hub, anyway: bool) -> bool {
        let mut pages = self.lock_pages();
        if !anyway && hub.viewers() > 0 {
            return false;
        }
        hub.lock().sender = None;
        *pages = None;
        self.streams_gauge.dec();
        true
    }

    fn seat(&self, most: usize) -> Result<Seat, JoinError> {
        let seat = Seat { viewers: Arc::clone(&self.viewers), gauge: self.viewers_gauge.clone() };
        seat.gauge.inc();
        if self.viewers.fetch_add(1, Ordering::Relaxed) >= most { Err(JoinError::Full) } else { Ok(seat) }
    }

    /// Ends a hub if nobody looks on, or in any case.
    fn end(&self, key: &Key, hub: &Hub, anyway: bool) -> bool {
        let mut map = self.lock();
        if !anyway && hub.viewers() > 0 {
            return false;
        }
        hub.lock().sender = None;
        map.remove(key);
        self.streams_gauge.dec();
        true
    }
}

/// A hub's task.
struct Beat {
    hub: Arc<Hub>,
    key: Key,
    web: Arc<Web>,
    generation: u64,
    /// Complete, so that it asks for the same again.
    asked: Asked,
    layout: Arc<Layout>,
}

impl Beat {
    async fn run(mut self) {
        let mut changes = self.web.live.listen();
        let closing = self.web.closing.clone();
        let mut reads = self.web.generations();
        loop {
            if self.web.generation() != self.generation {
                self.hub.lock().tell(vec![message::settings()]);
                break;
            }
            let began = self.web.clock.now();
            tokio::select! {
                () = closing.cancelled() => break,
                goes_on = self.round(began) => if !goes_on {
                    self.hub.lock().tell(vec![message::settings()]);
                    break;
                }
            }
            if self.web.hubs.end(&self.key, &self.hub, false) {
                return;
            }
            tokio::select! {
                () = closing.cancelled() => break,
                _ = reads.changed() => {}
                () = self.pause(began, &mut changes) => {}
            }
            if self.web.hubs.end(&self.key, &self.hub, false) {
                return;
            }
        }
        self.web.hubs.end(&self.key, &self.hub, true);
    }

    /// False once there are other panels than the pages have: a repeated one came or went.
    async fn round(&mut self, now: Millis) -> bool {
        let Some((generation, layout)) = self.web.layout(&self.key.0, &self.asked).await else { return false };
        if generation != self.generation
            || !layout.panels().map(|panel| &panel.id).eq(self.layout.panels().map(|panel| &panel.id))
        {
            return false;
        }
        self.layout = layout;
        let shown = self.web.evaluator.dashboard(self.generation, &self.layout, now).await;
        let panels = self.layout.panels().map(|panel| panel.id.clone()).zip(shown).collect();
        self.hub.update(panels, self.web.health().await);
        true
    }

    /// Until something has changed and can be seen, or it is time to look again; never less than the pace.
    async fn pause(&self, began: Millis, changes: &mut broadcast::Receiver<Change>) {
        let clock = &self.web.clock;
        clock.sleep_until(began + PACE).await;
        let refresh = clock.sleep_until(began + self.layout.dashboard.refresh.millis().max(PACE));
        let change = async {
            let first = match changes.recv().await {
                Ok(change) => change,
                // Whatever was missed, something has changed.
                Err(RecvError::Lagged(_)) => Change::Settings,
                // Nothing will change any more; the refresh goes on.
                Err(RecvError::Closed) => std::future::pending().await,
            };
            let mut seen = self.seen_from(&first);
            while let Ok(change) = changes.try_recv() {
                seen = seen.max(self.seen_from(&change));
            }
            seen
        };
        tokio::select! {
            () = refresh => {}
            // What comes in meanwhile is looked at in the same round, or after it.
            seen = change => clock.sleep_until(seen).await,
        }
    }

    /// When a round shows the change: a window ends with a tick, and a sample lies after the last one.
    fn seen_from(&self, change: &Change) -> Millis {
        let now = self.web.clock.now();
        match change {
            // A source may be ahead of us, but waiting for it would keep back all others.
            Change::Samples { at, .. } => {
                let range = self.key.1.time.span(now);
                Window::shows_from(range, self.layout.dashboard.refresh, now.min(*at))
            }
            Change::Sources | Change::Alerts | Change::Settings => now,
        }
    }
}
