//! The live stream: each dashboard with a range is computed once, for all who look at it.

use std::time::Duration;

pub mod hub;
pub mod message;
pub(crate) mod pulse;
pub(crate) mod socket;
pub mod told;
pub mod viewer;

/// How often a connection on which nothing happens is shown to be alive.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(25);
