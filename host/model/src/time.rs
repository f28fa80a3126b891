//! Time as everybody here counts it, and the clock that is always an argument.

use async_trait::async_trait;

/// Milliseconds since the Unix epoch; also differences between such moments.
pub type Millis = i64;

/// The world's clock. Tests hold one of their own in their hand.
#[async_trait]
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The wall clock.
    fn now(&self) -> Millis;

    /// Returns once the wall clock shows `moment` or later.
    async fn sleep_until(&self, moment: Millis);
}
