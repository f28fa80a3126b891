//! The time looked at: the last hours, or between two moments, each told by the clock or from now.

use std::fmt;

use vitrine_model::{Millis, Span};

pub const LONGEST_RANGE: Span = Span::from_secs(400 * 86_400);
pub const SHORTEST_RANGE: Span = Span::from_secs(60);
/// Numbers from here on are milliseconds since 1970, smaller ones seconds.
const MILLIS_FROM: i64 = 100_000_000_000;

/// One end of what is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Moment {
    /// So long before now.
    Ago(Span),
    At(Millis),
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time {
    pub from: Moment,
    pub to: Moment,
}

impl Moment {
    /// `now`, `now-6h`, a date and time as in RFC 3339, or milliseconds since 1970.
    pub fn parse(text: &str) -> Result<Moment, String> {
        let wrong = || format!("`{text}` is not a moment: write `now-6h`, `2026-01-31T08:00:00Z` or milliseconds since 1970");
        if let Some(rest) = text.strip_prefix("now") {
            return match rest.strip_prefix('-') {
                Some(span) => span.parse().map(Moment::Ago).map_err(|_| wrong()),
                None if rest.is_empty() => Ok(Moment::Ago(Span::ZERO)),
                None => Err(wrong()),
            };
        }
        if let Ok(number) = text.parse::<i64>() {
            let millis = if number.abs() >= MILLIS_FROM { Some(number) } else { number.checked_mul(1_000) };
            let inside = |millis: &i64| jiff::Timestamp::from_millisecond(*millis).is_ok();
            return millis.filter(inside).map(Moment::At).ok_or_else(wrong);
        }
        let moment: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
        Ok(Moment::At(moment.as_millisecond()))
    }

    pub fn at(self, now: Millis) -> Millis {
        match self {
            Moment::Ago(span) => now - span.millis(),
            Moment::At(moment) => moment,
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Ago(Span::ZERO) => f.write_str("now"),
            Moment::Ago(span) => write!(f, "now-{span}"),
            Moment::At(moment) => write!(f, "{moment}"),
        }
    }
}

impl Time {
    /// The last so much.
    pub fn last(range: Span) -> Time {
        Time { from: Moment::Ago(range), to: Moment::Ago(Span::ZERO) }
    }

    /// From the words of an address; nothing where it has none of them.
    pub fn parse(range: Option<&str>, from: Option<&str>, to: Option<&str>) -> Result<Option<Time>, String> {
        match (range, from, to) {
            (_, Some(from), to) => {
                let time = Time { from: Moment::parse(from)?, to: to.map_or(Ok(Moment::Ago(Span::ZERO)), Moment::parse)? };
                time.check()?;
                Ok(Some(time))
            }
            (Some(range), None, None) => Ok(Some(Time::last(parse_range(range)?))),
            (range, None, Some(to)) => {
                let range = range.map_or(Ok(Span::from_secs(3_600)), parse_range)?;
                let to = Moment::parse(to)?;
                let from = match to {
                    Moment::Ago(span) => Moment::Ago(Span::from_millis(span.millis().saturating_add(range.millis()))),
                    Moment::At(moment) => Moment::At(moment - range.millis()),
                };
                let time = Time { from, to };
                time.check()?;
                Ok(Some(time))
            }
            (None, None, None) => Ok(None),
        }
    }

    /// What can be said of it whatever the time is now.
    fn check(&self) -> Result<(), String> {
        let longest = LONGEST_RANGE.millis();
        let span = match (self.from, self.to) {
            (Moment::Ago(from), Moment::Ago(to)) => from.millis() - to.millis(),
            (Moment::At(from), Moment::At(to)) => to - from,
            _ => return Ok(()),
        };
        match span {
            ..=0 => Err("what is looked at ends before it begins".to_owned()),
            span if span > longest => Err(format!("what is looked at is longer than {LONGEST_RANGE}")),
            _ => Ok(()),
        }
    }

    /// How long it is: never longer than a page can show, nor shorter than makes sense.
    pub fn span(&self, now: Millis) -> Span {
        let span = self.end(now).saturating_sub(self.from.at(now));
        Span::from_millis(span.clamp(SHORTEST_RANGE.millis(), LONGEST_RANGE.millis()))
    }

    /// Its newest moment.
    pub fn end(&self, now: Millis) -> Millis {
        self.to.at(now).min(now)
    }

    /// The range where it is "the last so much".
    pub fn range(&self) -> Option<Span> {
        match (self.from, self.to) {
            (Moment::Ago(range), Moment::Ago(Span::ZERO)) => Some(range),
            _ => None,
        }
    }

    /// Whether it stands still: nothing new comes into it.
    pub fn is_past(&self, now: Millis) -> bool {
        matches!(self.to, Moment::At(end) if end < now)
    }

    /// As an address says it.
    /// As an address says it.
    pub fn pairs(&self) -> Vec<(String, String)> {
        match self.range() {
            Some(range) => vec![("range".to_owned(), range.to_string())],
            None => vec![("from".to_owned(), self.from.to_string()), ("to".to_owned(), self.to.to_string())],
        }
    }
}

/// A range a page can show.
pub fn parse_range(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|error: vitrine_model::duration::NotASpan| error.to_string())?;
    if span < SHORTEST_RANGE || span > LONGEST_RANGE {
        return Err(format!("`{text}` is not between {SHORTEST_RANGE} and {LONGEST_RANGE}"));
    }
    Ok(span)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    const NOW: Millis = 1_763_632_803_000;

    #[test]
    fn times_are_relative_or_absolute() {
        let check = |range, from, to, start: Millis, end: Millis| {
            let time = Time::parse(range, from, to).unwrap().unwrap();
            assert_eq!((time.end(NOW) - time.span(NOW).millis(), time.end(NOW)), (start, end), "{time:?}");
        };
        check(Some("6h"), None, None, NOW - 21_600_000, NOW);
        check(None, Some("now-6h"), None, NOW - 21_600_000, NOW);
        check(None, Some("now-2h"), Some("now-1h"), NOW - 7_200_000, NOW - 3_600_000);
        check(None, Some("2025-11-20T08:00:00Z"), Some("2025-11-20T10:00:00+01:00"), 1_763_625_600_000, 1_763_629_200_000);
        check(None, Some("1763625600000"), Some("1763629200"), 1_763_625_600_000, 1_763_629_200_000);
        check(None, Some("1763625600000"), None, 1_763_625_600_000, NOW);
        check(Some("1h"), None, Some("now-1h"), NOW - 7_200_000, NOW - 3_600_000);
        // What has not happened yet is not looked at.
        check(None, Some("1763625600000"), Some("2026-01-01T00:00:00Z"), 1_763_625_600_000, NOW);
        assert_eq!(Time::parse(None, None, None), Ok(None));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (from, to) in [("now+1h", "now"), ("now-1h", "now-2h"), ("yesterday", "now"), ("now-500d", "now"), ("5", "4")] {
            assert!(Time::parse(None, Some(from), Some(to)).is_err(), "{from} {to}");
        }
        for text in ["", "soon", "10s", "2y"] {
            assert!(parse_range(text).is_err(), "{text}");
        }
        assert!(Moment::parse("99999999999999999").is_err());
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["now", "now-6h", "1763625600000"] {
            assert_eq!(Moment::parse(text).unwrap().to_string(), text);
        }
    }
}
