//! When something is due. Pure: `next_after(now)` is all there is.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use vitrine_model::{Millis, Span};

mod civil;

/// The shortest interval: below it a source would do nothing but run.
pub const SHORTEST: Span = Span::from_secs(1);

/// What comes every so often comes at multiples of this: so several are due in one moment, and wake the machine once.
const GRID: u64 = 50;

/// A step back by more than this is no correction of a drift.
const SET_BACK: Millis = 10_000;

/// No zone shifts its clock by more than this at once.
const LARGEST_SHIFT: SignedDuration = SignedDuration::from_hours(3);

/// `every: 15s`, or `cron: "0 */5 * * * *"` with a zone.
#[derive(Debug, Clone)]
pub enum Schedule {
    /// Every so often, at an offset of its own so that not all fire at once.
    Every { period: Span, offset: Millis },
    /// At the wall clock's times in a zone.
    Cron(Box<Cron>),
}

#[derive(Debug, Clone)]
pub struct Cron {
    text: String,
    expression: cron::Schedule,
    zone: TimeZone,
}

impl Schedule {
    /// `key` spreads: the same key always gets the same offset within the period.
    pub fn every(period: Span, key: &str) -> Result<Schedule, String> {
        if period < SHORTEST {
            return Err(format!("`{period}` is shorter than {SHORTEST}, the shortest interval"));
        }
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let offset = hasher.finish() % period.millis().unsigned_abs();
        let offset = offset - offset % GRID;
        Ok(Schedule::Every { period, offset: Millis::try_from(offset).unwrap_or(0) })
    }

    /// Six fields, seconds first, or five without them. `zone` is an IANA name.
    pub fn cron(text: &str, zone: &str) -> Result<Schedule, String> {
        let fields = text.split_whitespace().count();
        let full = if fields == 5 { format!("0 {text}") } else { text.to_owned() };
        let expression = cron::Schedule::from_str(&full).map_err(|error| {
            // The last line says what is wrong; those before draw a picture.
            let reason = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
            format!(
                "`{text}` is not a cron expression ({reason}): write seconds, minutes, hours, day of month, month and day of week"
            )
        })?;
        let zone = TimeZone::get(zone)
            .map_err(|_| format!("`{zone}` is not a time zone: write an IANA name such as `Europe/Berlin`"))?;
        Ok(Schedule::Cron(Box::new(Cron { text: text.to_owned(), expression, zone })))
    }

    /// When to begin: what comes every so often begins within the first second, so that nobody looks at an empty
    /// page for a whole period; what has its times waits for them.
    pub fn first_after(&self, now: Millis) -> Option<Millis> {
        match self {
            Schedule::Every { offset, .. } => self.next_after(now).map(|next| next.min(now + offset % SHORTEST.millis())),
            Schedule::Cron(_) => self.next_after(now),
        }
    }

    /// The next moment, after the one kept last. A clock that was set back a little makes none come twice; one that
    /// was set back far begins anew, as nothing would come for all that time otherwise.
    pub fn next_kept(&self, last: Millis, now: Millis) -> Option<Millis> {
        let base = if last - now > SET_BACK { now } else { now.max(last) };
        self.next_after(base)
    }

    /// The first moment after `now`; none where the expression names no more.
    pub fn next_after(&self, now: Millis) -> Option<Millis> {
        match self {
            Schedule::Every { period, offset } => {
                let period = period.millis();
                Some(now + period - (now - offset).rem_euclid(period))
            }
            Schedule::Cron(cron) => cron.next_after(now),
        }
    }
}

impl Cron {
    fn next_after(&self, now: Millis) -> Option<Millis> {
        let now = Timestamp::from_millisecond(now).ok()?;
        let civil = self.zone.to_datetime(now);
        let offset_at = |moment: Timestamp| self.zone.to_offset(moment);
        let before = now.checked_sub(LARGEST_SHIFT).ok()?;
        let after = now.checked_add(LARGEST_SHIFT).ok()?;
        if offset_at(before) == offset_at(after) {
            let moments = civil::after(&self.expression, civil).flat_map(|time| self.moments(time));
            return moments.filter(|moment| *moment > now).map(Timestamp::as_millisecond).next();
        }
        self.next_near_shift(now, civil)
    }

    /// Near a shift, wall-clock order is not the order of time: look at all times around and take the earliest.
    fn next_near_shift(&self, now: Timestamp, civil: DateTime) -> Option<Millis> {
        let mut best: Option<Timestamp> = None;
        for time in civil::after(&self.expression, civil.saturating_sub(LARGEST_SHIFT)) {
            let horizon = best.map(|best| self.zone.to_datetime(best).saturating_add(LARGEST_SHIFT));
            if horizon.is_some_and(|horizon| time > horizon) {
                break;
            }
            let earliest = self.moments(time).into_iter().filter(|moment| *moment > now).min();
            best = match (best, earliest) {
                (Some(best), Some(earliest)) => Some(best.min(earliest)),
                (best, earliest) => best.or(earliest),
            };
        }
        best.map(Timestamp::as_millisecond)
    }

    /// When a wall-clock time happens. One that the clock skips happens at the skip's end; one that it shows
    /// twice happens the first time, but both times where every hour is meant, so that no hour goes without.
    fn moments(&self, time: DateTime) -> Vec<Timestamp> {
        let at = |offset: jiff::tz::Offset| offset.to_timestamp(time).ok();
        match self.zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset).into_iter().collect(),
            AmbiguousOffset::Gap { after, .. } => {
                // Read with the later offset, a skipped time lies just before the shift.
                at(after)
                    .and_then(|moment| self.zone.following(moment).next())
                    .map(|shift| shift.timestamp())
                    .into_iter()
                    .collect()
            }
            AmbiguousOffset::Fold { before, after } => {
                let every_hour = cron::TimeUnitSpec::is_all(self.expression.hours());
                let second = if every_hour { at(after) } else { None };
                at(before).into_iter().chain(second).collect()
            }
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Every { period, .. } => write!(f, "every {period}"),
            Schedule::Cron(cron) => write!(f, "cron {} ({})", cron.text, cron.zone.iana_name().unwrap_or("UTC")),
        }
    }
}

#[cfg(test)]
mod tests;
