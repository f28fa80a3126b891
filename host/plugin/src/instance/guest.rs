//! A store with its instance in it, and its exports found.

use wasmtime::Store;
use wasmtime::component::Instance as Component;

use crate::bindings::exported;
use crate::context::Context;
use crate::plugin::Exports;

/// A guest, alive.
pub(crate) struct Guest {
    pub(crate) store: Store<Context>,
    pub(crate) exports: Found,
    pub(super) _alive: Alive,
}

/// The guest's exports, looked up once: a look-up costs more than an empty call.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) lifecycle: Option<exported::lifecycle::Guest>,
    pub(crate) collector: Option<exported::collector::Guest>,
    pub(crate) queryable: Option<exported::queryable::Guest>,
    pub(crate) actions: Option<exported::actions::Guest>,
    pub(crate) logs: Option<exported::logs::Guest>,
    pub(crate) delivery: Option<exported::delivery::Guest>,
    pub(crate) rendering: Option<exported::rendering::Guest>,
}

macro_rules! found {
    ($exports:expr, $store:expr, $component:expr, $($name:ident),*) => {
        Found { $($name: match &$exports.$name {
            Some(indices) => Some(indices.load(&mut *$store, $component)?),
            None => None,
        }),* }
    };
}

impl Found {
    pub(super) fn new(exports: &Exports, store: &mut Store<Context>, component: &Component) -> wasmtime::Result<Found> {
        Ok(found!(exports, store, component, lifecycle, collector, queryable, actions, logs, delivery, rendering))
    }
}

/// What a call asks for is there: [`crate::plugin`] has looked before there was a guest.
pub(crate) fn there<T>(export: Option<&T>) -> wasmtime::Result<&T> {
    export.ok_or_else(|| wasmtime::Error::msg("it does not export what was called"))
}

/// Counts a guest for as long as it lives.
pub(super) struct Alive(prometheus_client::metrics::gauge::Gauge);

impl Alive {
    pub(super) fn new(gauge: prometheus_client::metrics::gauge::Gauge) -> Alive {
        gauge.inc();
        Alive(gauge)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.dec();
    }
}
