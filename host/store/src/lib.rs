//! What is kept: samples, alerts, deliveries and small values, behind the ports of `vitrine_model`; and the databases of
//! others, which are asked.
//!
//! Two databases lie in the data folder. `samples.db` may lose the last moments when the power fails, unless it is told not
//! to, and never when the process dies; `state.db` loses nothing that was acknowledged.

pub mod backup;
pub mod database;
mod metrics;
mod settings;
mod snapshot;
mod sqlite;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prometheus_client::registry::Registry;
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::Alerts;
use vitrine_model::port::approvals::Approvals;
use vitrine_model::port::deliveries::Deliveries;
use vitrine_model::port::keep::Keep;
use vitrine_model::port::notices::Notices;
use vitrine_model::port::oncall::OnCall;
use vitrine_model::port::receipts::Receipts;
use vitrine_model::port::samples::Samples;
use vitrine_model::port::silences::Silences;

pub use crate::settings::{Durability, Rollups, Settings};
pub use crate::snapshot::Snapshot;
#[doc(hidden)]
pub use crate::sqlite::samples::alone::Codec;

use crate::metrics::{Files, Metrics};
use crate::sqlite::alerts::SqliteAlerts;
use crate::sqlite::approvals::SqliteApprovals;
use crate::sqlite::deliveries::SqliteDeliveries;
use crate::sqlite::keep::SqliteKeep;
use crate::sqlite::notices::SqliteNotices;
use crate::sqlite::oncall::SqliteOnCall;
use crate::sqlite::receipts::SqliteReceipts;
use crate::sqlite::samples::SqliteSamples;
use crate::sqlite::silences::SqliteSilences;
use crate::sqlite::{Database, migrations};

/// Bytes of a page. Blocks of samples are about a thousand bytes, of which few fit a small page, and leave much of it empty.
const SAMPLES_PAGE: u32 = 16_384;
const STATE_PAGE: u32 = 4_096;

/// An open data folder. As long as it lives, no other process can open the same one.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    samples: Arc<SqliteSamples>,
    state: Arc<Database>,
    metrics: Metrics,
    /// Holds the folder's lock until it is dropped.
    _lock: File,
}

impl Store {
    /// Opens the folder with the usual settings; creates what is missing.
    pub fn open(folder: &Path) -> Result<Store, StoreError> {
        Store::open_with(folder, Settings::default())
    }

    pub fn open_with(folder: &Path, settings: Settings) -> Result<Store, StoreError> {
        let lock = lock(folder)?;
        let samples =
            Database::open(&folder.join(SAMPLES), settings.durability, settings.readers, SAMPLES_PAGE, &migrations::samples())?;
        let state = Database::open(&folder.join(STATE), Durability::Full, settings.readers, STATE_PAGE, &migrations::state())?;
        let metrics = Metrics::default();
        let samples = SqliteSamples::open(samples, settings, metrics.clone())?;
        Ok(Store { folder: folder.to_owned(), samples: Arc::new(samples), state: Arc::new(state), metrics, _lock: lock })
    }

    pub fn samples(&self) -> Arc<dyn Samples> {
        self.samples.clone()
    }

    pub fn alerts(&self) -> Arc<dyn Alerts> {
        Arc::new(SqliteAlerts::new(self.state.clone()))
    }

    pub fn deliveries(&self) -> Arc<dyn Deliveries> {
        Arc::new(SqliteDeliveries::new(self.state.clone()))
    }

    pub fn notices(&self) -> Arc<dyn Notices> {
        Arc::new(SqliteNotices(self.state.clone()))
    }

    pub fn receipts(&self) -> Arc<dyn Receipts> {
        Arc::new(SqliteReceipts(self.state.clone()))
    }

    pub fn silences(&self) -> Arc<dyn Silences> {
        Arc::new(SqliteSilences(self.state.clone()))
    }

    pub fn oncall(&self) -> Arc<dyn OnCall> {
        Arc::new(SqliteOnCall(self.state.clone()))
    }

    pub fn approvals(&self) -> Arc<dyn Approvals> {
        Arc::new(SqliteApprovals::new(self.state.clone()))
    }

    pub fn keep(&self) -> Arc<dyn Keep> {
        Arc::new(SqliteKeep::new(self.state.clone()))
    }

    /// Registers `vitrine_store_…`.
    pub fn metrics(&self, registry: &mut Registry) {
        self.metrics.register(registry);
        let files = [SAMPLES, STATE].map(|name| (name, self.folder.join(name)));
        registry.register_collector(Box::new(Files::new(files, self.samples.clone())));
    }

    /// Does now what is due in the background: sealing, merging, folding in. Tests and benches need not wait for it.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.samples.settle()
    }

    /// For what comes from now on; how many may read and what a commit survives stay as they were.
    pub fn set_settings(&self, settings: Settings) {
        self.samples.set_settings(settings);
    }

    /// Seals what is hot and folds the write-ahead logs into the databases, so that the next start has nothing to replay.
    pub fn close(&self) -> Result<(), StoreError> {
        self.samples.close()?;
        self.state.checkpoint()
    }
}

const SAMPLES: &str = "samples.db";
const STATE: &str = "state.db";
const LOCK: &str = "vitrine.lock";

/// Makes the folder, for this user's eyes only; one that is there already stays as its owner made it.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes the folder ours, or says who hinders that.
fn lock(folder: &Path) -> Result<File, StoreError> {
    let shown = folder.display();
    private_folder(folder).map_err(|error| {
        StoreError(format!("cannot create the data folder `{shown}`: {error}; create it or choose another with `--data-dir`"))
    })?;
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(|error| {
        StoreError(format!(
            "cannot write to the data folder `{shown}`: {error}; give this user the right to, or choose another with `--data-dir`"
        ))
    })?;
    file.try_lock().map_err(|error| match error {
        std::fs::TryLockError::WouldBlock => StoreError(format!(
            "the data folder `{shown}` is in use by another vitrine: stop that one, or choose another folder with `--data-dir`"
        )),
        std::fs::TryLockError::Error(error) => StoreError(format!("cannot lock `{}`: {error}", folder.join(LOCK).display())),
    })?;
    Ok(file)
}

#[cfg(test)]
mod tests;
