//! `clock`: the host's clock.

use std::sync::OnceLock;
use std::time::Instant;

use crate::bindings::imported::clock::Host;
use crate::context::Context;

/// What `monotonic` counts from: one moment for all guests, so that it tells nothing about the machine.
static START: OnceLock<Instant> = OnceLock::new();

impl Host for Context {
    fn now(&mut self) -> i64 {
        self.services.clock.now()
    }

    fn monotonic(&mut self) -> u64 {
        u64::try_from(START.get_or_init(Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
