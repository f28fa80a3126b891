//! How each source and channel is doing, for pages and health.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use vitrine_model::{Fault, Millis};

/// One source, as of now.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceStatus {
    pub name: String,
    pub plugin: String,
    /// `every 15s`, `cron 0 */5 * * * * (Europe/Berlin)`.
    pub schedule: String,
    pub last_run: Option<Millis>,
    /// The last run that brought samples.
    pub last_good: Option<Millis>,
    pub next_run: Option<Millis>,
    /// How many samples the last good run brought.
    pub samples: u64,
    /// The fault that lasts, and since when.
    pub fault: Option<(Fault, Millis)>,
    /// Ticks that passed unused because the run before had not ended.
    pub missed: u64,
}

/// One channel, as of now.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelStatus {
    pub name: String,
    pub plugin: String,
    /// What the admin still has to set up: a sentence.
    pub waits_for: Option<String>,
    pub last_delivered: Option<Millis>,
    pub fault: Option<(Fault, Millis)>,
}

/// The board all of them are written on.
#[derive(Debug, Default)]
pub struct Status {
    sources: Mutex<BTreeMap<String, SourceStatus>>,
    channels: Mutex<BTreeMap<String, ChannelStatus>>,
}

impl Status {
    pub fn sources(&self) -> Vec<SourceStatus> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub fn channels(&self) -> Vec<ChannelStatus> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub fn set_source(&self, status: SourceStatus) {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).insert(status.name.clone(), status);
    }

    /// Changes one source's entry, if it is there.
    pub fn source(&self, name: &str, change: impl FnOnce(&mut SourceStatus)) {
        if let Some(status) = self.sources.lock().unwrap_or_else(PoisonError::into_inner).get_mut(name) {
            change(status);
        }
    }

    pub fn remove_source(&self, name: &str) {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    pub fn set_channel(&self, status: ChannelStatus) {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner).insert(status.name.clone(), status);
    }

    pub fn channel(&self, name: &str, change: impl FnOnce(&mut ChannelStatus)) {
        if let Some(status) = self.channels.lock().unwrap_or_else(PoisonError::into_inner).get_mut(name) {
            change(status);
        }
    }

    pub fn remove_channel(&self, name: &str) {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}
