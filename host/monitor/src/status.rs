//! How each source, channel and rule is doing, for pages and health.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use vitrine_model::{Fault, Millis, Span};

use crate::alert::Group;
use crate::notify::heartbeat::Heartbeat;

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

/// A heartbeat, as of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeartbeatStatus {
    pub name: String,
    pub channel: String,
    pub every: Span,
    /// Since the start of the host.
    pub last_sent: Option<Millis>,
    /// Why it is held back, and since when.
    pub held: Option<(String, Millis)>,
    /// Why the last one was not taken.
    pub fault: Option<String>,
}

impl HeartbeatStatus {
    pub(crate) fn new(heartbeat: &Heartbeat) -> HeartbeatStatus {
        let (name, channel) = (heartbeat.name.clone(), heartbeat.channel.clone());
        HeartbeatStatus { name, channel, every: heartbeat.every, last_sent: None, held: None, fault: None }
    }
}

/// A group of rules, as of now.
#[derive(Debug, Clone)]
pub struct GroupStatus {
    pub group: Group,
    /// In the order of the group's rules; nothing of those that were not evaluated yet.
    pub evaluated: Vec<Option<Evaluated>>,
}

/// How the last evaluation of a rule went.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    pub at: Millis,
    pub took: Duration,
    /// Why it could not be evaluated.
    pub fault: Option<String>,
}

/// The board all of them are written on.
#[derive(Debug, Default)]
pub struct Status {
    sources: Mutex<BTreeMap<String, SourceStatus>>,
    channels: Mutex<BTreeMap<String, ChannelStatus>>,
    groups: Mutex<Vec<GroupStatus>>,
    heartbeats: Mutex<BTreeMap<String, HeartbeatStatus>>,
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

    pub fn heartbeats(&self) -> Vec<HeartbeatStatus> {
        self.heartbeats.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn set_heartbeat(&self, status: HeartbeatStatus) {
        self.heartbeats.lock().unwrap_or_else(PoisonError::into_inner).insert(status.name.clone(), status);
    }

    /// Changes one heartbeat's entry, if it is there.
    pub(crate) fn heartbeat(&self, name: &str, change: impl FnOnce(&mut HeartbeatStatus)) {
        if let Some(status) = self.heartbeats.lock().unwrap_or_else(PoisonError::into_inner).get_mut(name) {
            change(status);
        }
    }

    pub(crate) fn forget_heartbeats(&self) {
        self.heartbeats.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// In the order of the files.
    pub fn groups(&self) -> Vec<GroupStatus> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The groups there are now, none of which has been evaluated.
    pub fn set_groups(&self, groups: &[Group]) {
        let status = |group: &Group| GroupStatus { group: group.clone(), evaluated: vec![None; group.rules.len()] };
        *self.groups.lock().unwrap_or_else(PoisonError::into_inner) = groups.iter().map(status).collect();
    }

    /// Notes how the rule at a place of a group did.
    pub fn evaluated(&self, key: &str, place: usize, evaluated: Evaluated) {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let group = groups.iter_mut().find(|status| status.group.key == key);
        if let Some(slot) = group.and_then(|status| status.evaluated.get_mut(place)) {
            *slot = Some(evaluated);
        }
    }
}
