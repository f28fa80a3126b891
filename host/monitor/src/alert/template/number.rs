//! Numbers and moments as Go writes them.

use std::fmt::Write;

use jiff::Timestamp;

/// `strconv.ParseFloat`: also `Inf`, `NaN` and underscores nowhere.
pub(super) fn parse(text: &str) -> Option<f64> {
    text.parse().ok()
}

fn special(value: f64) -> Option<String> {
    if value.is_nan() {
        return Some("NaN".to_owned());
    }
    value.is_infinite().then(|| if value > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() })
}

/// The digits without a point, and the exponent of the first of them.
fn digits(value: f64, count: Option<usize>) -> (bool, String, i32) {
    let text = match count {
        Some(count) => format!("{:.*e}", count.max(1) - 1, value.abs()),
        None => format!("{:e}", value.abs()),
    };
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (value.is_sign_negative(), digits.replace('.', ""), exponent.parse().unwrap_or(0))
}

/// `%g`: `precision` significant digits, or as few as tell the number from all others.
pub(super) fn general(value: f64, precision: Option<usize>, keeps_zeros: bool) -> String {
    if let Some(text) = special(value) {
        return text;
    }
    let (is_negative, mut digits, exponent) = digits(value, precision.map(|digits| digits.max(1)));
    let most = precision.map_or(6, |precision| i32::try_from(precision.max(1)).unwrap_or(i32::MAX));
    let is_scientific = exponent < -4 || exponent >= most;
    if !keeps_zeros {
        let trimmed = digits.trim_end_matches('0').len().max(1);
        digits.truncate(trimmed);
    }
    let sign = if is_negative { "-" } else { "" };
    if is_scientific {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}e{}", exponent_text(exponent));
    }
    format!("{sign}{}", plain(&digits, exponent))
}

fn plain(digits: &str, exponent: i32) -> String {
    let Ok(place) = usize::try_from(exponent) else {
        let zeros = usize::try_from(-1 - exponent).unwrap_or(0);
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    if digits.len() <= place + 1 {
        return format!("{digits}{}", "0".repeat(place + 1 - digits.len()));
    }
    let (whole, rest) = digits.split_at(place + 1);
    format!("{whole}.{rest}")
}

fn exponent_text(exponent: i32) -> String {
    format!("{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())
}

/// `%e`.
pub(super) fn scientific(value: f64, precision: usize) -> String {
    special(value).unwrap_or_else(|| {
        let text = format!("{value:.precision$e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{digits}e{}", exponent_text(exponent.parse().unwrap_or(0)))
    })
}

/// `%f`.
pub(super) fn fixed(value: f64, precision: usize) -> String {
    special(value).unwrap_or_else(|| format!("{value:.precision$}"))
}

/// `time.Time` as it prints: `2015-06-23 13:19:44.128 +0000 UTC`.
pub(super) fn moment(millis: i64) -> String {
    let Ok(time) = Timestamp::from_millisecond(millis) else { return millis.to_string() };
    let mut text = time.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let fraction = millis.rem_euclid(1_000);
    if fraction != 0 {
        let digits = format!("{fraction:03}");
        let _ = write!(text, ".{}", digits.trim_end_matches('0'));
    }
    text + " +0000 UTC"
}

/// `time.Duration` as it prints: `1h0m0s`, `1.5s`, `2ms`.
pub(super) fn go_duration(nanos: i64) -> String {
    if nanos == 0 {
        return "0s".to_owned();
    }
    let (sign, size) = (if nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
    let fraction = |size: u64, unit: u64| {
        let digits = format!("{:0width$}", size % unit, width = unit.ilog10() as usize);
        let digits = digits.trim_end_matches('0').to_owned();
        if unit == 1 || digits.is_empty() { (size / unit).to_string() } else { format!("{}.{digits}", size / unit) }
    };
    for (unit, name) in [(1, "ns"), (1_000, "µs"), (1_000_000, "ms")] {
        if size < unit * 1_000 {
            return format!("{sign}{}{name}", fraction(size, unit));
        }
    }
    let (minutes, rest) = (size / 60_000_000_000, size % 60_000_000_000);
    let seconds = fraction(rest, 1_000_000_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}
