//! What a data folder held at one moment, to be read beside a running host.

use std::path::Path;
use std::sync::Arc;

use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::Alerts;
use vitrine_model::port::oncall::OnCall;
use vitrine_model::port::samples::Samples;
use vitrine_model::port::silences::Silences;

use crate::settings::Settings;
use crate::sqlite::alerts::SqliteAlerts;
use crate::sqlite::oncall::SqliteOnCall;
use crate::sqlite::samples::SqliteSamples;
use crate::sqlite::silences::SqliteSilences;
use crate::sqlite::{Database, migrations};
use crate::{SAMPLES, STATE};

/// One state of both databases. It takes no lock, writes nothing, and holds the state by one open transaction of each, which
/// keeps the host from shortening its write-ahead logs as long as this lives.
#[derive(Debug)]
pub struct Snapshot {
    samples: Arc<SqliteSamples>,
    state: Arc<Database>,
}

impl Snapshot {
    /// Looks at a data folder, whether or not a host runs in it.
    pub fn open(folder: &Path, settings: Settings) -> Result<Snapshot, StoreError> {
        if !folder.join(SAMPLES).is_file() || !folder.join(STATE).is_file() {
            return Err(StoreError(format!("`{}` holds no samples: choose the data folder with `--data-dir`", folder.display())));
        }
        // Alerts first: what they say of samples is then in the samples too.
        let state = Database::pin(&folder.join(STATE), &migrations::state())?;
        let samples = Database::pin(&folder.join(SAMPLES), &migrations::samples())?;
        let samples = SqliteSamples::look(samples, settings)?;
        Ok(Snapshot { samples: Arc::new(samples), state: Arc::new(state) })
    }

    pub fn samples(&self) -> Arc<dyn Samples> {
        self.samples.clone()
    }

    pub fn alerts(&self) -> Arc<dyn Alerts> {
        Arc::new(SqliteAlerts::new(self.state.clone()))
    }

    pub fn silences(&self) -> Arc<dyn Silences> {
        Arc::new(SqliteSilences(self.state.clone()))
    }

    pub fn oncall(&self) -> Arc<dyn OnCall> {
        Arc::new(SqliteOnCall(self.state.clone()))
    }
}
