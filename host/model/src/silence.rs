//! Silences: what people do not want to hear of for a while; and acknowledgements: what somebody has taken on.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::matcher::{Test, anchored};
use crate::{Labels, Matcher, Millis};

/// A matcher as people write it and programs exchange it; the shape is Alertmanager's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    pub name: String,
    pub value: String,
    pub is_regex: bool,
    #[serde(default = "yes")]
    pub is_equal: bool,
}

fn yes() -> bool {
    true
}

impl Condition {
    pub fn equal(name: impl Into<String>, value: impl Into<String>) -> Condition {
        Condition { name: name.into(), value: value.into(), is_regex: false, is_equal: true }
    }

    /// Ready to be asked, or what is wrong with its pattern.
    pub fn matcher(&self) -> Result<Matcher, String> {
        if self.name.is_empty() {
            return Err("a matcher needs the name of a label".to_owned());
        }
        let pattern = || anchored(&self.value).map_err(|error| format!("the pattern `{}` cannot be read: {error}", self.value));
        let test = match (self.is_regex, self.is_equal) {
            (false, true) => Test::Equal(self.value.clone()),
            (false, false) => Test::NotEqual(self.value.clone()),
            (true, true) => Test::Match(pattern()?),
            (true, false) => Test::NotMatch(pattern()?),
        };
        Ok(Matcher { name: self.name.clone(), test })
    }
}

/// As it is written in files: `severity=~"warning|critical"`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = match (self.is_regex, self.is_equal) {
            (false, true) => "=",
            (false, false) => "!=",
            (true, true) => "=~",
            (true, false) => "!~",
        };
        match crate::labels::is_label_name(&self.name) {
            true => write!(f, "{}{operator}{:?}", self.name, self.value),
            false => write!(f, "{:?}{operator}{:?}", self.name, self.value),
        }
    }
}

/// Where a silence is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SilenceState {
    Active,
    Pending,
    Expired,
}

impl SilenceState {
    pub fn word(self) -> &'static str {
        match self {
            SilenceState::Active => "active",
            SilenceState::Pending => "pending",
            SilenceState::Expired => "expired",
        }
    }
}

/// Alerts that all its conditions fit are not told between its start and its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// A UUID.
    pub id: String,
    pub conditions: Vec<Condition>,
    pub starts_at: Millis,
    pub ends_at: Millis,
    pub updated_at: Millis,
    pub author: String,
    pub comment: String,
    /// How long before its end somebody is reminded: as the files say, where it says nothing; never, where it is zero.
    #[serde(default)]
    pub remind: Option<Millis>,
    /// Somebody was.
    #[serde(default)]
    pub reminded: bool,
}

impl Silence {
    pub fn state(&self, now: Millis) -> SilenceState {
        match now {
            _ if now < self.starts_at => SilenceState::Pending,
            _ if now < self.ends_at => SilenceState::Active,
            _ => SilenceState::Expired,
        }
    }
}

/// Whether all of them fit.
pub fn all_match(matchers: &[Matcher], labels: &Labels) -> bool {
    matchers.iter().all(|matcher| matcher.matches(labels))
}

/// Somebody has taken an alert or a group on: it is not told again while that lasts, but its end is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The alert's fingerprint, or the group's name in notifications.
    pub target: String,
    pub author: String,
    pub comment: String,
    pub at: Millis,
    /// Snoozed until then; without it, until the alert ends.
    pub until: Option<Millis>,
}

/// What somebody did about an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    Acknowledged,
    /// Acknowledged until a moment.
    Snoozed,
    /// Took an acknowledgement back.
    Withdrew,
    Commented,
}

impl Deed {
    pub const ALL: [Deed; 4] = [Deed::Acknowledged, Deed::Snoozed, Deed::Withdrew, Deed::Commented];

    pub fn word(self) -> &'static str {
        match self {
            Deed::Acknowledged => "acknowledged",
            Deed::Snoozed => "snoozed",
            Deed::Withdrew => "withdrew",
            Deed::Commented => "commented",
        }
    }
}

/// A row of who did what about an alert or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// As of an acknowledgement.
    pub target: String,
    pub deed: Deed,
    pub author: String,
    /// What was said with it.
    pub text: String,
    pub at: Millis,
    /// Of a snooze: until when.
    pub until: Option<Millis>,
}

impl Act {
    /// How an acknowledgement is written down.
    pub fn of(given: &Acknowledgement) -> Act {
        Act {
            target: given.target.clone(),
            deed: if given.until.is_some() { Deed::Snoozed } else { Deed::Acknowledged },
            author: given.author.clone(),
            text: given.comment.clone(),
            at: given.at,
            until: given.until,
        }
    }
}

impl Acknowledgement {
    pub fn holds(&self, now: Millis) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}
