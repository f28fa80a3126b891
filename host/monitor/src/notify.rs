//! Decides who is told, and tells: events become deliveries, deliveries are tried until they are done.

mod backoff;
mod deliver;
mod plan;

pub(crate) use deliver::{ChannelBook, deliver};
pub(crate) use plan::{Planner, plan};
pub use plan::{Route, fingerprint};
