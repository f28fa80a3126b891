//! What people decided for now: silences, acknowledgements, and who is on call; ready to be asked. Pure.

use std::collections::HashMap;

use vitrine_model::oncall::Override;
use vitrine_model::silence::{Acknowledgement, Silence, SilenceState, all_match};
use vitrine_model::{Labels, Matcher, Millis};

/// Silences with their matchers, and acknowledgements by target.
#[derive(Debug, Default, Clone)]
pub(super) struct Hush {
    pub(super) silences: Vec<(Silence, Vec<Matcher>)>,
    pub(super) acknowledgements: HashMap<String, Acknowledgement>,
    /// Who is on call because somebody said so.
    pub(super) overrides: Vec<Override>,
}

impl Hush {
    /// One whose matchers cannot be read silences nothing.
    pub(super) fn new(silences: Vec<Silence>, acknowledgements: Vec<Acknowledgement>) -> Hush {
        let ready = |silence: Silence| {
            let matchers = silence.conditions.iter().map(|condition| condition.matcher().ok()).collect::<Option<Vec<_>>>();
            let matchers = matchers.filter(|matchers| !matchers.is_empty())?;
            Some((silence, matchers))
        };
        let acknowledgements = acknowledgements.into_iter().map(|given| (given.target.clone(), given)).collect();
        Hush { silences: silences.into_iter().filter_map(ready).collect(), acknowledgements, overrides: Vec::new() }
    }

    pub(super) fn with_overrides(self, overrides: Vec<Override>) -> Hush {
        Hush { overrides, ..self }
    }

    /// The next moment at which a silence begins or ends, or an acknowledgement runs out.
    pub(super) fn next_turn(&self, now: Millis) -> Option<Millis> {
        let silences = self.silences.iter().flat_map(|(silence, _)| [silence.starts_at, silence.ends_at]);
        let snoozed = self.acknowledgements.values().filter_map(|given| given.until);
        silences.chain(snoozed).filter(|moment| *moment > now).min()
    }

    pub(super) fn is_silenced(&self, labels: &Labels, now: Millis) -> bool {
        self.silenced_by(labels, now).next().is_some()
    }

    /// Those that hold now and fit.
    pub(super) fn silenced_by(&self, labels: &Labels, now: Millis) -> impl Iterator<Item = &Silence> {
        let holds = move |(silence, matchers): &&(Silence, Vec<Matcher>)| {
            silence.state(now) == SilenceState::Active && all_match(matchers, labels)
        };
        self.silences.iter().filter(holds).map(|(silence, _)| silence)
    }

    pub(super) fn is_acknowledged(&self, target: &str, now: Millis) -> bool {
        self.acknowledgements.get(target).is_some_and(|given| given.holds(now))
    }
}
