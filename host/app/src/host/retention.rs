//! Forgets old samples, a little every hour.

use std::sync::{Arc, atomic::AtomicI64, atomic::Ordering};

use tokio_util::sync::CancellationToken;
use vitrine_model::port::samples::Samples;
use vitrine_model::{Clock, Millis};

const EVERY: Millis = 3_600_000;

/// `retention` is in milliseconds and may change while this runs; 0 stands for "not known": nothing goes.
pub(super) async fn forget(samples: Arc<dyn Samples>, clock: Arc<dyn Clock>, retention: Arc<AtomicI64>, stop: CancellationToken) {
    loop {
        // First of all the wait: a clock that is wrong at start has time to be set.
        let next = clock.now() + EVERY;
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep_until(next) => {}
        }
        let retention = retention.load(Ordering::Relaxed);
        if retention == 0 {
            continue;
        }
        let before = clock.now() - retention;
        let store = Arc::clone(&samples);
        match tokio::task::spawn_blocking(move || store.forget(before)).await {
            Ok(Ok(0)) => {}
            Ok(Ok(count)) => tracing::info!(samples.forgotten = count, "old samples are forgotten"),
            Ok(Err(error)) => tracing::error!("old samples could not be forgotten: {error}"),
            Err(error) => tracing::error!("forgetting old samples failed: {error}"),
        }
    }
}
