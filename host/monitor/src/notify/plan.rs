//! The beat of telling: events come into groups, groups that are due become deliveries, each step in one transaction. What is
//! in memory is what is stored: after a step that failed it is read anew.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vitrine_model::alert::{Alert, AlertState, EventKind};
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::{Alerts, StoredEvent};
use vitrine_model::port::deliveries::Deliveries;
use vitrine_model::port::notices::{NoticeChange, Notices};
use vitrine_model::port::oncall::OnCall;
use vitrine_model::port::silences::Silences;
use vitrine_model::silence::Acknowledgement;
use vitrine_model::{Clock, Labels, Millis};

use super::group::Id;
use super::groups::Groups;
use super::hush::Hush;
use super::notice::{self, fingerprint, group_id};
use super::outside::Outside;
use super::overrides;
use super::reminder;
use super::route::{Route, Target};
use super::silence::{self, NotHushed};
use crate::live::{Change, Live};
use crate::metrics::Metrics;

/// Events planned in one transaction.
const EVENTS: usize = 10_000;
/// How soon planning is tried again after the store said no.
const RETRY: Millis = 5_000;
/// How long until a look at the groups, if nothing is due: the clock may have been set.
const LOOK: Millis = 30_000;
/// How often what is forgotten is looked for.
const PRUNE: Millis = 3_600_000;

/// What telling needs, and what it holds.
pub(crate) struct Planner {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) alerts: Arc<dyn Alerts>,
    pub(super) deliveries: Arc<dyn Deliveries>,
    notices: Arc<dyn Notices>,
    pub(super) silences: Arc<dyn Silences>,
    pub(super) oncall: Arc<dyn OnCall>,
    pub(super) live: Live,
    metrics: Metrics,
    /// How an alert of a rule stands by now.
    fresh: OnceLock<Fresh>,
    pub(super) route: ArcSwap<Route>,
    is_rerouted: AtomicBool,
    /// When it last did all that was due; 0 before that.
    stepped_at: AtomicI64,
    groups: Mutex<Book>,
    pub(super) hush: ArcSwap<Hush>,
    /// Held while silences or acknowledgements change.
    pub(super) hushing: Mutex<()>,
    pub(super) outside: Mutex<Outside>,
    /// Told when there are events, or what is due has changed.
    pub(super) events: Arc<Notify>,
    /// Told when there are deliveries.
    pub(super) planned: Arc<Notify>,
}

/// Rule and labels to the alert, if it fires.
pub(crate) type Fresh = Box<dyn Fn(&str, &Labels) -> Option<Alert> + Send + Sync>;

#[derive(Default)]
struct Book {
    groups: Groups,
    /// They are what the store holds.
    is_true: bool,
    pruned_at: Millis,
    /// When something is to be done next, as was known after the last step.
    next: Millis,
}

/// What a planner is made of.
pub(crate) struct PlannerParts {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) alerts: Arc<dyn Alerts>,
    pub(crate) deliveries: Arc<dyn Deliveries>,
    pub(crate) notices: Arc<dyn Notices>,
    pub(crate) silences: Arc<dyn Silences>,
    pub(crate) oncall: Arc<dyn OnCall>,
    pub(crate) live: Live,
    pub(crate) metrics: Metrics,
    pub(crate) events: Arc<Notify>,
    pub(crate) planned: Arc<Notify>,
}

impl Planner {
    /// Takes back silences and alerts from outside; groups come with the first step.
    pub(crate) fn new(parts: PlannerParts) -> Result<Planner, StoreError> {
        let hush = Hush::new(parts.silences.load()?, parts.silences.acknowledgements()?);
        let hush = hush.with_overrides(parts.oncall.overrides()?);
        let outside = Outside::restore(parts.alerts.load()?);
        Ok(Planner {
            clock: parts.clock,
            alerts: parts.alerts,
            deliveries: parts.deliveries,
            notices: parts.notices,
            silences: parts.silences,
            oncall: parts.oncall,
            live: parts.live,
            metrics: parts.metrics,
            fresh: OnceLock::new(),
            route: ArcSwap::default(),
            is_rerouted: AtomicBool::new(false),
            stepped_at: AtomicI64::new(0),
            groups: Mutex::default(),
            hush: ArcSwap::from_pointee(hush),
            hushing: Mutex::new(()),
            outside: Mutex::new(outside),
            events: parts.events,
            planned: parts.planned,
        })
    }

    /// Whom to ask how the alerts of rules stand by now.
    pub(crate) fn set_fresh(&self, fresh: Fresh) {
        // Set once, by whoever makes the planner.
        let _ = self.fresh.set(fresh);
    }

    pub(crate) fn set_route(&self, route: Route) {
        self.route.store(Arc::new(route));
        self.is_rerouted.store(true, Ordering::Release);
        self.events.notify_one();
    }

    /// When it last did all that was due.
    pub(super) fn stepped_at(&self) -> Option<Millis> {
        Some(self.stepped_at.load(Ordering::Relaxed)).filter(|at| *at > 0)
    }

    /// Whether nothing is due now.
    pub(super) fn is_settled(&self) -> bool {
        let (now, book) = (self.clock.now(), self.book());
        let is_led = book.is_true && !self.is_rerouted.load(Ordering::Acquire);
        is_led && book.next > now && self.next_due(&book, now).is_none_or(|due| due > now)
    }

    /// Looks at the groups of now.
    pub(super) fn with_groups<T>(&self, look: impl FnOnce(&mut Groups) -> T) -> T {
        look(&mut self.book().groups)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is due; returns when to come back. Blocks.
    pub(crate) fn step(&self) -> Result<Millis, StoreError> {
        let now = self.clock.now();
        self.expire(now)?;
        let mut book = self.book();
        let done = self.step_in(&mut book, now);
        book.is_true = done.is_ok();
        self.metrics.groups(book.groups.groups.len(), book.groups.members(), book.groups.crowded);
        self.metrics.gathered(book.groups.digests(now).iter().map(|digest| digest.alerts).sum());
        let next = done?;
        book.next = next;
        self.stepped_at.store(now, Ordering::Relaxed);
        Ok(next.min(self.next_expiry().unwrap_or(Millis::MAX)).min(now + LOOK))
    }

    fn step_in(&self, book: &mut Book, now: Millis) -> Result<Millis, StoreError> {
        if !book.is_true {
            let (groups, members) = self.notices.load()?;
            book.groups = Groups::restore(groups, members, self.notices.rates()?, now);
        }
        if self.is_rerouted.swap(false, Ordering::AcqRel) || !book.is_true {
            let route = Route::clone(&self.route.load());
            self.notices.commit(&book.groups.reroute(route, now))?;
        }
        if !book.is_true {
            let firing = self.alerts.load()?.into_iter().filter(|alert| alert.state == AlertState::Firing).collect();
            self.notices.commit(&book.groups.adopt(firing, now))?;
        }
        let events = self.alerts.unplanned(EVENTS)?;
        if !events.is_empty() {
            let is_full = events.len() == EVENTS;
            self.take(book, events, now)?;
            if is_full {
                return Ok(now);
            }
        }
        self.flush(book, now)?;
        self.remind(book, now)?;
        if now - book.pruned_at >= PRUNE || now < book.pruned_at {
            self.prune(now)?;
            book.pruned_at = now;
        }
        Ok(self.next_due(book, now).unwrap_or(Millis::MAX))
    }

    fn take(&self, book: &mut Book, events: Vec<StoredEvent>, now: Millis) -> Result<(), StoreError> {
        let hush = self.hush.load();
        let is_over = |event: &&StoredEvent| event.event.kind == EventKind::Resolved;
        let ended = events.iter().filter(is_over).map(|event| fingerprint(&event.event.alert.labels));
        let ended: Vec<String> = match hush.acknowledgements.is_empty() {
            true => Vec::new(),
            false => ended.filter(|target| hush.acknowledgements.contains_key(target)).collect(),
        };
        self.notices.commit(&book.groups.take(events, now))?;
        self.withdraw(&ended)
    }

    fn flush(&self, book: &mut Book, now: Millis) -> Result<(), StoreError> {
        let hush = self.hush.load();
        let fresh = self.fresh.get();
        let fresh = |id: &Id| fresh.and_then(|fresh| fresh(&id.0, &id.1)).or_else(|| self.brought(&id.1, &id.0));
        let change = book.groups.flush(&hush, &fresh, now);
        if change == NoticeChange::default() {
            return Ok(());
        }
        self.notices.commit(&change)?;
        if !change.deliveries.is_empty() {
            self.metrics.notices(change.deliveries.len());
            self.metrics.digests(notice::digests(&change.deliveries));
            self.planned.notify_one();
            self.live.tell(Change::Alerts);
        }
        let over = change.gone_groups.iter().map(|key| group_id(key));
        let over: Vec<String> = over.filter(|target| hush.acknowledgements.contains_key(target)).collect();
        self.withdraw(&over)
    }

    /// When something is to be told, or a silence begins or ends, next.
    fn next_due(&self, book: &Book, now: Millis) -> Option<Millis> {
        let hush = self.hush.load();
        let reminder = reminder::next(&hush, &self.route.load().routing, now);
        [book.groups.next_due(), reminder, hush.next_turn(now)].into_iter().flatten().min()
    }

    /// Tells of silences that end soon.
    fn remind(&self, book: &Book, now: Millis) -> Result<(), StoreError> {
        let change = reminder::remind(&self.hush.load(), &book.groups, &self.route.load(), now);
        if change.is_empty() {
            return Ok(());
        }
        let _held = self.hushing.lock().unwrap_or_else(PoisonError::into_inner);
        self.notices.commit(&change)?;
        self.planned.notify_one();
        self.read_hush()
    }

    /// Writes down that somebody was given an alert or a group, and that they are told.
    pub(super) fn give(&self, given: &Acknowledgement, targets: &[Target], now: Millis) -> Result<(), NotHushed> {
        let mut book = self.book();
        if book.groups.unknown([given.target.as_str()]).is_some() {
            let reason = format!("no alert fires and no group is told by the name `{}`", given.target);
            return Err(NotHushed::Invalid(reason));
        }
        let change = book.groups.assign(given, targets, now);
        let _held = self.hushing.lock().unwrap_or_else(PoisonError::into_inner);
        // What could not be kept is not so: groups are read anew.
        book.is_true = false;
        self.notices.commit(&change)?;
        book.is_true = true;
        Ok(self.read_hush()?)
    }

    fn prune(&self, now: Millis) -> Result<(), StoreError> {
        let forgotten = self.silences.prune(now - silence::KEPT)? + self.oncall.prune(now - overrides::KEPT)?;
        if forgotten > 0 {
            let _held = self.hushing.lock().unwrap_or_else(PoisonError::into_inner);
            self.read_hush()?;
        }
        Ok(())
    }

    /// Reads silences and acknowledgements anew; the caller holds `hushing`.
    pub(super) fn read_hush(&self) -> Result<(), StoreError> {
        let hush = Hush::new(self.silences.load()?, self.silences.acknowledgements()?);
        self.hush.store(Arc::new(hush.with_overrides(self.oncall.overrides()?)));
        Ok(())
    }
}

/// Plans until stopped.
pub(crate) async fn plan(planner: Arc<Planner>, stop: CancellationToken) {
    loop {
        let worker = Arc::clone(&planner);
        let done = tokio::task::spawn_blocking(move || worker.step()).await;
        let next = match done {
            Ok(Ok(next)) => next,
            failed => {
                let reason = failed.map_or_else(
                    |error| error.to_string(),
                    |outcome| outcome.err().map(|error| error.to_string()).unwrap_or_default(),
                );
                tracing::error!("deliveries could not be planned and are tried again: {reason}");
                planner.clock.now() + RETRY
            }
        };
        let now = planner.clock.now();
        if next <= now && !stop.is_cancelled() {
            // There is more, and others may want the thread meanwhile.
            tokio::task::yield_now().await;
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = planner.events.notified() => {}
            () = planner.clock.sleep_until(next) => {}
        }
    }
}
