//! Two weeks as a strip: where each shift lies, in percent of the width, so that no script is needed to draw it.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use vitrine_model::Millis;
use vitrine_monitor::notify::oncall::Shift;

use crate::page::reader::Reader;

const DAYS: i32 = 14;
/// As many as there are colours for series.
const COLORS: usize = 8;

/// The days that are shown, from midnight to midnight by the schedule's wall clock.
pub(super) struct Window {
    pub(super) from: Millis,
    pub(super) until: Millis,
    midnights: Vec<jiff::Zoned>,
}

#[derive(Serialize)]
pub(super) struct Day {
    x: String,
    weekday: String,
    number: i8,
    /// Saturday or Sunday.
    is_weekend: bool,
    width: String,
}

#[derive(Serialize)]
pub(super) struct Strip {
    name: String,
    /// What holds in the end, after all layers and overrides.
    is_final: bool,
    bars: Vec<Bar>,
}

#[derive(Serialize)]
struct Bar {
    x: String,
    width: String,
    /// Nobody, where it is none: on a layer that is as it should be, in the end it is not.
    person: Option<String>,
    color: usize,
    /// `none` or `little`, where a name finds no room, or none on a phone.
    room: &'static str,
}

impl Window {
    pub(super) fn from(now: Millis, zone: &TimeZone) -> Window {
        let today = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date();
        let midnight = |day: i32| today.checked_add(day.days()).ok()?.to_zoned(zone.clone()).ok();
        let midnights: Vec<jiff::Zoned> = (0..=DAYS).filter_map(midnight).collect();
        let moment = |zoned: Option<&jiff::Zoned>| zoned.map_or(now, |zoned| zoned.timestamp().as_millisecond());
        Window { from: moment(midnights.first()), until: moment(midnights.last()).max(now + 1), midnights }
    }

    /// Where a moment lies.
    pub(super) fn place(&self, moment: Millis) -> String {
        percent(moment.clamp(self.from, self.until) - self.from, self.until - self.from)
    }

    pub(super) fn days(&self, reader: Reader) -> Vec<Day> {
        let of = |pair: &[jiff::Zoned]| {
            let (from, until) = (pair[0].timestamp().as_millisecond(), pair[1].timestamp().as_millisecond());
            let weekday = pair[0].weekday().to_sunday_zero_offset();
            let name = named(&pair[0], reader);
            Day {
                x: self.place(from),
                width: percent(until - from, self.until - self.from),
                weekday: name.to_owned(),
                number: pair[0].day(),
                is_weekend: weekday == 0 || weekday == 6,
            }
        };
        self.midnights.windows(2).map(of).collect()
    }

    pub(super) fn strip(&self, name: String, shifts: &[Shift], people: &[String], is_final: bool) -> Strip {
        let bar = |shift: &Shift| {
            let until = shift.until.unwrap_or(self.until).min(self.until);
            Bar {
                room: self.room(until - shift.from.max(self.from)),
                x: self.place(shift.from),
                width: percent(until - shift.from.max(self.from), self.until - self.from),
                color: color(shift.person.as_deref(), people),
                person: shift.person.clone(),
            }
        };
        let bars = shifts.iter().filter(|shift| is_final || shift.person.is_some()).map(bar).collect();
        Strip { name, is_final, bars }
    }

    fn room(&self, span: Millis) -> &'static str {
        match span * 100 / (self.until - self.from).max(1) {
            0..5 => "none",
            5..13 => "little",
            _ => "",
        }
    }
}

/// The day of the week of a moment.
pub(super) fn weekday(moment: Millis, zone: &TimeZone, reader: Reader) -> &'static str {
    let timestamp = Timestamp::from_millisecond(moment).unwrap_or(Timestamp::UNIX_EPOCH);
    named(&timestamp.to_zoned(zone.clone()), reader)
}

fn named(zoned: &jiff::Zoned, reader: Reader) -> &'static str {
    let place = zoned.weekday().to_sunday_zero_offset().unsigned_abs();
    reader.says().weekdays.split(' ').nth(usize::from(place)).unwrap_or_default()
}

/// The same person has the same colour everywhere.
pub(super) fn color(person: Option<&str>, people: &[String]) -> usize {
    person.and_then(|person| people.iter().position(|known| known == person)).unwrap_or(0) % COLORS
}

fn percent(part: Millis, whole: Millis) -> String {
    #[expect(clippy::cast_precision_loss, reason = "spans of days are far below 2^52 milliseconds")]
    let share = part as f64 * 100.0 / whole.max(1) as f64;
    format!("{share:.3}%")
}
