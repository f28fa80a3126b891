//! People: how they are reached, when they are on call, who of them is told next; and whom that makes of a receiver at a
//! moment. Pure.

mod check;

use std::collections::BTreeMap;

use vitrine_model::Millis;
use vitrine_model::oncall::Override;

pub(super) use check::{Crew, Named, check, unknown};

use super::oncall::{Cause, Schedule};
use super::route::{Node, Receiver, Routing, Target};

/// All that the files say of people.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    pub people: BTreeMap<String, Vec<Target>>,
    pub schedules: BTreeMap<String, Schedule>,
    pub escalations: BTreeMap<String, Escalation>,
    /// How long before the end of a silence that says nothing itself; never, where it is zero.
    pub reminder: Millis,
    /// The receiver of reminders whose author is nobody known.
    pub reminded: Option<String>,
}

/// Who is told one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    pub steps: Vec<Step>,
    /// How many more times all steps are gone through.
    pub repeat: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub tell: Receiver,
    /// How long until the next one.
    pub after: Millis,
}

impl Escalation {
    /// The number of tellings in all rounds.
    pub fn tellings(&self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX).saturating_mul(self.repeat.saturating_add(1))
    }
}

impl Roster {
    /// Who is on call in a schedule. Overrides of people whom the files do not know any more hold nothing up.
    pub fn on_call(&self, schedule: &str, moment: Millis, overrides: &[Override]) -> Option<(String, Cause)> {
        self.schedules.get(schedule)?.on_call(moment, &self.put_into(schedule, overrides))
    }

    /// The overrides of a schedule that count.
    pub fn put_into<'a>(&self, schedule: &str, overrides: &'a [Override]) -> Vec<&'a Override> {
        overrides.iter().filter(|one| one.schedule == schedule && self.people.contains_key(&one.person)).collect()
    }

    /// How somebody is reached.
    pub fn targets_of(&self, person: &str) -> &[Target] {
        self.people.get(person).map_or(&[], Vec::as_slice)
    }
}

impl Routing {
    /// Whom a receiver tells at a moment: its channels, its people, and who is on call; never nobody in place of these.
    pub fn told_by(&self, receiver: &Receiver, moment: Millis, overrides: &[Override]) -> Vec<Target> {
        let roster = &self.roster;
        let mut all = Told(receiver.targets.clone());
        receiver.people.iter().for_each(|person| all.add(roster.targets_of(person), None));
        for name in &receiver.schedules {
            if let Some((person, _)) = roster.on_call(name, moment, overrides) {
                all.add(roster.targets_of(&person), None);
                continue;
            }
            let note = format!("nobody is on call in `{name}`");
            all.add(&receiver.fallback, Some(&note));
            if receiver.fallback.is_empty() {
                let members = roster.schedules.get(name).map(Schedule::people).unwrap_or_default();
                members.into_iter().for_each(|person| all.add(roster.targets_of(person), Some(&note)));
            }
        }
        all.0
    }

    /// Whom a route tells once so many steps of its escalation are reached.
    pub fn cast(&self, node: &Node, reached: u32, moment: Millis, overrides: &[Override]) -> Vec<Target> {
        let base = self.receivers.get(&node.receiver);
        let mut all = Told(base.map_or(Vec::new(), |receiver| self.told_by(receiver, moment, overrides)));
        let reached = usize::try_from(reached).unwrap_or(usize::MAX);
        for step in self.ladder(node).into_iter().flat_map(|(_, ladder)| ladder.steps.iter().take(reached)) {
            all.add(&self.told_by(&step.tell, moment, overrides), None);
        }
        all.0
    }

    /// How a receiver tells over a channel, now or later.
    pub fn target(&self, receiver: &str, channel: &str) -> Option<&Target> {
        let mut possible = self.nodes().iter().filter(|node| node.receiver == receiver).flat_map(|node| node.possible.iter());
        possible.find(|target| target.channel == channel)
    }

    /// Works out whom each route may come to tell.
    pub(super) fn with_possible(mut self) -> Routing {
        let possible: Vec<Vec<Target>> = self.nodes().iter().map(|node| self.possible(node)).collect();
        self.set_possible(possible);
        self
    }

    fn possible(&self, node: &Node) -> Vec<Target> {
        let base = self.receivers.get(&node.receiver).into_iter();
        let steps = self.ladder(node).into_iter().flat_map(|(_, ladder)| ladder.steps.iter().map(|step| &step.tell));
        let (mut all, mut is_anyone) = (Told(Vec::new()), false);
        for receiver in base.chain(steps) {
            all.add(&receiver.targets, None);
            receiver.people.iter().for_each(|person| all.add(self.roster.targets_of(person), None));
            all.add(&receiver.fallback, None);
            is_anyone |= !receiver.schedules.is_empty();
        }
        // An override may put anybody on call.
        let anyone = self.roster.people.values().filter(|_| is_anyone);
        anyone.for_each(|targets| all.add(targets, None));
        all.0
    }

    /// The escalation of a route, with its name.
    pub fn ladder(&self, node: &Node) -> Option<(&str, &Escalation)> {
        let (name, escalation) = self.roster.escalations.get_key_value(node.escalation.as_ref()?)?;
        Some((name.as_str(), escalation))
    }
}

/// Whom a receiver tells, each channel once.
struct Told(Vec<Target>);

impl Told {
    fn add(&mut self, targets: &[Target], note: Option<&str>) {
        for target in targets {
            if self.0.iter().all(|known| known.channel != target.channel) {
                let note = note.map(str::to_owned).or_else(|| target.note.clone());
                self.0.push(Target { note, ..target.clone() });
            }
        }
    }
}

#[cfg(test)]
mod tests;
