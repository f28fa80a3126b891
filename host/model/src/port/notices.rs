//! The door to groups of alerts, and to what people were told of them. Calls block.

use crate::alert::{Alert, EventKind};
use crate::port::StoreError;
use crate::port::deliveries::NewDelivery;
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
}

/// An alert in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberRow {
    pub group: String,
    pub alert: Alert,
    /// When it ended, if it did.
    pub ended_at: Option<Millis>,
    /// What each channel was last told of it.
    pub told: Vec<(String, EventKind)>,
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
}

impl NoticeChange {
    pub fn is_empty(&self) -> bool {
        self.planned.is_empty()
            && self.groups.is_empty()
            && self.gone_groups.is_empty()
            && self.members.is_empty()
            && self.gone_members.is_empty()
            && self.deliveries.is_empty()
    }
}

/// Groups, kept.
pub trait Notices: Send + Sync {
    fn load(&self) -> Result<(Vec<GroupRow>, Vec<MemberRow>), StoreError>;

    /// Groups, members, the events that led to them and the deliveries that follow, in one transaction.
    fn commit(&self, change: &NoticeChange) -> Result<(), StoreError>;
}
