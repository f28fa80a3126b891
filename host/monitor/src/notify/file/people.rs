//! People, when they are on call, and who is told next where nobody takes an alert on; as written in `routes.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{TargetEntry, TimesEntry};

/// Somebody, and how they are reached.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonEntry {
    /// Names of channels, or maps that say more. All of them are told, in this order.
    pub channels: Vec<TargetEntry>,
}

/// Who is on call when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleEntry {
    /// Whose wall clock counts, such as `Europe/Berlin`; without it, the host's zone.
    pub time_zone: Option<String>,
    /// Rotations; where several have somebody, the later one holds.
    pub layers: Vec<LayerEntry>,
    /// Who is on call for once, whatever the layers say.
    pub overrides: Vec<OverrideEntry>,
}

/// A rotation: people one after the other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerEntry {
    /// What pages call it.
    pub name: Option<String>,
    /// People in order; who stands twice has two turns.
    pub members: Vec<String>,
    /// The day on which the first one begins: `2026-11-02`. Before it, the layer has nobody.
    pub start: String,
    /// The time of day at which one hands over to the next: `09:00`; without it, midnight.
    pub handoff: Option<String>,
    /// The day of the week of the handoff, for turns of whole weeks; without it, that of `start`.
    pub weekday: Option<String>,
    /// How long a turn is: `daily`, `weekly`, `3d`, `12h`.
    pub length: String,
    /// The only times at which it has somebody, by the schedule's wall clock; without any, all.
    #[serde(default)]
    pub only: Vec<TimesEntry>,
}

/// Who is on call from one moment to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideEntry {
    /// By the schedule's wall clock, `2026-12-24 09:00`, or RFC 3339 with an offset.
    pub from: String,
    pub to: String,
    pub who: String,
    /// Why.
    pub comment: Option<String>,
}

/// Who is told one after the other, until somebody takes the alert on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationEntry {
    pub steps: Vec<StepEntry>,
    /// How many more times all steps are gone through where nobody takes it on.
    #[schemars(range(max = 100))]
    #[serde(default)]
    pub repeat: u32,
}

/// Whom a step tells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StepEntry {
    /// Names of people.
    pub people: Vec<String>,
    /// Names of schedules: whoever is on call there then.
    pub schedules: Vec<String>,
    pub channels: Vec<TargetEntry>,
    /// Names of receivers: whom they tell, without their own escalations.
    pub receivers: Vec<String>,
    /// Channels that are told where a schedule has nobody; without any, all its members are.
    pub fallback: Vec<TargetEntry>,
    /// How long nobody may take it on until the next step is told: `10m`.
    pub after: Option<String>,
}

/// All that tells who people are, as maps by name.
pub type People = BTreeMap<String, PersonEntry>;
pub type Schedules = BTreeMap<String, ScheduleEntry>;
pub type Escalations = BTreeMap<String, EscalationEntry>;
