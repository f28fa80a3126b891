//! The door to groups of alerts, and to what people were told of them. Calls block.

use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::oncall::Climb;
use crate::port::StoreError;
use crate::port::deliveries::NewDelivery;
use crate::silence::Acknowledgement;
use crate::{Labels, Millis};

/// A group of alerts that are told together, without its members.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// The route's key and the labels grouped by.
    pub key: String,
    pub labels: Labels,
    /// The first moment at which it may be told of; all others lie whole intervals behind it.
    pub anchor: Millis,
    /// When it was last looked at.
    pub flushed_at: Option<Millis>,
    /// When each channel was last told.
    pub told_at: Vec<(String, Millis)>,
    /// How far its escalation has come.
    pub climb: Option<Climb>,
}

/// What a channel knows of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Told {
    Firing,
    Resolved,
    /// It was told that the alert fires, and is to be told anew.
    Outdated,
    /// That it fires waits for a digest.
    Gathered,
    /// A digest said that it fires; the next one says that it is over.
    Digested,
}

impl Told {
    /// Whether the channel was told that it fires, and not that it is over.
    pub fn knows(self) -> bool {
        matches!(self, Told::Firing | Told::Outdated | Told::Digested)
    }
}

/// How much a channel of a receiver was told of late.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateRow {
    pub receiver: String,
    pub channel: String,
    /// When it was told, oldest first; as many as count.
    pub told: Vec<Millis>,
    /// When the last digest was.
    pub digest_at: Option<Millis>,
    /// Since when the next digest gathers.
    pub gathers_since: Option<Millis>,
    /// The messages that it stands for.
    pub put_off: u64,
}

/// An alert in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberRow {
    pub group: String,
    pub alert: Alert,
    /// When it ended, if it did.
    pub ended_at: Option<Millis>,
    /// What each channel was last told of it.
    pub told: Vec<(String, Told)>,
}

/// What one step of planning changes; committed as a whole or not at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NoticeChange {
    /// Events that are in the groups now.
    pub planned: Vec<i64>,
    pub groups: Vec<GroupRow>,
    /// Keys of groups that are over, with all their members.
    pub gone_groups: Vec<String>,
    pub members: Vec<MemberRow>,
    /// Group, rule and labels of members that are over.
    pub gone_members: Vec<(String, String, Labels)>,
    pub deliveries: Vec<NewDelivery>,
    pub rates: Vec<RateRow>,
    /// Receivers and channels that nobody speaks of any more.
    pub gone_rates: Vec<(String, String)>,
    /// Alerts and groups that somebody was given.
    pub acknowledged: Vec<Acknowledgement>,
    /// Numbers of silences of whose end somebody is reminded.
    pub reminded: Vec<String>,
}

impl NoticeChange {
    pub fn is_empty(&self) -> bool {
        self.planned.is_empty()
            && self.groups.is_empty()
            && self.gone_groups.is_empty()
            && self.members.is_empty()
            && self.gone_members.is_empty()
            && self.deliveries.is_empty()
            && self.rates.is_empty()
            && self.gone_rates.is_empty()
            && self.acknowledged.is_empty()
            && self.reminded.is_empty()
    }
}

/// Groups, kept.
pub trait Notices: Send + Sync {
    fn load(&self) -> Result<(Vec<GroupRow>, Vec<MemberRow>), StoreError>;

    fn rates(&self) -> Result<Vec<RateRow>, StoreError>;

    /// Groups, members, rates, the events that led to them and the deliveries that follow, in one transaction.
    fn commit(&self, change: &NoticeChange) -> Result<(), StoreError>;
}
