//! How a guest comes to be: a store with all limits set, instantiated, configured.

use std::sync::Arc;

use vitrine_model::Fault;
use vitrine_pack::Kind;
use wasmtime::{Store, UpdateDeadline};

use super::guest::{Alive, Found, there};
use super::verdict::Verdict;
use super::{Guest, Instance};
use crate::context::Context;
use crate::convert;
use crate::limit::Call;

impl Instance {
    pub(super) async fn fresh(&self) -> Result<Guest, Fault> {
        let guest = match self.started().await {
            // Others that only wait for their next tick make room first.
            Err(verdict) if verdict.is_busy() && self.runtime.services.budget.make_some_room() => self.started().await,
            outcome => outcome,
        };
        self.configured(guest.map_err(|verdict| self.pronounce(verdict))?).await
    }

    fn store(&self) -> Store<Context> {
        let rights = (Arc::clone(&self.grants), Arc::clone(&self.ledger));
        let context = Context::new(Arc::clone(&self.own), rights, Arc::clone(&self.runtime.services), self.limits);
        let mut store = Store::new(&self.runtime.engine, context);
        store.limiter(|context| &mut context.meter);
        store.set_hostcall_fuel(self.limits.crossing_bytes);
        store.set_max_component_handles(self.limits.handles);
        store.epoch_deadline_callback(|mut context| {
            let context = context.data_mut();
            context.epochs_left = context.epochs_left.saturating_sub(1);
            context.out_of_cpu = context.epochs_left == 0;
            if context.out_of_cpu { Ok(UpdateDeadline::Interrupt) } else { Ok(UpdateDeadline::Yield(1)) }
        });
        store.data_mut().begin(self.start_up(), self.limits.cpu);
        store.set_epoch_deadline(1);
        store
    }

    /// Instantiated: code of the guest's own has run.
    async fn started(&self) -> Result<Guest, Verdict> {
        let mut store = self.store();
        let making = self.runtime.ticker.count(self.plugin.ready.instantiate_async(&mut store));
        let component = match tokio::time::timeout(self.start_up(), making).await {
            Ok(Ok(component)) => component,
            Ok(Err(error)) => return Err(self.verdict("start-up", store.data(), &error)),
            Err(_) => return Err(self.out_of_time("start-up")),
        };
        let found = Found::new(&self.plugin.exports, &mut store, &component);
        let exports = found.map_err(|error| self.verdict("start-up", store.data(), &error))?;
        Ok(Guest { store, exports, _alive: Alive::new(self.runtime.metrics.guests().clone()) })
    }

    async fn configured(&self, guest: Guest) -> Result<Guest, Fault> {
        if self.plugin.manifest.kind == Kind::Panel || guest.exports.lifecycle.is_none() {
            return Ok(guest);
        }
        let config = self.config.clone();
        let (outcome, guest) = self
            .bounded(Call::Configure, guest, |guest| {
                Box::pin(async move {
                    let lifecycle = there(guest.exports.lifecycle.as_ref())?;
                    Ok(lifecycle.call_configure(&mut guest.store, &config).await?.map_err(convert::fault))
                })
            })
            .await;
        outcome?;
        guest.ok_or_else(|| Fault::Internal("the plugin ended while it was configured".to_owned()))
    }
}
