//! What people decide while the host runs: who is on call for a while, and to whom an alert is given.

use std::sync::PoisonError;

use vitrine_model::Millis;
use vitrine_model::oncall::Override;
use vitrine_model::silence::Acknowledgement;

use super::plan::Planner;
use super::route::Target;
use super::silence::{LETTERS, NotHushed, invalid, new_id};

/// How long an override that ended stays readable.
pub(super) const KEPT: Millis = 30 * 86_400_000;
/// Those that are not forgotten yet.
const OVERRIDES: usize = 1_000;

/// An override as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub schedule: String,
    pub person: String,
    pub starts_at: Millis,
    pub ends_at: Millis,
    pub author: String,
    pub comment: String,
}

/// To whom somebody gives an alert or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    /// The alert's fingerprint, or the group's name in notifications.
    pub target: String,
    pub person: String,
    /// Who gives it.
    pub author: String,
    pub comment: String,
}

impl Planner {
    /// Puts somebody on call; returns the override's number. Blocks.
    pub(super) fn put_on_call(&self, turn: Turn) -> Result<String, NotHushed> {
        let now = self.clock.now();
        self.check(&turn, now)?;
        let _held = self.hushing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.oncall.overrides()?.len() >= OVERRIDES {
            return invalid(format!("there are {OVERRIDES} overrides already: ended ones go after thirty days"));
        }
        let Turn { schedule, person, starts_at, ends_at, author, comment } = turn;
        // What has passed is as it was.
        let starts_at = starts_at.max(now);
        let made = Override { id: new_id(), schedule, person, starts_at, ends_at, author, made_at: now, comment };
        self.oncall.put(&made)?;
        self.read_hush()?;
        tracing::info!(schedule.name = made.schedule, person.name = made.person, "an override was put in");
        self.changed();
        Ok(made.id)
    }

    fn check(&self, turn: &Turn, now: Millis) -> Result<(), NotHushed> {
        let route = self.route.load();
        let roster = &route.routing.roster;
        if !roster.schedules.contains_key(&turn.schedule) {
            return Err(NotHushed::Unknown("schedule", turn.schedule.clone()));
        }
        if !roster.people.contains_key(&turn.person) {
            return Err(NotHushed::Unknown("person", turn.person.clone()));
        }
        if turn.ends_at <= turn.starts_at {
            return invalid("the override ends before it starts");
        }
        if turn.ends_at <= now {
            return invalid("the override ends in the past");
        }
        if turn.author.len() > LETTERS || turn.comment.len() > LETTERS {
            return invalid(format!("a text of the override is longer than {LETTERS} bytes"));
        }
        Ok(())
    }

    /// Ends one now; one that has not begun never does. Blocks.
    pub(super) fn end_override(&self, id: &str) -> Result<(), NotHushed> {
        let _held = self.hushing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let known = self.oncall.overrides()?;
        let found = known.into_iter().find(|one| one.id == id);
        let found = found.ok_or_else(|| NotHushed::Unknown("override", id.to_owned()))?;
        if found.ends_at <= now {
            return invalid(format!("the override `{id}` has already ended"));
        }
        self.oncall.put(&Override { starts_at: found.starts_at.min(now), ends_at: now, ..found })?;
        self.read_hush()?;
        tracing::info!(overriding.id = id, "an override was ended");
        self.changed();
        Ok(())
    }

    /// Gives an alert or a group to somebody, who is told. Blocks.
    pub(super) fn assign(&self, gift: Gift) -> Result<(), NotHushed> {
        let route = self.route.load_full();
        let Some(targets) = route.routing.roster.people.get(&gift.person) else {
            return Err(NotHushed::Unknown("person", gift.person));
        };
        if gift.author.len() > LETTERS || gift.comment.len() > LETTERS {
            return invalid(format!("a text of the assignment is longer than {LETTERS} bytes"));
        }
        let why = if gift.comment.is_empty() { String::new() } else { format!(": {}", gift.comment) };
        let note = Some(format!("{} gave it to {}{why}", gift.author, gift.person));
        let targets: Vec<Target> = targets.iter().map(|target| Target { note: note.clone(), ..target.clone() }).collect();
        let now = self.clock.now();
        let given = Acknowledgement { target: gift.target, author: gift.person, comment: gift.comment, at: now, until: None };
        self.give(&given, &targets, now)?;
        self.planned.notify_one();
        self.changed();
        Ok(())
    }
}
