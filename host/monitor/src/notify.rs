//! Decides who is told, and tells: alerts come into groups by the routes, groups become deliveries, deliveries are tried until
//! they are done.

mod backoff;
mod deliver;
mod escalation;
pub mod file;
pub mod forecast;
mod forward;
mod group;
mod groups;
pub mod heartbeat;
mod hush;
pub mod inhibit;
pub mod interval;
pub mod matcher;
mod notice;
pub mod oncall;
mod outside;
mod overrides;
mod plan;
mod rate;
mod reminder;
pub mod roster;
pub mod route;
mod silence;
mod teller;
mod turns;

pub use deliver::next_channel;
pub(crate) use deliver::{ChannelBook, deliver};
pub use forward::Forwarding;
pub(crate) use forward::{Forward, forward};
pub use groups::DigestView;
pub use notice::fingerprint;
pub use outside::Brought;
pub use overrides::{Gift, Turn};
pub(crate) use plan::{Planner, PlannerParts, plan};
pub use rate::Rate;
pub use route::{Route, Routing};
pub use silence::{Draft, NotHushed};
pub use teller::{AlertView, GroupView, Muted, Ports, Teller};
