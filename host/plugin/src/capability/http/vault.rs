//! The host's secrets: fetched when a request needs one, kept for a short while, wiped when let go.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::{Mutex, Semaphore};
use zeroize::Zeroizing;

use crate::grant::HttpGrant;

/// How long a value is used before it is fetched anew: files and commands change.
const KEPT: Duration = Duration::from_secs(30);
/// How long a failure is.
const FAILURE_KEPT: Duration = Duration::from_secs(5);

/// Secrets fetched at once: each may be a process.
const FETCHES: usize = 4;

/// Shorter ones would be found in every other answer.
const SHORTEST: usize = 4;

pub(crate) type Value = Zeroizing<String>;

/// Where a secret comes from, and where it may go.
pub struct SecretSource {
    pub hosts: Vec<HttpGrant>,
    /// May block, for a bounded time. An error says what is missing and the remedy, and never the secret.
    pub fetch: Arc<dyn Fn() -> Result<Value, String> + Send + Sync>,
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretSource").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

/// All of them, by name.
#[derive(Default)]
pub(crate) struct Vault(ArcSwap<BTreeMap<String, Arc<Entry>>>);

pub(super) struct Entry {
    source: SecretSource,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    until: Instant,
    value: Result<Arc<Value>, String>,
}

impl Vault {
    /// Takes the place of all that was there; what was kept is forgotten.
    pub(crate) fn set(&self, sources: BTreeMap<String, SecretSource>) {
        let entry = |(name, source)| (name, Arc::new(Entry { source, kept: Mutex::default() }));
        self.0.store(Arc::new(sources.into_iter().map(entry).collect()));
    }

    /// The secret of this name in the settings.
    pub(crate) async fn value(&self, name: &str) -> Result<Arc<Value>, String> {
        let entry =
            self.get(name).ok_or_else(|| format!("there is no secret `{name}`: add it under `secrets` in the settings"))?;
        entry.value().await
    }

    pub(super) fn get(&self, name: &str) -> Option<Arc<Entry>> {
        self.0.load().get(name).cloned()
    }
}

impl Entry {
    pub(super) fn hosts(&self) -> &[HttpGrant] {
        &self.source.hosts
    }

    /// The secret; whoever comes while it is fetched waits for the same.
    pub(super) async fn value(&self) -> Result<Arc<Value>, String> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Instant::now() < kept.until) {
            return kept.value.clone();
        }
        let value = fetch(Arc::clone(&self.source.fetch)).await;
        let time = if value.is_ok() { KEPT } else { FAILURE_KEPT };
        *kept = Some(Kept { until: Instant::now() + time, value: value.clone() });
        value
    }
}

/// What has begun goes on when nobody waits any more, so its turn goes with it.
async fn fetch(source: Arc<dyn Fn() -> Result<Value, String> + Send + Sync>) -> Result<Arc<Value>, String> {
    static TURNS: Semaphore = Semaphore::const_new(FETCHES);
    let turn = TURNS.acquire().await.map_err(|error| error.to_string())?;
    let work = move || {
        let value = source();
        drop(turn);
        value
    };
    let value = tokio::task::spawn_blocking(work).await.map_err(|_| "fetching it failed".to_owned())??;
    if value.len() < SHORTEST {
        return Err(format!("it is shorter than {SHORTEST} letters, so it cannot be told from other text: use a longer one"));
    }
    Ok(Arc::new(value))
}
