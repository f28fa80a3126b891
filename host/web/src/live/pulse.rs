//! What every page without panels hears: how the host is, and that something it may show has changed. Computed once for all of
//! them; each fetches what it shows anew.

use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};
use vitrine_model::Millis;
use vitrine_monitor::live::Change;

use crate::live::hub::Hub;
use crate::web::Web;

/// The least time between two rounds.
const PACE: Millis = 1_000;
/// Values and ages move without anybody telling.
const REFRESH: Millis = 15_000;

/// Until nobody looks on any more, or the host stops.
pub(super) async fn run(web: Arc<Web>, hub: Arc<Hub>) {
    let mut changes = web.live.listen();
    let closing = web.closing.clone();
    // Whoever has just come has what is true.
    let mut has_changed = false;
    loop {
        let began = web.clock.now();
        tokio::select! {
            () = closing.cancelled() => break,
            health = web.health() => hub.pulse(health, has_changed),
        }
        if web.hubs.end_pages(&hub, false) {
            return;
        }
        tokio::select! {
            () = closing.cancelled() => break,
            () = pause(&web, began, &mut changes) => has_changed = true,
        }
    }
    web.hubs.end_pages(&hub, true);
}

/// Until something has changed, or it is time to look again; never less than the pace.
async fn pause(web: &Web, began: Millis, changes: &mut broadcast::Receiver<Change>) {
    web.clock.sleep_until(began + PACE).await;
    let change = async {
        loop {
            match changes.recv().await {
                Ok(Change::Samples { .. }) => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    };
    tokio::select! {
        () = web.clock.sleep_until(began + REFRESH) => {}
        () = change => {}
    }
}
