//! The databases that the files name, handed to the store; and instances' own values, forgotten once nobody has them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use vitrine_config::{Problem, Problems};
use vitrine_model::port::keep::Keep;
use vitrine_model::{Clock, Millis};
use vitrine_store::database::NamedDatabases;

use super::running::Running;
use crate::settings::Settings;

/// How often is looked who is gone.
const EVERY: Millis = 3_600_000;
/// For how long the values of an instance are kept whose entry is gone: somebody may put it back.
const UNSEEN: Millis = 30 * 24 * 3_600_000;

/// Entries that are wrong, or whose secret cannot be had, leave the old database in place.
#[expect(clippy::disallowed_methods, reason = "a secret may be a variable: it is read where it is used")]
pub(super) fn set_databases(databases: &NamedDatabases, settings: &Settings, problems: &mut Problems) {
    let environment = |name: &str| std::env::var(name).ok();
    let mut resolved = BTreeMap::new();
    let mut tell = |name: &str, reason: String| {
        problems.0.push(Problem::general(format!("database `{name}` cannot be set up: {reason}")));
    };
    for (name, entry) in &settings.databases {
        // What `check` tells already is not told twice.
        let is_right = entry.mistakes().is_empty();
        let settings = is_right.then(|| entry.resolved(&environment)).transpose();
        let settings = settings.map_err(|reason| tell(name, reason)).unwrap_or_default();
        resolved.insert(name.clone(), settings);
    }
    for (name, reason) in databases.set(resolved) {
        tell(&name, reason);
    }
}

/// Looks every hour, until stopped.
pub(super) async fn prune(keep: Arc<dyn Keep>, clock: Arc<dyn Clock>, running: Arc<Mutex<Running>>, stop: CancellationToken) {
    loop {
        // First of all the wait: at start some instance may still be missing, and the clock may be wrong.
        let next = clock.now() + EVERY;
        tokio::select! {
            () = stop.cancelled() => return,
            () = clock.sleep_until(next) => {}
        }
        let mut owners = running.lock().unwrap_or_else(PoisonError::into_inner).owners();
        owners.push(vitrine_web::reply::OWNER.to_owned());
        let (keep, now) = (Arc::clone(&keep), clock.now());
        match tokio::task::spawn_blocking(move || keep.prune(&owners, now, UNSEEN)).await {
            Ok(Ok(gone)) => {
                for owner in gone {
                    tracing::info!(plugin.owner = owner, "the values of an instance that is gone are forgotten");
                }
            }
            Ok(Err(error)) => tracing::error!("values of instances that are gone could not be forgotten: {error}"),
            Err(error) => tracing::error!("forgetting values failed: {error}"),
        }
    }
}
