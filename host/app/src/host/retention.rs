//! Forgets old samples, a little every hour.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::Samples;
use vitrine_model::{Clock, Millis};

const EVERY: Millis = 3_600_000;

/// What is kept; may change while this runs. Clones are one and the same.
#[derive(Clone, Default)]
pub(super) struct Kept {
    /// Milliseconds; 0 stands for "not known": nothing goes.
    pub(super) age: Arc<AtomicI64>,
    /// 0 stands for "as many as come".
    pub(super) bytes: Arc<AtomicU64>,
}

pub(super) async fn forget(samples: Arc<dyn Samples>, clock: Arc<dyn Clock>, kept: Kept, stop: CancellationToken) {
    loop {
        // First of all the wait: a clock that is wrong at start has time to be set.
        let next = clock.now() + EVERY;
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep_until(next) => {}
        }
        let (store, now, kept) = (Arc::clone(&samples), clock.now(), kept.clone());
        match tokio::task::spawn_blocking(move || forget_now(store.as_ref(), now, &kept)).await {
            Ok(Ok(0)) => {}
            Ok(Ok(count)) => tracing::info!(blocks.forgotten = count, "old samples are forgotten"),
            Ok(Err(error)) => tracing::error!("old samples could not be forgotten: {error}"),
            Err(error) => tracing::error!("forgetting old samples failed: {error}"),
        }
    }
}

/// First by age, then by size.
fn forget_now(samples: &dyn Samples, now: Millis, kept: &Kept) -> Result<u64, StoreError> {
    let (age, bytes) = (kept.age.load(Ordering::Relaxed), kept.bytes.load(Ordering::Relaxed));
    let by_age = if age == 0 { 0 } else { samples.forget(now - age)? };
    let rollups = samples.forget_rollups(now)?;
    let by_size = if bytes == 0 { 0 } else { samples.shrink(bytes)? };
    Ok(by_age + rollups + by_size)
}
