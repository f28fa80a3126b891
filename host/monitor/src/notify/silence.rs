//! How silences are made, edited and ended, as Alertmanager does it; and acknowledgements.

use std::sync::PoisonError;

use vitrine_model::Millis;
use vitrine_model::port::StoreError;
use vitrine_model::silence::{Acknowledgement, Act, Condition, Silence, SilenceState};

use super::plan::Planner;

/// How long an ended silence stays readable.
pub(super) const KEPT: Millis = 5 * 86_400_000;
/// Silences that are not forgotten yet; matchers of one; letters of a text.
const SILENCES: usize = 10_000;
const CONDITIONS: usize = 100;
pub(super) const LETTERS: usize = 4_096;

/// A silence as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Of the silence that is edited.
    pub id: Option<String>,
    pub conditions: Vec<Condition>,
    pub starts_at: Millis,
    pub ends_at: Millis,
    pub author: String,
    pub comment: String,
    /// How long before its end somebody is reminded; as the files say, where it is none.
    pub remind: Option<Millis>,
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotHushed {
    #[error("there is no {0} `{1}`")]
    Unknown(&'static str, String),
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(super) fn invalid<T>(reason: impl Into<String>) -> Result<T, NotHushed> {
    Err(NotHushed::Invalid(reason.into()))
}

/// What a draft changes: the silences to write, that of the draft last.
///
/// One that is active can get another end, a new author and comment; with other matchers or another start it ends, and a new
/// one takes its place.
fn edit(before: Option<&Silence>, draft: Draft, new_id: String, now: Millis) -> Result<Vec<Silence>, NotHushed> {
    check(&draft)?;
    let made = |id: String, starts_at| Silence {
        id,
        starts_at,
        conditions: draft.conditions.clone(),
        ends_at: draft.ends_at,
        updated_at: now,
        author: draft.author.clone(),
        comment: draft.comment.clone(),
        remind: draft.remind,
        // Another end is told anew.
        reminded: before.is_some_and(|before| before.reminded && before.ends_at == draft.ends_at),
    };
    if let Some(before) = before
        && can_be_changed(before, &draft, now)
    {
        return Ok(vec![made(before.id.clone(), draft.starts_at)]);
    }
    if draft.ends_at < now {
        return invalid("the silence ends in the past");
    }
    let ended = before.filter(|before| before.state(now) != SilenceState::Expired).map(|before| expired(before, now));
    Ok(ended.into_iter().chain([made(new_id, draft.starts_at.max(now))]).collect())
}

fn can_be_changed(before: &Silence, draft: &Draft, now: Millis) -> bool {
    let sorted = |conditions: &[Condition]| {
        let mut sorted = conditions.to_vec();
        sorted.sort();
        sorted
    };
    let is_same = sorted(&before.conditions) == sorted(&draft.conditions);
    is_same
        && match before.state(now) {
            SilenceState::Active => draft.starts_at == before.starts_at && draft.ends_at >= now,
            SilenceState::Pending => draft.starts_at >= now,
            SilenceState::Expired => false,
        }
}

fn check(draft: &Draft) -> Result<(), NotHushed> {
    if draft.conditions.is_empty() || draft.conditions.len() > CONDITIONS {
        return invalid(format!("a silence needs between 1 and {CONDITIONS} matchers"));
    }
    let mut matches_nothing = true;
    for condition in &draft.conditions {
        let matcher = condition.matcher().map_err(NotHushed::Invalid)?;
        matches_nothing &= matcher.matches_value("");
    }
    if matches_nothing {
        return invalid("at least one matcher must not match the empty string, else all alerts would be silenced");
    }
    if draft.ends_at <= draft.starts_at {
        return invalid("the silence ends before it starts");
    }
    if draft.remind.is_some_and(|remind| remind < 0 || remind >= draft.ends_at - draft.starts_at) {
        return invalid("it would be reminded of its end before it starts");
    }
    let texts = draft.conditions.iter().map(|condition| &condition.value).chain([&draft.author, &draft.comment]);
    if texts.into_iter().any(|text| text.len() > LETTERS) {
        return invalid(format!("a text of the silence is longer than {LETTERS} bytes"));
    }
    Ok(())
}

fn expired(silence: &Silence, now: Millis) -> Silence {
    let starts_at = silence.starts_at.min(now);
    Silence { starts_at, ends_at: now, updated_at: now, ..silence.clone() }
}

/// A random UUID, version 4.
pub(super) fn new_id() -> String {
    let bits = (rand::random::<u128>() & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

impl Planner {
    /// Makes or edits one; returns its number, which is another one where the old had to end. Blocks.
    pub(super) fn silence(&self, draft: Draft) -> Result<String, NotHushed> {
        let _held = self.hushing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.silences.load()?;
        let before = match draft.id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => {
                Some(known.iter().find(|silence| silence.id == id).ok_or_else(|| NotHushed::Unknown("silence", id.to_owned()))?)
            }
            None => None,
        };
        if before.is_none() && known.len() >= SILENCES {
            return invalid(format!("there are {SILENCES} silences already: ended ones go after five days"));
        }
        let changed = edit(before, draft, new_id(), self.clock.now())?;
        self.silences.put(&changed)?;
        self.read_hush()?;
        let made = changed.last().map(|silence| silence.id.clone()).unwrap_or_default();
        tracing::info!(silence.id = made, "a silence was written");
        self.changed();
        Ok(made)
    }

    /// Ends one now. Blocks.
    pub(super) fn expire_silence(&self, id: &str) -> Result<(), NotHushed> {
        let _held = self.hushing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let known = self.silences.load()?;
        let silence =
            known.iter().find(|silence| silence.id == id).ok_or_else(|| NotHushed::Unknown("silence", id.to_owned()))?;
        if silence.state(now) == SilenceState::Expired {
            return invalid(format!("the silence `{id}` has already ended"));
        }
        self.silences.put(&[expired(silence, now)])?;
        self.read_hush()?;
        tracing::info!(silence.id = id, "a silence was ended");
        self.changed();
        Ok(())
    }

    /// Takes alerts or groups on, all of them or none. Blocks.
    pub(crate) fn acknowledge(&self, given: &[Acknowledgement]) -> Result<(), NotHushed> {
        for one in given {
            if one.comment.len() > LETTERS || one.author.len() > LETTERS {
                return invalid(format!("a text of the acknowledgement is longer than {LETTERS} bytes"));
            }
            if one.until.is_some_and(|until| until <= self.clock.now()) {
                return invalid("it would be snoozed until a moment that has passed");
            }
        }
        let targets = given.iter().map(|one| one.target.as_str());
        let unknown = self.with_groups(|groups| groups.unknown(targets).map(str::to_owned));
        if let Some(unknown) = unknown {
            return invalid(format!("no alert fires and no group is told by the name `{unknown}`"));
        }
        let _held = self.hushing.lock().unwrap_or_else(PoisonError::into_inner);
        self.silences.acknowledge(given)?;
        self.read_hush()?;
        self.changed();
        Ok(())
    }

    /// Writes down what somebody did. Blocks.
    pub(super) fn record(&self, act: Act) -> Result<(), NotHushed> {
        if act.text.len() > LETTERS || act.author.len() > LETTERS {
            return invalid(format!("a text of it is longer than {LETTERS} bytes"));
        }
        self.silences.record(&[act])?;
        self.live.tell(crate::live::Change::Alerts);
        Ok(())
    }

    /// Takes acknowledgements back, or ends them with what they were of. Blocks.
    pub(super) fn withdraw(&self, targets: &[String]) -> Result<(), StoreError> {
        if targets.is_empty() {
            return Ok(());
        }
        let _held = self.hushing.lock().unwrap_or_else(PoisonError::into_inner);
        self.silences.withdraw(targets)?;
        self.read_hush()?;
        self.live.tell(crate::live::Change::Alerts);
        Ok(())
    }

    pub(super) fn changed(&self) {
        self.live.tell(crate::live::Change::Alerts);
        self.events.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_000_000;

    fn draft(starts_at: Millis, ends_at: Millis) -> Draft {
        let conditions = vec![Condition::equal("a", "b")];
        Draft { id: None, conditions, starts_at, ends_at, author: "ada".to_owned(), comment: "known".to_owned(), remind: None }
    }

    fn silence(starts_at: Millis, ends_at: Millis) -> Silence {
        let draft = draft(starts_at, ends_at);
        let (conditions, author, comment) = (draft.conditions, draft.author, draft.comment);
        Silence {
            id: "old".to_owned(),
            conditions,
            starts_at,
            ends_at,
            updated_at: 0,
            author,
            comment,
            remind: None,
            reminded: false,
        }
    }

    /// Number, start and end of each that is written.
    fn edited(before: Option<&Silence>, draft: Draft) -> Result<Vec<(String, Millis, Millis)>, String> {
        let shape = |silence: Silence| (silence.id, silence.starts_at, silence.ends_at);
        let made = edit(before, draft, "new".to_owned(), NOW).map_err(|error| error.to_string())?;
        Ok(made.into_iter().map(shape).collect())
    }

    fn row(id: &str, starts_at: Millis, ends_at: Millis) -> (String, Millis, Millis) {
        (id.to_owned(), starts_at, ends_at)
    }

    #[test]
    fn an_active_one_gets_another_end_or_makes_way() {
        let active = silence(NOW - 10, NOW + 10);
        assert_eq!(edited(Some(&active), draft(NOW - 10, NOW + 99)), Ok(vec![row("old", NOW - 10, NOW + 99)]));
        let moved = vec![row("old", NOW - 10, NOW), row("new", NOW + 5, NOW + 99)];
        assert_eq!(edited(Some(&active), draft(NOW + 5, NOW + 99)), Ok(moved));
        let mut other = draft(NOW - 10, NOW + 99);
        other.conditions.push(Condition::equal("c", "d"));
        assert_eq!(edited(Some(&active), other), Ok(vec![row("old", NOW - 10, NOW), row("new", NOW, NOW + 99)]));
    }

    #[test]
    fn a_pending_one_moves_and_an_ended_one_comes_back_as_another() {
        let pending = silence(NOW + 10, NOW + 20);
        assert_eq!(edited(Some(&pending), draft(NOW + 15, NOW + 30)), Ok(vec![row("old", NOW + 15, NOW + 30)]));
        let begun = vec![row("old", NOW, NOW), row("new", NOW, NOW + 30)];
        assert_eq!(edited(Some(&pending), draft(NOW - 5, NOW + 30)), Ok(begun));
        let ended = silence(NOW - 20, NOW - 10);
        assert_eq!(edited(Some(&ended), draft(NOW - 20, NOW + 10)), Ok(vec![row("new", NOW, NOW + 10)]));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(edited(None, draft(NOW - 20, NOW - 10)), Err("the silence ends in the past".to_owned()));
        assert!(edited(None, draft(NOW + 20, NOW + 10)).is_err());
        assert!(edited(None, Draft { conditions: Vec::new(), ..draft(NOW, NOW + 10) }).is_err());
        let anything = Condition { name: "a".to_owned(), value: ".*".to_owned(), is_regex: true, is_equal: true };
        assert!(edited(None, Draft { conditions: vec![anything], ..draft(NOW, NOW + 10) }).is_err());
    }

    #[test]
    fn numbers_are_uuids() {
        let id = new_id();
        assert_eq!((id.len(), &id[14..15], id.matches('-').count()), (36, "4", 4), "{id}");
        assert!("89ab".contains(&id[19..20]), "{id}");
    }
}
