//! Moments and ages as people say them; the exact ones beside.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use vitrine_model::Millis;

use crate::page::messages::filled;
use crate::page::reader::{Language, Reader};

/// `3 s`, `12 min`, `5 h`, `3 d`.
pub fn age(span: Millis) -> String {
    let seconds = span.max(0) / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// `12 min ago`, `now`, `in 3 s`, as the reader's language tells ages.
pub(crate) fn relative_for(moment: Millis, now: Millis, reader: Reader) -> String {
    let says = reader.says();
    match moment.saturating_sub(now) {
        left if left > 999 => filled(says.ahead, &[&age(left)]),
        left if left > -1_000 => says.now.to_owned(),
        left => filled(says.ago, &[&age(left.saturating_neg())]),
    }
}

/// For people: `2026-11-20 14:03:05 CET`.
pub fn exact(moment: Millis, zone: &TimeZone) -> String {
    format(moment, zone, "%Y-%m-%d %H:%M:%S %Z")
}

/// As the reader's language writes dates.
pub(crate) fn exact_for(moment: Millis, zone: &TimeZone, reader: Reader) -> String {
    match reader.language {
        Language::English => exact(moment, zone),
        Language::Portuguese => format(moment, zone, "%d/%m/%Y %H:%M:%S %Z"),
    }
}

/// As short as it can be told, and read again by `page/time`: seconds only where there are some.
pub(crate) fn date_and_time(moment: Millis, zone: &TimeZone, reader: Reader) -> String {
    let seconds = if moment.rem_euclid(60_000) < 1_000 { "" } else { ":%S" };
    let date = match reader.language {
        Language::English => "%Y-%m-%d",
        Language::Portuguese => "%d/%m/%Y",
    };
    format(moment, zone, &format!("{date} %H:%M{seconds}"))
}

/// The time of day.
pub fn clock(moment: Millis, zone: &TimeZone) -> String {
    format(moment, zone, "%H:%M:%S")
}

fn format(moment: Millis, zone: &TimeZone, pattern: &str) -> String {
    match Timestamp::from_millisecond(moment) {
        Ok(timestamp) => timestamp.to_zoned(zone.clone()).strftime(pattern).to_string(),
        Err(_) => "–".to_owned(),
    }
}

/// For `datetime` attributes and for the API.
pub fn machine(moment: Millis) -> String {
    Timestamp::from_millisecond(moment).map_or_else(|_| String::new(), |timestamp| timestamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_one_unit() {
        for (span, word) in [(-5, "0 s"), (59_999, "59 s"), (60_000, "1 min"), (7_200_000, "2 h"), (172_800_000, "2 d")] {
            assert_eq!(age(span), word);
        }
        assert_eq!(relative_for(10_000, 13_000, Reader::default()), "3 s ago");
        assert_eq!(relative_for(13_000, 10_000, Reader::default()), "in 3 s");
        assert_eq!([10_999, 9_001].map(|moment| relative_for(moment, 10_000, Reader::default())), ["now", "now"]);
        let portuguese = Reader { language: Language::Portuguese };
        assert_eq!(relative_for(10_000, 13_000, portuguese), "há 3 s");
        assert_eq!(exact_for(1_763_632_803_000, &TimeZone::UTC, portuguese), "20/11/2025 10:00:03 UTC");
    }
}
