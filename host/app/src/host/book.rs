//! What admins approved, at hand and in the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vitrine_model::port::StoreError;
use vitrine_model::port::approvals::Approvals;

use crate::approval::Approval;

/// By instance: `source/shop`.
pub(super) struct Book {
    port: Arc<dyn Approvals>,
    known: Mutex<BTreeMap<String, Approval>>,
}

impl Book {
    /// Reads all of it. One that cannot be read is an error: to take it for none would approve whatever is there now.
    pub(super) fn open(port: Arc<dyn Approvals>) -> Result<Book, String> {
        let mut known = BTreeMap::new();
        for (instance, text) in port.load().map_err(|error| error.to_string())? {
            let approval = serde_json::from_str(&text)
                .map_err(|error| format!("what was approved for {instance} cannot be read: {error}; was it a newer version?"))?;
            known.insert(instance, approval);
        }
        Ok(Book { port, known: Mutex::new(known) })
    }

    pub(super) fn get(&self, instance: &str) -> Option<Approval> {
        self.known().get(instance).cloned()
    }

    /// Returns once it is written; what stands there already costs nothing.
    pub(super) async fn set(&self, instance: &str, approval: Approval) -> Result<(), String> {
        if self.known().get(instance) == Some(&approval) {
            return Ok(());
        }
        let text = serde_json::to_string(&approval).map_err(|error| error.to_string())?;
        let name = instance.to_owned();
        self.write(move |port| port.set(&name, &text)).await?;
        self.known().insert(instance.to_owned(), approval);
        Ok(())
    }

    /// Forgets those of entries that are gone: an entry that comes back is a new one.
    pub(super) async fn retain(&self, instances: &BTreeSet<String>) -> Result<(), String> {
        let gone: Vec<String> = self.known().keys().filter(|name| !instances.contains(*name)).cloned().collect();
        for name in gone {
            let forgotten = name.clone();
            self.write(move |port| port.forget(&forgotten)).await?;
            self.known().remove(&name);
        }
        Ok(())
    }

    /// The builds that ran last.
    pub(super) fn digests(&self) -> BTreeSet<String> {
        self.known().values().map(|approval| approval.digest.clone()).collect()
    }

    async fn write(&self, work: impl FnOnce(&dyn Approvals) -> Result<(), StoreError> + Send + 'static) -> Result<(), String> {
        let port = Arc::clone(&self.port);
        match tokio::task::spawn_blocking(move || work(port.as_ref())).await {
            Ok(outcome) => outcome.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Approval>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
