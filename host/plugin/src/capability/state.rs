//! `state`: small values of the instance's own, kept by the host's store. They survive restarts and new builds of the
//! plugin; the store works on threads that may block.

use std::sync::{Arc, OnceLock};

use vitrine_model::port::StoreError;
use vitrine_model::port::keep::{Keep, Kept};

use crate::bindings::imported::state::{Fault, Host};
use crate::context::Context;
use crate::grant::Right;

/// The longest key.
const KEY_BYTES: usize = 256;

/// Pieces of work for all guests that may be with the store at once; the host's own work needs it too.
const AT_ONCE: usize = 8;

/// The way to the store, once there is one.
pub(crate) struct Store {
    keep: OnceLock<Arc<dyn Keep>>,
    turns: Arc<tokio::sync::Semaphore>,
}

impl Default for Store {
    fn default() -> Store {
        Store { keep: OnceLock::new(), turns: Arc::new(tokio::sync::Semaphore::new(AT_ONCE)) }
    }
}

impl Store {
    /// Tells where values are kept; the first one stays.
    pub(crate) fn set(&self, keep: Arc<dyn Keep>) {
        // A second store would split what belongs together.
        let _ = self.keep.set(keep);
    }

    async fn ask<T, F>(&self, work: F) -> Result<T, String>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Keep) -> Result<T, StoreError> + Send + 'static,
    {
        let keep = Arc::clone(self.keep.get().ok_or("this host keeps no values")?);
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|error| error.to_string())?;
        let work = move || {
            let answer = work(&*keep);
            drop(turn);
            answer
        };
        let answer = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
        // The store's own sentence names files of the host: it is for the log.
        answer.map_err(|error| {
            tracing::error!("a plugin's values cannot be kept or read: {error}");
            "the host's store failed: its log says why".to_owned()
        })
    }
}

impl Host for Context {
    async fn get(&mut self, key: String) -> Result<Option<Vec<u8>>, Fault> {
        self.room()?;
        let owner = self.own.owner.clone();
        self.services.state.ask(move |keep| keep.get(&owner, &key)).await.map_err(Fault::Upstream)
    }

    async fn set(&mut self, key: String, value: Vec<u8>) -> Result<(), Fault> {
        let most = self.room()?;
        if key.len() > KEY_BYTES {
            return Err(Fault::Internal(format!("a key of {} bytes is longer than the {KEY_BYTES} it may have", key.len())));
        }
        self.turn_to_write().await?;
        let (owner, name) = (self.own.owner.clone(), key.clone());
        let kept = self.services.state.ask(move |keep| keep.set(&owner, &key, &value, most)).await.map_err(Fault::Upstream)?;
        match kept {
            Kept::Yes(used) => {
                self.own.show_kept(used);
                Ok(())
            }
            Kept::Full(used) => {
                self.own.show_kept(used);
                let reason = format!(
                    "there is no room for `{}`: {} of {} keys and {} of {} KiB are used; raise it with `state: {{ mib: …, keys: … }}` \
                     under `grant`",
                    super::log::cleaned(&name),
                    used.keys,
                    most.keys,
                    used.bytes.div_ceil(1 << 10),
                    most.bytes >> 10,
                );
                self.refuse("state", &reason);
                Err(Fault::Denied(reason))
            }
        }
    }

    async fn delete(&mut self, key: String) -> Result<(), Fault> {
        self.room()?;
        self.turn_to_write().await?;
        let owner = self.own.owner.clone();
        let used = self.services.state.ask(move |keep| keep.delete(&owner, &key)).await.map_err(Fault::Upstream)?;
        self.own.show_kept(used);
        Ok(())
    }

    async fn keys(&mut self, prefix: String) -> Result<Vec<String>, Fault> {
        self.room()?;
        let owner = self.own.owner.clone();
        self.services.state.ask(move |keep| keep.keys(&owner, &prefix)).await.map_err(Fault::Upstream)
    }
}

impl Context {
    fn room(&mut self) -> Result<vitrine_model::port::keep::Room, Fault> {
        self.require(Right::State).and_then(|()| self.grants.require_state()).map_err(Fault::Denied)
    }

    /// Waits until the instance may write again. A loop of writes slows down itself, and not the host's disk.
    async fn turn_to_write(&mut self) -> Result<(), Fault> {
        let wait = self.own.take_write();
        if wait > self.time_left() {
            return Err(Fault::Internal("it writes to its store faster than 20 times a second, and is out of time".to_owned()));
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }
}
