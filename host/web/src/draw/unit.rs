//! Numbers as people read them: scaled, three significant digits, a unit. The only place that knows units.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::page::reader::Language;

/// What a number counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// Plain numbers, with k, M, G where they are large.
    Count,
    /// 0 to 1, shown as percent.
    Ratio,
    Percent,
    Bytes,
    BytesPerSecond,
    BitsPerSecond,
    Seconds,
    /// Seconds since the epoch.
    Date,
    /// An ISO 4217 code.
    Currency(String),
    /// Whatever else a panel calls it: written after the number.
    Other(String),
}

/// A factor and the words for it, the same for all numbers of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    pub divisor: f64,
    pub suffix: String,
}

/// A number and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub number: String,
    pub suffix: String,
}

impl Figure {
    /// In one line; `%` and words alike stand apart from the number.
    pub fn line(&self) -> String {
        if self.suffix.is_empty() { self.number.clone() } else { format!("{}\u{202f}{}", self.number, self.suffix) }
    }
}

const DECIMAL: [(f64, &str); 5] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, "")];
const BINARY: [(f64, &str); 6] = [
    (1_125_899_906_842_624.0, "Pi"),
    (1_099_511_627_776.0, "Ti"),
    (1_073_741_824.0, "Gi"),
    (1_048_576.0, "Mi"),
    (1_024.0, "Ki"),
    (1.0, ""),
];
const SPANS: [(f64, &str); 7] =
    [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")];

/// The words for all units that are more than a word.
pub const KNOWN: [&str; 11] =
    ["count", "short", "ratio", "percent", "bytes", "bytes/s", "bits/s", "seconds", "duration", "date", "timestamp"];

impl Unit {
    /// Understands the names the panels document; any other word is shown as it is.
    pub fn parse(text: &str) -> Unit {
        match text.trim() {
            "" | "count" | "short" | "none" => Unit::Count,
            "ratio" => Unit::Ratio,
            "percent" | "%" => Unit::Percent,
            "bytes" | "byte" | "B" => Unit::Bytes,
            "bytes/s" | "bytes_per_second" | "B/s" => Unit::BytesPerSecond,
            "bits/s" | "bits_per_second" | "bit/s" => Unit::BitsPerSecond,
            "seconds" | "duration" | "s" => Unit::Seconds,
            "date" | "timestamp" => Unit::Date,
            other if other.len() == 3 && other.bytes().all(|letter| letter.is_ascii_uppercase()) => {
                Unit::Currency(other.to_owned())
            }
            other => Unit::Other(other.to_owned()),
        }
    }

    /// The unit by itself, for a title or an axis.
    pub fn label(&self) -> &str {
        match self {
            Unit::Count | Unit::Date => "",
            Unit::Ratio | Unit::Percent => "%",
            Unit::Bytes => "B",
            Unit::BytesPerSecond => "B/s",
            Unit::BitsPerSecond => "bit/s",
            Unit::Seconds => "s",
            Unit::Currency(text) | Unit::Other(text) => text,
        }
    }

    /// Whether ticks should fall on powers of two.
    pub fn is_binary(&self) -> bool {
        matches!(self, Unit::Bytes | Unit::BytesPerSecond)
    }

    /// The scale in which `size` has one to three digits before its point.
    pub fn scale(&self, size: f64) -> Scaled {
        let step = |steps: &[(f64, &str)], unit: &str| {
            let (divisor, prefix) = pick(steps, size.abs());
            Scaled { divisor, suffix: format!("{prefix}{unit}") }
        };
        match self {
            Unit::Count | Unit::Date => step(&DECIMAL, ""),
            Unit::Ratio => Scaled { divisor: 0.01, suffix: "%".to_owned() },
            Unit::Percent => Scaled { divisor: 1.0, suffix: "%".to_owned() },
            Unit::Bytes => step(&BINARY, "B"),
            Unit::BytesPerSecond => step(&BINARY, "B/s"),
            Unit::BitsPerSecond => step(&DECIMAL, "bit/s"),
            Unit::Seconds if size == 0.0 => Scaled { divisor: 1.0, suffix: "s".to_owned() },
            Unit::Seconds => step(&SPANS, ""),
            Unit::Currency(code) if size.abs() < 1e6 => Scaled { divisor: 1.0, suffix: code.clone() },
            Unit::Currency(word) | Unit::Other(word) => {
                let (divisor, prefix) = pick(&DECIMAL, size.abs());
                let gap = if prefix.is_empty() { "" } else { " " };
                Scaled { divisor, suffix: format!("{prefix}{gap}{word}") }
            }
        }
    }

    /// A single value as English writes it; dates in `zone`.
    pub fn figure(&self, value: f64, zone: &TimeZone) -> Figure {
        self.figure_in(value, zone, Language::English)
    }

    /// A single value as a language writes it; dates in `zone`.
    pub fn figure_in(&self, value: f64, zone: &TimeZone, language: Language) -> Figure {
        if value.is_nan() {
            return Figure { number: "–".to_owned(), suffix: String::new() };
        }
        if value.is_infinite() {
            return Figure { number: if value > 0.0 { "∞" } else { "−∞" }.to_owned(), suffix: String::new() };
        }
        if let Unit::Date = self {
            return Figure { number: date(value, zone, language), suffix: String::new() };
        }
        let scaled = self.scale(value);
        let number = match self {
            Unit::Currency(_) if scaled.divisor == 1.0 => fixed(value, if value.abs() >= 1000.0 { 0 } else { 2 }),
            _ => significant(value / scaled.divisor),
        };
        Figure { number: marked(&number, language), suffix: scaled.suffix }
    }
}

fn pick<'a>(steps: &[(f64, &'a str)], size: f64) -> (f64, &'a str) {
    // Half a thousandth below the border rounds up to it: 999.96 is "1.00 k", not "1000".
    let found = steps.iter().find(|(divisor, _)| size >= divisor * 0.9995);
    let unscaled = steps.iter().find(|(divisor, _)| *divisor == 1.0);
    let smallest = if size == 0.0 { unscaled } else { steps.last() };
    found.or(smallest).copied().unwrap_or((1.0, ""))
}

/// Three significant digits; whole numbers below a thousand stay whole.
pub fn significant(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && size < 0.001 {
        return format!("{value:.1e}").replace('-', "−");
    }
    if (value - value.round()).abs() < 1e-9 && size < 1e15 {
        return fixed(value, 0);
    }
    let decimals = match size {
        _ if size >= 99.95 => 0,
        _ if size >= 9.995 => 1,
        _ if size >= 0.9995 => 2,
        _ => 3,
    };
    fixed(value, decimals)
}

/// With a true minus sign, and never "−0".
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) => format!("−{digits}"),
        Some(digits) => digits.to_owned(),
        None => text,
    }
}

/// With a language's decimal mark, and its mark between thousands from ten thousand on: years, ports and the like stay as
/// they are.
pub fn marked(number: &str, language: Language) -> String {
    let (decimal, thousands) = match language {
        Language::English => ('.', ','),
        Language::Portuguese => (',', '.'),
    };
    let digits = number.strip_prefix('−').unwrap_or(number).bytes().take_while(u8::is_ascii_digit).count();
    let mut left = if digits > 4 { digits } else { 0 };
    let mut text = String::with_capacity(number.len() + 4);
    for letter in number.chars() {
        text.push(if letter == '.' { decimal } else { letter });
        if left > 0 && letter.is_ascii_digit() {
            left -= 1;
            if left > 0 && left.is_multiple_of(3) {
                text.push(thousands);
            }
        }
    }
    text
}

fn date(seconds: f64, zone: &TimeZone, language: Language) -> String {
    let pattern = match language {
        Language::English => "%Y-%m-%d %H:%M",
        Language::Portuguese => "%d/%m/%Y %H:%M",
    };
    match Timestamp::from_millisecond((seconds * 1000.0) as i64) {
        Ok(moment) => moment.to_zoned(zone.clone()).strftime(pattern).to_string(),
        Err(_) => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_reads_well() {
        for (unit, value, text) in [
            ("", 0.0, "0"),
            ("", 12.0, "12"),
            ("", 1234.0, "1.23 k"),
            ("", 999.96, "1.00 k"),
            ("", 0.123456, "0.123"),
            ("", 0.0000123, "1.2e−5"),
            ("", -2.5, "−2.50"),
            ("", f64::NAN, "–"),
            ("", f64::INFINITY, "∞"),
            ("ratio", 0.3712345678901234, "37.1 %"),
            ("ratio", 1.0, "100 %"),
            ("ratio", 0.00012, "0.012 %"),
            ("percent", 99.97, "100 %"),
            ("bytes", 512.0, "512 B"),
            ("bytes", 1536.0, "1.50 KiB"),
            ("bytes", 25_769_803_776.0, "24 GiB"),
            ("bytes/s", 1_048_576.0, "1 MiB/s"),
            ("bits/s", 12_500_000.0, "12.5 Mbit/s"),
            ("seconds", 0.0, "0 s"),
            ("seconds", 0.0123, "12.3 ms"),
            ("seconds", 0.000_002_5, "2.50 µs"),
            ("seconds", 90.0, "1.50 min"),
            ("seconds", 345_600.0, "4 d"),
            ("date", 0.0, "1970-01-01 00:00"),
            ("EUR", 12.5, "12.50 EUR"),
            ("EUR", 2_500_000.0, "2.50 M EUR"),
            ("requests", 1200.0, "1.20 k requests"),
            ("°C", -0.0001, "−1.0e−4 °C"),
        ] {
            let line = Unit::parse(unit).figure(value, &TimeZone::UTC).line().replace('\u{202f}', " ");
            assert_eq!(line, text, "{unit} {value}");
        }
    }

    #[test]
    fn numbers_and_dates_are_written_as_the_reader_does() {
        for (unit, value, english, portuguese) in [
            ("", 1234.5, "1.23 k", "1,23 k"),
            ("", -0.5, "−0.500", "−0,500"),
            ("EUR", -1234.5, "−1234 EUR", "−1234 EUR"),
            ("EUR", 123_456.7, "123,457 EUR", "123.457 EUR"),
            ("EUR", 12.5, "12.50 EUR", "12,50 EUR"),
            ("percent", 10_000.0, "10,000 %", "10.000 %"),
            ("", 0.0000123, "1.2e−5", "1,2e−5"),
            ("", f64::NAN, "–", "–"),
            ("date", 0.0, "1970-01-01 00:00", "01/01/1970 00:00"),
        ] {
            let line = |language| Unit::parse(unit).figure_in(value, &TimeZone::UTC, language).line().replace('\u{202f}', " ");
            assert_eq!([line(Language::English), line(Language::Portuguese)], [english, portuguese], "{unit} {value}");
        }
        assert_eq!(marked("1234567.25", Language::Portuguese), "1.234.567,25");
    }
}
