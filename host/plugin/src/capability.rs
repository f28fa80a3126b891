//! What guests may import, one file each; every one asks [`crate::grant`] first.

use std::sync::Arc;

use vitrine_model::Clock;
use wasmtime::component::{HasSelf, Linker};

use crate::bindings::imported;
use crate::context::Context;
use crate::grant::Right;

mod clock;
pub mod files;
pub mod http;
mod log;
pub mod mail;
mod metrics;
pub(crate) mod notice;
pub mod sql;
pub mod state;
pub mod system;
pub(crate) mod wasi;

/// What capabilities share between all guests.
pub(crate) struct Services {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) http: http::Egress,
    pub(crate) mail: mail::Relay,
    pub(crate) system: system::Reader,
    pub(crate) files: files::Reader,
    pub(crate) state: state::Store,
    pub(crate) sql: sql::Door,
    pub(crate) desk: notice::Desk,
    pub(crate) refusals: crate::metrics::Refusals,
    /// What all guests have together.
    pub(crate) budget: Arc<crate::limit::Budget>,
}

impl Context {
    /// Asks for a right that needs no more than its word, and writes down that it was used or refused.
    fn require(&mut self, right: Right) -> Result<(), String> {
        self.asked(right)?;
        self.used(right.word());
        Ok(())
    }

    /// As [`require`](Context::require), where more must be granted before it counts as used.
    fn asked(&mut self, right: Right) -> Result<(), String> {
        self.grants.require(right).inspect_err(|reason| self.refuse(right.word(), reason))
    }

    /// To be called once for each call that was granted.
    fn used(&self, right: &'static str) {
        self.ledger.used(right, self.services.clock.now());
    }

    /// A refusal is an event: counted and kept always, logged within the guest's own bounds.
    fn refuse(&mut self, right: &'static str, reason: &str) {
        self.services.refusals.count(&self.instance, right);
        self.ledger.refused(right, reason, self.services.clock.now());
        if self.may_log() {
            tracing::warn!(plugin.instance = &*self.instance, plugin.right = right, "refused: {}", self::log::cleaned(reason));
        }
    }

    /// Asks for one of the instance's lines; the first after a flood says how many are missing.
    fn may_log(&self) -> bool {
        self.own.may_log()
    }
}

/// For panels: nothing but `log`.
pub(crate) fn link_log(linker: &mut Linker<Context>) -> wasmtime::Result<()> {
    imported::log::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)
}

/// For sources and channels: all capabilities; each call is granted or refused.
pub(crate) fn link_all(linker: &mut Linker<Context>) -> wasmtime::Result<()> {
    link_log(linker)?;
    imported::clock::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)?;
    imported::http::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)?;
    http::link_wasi(linker)?;
    imported::system::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)?;
    imported::sql::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)?;
    imported::files::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)?;
    imported::mail::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)?;
    imported::state::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)?;
    imported::metrics::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)?;
    imported::notice::add_to_linker::<_, HasSelf<Context>>(linker, |context| context)
}

#[cfg(test)]
mod tests;
