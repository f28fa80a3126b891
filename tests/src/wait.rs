//! Waiting on what becomes true, never on time as such.

use std::time::{Duration, Instant};

/// Far more than anything here needs, so that a loaded machine fails no test.
pub const LONG: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// Asks again and again until there is an answer; panics with `what` if there is none within `bound`.
pub async fn wait_until<T>(what: &str, bound: Duration, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + bound;
    loop {
        if let Some(answer) = condition().await {
            return answer;
        }
        assert!(Instant::now() < end, "waited {} s in vain until {what}", bound.as_secs());
        tokio::time::sleep(PAUSE).await;
    }
}
