//! One configured instance: a few guests kept warm, each call bounded, a fresh store after anything that went wrong.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use vitrine_model::Fault;
use vitrine_pack::Kind;
use wasmtime::component::Instance as Component;
use wasmtime::{Store, UpdateDeadline};

use crate::context::Context;
use crate::convert;
use crate::grant::Grants;
use crate::health::Health;
use crate::ledger::Ledger;
use crate::limit::{CROSSING_BYTES, Call, Limits};
use crate::metrics::Counters;
use crate::own::Own;
use crate::plugin::Plugin;
use crate::runtime::Runtime;

/// A plugin with a name, a configuration and grants.
pub struct Instance {
    pub(crate) plugin: Arc<Plugin>,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) grants: Arc<Grants>,
    ledger: Arc<Ledger>,
    config: String,
    limits: Limits,
    own: Arc<Own>,
    counters: Counters,
    health: Mutex<Health>,
    idle: Mutex<Vec<Guest>>,
    slots: tokio::sync::Semaphore,
}

/// A store with its instance in it.
pub(crate) struct Guest {
    pub(crate) store: Store<Context>,
    pub(crate) component: Component,
    _alive: Alive,
}

/// Counts a guest for as long as it lives.
struct Alive(prometheus_client::metrics::gauge::Gauge);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What a call does with its guest.
pub(crate) type Work<'a, R> = Pin<Box<dyn Future<Output = wasmtime::Result<R>> + Send + 'a>>;

impl Instance {
    /// `config` is the admin's `with:` as JSON. Nothing runs yet.
    pub fn new(
        runtime: &Arc<Runtime>,
        plugin: Arc<Plugin>,
        name: &str,
        config: &serde_json::Value,
        grants: Grants,
    ) -> Arc<Instance> {
        let limits = Limits::new(&runtime.settings, plugin.manifest.kind, plugin.manifest.memory_mib);
        let own = Own::new(name.into(), &plugin.manifest.name, &runtime.metrics);
        Arc::new(Instance {
            own: Arc::new(own),
            counters: runtime.metrics.of(name, &plugin.manifest.name),
            runtime: Arc::clone(runtime),
            grants: Arc::new(grants),
            ledger: Arc::default(),
            config: config.to_string(),
            health: Mutex::default(),
            idle: Mutex::default(),
            slots: tokio::sync::Semaphore::new(limits.concurrency),
            limits,
            plugin,
        })
    }

    /// The name under which it keeps values.
    pub fn owner(&self) -> &str {
        &self.own.owner
    }

    pub fn usage(&self) -> Usage {
        Usage {
            calls: self.counters.calls.get(),
            faults: self.counters.faults(),
            memory_bytes: u64::try_from(self.counters.memory.get()).unwrap_or(0),
            disabled: self.health.lock().unwrap_or_else(PoisonError::into_inner).is_disabled(),
        }
    }

    /// What it did with its rights.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Lets it be called again at once, as if it had never failed.
    pub fn enable(&self) {
        *self.health() = Health::default();
    }

    /// Can it do its work? A sentence of the guest's; kinds without the call have none.
    pub async fn check(&self) -> Result<Option<String>, Fault> {
        let Some(indices) = &self.plugin.exports.lifecycle else { return Ok(None) };
        let said = self.call(Call::Check, move |guest| {
            let lifecycle = indices.load(&mut guest.store, &guest.component);
            Box::pin(async move { Ok(lifecycle?.call_check(&mut guest.store).await?.map_err(convert::fault)) })
        });
        said.await.map(Some)
    }

    /// Configures a guest and keeps it warm, so that a wrong configuration shows at once.
    pub async fn warm_up(&self) -> Result<(), Fault> {
        let guest = self.guest().await?;
        self.keep(guest);
        Ok(())
    }

    /// Runs one call under all limits. Faults of the guest's own are counted; the guest that had one is gone.
    pub(crate) async fn call<R, F>(&self, call: Call, work: F) -> Result<R, Fault>
    where
        R: Send,
        F: for<'a> FnOnce(&'a mut Guest) -> Work<'a, Result<R, Fault>> + Send,
    {
        self.counters.calls.inc();
        let _slot = self.slots.acquire().await.map_err(|error| Fault::Internal(error.to_string()))?;
        let clock = &self.runtime.services.clock;
        self.health().allow(clock.now()).inspect_err(|fault| self.counters.fault(fault.whose()))?;
        let begin = Instant::now();
        let outcome = match self.guest().await {
            Ok(guest) => self.run(call, guest, work).await,
            Err(fault) => Err(fault),
        };
        self.counters.seconds.inc_by(begin.elapsed().as_secs_f64());
        if let Err(fault) = &outcome {
            self.counters.fault(fault.whose());
        }
        self.health().record(clock.now(), outcome.as_ref().map(|_| ()), rand::random());
        outcome
    }

    fn health(&self) -> std::sync::MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A warm guest, or a fresh one.
    async fn guest(&self) -> Result<Guest, Fault> {
        let warm = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match warm {
            Some(guest) => Ok(guest),
            None => self.fresh().await,
        }
    }

    fn keep(&self, guest: Guest) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // One stays warm for the next tick; more only cost memory.
        if idle.is_empty() {
            idle.push(guest);
        }
    }

    async fn fresh(&self) -> Result<Guest, Fault> {
        let rights = (Arc::clone(&self.grants), Arc::clone(&self.ledger));
        let context = Context::new(Arc::clone(&self.own), rights, Arc::clone(&self.runtime.services), self.limits);
        let mut store = Store::new(&self.runtime.engine, context);
        store.limiter(|context| &mut context.meter);
        store.set_hostcall_fuel(CROSSING_BYTES);
        store.epoch_deadline_callback(|mut context| {
            let context = context.data_mut();
            context.epochs_left = context.epochs_left.saturating_sub(1);
            context.out_of_cpu = context.epochs_left == 0;
            if context.out_of_cpu { Ok(UpdateDeadline::Interrupt) } else { Ok(UpdateDeadline::Yield(1)) }
        });
        let call = Call::Configure;
        store.data_mut().begin(call.wall(), self.limits.cpu);
        store.set_epoch_deadline(1);
        let making = self.runtime.ticker.count(self.plugin.ready.instantiate_async(&mut store));
        let made = tokio::time::timeout(call.wall(), making).await;
        let component = match made {
            Ok(Ok(component)) => component,
            Ok(Err(error)) => return Err(self.trap("start-up", store.data(), &error)),
            Err(_) => return Err(self.out_of_time("start-up", call.wall())),
        };
        let gauge = self.runtime.metrics.guests().clone();
        gauge.inc();
        let guest = Guest { store, component, _alive: Alive(gauge) };
        self.configured(guest).await
    }

    async fn configured(&self, guest: Guest) -> Result<Guest, Fault> {
        if self.plugin.manifest.kind == Kind::Panel {
            return Ok(guest);
        }
        let Some(indices) = &self.plugin.exports.lifecycle else { return Ok(guest) };
        let config = self.config.as_str();
        let (outcome, guest) = self
            .bounded(Call::Configure, guest, |guest| {
                let lifecycle = indices.load(&mut guest.store, &guest.component);
                let config = config.to_owned();
                Box::pin(async move { Ok(lifecycle?.call_configure(&mut guest.store, &config).await?.map_err(convert::fault)) })
            })
            .await;
        outcome?;
        guest.ok_or_else(|| Fault::Internal("the plugin ended while it was configured".to_owned()))
    }

    async fn run<R, F>(&self, call: Call, guest: Guest, work: F) -> Result<R, Fault>
    where
        F: for<'a> FnOnce(&'a mut Guest) -> Work<'a, Result<R, Fault>> + Send,
    {
        let (outcome, guest) = self.bounded(call, guest, work).await;
        if let Some(guest) = guest {
            self.keep(guest);
        }
        outcome
    }

    /// The guest comes back only if it ended the call in order.
    async fn bounded<R, F>(&self, call: Call, mut guest: Guest, work: F) -> (Result<R, Fault>, Option<Guest>)
    where
        F: for<'a> FnOnce(&'a mut Guest) -> Work<'a, Result<R, Fault>> + Send,
    {
        guest.store.data_mut().begin(call.wall(), self.limits.cpu);
        guest.store.set_epoch_deadline(1);
        let ended = tokio::time::timeout(call.wall(), self.runtime.ticker.count(work(&mut guest))).await;
        let bytes = guest.store.data().meter.memory_bytes;
        self.counters.memory.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        match ended {
            Ok(Ok(outcome)) => (outcome, Some(guest)),
            Ok(Err(error)) => (Err(self.trap(call.word(), guest.store.data(), &error)), None),
            Err(_) => (Err(self.out_of_time(call.word(), call.wall())), None),
        }
    }

    fn out_of_time(&self, doing: &str, wall: std::time::Duration) -> Fault {
        Fault::Internal(format!("`{doing}` was stopped after {} s", wall.as_secs()))
    }

    /// What a trap means, in words.
    fn trap(&self, doing: &str, context: &Context, error: &wasmtime::Error) -> Fault {
        if context.out_of_cpu {
            return Fault::Internal(format!(
                "`{doing}` was stopped: it used its {} ms of processor time",
                self.limits.cpu.as_millis()
            ));
        }
        if context.meter.refused_memory {
            return Fault::Internal(format!(
                "`{doing}` was stopped: it wanted more than its {} MiB of memory",
                self.limits.memory_bytes >> 20
            ));
        }
        let last_words = context.last_words().map(|words| format!("; its last words: {words}")).unwrap_or_default();
        Fault::Internal(format!("`{doing}` trapped: {}{last_words}", error.root_cause()))
    }
}

/// What an instance has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub calls: u64,
    pub faults: u64,
    pub memory_bytes: u64,
    pub disabled: bool,
}
