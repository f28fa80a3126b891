//! Durations as people write them in files: `15s`, `1h30m`, `500ms`, `7d`.
//!
//! The grammar is Prometheus's (units `ms s m h d w y`, largest first, each at most once).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Millis;

/// A span of time, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(Millis);

const UNITS: [(&str, Millis); 7] =
    [("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration: write it as `15s`, `5m`, `1h30m` or `7d`")]
pub struct NotASpan(String);

impl Span {
    pub const ZERO: Span = Span(0);

    pub const fn from_millis(millis: Millis) -> Span {
        Span(millis)
    }

    pub const fn from_secs(seconds: i64) -> Span {
        Span(seconds * 1_000)
    }

    pub const fn millis(self) -> Millis {
        self.0
    }

    pub fn as_duration(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.0.max(0).unsigned_abs())
    }
}

impl FromStr for Span {
    type Err = NotASpan;

    fn from_str(text: &str) -> Result<Span, NotASpan> {
        let wrong = || NotASpan(text.to_owned());
        if text == "0" {
            return Ok(Span::ZERO);
        }
        let mut rest = text;
        let mut total: Millis = 0;
        let mut units_left = &UNITS[..];
        while !rest.is_empty() {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let count: Millis = rest[..digits].parse().map_err(|_| wrong())?;
            rest = &rest[digits..];
            let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
            let unit = &rest[..letters];
            rest = &rest[letters..];
            let place = units_left.iter().position(|(name, _)| *name == unit).ok_or_else(wrong)?;
            let added = count.checked_mul(units_left[place].1).ok_or_else(wrong)?;
            total = total.checked_add(added).ok_or_else(wrong)?;
            units_left = &units_left[place + 1..];
        }
        if text.is_empty() { Err(wrong()) } else { Ok(Span(total)) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut left = self.0.unsigned_abs();
        // Weeks and years are read but not written: nobody thinks "1w3d".
        for (name, size) in &UNITS[2..] {
            let size = size.unsigned_abs();
            if left >= size {
                write!(f, "{}{name}", left / size)?;
                left %= size;
            }
        }
        Ok(())
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_prometheus_reads() {
        for (text, millis) in [
            ("15s", 15_000),
            ("1h30m", 5_400_000),
            ("500ms", 500),
            ("7d", 604_800_000),
            ("1w", 604_800_000),
            ("0", 0),
            ("1m1ms", 60_001),
        ] {
            assert_eq!(text.parse::<Span>(), Ok(Span::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "15", "15 s", "1s1h", "1s1s", "-1s", "99999999999999y", "1.5h"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for text in ["15s", "1h30m", "500ms", "7d", "1d2h3m4s5ms"] {
            assert_eq!(text.parse::<Span>().map(|span| span.to_string()), Ok(text.to_owned()));
        }
    }
}
