//! The time picker: the usual ranges as links, two moments as a form, and the links that hold a time fast.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;
use url::form_urlencoded::Serializer;
use vitrine_model::{Millis, Span};

use crate::dashboard::scope::{Moment, Scope};
use crate::page::frame::Choice;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::words;

/// As people write a moment in the page's zone; and the day alone.
const PATTERNS: [&str; 5] = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"];
const DAYS: [&str; 2] = ["%Y-%m-%d", "%d/%m/%Y"];

#[derive(Serialize)]
pub(crate) struct TimeShape {
    label: String,
    quick: Vec<Quick>,
    /// What the form's fields hold.
    from: String,
    to: String,
    /// What the address says besides.
    rest: Vec<(String, String)>,
    /// A link to exactly this time.
    absolute: String,
    /// A link to the panels only, where there are some.
    kiosk: Option<String>,
    is_past: bool,
}

#[derive(Serialize)]
struct Quick {
    href: String,
    word: String,
    chosen: bool,
}

impl TimeShape {
    pub(crate) fn new(reader: Reader, path: &str, scope: &Scope, now: Millis, besides: &[(String, String)]) -> TimeShape {
        let mut rest = scope.pairs();
        rest.drain(..scope.time.pairs().len());
        rest.extend_from_slice(besides);
        let link = |time: Vec<(String, String)>| format!("{path}?{}", query(&[time, rest.clone()]));
        let pair = |key: &str, value: String| (key.to_owned(), value);
        let range = scope.time.range();
        let choices = range.map_or_else(|| quick(reader, None), |range| choices(reader, range));
        let chosen = choices.iter().find(|one| one.chosen).map(|one| one.word.clone());
        let quick = choices.into_iter().map(|one| Quick {
            href: link(vec![pair("range", one.value)]),
            word: one.word,
            chosen: one.chosen,
        });
        let end = scope.time.end(now);
        let start = end - scope.time.span(now).millis();
        let zone = scope.zone();
        TimeShape {
            label: chosen.unwrap_or_else(|| between(start, end, &zone, reader)),
            quick: quick.collect(),
            from: written(scope.time.from, &zone, reader),
            to: written(scope.time.to, &zone, reader),
            absolute: link(vec![pair("from", start.to_string()), pair("to", end.to_string())]),
            kiosk: Some(link([scope.time.pairs(), vec![pair("kiosk", String::new())]].concat())),
            rest,
            is_past: scope.time.is_past(now),
        }
    }

    /// For a page without panels.
    pub(crate) fn without_kiosk(self) -> TimeShape {
        TimeShape { kiosk: None, ..self }
    }
}

/// The part of an address after its `?`.
pub(crate) fn query(parts: &[Vec<(String, String)>]) -> String {
    Serializer::new(String::new()).extend_pairs(parts.iter().flatten()).finish()
}

/// `2026-11-20 14:00 – 15:30`: the day once, where it is the same.
fn between(start: Millis, end: Millis, zone: &TimeZone, reader: Reader) -> String {
    let (start, end) = (words::date_and_time(start, zone, reader), words::date_and_time(end, zone, reader));
    match (start.split_once(' '), end.split_once(' ')) {
        (Some((day, _)), Some((other, time))) if day == other => format!("{start} – {time}"),
        _ => format!("{start} – {end}"),
    }
}

fn written(moment: Moment, zone: &TimeZone, reader: Reader) -> String {
    match moment {
        Moment::Ago(_) => moment.to_string(),
        Moment::At(at) => words::date_and_time(at, zone, reader),
    }
}

/// Turns moments written as a calendar and a clock show them into those that addresses hold.
pub(crate) fn read_local(pairs: &mut [(String, String)], zone: &TimeZone) {
    let asked = pairs.iter().rfind(|(key, _)| key == "tz").and_then(|(_, name)| TimeZone::get(name).ok());
    let zone = asked.unwrap_or_else(|| zone.clone());
    for (key, value) in pairs.iter_mut().filter(|(key, _)| key == "from" || key == "to") {
        if let Some(at) = local(value.trim(), key == "to", &zone) {
            *value = at.to_string();
        }
    }
}

/// The end of a day, where that is what a day alone stands for.
fn local(text: &str, is_end: bool, zone: &TimeZone) -> Option<Millis> {
    let at = |time: DateTime| time.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp().as_millisecond());
    if let Some(time) = PATTERNS.iter().find_map(|pattern| DateTime::strptime(pattern, text).ok()) {
        return at(time);
    }
    let day = DAYS.iter().find_map(|pattern| jiff::civil::Date::strptime(pattern, text).ok())?;
    let day = if is_end { day.tomorrow().ok()? } else { day };
    at(day.at(0, 0, 0, 0))
}

/// The usual ranges, and the one shown if it is none of them.
pub(crate) fn choices(reader: Reader, range: Span) -> Vec<Choice> {
    let mut list = quick(reader, Some(range));
    if !list.iter().any(|choice| choice.chosen) {
        let word = filled(reader.says().last, &[&range.to_string()]);
        list.push(Choice { value: range.to_string(), word, chosen: true });
    }
    list
}

fn quick(reader: Reader, range: Option<Span>) -> Vec<Choice> {
    let is_chosen = |value: &str| range.is_some_and(|range| value.parse() == Ok(range));
    let choice =
        |(value, word): (&str, &str)| Choice { value: value.to_owned(), word: word.to_owned(), chosen: is_chosen(value) };
    usual(reader).into_iter().map(choice).collect()
}

fn usual(reader: Reader) -> [(&'static str, &'static str); 9] {
    let says = reader.says();
    [
        ("5m", says.five_minutes),
        ("15m", says.fifteen_minutes),
        ("1h", says.hour),
        ("3h", says.three_hours),
        ("6h", says.six_hours),
        ("12h", says.twelve_hours),
        ("1d", says.day),
        ("7d", says.seven_days),
        ("30d", says.thirty_days),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_a_clock_shows_them() {
        let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        for (key, text, read) in [
            ("from", "2025-11-20 11:00", "1763632800000"),
            ("from", "2025-11-20T11:00", "1763632800000"),
            ("from", "20/11/2025 11:00:03", "1763632803000"),
            ("from", "2025-11-20", "1763593200000"),
            ("to", "2025-11-20", "1763679600000"),
            ("from", "now-6h", "now-6h"),
            ("from", "1763632800000", "1763632800000"),
            ("from", "2025-11-20T10:00:00Z", "2025-11-20T10:00:00Z"),
            ("range", "2025-11-20", "2025-11-20"),
        ] {
            let mut pairs = [(key.to_owned(), text.to_owned())];
            read_local(&mut pairs, &zone);
            assert_eq!(pairs[0].1, read, "{text}");
        }
        let mut pairs = [("to".to_owned(), "2025-11-20 11:00".to_owned()), ("tz".to_owned(), "UTC".to_owned())];
        read_local(&mut pairs, &zone);
        assert_eq!(pairs[0].1, "1763636400000");
    }

    #[test]
    fn a_day_is_told_once() {
        let portuguese = Reader { language: crate::page::reader::Language::Portuguese };
        let hour = 3_600_000;
        let at = 1_763_632_800_000;
        assert_eq!(between(at, at + hour, &TimeZone::UTC, Reader::default()), "2025-11-20 10:00 – 11:00");
        assert_eq!(between(at, at + 24 * hour, &TimeZone::UTC, portuguese), "20/11/2025 10:00 – 21/11/2025 10:00");
    }
}
