//! Who is told, as people write it in `routes.yaml`: Alertmanager's format, but for the receivers, which name channels.

mod people;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use people::{
    EscalationEntry, Escalations, LayerEntry, OverrideEntry, People, PersonEntry, ScheduleEntry, Schedules, StepEntry,
};

/// What `routes.yaml` holds. The same keys may stand in any file of the folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RouteFile {
    pub global: GlobalEntry,
    pub route: Option<RouteEntry>,
    pub receivers: Vec<ReceiverEntry>,
    pub inhibit_rules: Vec<InhibitEntry>,
    pub time_intervals: Vec<IntervalEntry>,
    /// The former name of `time_intervals`.
    pub mute_time_intervals: Vec<IntervalEntry>,
    /// People by name, and how they are reached.
    pub people: People,
    /// Who is on call when, by name.
    pub schedules: Schedules,
    /// Who is told one after the other, by name.
    pub escalations: Escalations,
}

/// What holds for all routes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GlobalEntry {
    /// When an alert that another program brought, without an end, is over if nobody speaks of it again: `5m`.
    pub resolve_timeout: Option<String>,
    /// How much a channel of a receiver is told at most: `{ notices: 60, per: 10m }`, or `off`.
    pub rate: Option<RateEntry>,
    /// How long before the end of a silence its author is reminded, where the silence says nothing: `30m`; `0` is never.
    pub silence_reminder: Option<String>,
    /// The receiver of reminders whose author is none of `people`; without it, the receiver of the root.
    pub silence_receiver: Option<String>,
}

/// A node of the tree. An alert goes down into the first route that matches it, and stays where none does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RouteEntry {
    /// Who is told; without it, whom the route above tells.
    pub receiver: Option<String>,
    /// Who is told next where nobody takes it on; without it, the receiver's.
    pub escalation: Option<String>,
    /// The labels whose values make a group; `...` is each alert by itself.
    pub group_by: Option<Vec<String>>,
    /// Whether the routes that follow are tried too.
    #[serde(rename = "continue")]
    pub goes_on: bool,
    /// Which alerts it is for: `severity = critical`, `team =~ "web|shop"`.
    pub matchers: Vec<String>,
    /// Labels and their values; an older way to write `matchers`.
    #[serde(rename = "match")]
    pub equal: BTreeMap<String, String>,
    /// Labels and patterns; an older way to write `matchers`.
    pub match_re: BTreeMap<String, String>,
    /// How long a new group gathers alerts before it is told: `30s`.
    pub group_wait: Option<String>,
    /// How long after that news of the group waits: `5m`.
    pub group_interval: Option<String>,
    /// When a group that goes on is told again: `4h`.
    pub repeat_interval: Option<String>,
    /// Names of intervals in which nobody is told.
    pub mute_time_intervals: Vec<String>,
    /// Names of intervals outside which nobody is told.
    pub active_time_intervals: Vec<String>,
    pub routes: Vec<RouteEntry>,
}

/// Somebody who is told, over one or more channels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiverEntry {
    pub name: String,
    /// Names of channels, or maps that say more. All of them are told; without any, nobody is.
    #[serde(default)]
    pub channels: Vec<TargetEntry>,
    /// Names of people, who are told over all their channels.
    #[serde(default)]
    pub people: Vec<String>,
    /// Names of schedules: whoever is on call there is told.
    #[serde(default)]
    pub schedules: Vec<String>,
    /// Channels that are told where a schedule has nobody; without any, all its members are.
    #[serde(default)]
    pub fallback: Vec<TargetEntry>,
    /// Who is told next where nobody takes it on.
    #[serde(default)]
    pub escalation: Option<String>,
    /// How much each of its channels is told at most: `{ notices: 20, per: 10m }`, or `off`; else what `global` says. News
    /// over that comes together in a digest.
    #[serde(default)]
    pub rate: Option<RateEntry>,
}

/// How much is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RateEntry {
    Off(Off),
    Most(RateOptions),
}

/// Everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Off {
    Off,
}

/// No more than so many messages in any span of that length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateOptions {
    #[schemars(range(min = 2, max = 1_000))]
    pub notices: usize,
    /// `10m`
    pub per: String,
}

/// A channel of a receiver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum TargetEntry {
    Name(String),
    With(TargetOptions),
}

/// A channel of a receiver, with what holds there only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetOptions {
    /// The channel's name.
    pub channel: String,
    /// Whether the end of alerts is told.
    #[serde(default = "yes")]
    pub send_resolved: bool,
    /// Channels that are tried in this order where this one fails.
    #[serde(default)]
    pub fallback: Vec<String>,
    /// Alerts listed in one message; the others are counted.
    #[schemars(range(min = 1, max = 10_000))]
    #[serde(default = "listed")]
    pub max_alerts: usize,
}

fn yes() -> bool {
    true
}

fn listed() -> usize {
    super::route::LISTED
}

/// While an alert fires that the source matches, those that the target matches are not told, if the labels `equal` are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InhibitEntry {
    pub name: Option<String>,
    pub source_matchers: Vec<String>,
    /// An older way to write `source_matchers`.
    pub source_match: BTreeMap<String, String>,
    /// An older way to write `source_matchers`.
    pub source_match_re: BTreeMap<String, String>,
    pub target_matchers: Vec<String>,
    /// An older way to write `target_matchers`.
    pub target_match: BTreeMap<String, String>,
    /// An older way to write `target_matchers`.
    pub target_match_re: BTreeMap<String, String>,
    pub equal: Vec<String>,
}

/// Times by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalEntry {
    pub name: String,
    /// A moment belongs to it if it belongs to any of these.
    pub time_intervals: Vec<TimesEntry>,
}

/// A moment belongs to it if it fits all that is set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TimesEntry {
    /// `{ start_time: "22:00", end_time: "06:00" }`; one that ends before it begins goes over midnight, and belongs to the
    /// day on which it begins.
    pub times: Vec<ClockEntry>,
    /// `monday`, `friday:monday`.
    pub weekdays: Vec<Word>,
    /// `1`, `1:5`, `-3:-1`: from the end of the month.
    pub days_of_month: Vec<Word>,
    /// `1:3`, `may:august`.
    pub months: Vec<Word>,
    /// `2026`, `2026:2028`.
    pub years: Vec<Word>,
    /// The zone, such as `Europe/Berlin`, or `Local` for the host's; without it, UTC.
    pub location: Option<String>,
}

/// A message that says that the host lives, for somebody outside who raises the alarm when none comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeartbeatEntry {
    /// The channel that takes it.
    pub channel: String,
    /// How often: `1m`.
    #[serde(default = "minute")]
    pub every: String,
}

fn minute() -> String {
    "1m".to_owned()
}

/// From a time of day to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockEntry {
    /// `09:00`
    pub start_time: String,
    /// `17:00`; `24:00` is the end of the day.
    pub end_time: String,
}

/// A number or a text: YAML reads `2026` as the one, and `2026:2028` as the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Word {
    Number(i64),
    Text(String),
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Word::Number(number) => write!(f, "{number}"),
            Word::Text(text) => f.write_str(text.trim()),
        }
    }
}
