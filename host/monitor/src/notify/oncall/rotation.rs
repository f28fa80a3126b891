//! People one after the other, by the wall clock. Pure.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use vitrine_model::Millis;

/// By how many hours a change of clocks may mislead at most: zones have left out whole days.
const CHANGED: i64 = 26;

/// Turns of the same length by the wall clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotation {
    pub members: Vec<String>,
    /// The first handoff, which may lie before `start`: the first turn is shorter then.
    pub(super) anchor: DateTime,
    pub(super) start: DateTime,
    pub(super) hours: i64,
}

impl Rotation {
    /// Whose turn it is.
    pub(super) fn at(&self, moment: Millis, zone: &TimeZone) -> Option<&str> {
        if instant(self.start, zone)? > moment {
            return None;
        }
        let turn = self.turn(moment, zone)?;
        let count = i64::try_from(self.members.len()).ok().filter(|count| *count > 0)?;
        self.members.get(usize::try_from(turn.rem_euclid(count)).ok()?).map(String::as_str)
    }

    /// The number of the last handoff that is not after a moment.
    fn turn(&self, moment: Millis, zone: &TimeZone) -> Option<i64> {
        let shown = Timestamp::from_millisecond(moment).ok()?.to_zoned(zone.clone()).datetime();
        let passed = shown.duration_since(self.anchor).as_secs();
        let near = passed.div_euclid(self.hours.max(1) * 3_600);
        let around = CHANGED / self.hours.max(1) + 1;
        (near - around..=near + around).rev().find(|turn| self.handoff(*turn, zone).is_some_and(|at| at <= moment))
    }

    fn handoff(&self, turn: i64, zone: &TimeZone) -> Option<Millis> {
        let passed = SignedDuration::from_hours(turn.checked_mul(self.hours)?);
        instant(self.anchor.checked_add(passed).ok()?, zone)
    }

    /// The moments within at which somebody may hand over.
    pub(super) fn handoffs(&self, from: Millis, until: Millis, zone: &TimeZone) -> Vec<Millis> {
        let mut moments: Vec<Millis> = instant(self.start, zone).into_iter().collect();
        let Some(first) = self.turn(from, zone) else { return moments };
        let later = (first..).map_while(|turn| self.handoff(turn, zone)).take_while(|at| *at < until);
        moments.extend(later);
        moments
    }
}

/// The moment at which a wall clock shows this; right after a gap that leaves it out, the first of two.
pub(super) fn instant(shown: DateTime, zone: &TimeZone) -> Option<Millis> {
    let ambiguous = zone.to_ambiguous_timestamp(shown);
    // Of 02:30 in a gap from 02:00 to 03:00, `compatible` makes 03:30: nobody waits so long for a handoff.
    let moment = match ambiguous.offset() {
        jiff::tz::AmbiguousOffset::Gap { .. } => {
            let before = ambiguous.earlier().ok()?;
            zone.following(before).next()?.timestamp()
        }
        _ => ambiguous.compatible().ok()?,
    };
    Some(moment.as_millisecond())
}
