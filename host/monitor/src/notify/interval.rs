//! Times of the week, the month and the year in which people are told, or are not. Pure.
//!
//! Alertmanager's intervals, and two things more: one that ends before it begins goes over midnight, and weekdays and months
//! may wrap. What counts is what a wall clock in the zone shows, also on the nights when it is changed.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use vitrine_config::{Finding, Path};
use vitrine_model::Millis;

use super::file::{ClockEntry, IntervalEntry, TimesEntry, Word};

const DAY: u16 = 24 * 60;
const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// An interval that is sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
struct Part {
    /// Minutes of the day, the end excluded.
    times: Vec<(u16, u16)>,
    weekdays: Vec<(i16, i16)>,
    days: Vec<(i16, i16)>,
    months: Vec<(i16, i16)>,
    years: Vec<(i16, i16)>,
    zone: TimeZone,
}

impl Interval {
    pub fn contains(&self, moment: Millis) -> bool {
        self.parts.iter().any(|part| part.contains(moment))
    }

    /// The moments between two at which it may begin or end.
    pub(super) fn edges(&self, from: Millis, until: Millis, edges: &mut BTreeSet<Millis>) {
        self.parts.iter().for_each(|part| part.edges(from, until, edges));
    }

    /// What is wrong with it, all at once. `local` is the host's zone.
    pub(super) fn check(entry: &IntervalEntry, local: &TimeZone, path: &Path, findings: &mut Vec<Finding>) -> Interval {
        Interval::of(&entry.time_intervals, (local, &TimeZone::UTC), &path.clone().key("time_intervals"), findings)
    }

    /// Of times in a list; those without a zone of their own go by the `usual` one.
    pub(super) fn of(
        entries: &[TimesEntry],
        (local, usual): (&TimeZone, &TimeZone),
        path: &Path,
        findings: &mut Vec<Finding>,
    ) -> Interval {
        let parts = entries.iter().enumerate();
        Interval { parts: parts.map(|(place, part)| check(part, (local, usual), &path.clone().index(place), findings)).collect() }
    }
}

impl Part {
    fn contains(&self, moment: Millis) -> bool {
        let Ok(timestamp) = Timestamp::from_millisecond(moment) else { return false };
        let shown = timestamp.to_zoned(self.zone.clone()).datetime();
        let minute = u16::from(shown.hour().unsigned_abs()) * 60 + u16::from(shown.minute().unsigned_abs());
        if self.times.is_empty() {
            return self.has_day(shown.date());
        }
        let yesterday = shown.date().checked_sub(1.day()).unwrap_or(shown.date());
        self.times.iter().any(|(start, end)| match start < end {
            true => (*start..*end).contains(&minute) && self.has_day(shown.date()),
            false => (minute >= *start && self.has_day(shown.date())) || (minute < *end && self.has_day(yesterday)),
        })
    }

    /// Midnights, the times of each day, and the changes of clocks, at which any of them may be left out or come twice.
    fn edges(&self, from: Millis, until: Millis, edges: &mut BTreeSet<Millis>) {
        let (Ok(first), Ok(last)) = (Timestamp::from_millisecond(from), Timestamp::from_millisecond(until)) else { return };
        let changes = self.zone.following(first).map(|change| change.timestamp()).take_while(|at| *at < last);
        edges.extend(changes.map(Timestamp::as_millisecond));
        let mut date = first.to_zoned(self.zone.clone()).date();
        let end = last.to_zoned(self.zone.clone()).date();
        while date <= end {
            let minutes = self.times.iter().flat_map(|(start, end)| [*start, *end]).chain([0]);
            for minute in minutes {
                let shown = date.to_datetime(Time::midnight()).checked_add(i64::from(minute).minutes());
                let moments = shown.map(|shown| self.zone.to_ambiguous_timestamp(shown));
                let both = moments.map(|both| [both.earlier().ok(), both.later().ok()]).into_iter().flatten().flatten();
                edges.extend(both.map(Timestamp::as_millisecond));
            }
            let Ok(next) = date.tomorrow() else { return };
            date = next;
        }
    }

    fn has_day(&self, date: Date) -> bool {
        let weekday = i16::from(date.weekday().to_sunday_zero_offset());
        let (day, last) = (i16::from(date.day()), i16::from(date.days_in_month()));
        let from_end = |value: i16| if value < 0 { last + value + 1 } else { value };
        let in_month = |&(begin, end): &(i16, i16)| {
            let (begin, end) = (from_end(begin).max(1), from_end(end).min(last));
            (begin..=end).contains(&day)
        };
        has(&self.weekdays, weekday)
            && (self.days.is_empty() || self.days.iter().any(in_month))
            && has(&self.months, i16::from(date.month()))
            && has(&self.years, date.year())
    }
}

/// A range that ends before it begins goes round.
fn has(ranges: &[(i16, i16)], value: i16) -> bool {
    let within = |&(begin, end): &(i16, i16)| match begin <= end {
        true => (begin..=end).contains(&value),
        false => value >= begin || value <= end,
    };
    ranges.is_empty() || ranges.iter().any(within)
}

fn check(entry: &TimesEntry, (local, usual): (&TimeZone, &TimeZone), path: &Path, findings: &mut Vec<Finding>) -> Part {
    let mut times = Vec::new();
    for (place, entry) in entry.times.iter().enumerate() {
        times.extend(clock(entry, &path.clone().key("times").index(place), findings));
    }
    let zone = match entry.location.as_deref() {
        None => usual.clone(),
        Some("Local") => local.clone(),
        Some(name) => TimeZone::get(name).unwrap_or_else(|_| {
            let reason = format!("`{name}` is not a time zone");
            findings.push(Finding::value(path.clone().key("location"), reason).hint("write `Europe/Berlin`"));
            TimeZone::UTC
        }),
    };
    let mut list = |key: &str, words: &[Word], read: &dyn Fn(&str) -> Option<i16>, wraps: bool, hint: &str| {
        let path = path.clone().key(key);
        let mut ranges = Vec::new();
        for (place, word) in words.iter().enumerate() {
            match range(&word.to_string(), read, wraps) {
                Ok(range) => ranges.push(range),
                Err(reason) => findings.push(Finding::value(path.clone().index(place), reason).hint(hint)),
            }
        }
        ranges
    };
    Part {
        weekdays: list("weekdays", &entry.weekdays, &weekday, true, "write `monday:friday`"),
        days: list("days_of_month", &entry.days_of_month, &day_of_month, false, "write `1:7`, or `-1` for the last day"),
        months: list("months", &entry.months, &month, true, "write `may:august` or `5:8`"),
        years: list("years", &entry.years, &|text| text.parse().ok(), false, "write `2026:2028`"),
        times,
        zone,
    }
}

fn range(text: &str, read: &dyn Fn(&str) -> Option<i16>, wraps: bool) -> Result<(i16, i16), String> {
    let lower = text.to_lowercase();
    let (begin, end) = lower.split_once(':').unwrap_or((&lower, &lower));
    let (Some(begin), Some(end)) = (read(begin.trim()), read(end.trim())) else {
        return Err(format!("`{text}` is neither one of these nor a range of them"));
    };
    // Of a range from the first days to the last ones only the month knows which is which.
    if begin > end && !wraps && (begin < 0) == (end < 0) {
        return Err(format!("`{text}` ends before it begins"));
    }
    Ok((begin, end))
}

pub(super) fn weekday(text: &str) -> Option<i16> {
    let place = WEEKDAYS.iter().position(|name| *name == text)?;
    let weekday = Weekday::from_sunday_zero_offset(i8::try_from(place).ok()?).ok()?;
    Some(i16::from(weekday.to_sunday_zero_offset()))
}

fn month(text: &str) -> Option<i16> {
    let by_name = MONTHS.iter().position(|name| *name == text).and_then(|place| i16::try_from(place + 1).ok());
    by_name.or_else(|| text.parse().ok().filter(|number| (1..=12).contains(number)))
}

fn day_of_month(text: &str) -> Option<i16> {
    text.parse().ok().filter(|day: &i16| *day != 0 && day.abs() <= 31)
}

fn clock(entry: &ClockEntry, path: &Path, findings: &mut Vec<Finding>) -> Option<(u16, u16)> {
    let mut read = |key: &str, text: &str| {
        let minute = minute(text);
        if minute.is_none() {
            let reason = format!("`{text}` is not a time of day");
            findings.push(Finding::value(path.clone().key(key), reason).hint("write it as `09:00`"));
        }
        minute
    };
    let (start, end) = (read("start_time", &entry.start_time), read("end_time", &entry.end_time));
    let (start, end) = (start?, end?);
    if start == end || start == DAY {
        let reason = format!("nothing lies between {} and {}", entry.start_time, entry.end_time);
        findings.push(Finding::value(path.clone().key("end_time"), reason).hint("a whole day is `00:00` to `24:00`"));
        return None;
    }
    Some((start, end))
}

pub(super) fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let is_two = |part: &str| part.len() == 2 && part.bytes().all(|letter| letter.is_ascii_digit());
    if !is_two(hours) || !is_two(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60 && hours * 60 + minutes <= DAY).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests;
