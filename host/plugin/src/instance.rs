//! One configured instance: a guest kept warm, each call bounded, a fresh store after anything that went wrong.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use vitrine_model::Fault;
use zeroize::Zeroizing;

use crate::convert;
use crate::grant::Grants;
use crate::health::{Health, Standing};
use crate::ledger::Ledger;
use crate::limit::{Call, Limit, Limits};
use crate::metrics::Counters;
use crate::own::Own;
use crate::plugin::Plugin;
use crate::runtime::Runtime;
use crate::settings::InstanceLimits;

mod fresh;
mod guest;
mod questions;
mod shelf;
mod usage;
mod verdict;

pub(crate) use guest::{Guest, there};
use questions::{Questions, Turn};
use shelf::Shelf;
pub use usage::{LimitUse, Usage};
use verdict::Verdict;

/// A plugin with a name, a configuration and grants.
pub struct Instance {
    pub(crate) plugin: Arc<Plugin>,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) grants: Arc<Grants>,
    ledger: Arc<Ledger>,
    config: String,
    pub(crate) limits: Limits,
    own: Arc<Own>,
    counters: Counters,
    health: Mutex<Health>,
    shelf: Arc<Shelf>,
    slots: tokio::sync::Semaphore,
    questions: Questions,
}

/// What a call does with its guest.
pub(crate) type Work<'a, R> = Pin<Box<dyn Future<Output = wasmtime::Result<R>> + Send + 'a>>;

impl Instance {
    /// With the limits that hold for all. `config` is the admin's `with:` as JSON. Nothing runs yet.
    pub fn new(
        runtime: &Arc<Runtime>,
        plugin: Arc<Plugin>,
        name: &str,
        config: &serde_json::Value,
        grants: Grants,
    ) -> Arc<Instance> {
        Instance::limited(runtime, plugin, name, config, grants, &InstanceLimits::default())
    }

    /// With limits of its own.
    pub fn limited(
        runtime: &Arc<Runtime>,
        plugin: Arc<Plugin>,
        name: &str,
        config: &serde_json::Value,
        grants: Grants,
        limits: &InstanceLimits,
    ) -> Arc<Instance> {
        let limits = Limits::new(&runtime.settings, plugin.manifest.kind, plugin.manifest.memory_mib, limits);
        let pace = (limits.log_per_second, limits.log_burst);
        let own = Own::new(name.into(), &plugin.manifest.name, &runtime.metrics, pace);
        let shelf = Arc::new(Shelf::default());
        let idle: Weak<Shelf> = Arc::downgrade(&shelf);
        runtime.services.budget.enlist(idle);
        Arc::new(Instance {
            own: Arc::new(own),
            counters: runtime.metrics.of(name, &plugin.manifest.name),
            runtime: Arc::clone(runtime),
            grants: Arc::new(grants),
            ledger: Arc::default(),
            config: config.to_string(),
            health: Mutex::default(),
            shelf,
            slots: tokio::sync::Semaphore::new(limits.concurrency),
            questions: Questions::new(limits.concurrency),
            limits,
            plugin,
        })
    }

    /// The name under which it keeps values.
    pub fn owner(&self) -> &str {
        &self.own.owner
    }

    /// The admin's `with:`.
    pub fn config(&self) -> &str {
        &self.config
    }

    /// A secret granted to it, for what the host does in its place: the guest never sees it.
    pub async fn secret(&self, name: &str) -> Result<Arc<Zeroizing<String>>, String> {
        let host_name = self.grants.secret(name)?.host_name.clone();
        self.runtime.services.http.vault().value(&host_name).await
    }

    /// What it did with its rights.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Can it do its work? A sentence of the guest's; kinds without the call have none.
    pub async fn check(&self) -> Result<Option<String>, Fault> {
        if self.plugin.exports.lifecycle.is_none() {
            return Ok(None);
        }
        let said = self.call(Call::Check, move |guest| {
            Box::pin(async move {
                let lifecycle = there(guest.exports.lifecycle.as_ref())?;
                Ok(lifecycle.call_check(&mut guest.store).await?.map(convert::sentence).map_err(convert::fault))
            })
        });
        said.await.map(Some)
    }

    /// Configures a guest and keeps it warm, so that a wrong configuration shows at once.
    pub async fn warm_up(&self) -> Result<(), Fault> {
        let guest = self.guest().await?;
        self.shelf.keep(guest, Instant::now());
        Ok(())
    }

    /// An admin has looked into it: it may be called again, whatever it did before.
    pub fn enable(&self) {
        *self.health() = Health::default();
        self.counters.standing(Standing::Well);
    }

    /// Runs one call under all limits. Faults of the guest's own are counted; the guest that had one is gone.
    pub(crate) async fn call<R, F>(&self, call: Call, work: F) -> Result<R, Fault>
    where
        R: Send,
        F: for<'a> FnOnce(&'a mut Guest) -> Work<'a, Result<R, Fault>> + Send,
    {
        self.counters.calls.inc();
        let _slot = self.slot(call).await.inspect_err(|fault| self.counters.fault(fault.whose()))?;
        let now = self.runtime.services.clock.now();
        self.health().allow(now)?;
        let begin = Instant::now();
        let outcome = match self.guest().await {
            Ok(guest) => self.run(call, guest, work).await,
            Err(fault) => Err(fault),
        };
        self.counters.took(call, begin.elapsed());
        self.record(outcome.as_ref().err());
        outcome
    }

    /// One of the instance's places. Whoever would wait for longer than the call may take is told to come again.
    async fn slot(&self, call: Call) -> Result<tokio::sync::SemaphorePermit<'_>, Fault> {
        let busy = || {
            let places = self.limits.concurrency;
            Fault::Busy(format!(
                "all {places} places of `{}` were taken; raise `concurrency` under `limits` of its entry, or under `plugins`",
                self.own.instance
            ))
        };
        match tokio::time::timeout(self.limits.wall(call), self.slots.acquire()).await {
            Ok(Ok(slot)) => Ok(slot),
            _ => Err(busy()),
        }
    }

    /// A turn for what somebody asks beside the schedule.
    pub(crate) async fn question(&self, call: Call) -> Result<Turn<'_>, Fault> {
        let turn = self.questions.turn(&self.own.instance, self.limits.wall(call)).await;
        turn.inspect_err(|fault| self.counters.fault(fault.whose()))
    }

    fn record(&self, fault: Option<&Fault>) {
        if let Some(fault) = fault {
            self.counters.fault(fault.whose());
        }
        let now = self.runtime.services.clock.now();
        let mut health = self.health();
        let before = health.standing(now);
        health.record(now, fault, rand::random());
        let after = health.standing(now);
        drop(health);
        if before != after {
            self.counters.standing(after);
        }
        if before != after && after >= Standing::Quarantined {
            let reason = fault.map(Fault::reason).unwrap_or_default();
            tracing::warn!(
                plugin.instance = &*self.own.instance,
                plugin.standing = after.word(),
                "a plugin fails too often: {reason}"
            );
        }
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A warm guest, or a fresh one.
    async fn guest(&self) -> Result<Guest, Fault> {
        match self.shelf.take() {
            Some(guest) => Ok(guest),
            None => self.fresh().await,
        }
    }

    async fn run<R, F>(&self, call: Call, guest: Guest, work: F) -> Result<R, Fault>
    where
        F: for<'a> FnOnce(&'a mut Guest) -> Work<'a, Result<R, Fault>> + Send,
    {
        let (outcome, guest) = self.bounded(call, guest, work).await;
        if let Some(guest) = guest {
            self.shelf.keep(guest, Instant::now());
        }
        outcome
    }

    /// The guest comes back only if it ended the call in order.
    async fn bounded<R, F>(&self, call: Call, mut guest: Guest, work: F) -> (Result<R, Fault>, Option<Guest>)
    where
        F: for<'a> FnOnce(&'a mut Guest) -> Work<'a, Result<R, Fault>> + Send,
    {
        let wall = self.limits.wall(call);
        guest.store.data_mut().begin(wall, self.limits.cpu);
        guest.store.set_epoch_deadline(1);
        let ended = tokio::time::timeout(wall, self.runtime.ticker.count(work(&mut guest))).await;
        self.counters.used(guest.store.data());
        let verdict = match ended {
            Ok(Ok(Err(Fault::Internal(reason)))) if guest.store.data().lacked_room() => Verdict::no_room(&reason),
            Ok(Ok(outcome)) => return (outcome, Some(guest)),
            Ok(Err(error)) => self.verdict(call.word(), guest.store.data(), &error),
            Err(_) => Verdict::limit(&self.limits, Limit::Wall(call), call.word()),
        };
        (Err(self.pronounce(verdict)), None)
    }

    /// Counts what ended a call.
    fn pronounce(&self, verdict: Verdict) -> Fault {
        if let Some(limit) = verdict.limit {
            self.counters.reached(limit);
        }
        verdict.fault
    }

    /// A collection of so many samples.
    pub(crate) fn may_bring(&self, samples: usize) -> Result<(), Fault> {
        if samples <= self.limits.samples {
            return Ok(());
        }
        Err(self.pronounce(Verdict::limit(&self.limits, Limit::Samples, Call::Collect.word())))
    }

    fn out_of_time(&self, doing: &str) -> Verdict {
        Verdict::limit(&self.limits, Limit::Wall(Call::Configure), doing)
    }

    /// How long start-up may take.
    fn start_up(&self) -> Duration {
        self.limits.wall(Call::Configure)
    }
}
