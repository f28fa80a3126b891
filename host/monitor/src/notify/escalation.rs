//! How an escalation goes on, step by step, while nobody takes a group on. Pure.
//!
//! It begins with the first notice of the group. It stops when somebody takes all on, or all is over; silences, inhibitions and
//! quiet times stop its clock. An alert that joins while it goes on puts nothing off: it is told to everybody who was reached.
//! One that joins after it has stopped, or after the last step, begins it anew.

use vitrine_model::Millis;
use vitrine_model::oncall::{Climb, Stage};

use super::roster::Escalation;

/// How a group stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Facts {
    /// Some alert fires.
    pub(super) is_firing: bool,
    /// None of those that fire may be told of now.
    pub(super) is_held: bool,
    /// Some alert fires that may be told, and nobody has taken on.
    pub(super) is_open: bool,
    /// Nobody was told of one that fires.
    pub(super) is_new: bool,
}

pub(super) type Ladder<'a> = Option<(&'a str, &'a Escalation)>;

/// Stops and starts the clock, and tells nobody.
pub(super) fn look(climb: Option<&Climb>, ladder: Ladder<'_>, facts: Facts, now: Millis) -> Option<Climb> {
    let (name, escalation) = ladder?;
    let climb = climb.filter(|climb| climb.escalation == name && facts.is_firing)?;
    let is_free = !facts.is_held;
    let (reached, stage) = match climb.stage {
        Stage::Next(due) if facts.is_held => (climb.reached, Stage::Paused((due - now).max(0))),
        Stage::Paused(left) if is_free && facts.is_open => (climb.reached, Stage::Next(now.saturating_add(left))),
        Stage::Next(_) | Stage::Paused(_) if is_free && !facts.is_open => (climb.reached, Stage::Taken),
        // A clock that was set back makes nobody wait longer than was meant.
        Stage::Next(due) => (climb.reached, Stage::Next(due.min(now.saturating_add(pause(escalation, climb.reached))))),
        // An alert that joined waits as all news of its group does.
        Stage::Taken if is_free && facts.is_open && !facts.is_new => (0, Stage::Next(now)),
        stage => (climb.reached, stage),
    };
    Some(Climb { escalation: name.to_owned(), reached, stage })
}

/// Takes the step that is due. Returns how it stands then, and the place of the step that is told now.
pub(super) fn step(climb: Option<&Climb>, ladder: Ladder<'_>, facts: Facts, now: Millis) -> (Option<Climb>, Option<usize>) {
    let Some((name, escalation)) = ladder else { return (None, None) };
    let may_begin = facts.is_open && !facts.is_held;
    let begun = Climb { escalation: name.to_owned(), reached: 0, stage: Stage::Next(now) };
    let climb = match look(climb, ladder, facts, now) {
        None if may_begin => begun,
        None => return (None, None),
        Some(climb) if matches!(climb.stage, Stage::Done | Stage::Taken) && facts.is_new && may_begin => begun,
        Some(climb) => climb,
    };
    if !matches!(climb.stage, Stage::Next(due) if due <= now) {
        return (Some(climb), None);
    }
    let place = place(escalation, climb.reached);
    let reached = climb.reached + 1;
    let stage = match reached < escalation.tellings() {
        true => Stage::Next(now.saturating_add(pause(escalation, reached))),
        false => Stage::Done,
    };
    (Some(Climb { reached, stage, ..climb }), Some(place))
}

/// The step that comes after so many.
pub(super) fn place(escalation: &Escalation, reached: u32) -> usize {
    usize::try_from(reached).unwrap_or(0) % escalation.steps.len().max(1)
}

/// How long after so many steps the next one is told.
fn pause(escalation: &Escalation, reached: u32) -> Millis {
    let last = reached.checked_sub(1).map(|before| place(escalation, before));
    last.and_then(|last| escalation.steps.get(last)).map_or(0, |step| step.after)
}

#[cfg(test)]
mod tests;
