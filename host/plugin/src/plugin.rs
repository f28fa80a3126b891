//! A plugin file, taken in: its manifest, its code ready to run, and where its exports are.

use vitrine_pack::{Kind, Manifest, Offer};
use wasmtime::component::InstancePre;

use crate::bindings::exported;
use crate::context::Context;

/// Ready to be instantiated as often as wanted.
pub struct Plugin {
    pub manifest: Manifest,
    /// `sha256:…` of the file.
    pub digest: String,
    pub(crate) ready: InstancePre<Context>,
    pub(crate) exports: Exports,
}

/// Where each interface is, for those that the kind has.
pub(crate) struct Exports {
    pub(crate) lifecycle: Option<exported::lifecycle::GuestIndices>,
    pub(crate) collector: Option<exported::collector::GuestIndices>,
    /// These only where the manifest offers them: the SDK exports them all, and each costs a look-up in every new guest.
    pub(crate) queryable: Option<exported::queryable::GuestIndices>,
    pub(crate) actions: Option<exported::actions::GuestIndices>,
    pub(crate) logs: Option<exported::logs::GuestIndices>,
    pub(crate) delivery: Option<exported::delivery::GuestIndices>,
    pub(crate) rendering: Option<exported::rendering::GuestIndices>,
}

impl Plugin {
    pub(crate) fn new(manifest: Manifest, digest: String, ready: InstancePre<Context>) -> Result<Plugin, String> {
        let exports = Exports {
            lifecycle: exported::lifecycle::GuestIndices::new(&ready).ok(),
            collector: exported::collector::GuestIndices::new(&ready).ok(),
            queryable: offered(&manifest, Offer::Queryable, || exported::queryable::GuestIndices::new(&ready).ok()),
            actions: offered(&manifest, Offer::Actions, || exported::actions::GuestIndices::new(&ready).ok()),
            logs: offered(&manifest, Offer::Logs, || exported::logs::GuestIndices::new(&ready).ok()),
            delivery: exported::delivery::GuestIndices::new(&ready).ok(),
            rendering: exported::rendering::GuestIndices::new(&ready).ok(),
        };
        for (interface, is_there) in exports.wanted(&manifest) {
            if !is_there {
                let kind = manifest.kind;
                return Err(format!("its manifest says `{kind}`, but it does not export `vitrine:plugin/{interface}`"));
            }
        }
        Ok(Plugin { manifest, digest, ready, exports })
    }
}

fn offered<T>(manifest: &Manifest, offer: Offer, find: impl FnOnce() -> Option<T>) -> Option<T> {
    if manifest.offers(offer) { find() } else { None }
}

impl Exports {
    /// The interfaces that the manifest promises, and whether each is there.
    fn wanted(&self, manifest: &Manifest) -> Vec<(&'static str, bool)> {
        let lifecycle = ("lifecycle", self.lifecycle.is_some());
        match manifest.kind {
            Kind::Panel => vec![("rendering", self.rendering.is_some())],
            Kind::AlertChannel => vec![lifecycle, ("delivery", self.delivery.is_some())],
            Kind::DataSource => {
                let mut wanted = vec![lifecycle];
                if manifest.offers(Offer::Collector) {
                    wanted.push(("collector", self.collector.is_some()));
                }
                if manifest.offers(Offer::Queryable) {
                    wanted.push(("queryable", self.queryable.is_some()));
                }
                if manifest.offers(Offer::Actions) {
                    wanted.push(("actions", self.actions.is_some()));
                }
                if manifest.offers(Offer::Logs) {
                    wanted.push(("logs", self.logs.is_some()));
                }
                wanted
            }
        }
    }
}
