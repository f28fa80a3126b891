//! From the file's words to schedules that are sound, and all that is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span as Civil, ToSpan};
use vitrine_config::{Finding, Path};
use vitrine_model::{Millis, Span};

use super::rotation::{Rotation, instant};
use super::schedule::{Layer, Planned, Schedule};
use crate::notify::file::{LayerEntry, OverrideEntry, ScheduleEntry};
use crate::notify::interval::{Interval, minute, weekday};

/// Schedules; layers and overrides of one; members of a layer.
const SCHEDULES: usize = 200;
const LAYERS: usize = 10;
const OVERRIDES: usize = 500;
const MEMBERS: usize = 100;
const HOUR: Millis = 3_600_000;
/// A turn is at least an hour, and at most a year.
const LONGEST: i64 = 366 * 24;

/// What is known around schedules.
struct Around<'a> {
    people: &'a BTreeSet<&'a str>,
    local: &'a TimeZone,
}

/// All schedules of a file.
pub(in crate::notify) fn schedules(
    entries: &BTreeMap<String, ScheduleEntry>,
    people: &BTreeSet<&str>,
    local: &TimeZone,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, Schedule> {
    let path = Path::new().key("schedules");
    if entries.len() > SCHEDULES {
        findings.push(Finding::key(path.clone(), format!("there are more than {SCHEDULES} schedules")));
    }
    let around = Around { people, local };
    let one = |(name, entry): (&String, &ScheduleEntry)| {
        (name.clone(), schedule(entry, &around, &path.clone().key(name.clone()), findings))
    };
    entries.iter().map(one).collect()
}

fn schedule(entry: &ScheduleEntry, around: &Around<'_>, path: &Path, findings: &mut Vec<Finding>) -> Schedule {
    let zone = match entry.time_zone.as_deref() {
        None | Some("Local") => around.local.clone(),
        Some(name) => TimeZone::get(name).unwrap_or_else(|_| {
            let reason = format!("`{name}` is not a time zone");
            findings.push(Finding::value(path.clone().key("time_zone"), reason).hint("write `Europe/Berlin`"));
            TimeZone::UTC
        }),
    };
    if entry.layers.is_empty() && entry.overrides.is_empty() {
        let finding = Finding::key(path.clone(), "nobody is ever on call in this schedule");
        findings.push(finding.hint("write `layers: [{ members: [NAME], start: 2026-11-02, length: weekly }]`"));
    }
    if entry.layers.len() > LAYERS || entry.overrides.len() > OVERRIDES {
        let reason = format!("a schedule has at most {LAYERS} layers and {OVERRIDES} overrides");
        findings.push(Finding::key(path.clone(), reason));
    }
    let mut layers: Vec<Layer> = Vec::new();
    for (place, entry) in entry.layers.iter().enumerate() {
        let path = path.clone().key("layers").index(place);
        let Some(layer) = layer(entry, place, (around, &zone), &path, findings) else { continue };
        if layer.only.is_none() {
            let covered = layers.iter().find(|before| layer.rotation.start <= before.rotation.start);
            findings.extend(covered.map(|before| covers(before, &layer, &path)));
        }
        layers.push(layer);
    }
    let overrides = overrides(&entry.overrides, (around, &zone), &path.clone().key("overrides"), findings);
    Schedule { zone, layers, overrides }
}

/// A layer that holds always leaves no time to those before it.
fn covers(before: &Layer, layer: &Layer, path: &Path) -> Finding {
    let reason = format!("`{}` always has somebody, so `{}` before it never comes to be on call", layer.name, before.name);
    Finding::value(path.clone(), reason).hint("give it `only`, a later `start`, or the earlier place")
}

fn layer(
    entry: &LayerEntry,
    place: usize,
    (around, zone): (&Around<'_>, &TimeZone),
    path: &Path,
    findings: &mut Vec<Finding>,
) -> Option<Layer> {
    let count = findings.len();
    if entry.members.is_empty() || entry.members.len() > MEMBERS {
        let finding = Finding::value(path.clone().key("members"), format!("a layer has between 1 and {MEMBERS} members"));
        findings.push(finding.hint("name people in the order of their turns"));
    }
    for (number, name) in entry.members.iter().enumerate() {
        findings.extend(unknown(name, around.people, path.clone().key("members").index(number)));
    }
    let time = handoff(entry, path, findings);
    let hours = length(entry, path, findings);
    let start = entry.start.parse::<Date>().map_err(|_| {
        let reason = format!("`{}` is not a day", entry.start);
        findings.push(Finding::value(path.clone().key("start"), reason).hint("write it as `2026-11-02`"));
    });
    let back = days_back(entry, hours.unwrap_or(0), start.ok(), path, findings);
    let usual = (around.local, zone);
    let only = Some(&entry.only).filter(|only| !only.is_empty());
    let only = only.map(|only| Interval::of(only, usual, &path.clone().key("only"), findings));
    if findings.len() > count {
        return None;
    }
    let start = DateTime::from_parts(start.ok()?, time?);
    let anchor = start.checked_sub(back.days()).ok()?;
    let rotation = Rotation { members: entry.members.clone(), anchor, start, hours: hours? };
    Some(Layer { name: entry.name.clone().unwrap_or_else(|| format!("layer {}", place + 1)), rotation, only })
}

/// The time of day of handoffs.
fn handoff(entry: &LayerEntry, path: &Path, findings: &mut Vec<Finding>) -> Option<Time> {
    let Some(text) = entry.handoff.as_deref() else { return Some(Time::midnight()) };
    let read = minute(text).filter(|minute| *minute < 24 * 60);
    let Some(minute) = read else {
        let reason = format!("`{text}` is not a time of day");
        findings.push(Finding::value(path.clone().key("handoff"), reason).hint("write it as `09:00`"));
        return None;
    };
    Time::midnight().checked_add(Civil::new().minutes(i64::from(minute))).ok()
}

/// The length of a turn in hours of the wall clock.
fn length(entry: &LayerEntry, path: &Path, findings: &mut Vec<Finding>) -> Option<i64> {
    let hours = match entry.length.as_str() {
        "daily" => Some(24),
        "weekly" => Some(7 * 24),
        text => {
            let millis = text.parse::<Span>().ok().map(Span::millis);
            millis.filter(|millis| millis % HOUR == 0).map(|millis| millis / HOUR)
        }
    };
    let sound = hours.filter(|hours| (1..=LONGEST).contains(hours));
    if sound.is_none() {
        let reason = format!("`{}` is no length of a turn: whole hours, up to a year", entry.length);
        findings.push(Finding::value(path.clone().key("length"), reason).hint("write `daily`, `weekly`, `3d` or `12h`"));
    }
    sound
}

/// How many days before its start the rotation's first handoff would have been.
fn days_back(entry: &LayerEntry, hours: i64, start: Option<Date>, path: &Path, findings: &mut Vec<Finding>) -> i64 {
    let Some(text) = entry.weekday.as_deref() else { return 0 };
    let path = path.clone().key("weekday");
    let wanted = weekday(&text.to_lowercase()).and_then(|day| Weekday::from_sunday_zero_offset(i8::try_from(day).ok()?).ok());
    let Some(wanted) = wanted else {
        findings.push(Finding::value(path, format!("`{text}` is not a day of the week")).hint("write `monday`"));
        return 0;
    };
    if hours % (7 * 24) != 0 {
        let finding = Finding::key(path, "only turns of whole weeks have a weekday of their handoff");
        findings.push(finding.hint("write `length: weekly`, or remove it"));
        return 0;
    }
    start.map_or(0, |start| i64::from(start.weekday().since(wanted)))
}

fn unknown(name: &str, people: &BTreeSet<&str>, path: Path) -> Option<Finding> {
    if people.contains(name) {
        return None;
    }
    let choices: Vec<&str> = people.iter().copied().collect();
    let hint = if choices.is_empty() { "add it to `people`".to_owned() } else { format!("there are: {}", choices.join(", ")) };
    Some(Finding::value(path, format!("there is no person `{name}`")).hint(hint))
}

fn overrides(
    entries: &[OverrideEntry],
    (around, zone): (&Around<'_>, &TimeZone),
    path: &Path,
    findings: &mut Vec<Finding>,
) -> Vec<Planned> {
    let mut all: Vec<Planned> = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let path = path.clone().index(place);
        findings.extend(unknown(&entry.who, around.people, path.clone().key("who")));
        let mut read = |key: &str, text: &str| {
            let moment = moment(text, zone);
            if moment.is_none() {
                let reason = format!("`{text}` is not a moment");
                findings.push(Finding::value(path.clone().key(key), reason).hint("write it as `2026-12-24 09:00`"));
            }
            moment
        };
        let (Some(starts_at), Some(ends_at)) = (read("from", &entry.from), read("to", &entry.to)) else { continue };
        if ends_at <= starts_at {
            findings.push(Finding::value(path.key("to"), "the override ends before it begins"));
            continue;
        }
        if let Some(other) = all.iter().find(|other| other.starts_at < ends_at && starts_at < other.ends_at) {
            let reason = format!("it overlaps the override of `{}`: only one of them can be on call", other.person);
            findings.push(Finding::value(path.key("from"), reason).hint("end one where the other begins"));
            continue;
        }
        let comment = entry.comment.clone().unwrap_or_default();
        all.push(Planned { person: entry.who.clone(), starts_at, ends_at, comment });
    }
    all
}

/// By the schedule's wall clock, or with an offset of its own.
pub(super) fn moment(text: &str, zone: &TimeZone) -> Option<Millis> {
    let exact = text.parse::<Timestamp>().map(Timestamp::as_millisecond).ok();
    exact.or_else(|| instant(text.parse::<DateTime>().ok()?, zone))
}
