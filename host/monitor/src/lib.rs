//! The beats: due → read → decide → write. Collects samples, evaluates rules, tells people.

pub mod alert;
pub mod clock;
mod collect;
mod ingest;
pub mod live;
mod metrics;
mod monitor;
pub mod notify;
pub mod push;
pub mod replay;
pub mod schedule;
pub mod status;

pub use collect::SourceTask;
pub use ingest::Ingest;
pub use monitor::{ChannelEntry, Monitor, Parts};
pub use notify::{Forwarding, Route, Routing, Teller, fingerprint};
