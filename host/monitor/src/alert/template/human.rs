//! Numbers for people, exactly as Prometheus writes them.

use super::number::{general, moment};

const LARGE: [&str; 8] = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
const SMALL: [&str; 8] = ["m", "u", "n", "p", "f", "a", "z", "y"];
const BINARY: [&str; 8] = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

fn short(value: f64) -> String {
    general(value, Some(4), false)
}

fn shrunk(mut value: f64, prefixes: [&'static str; 8], by: f64) -> (f64, &'static str) {
    let mut prefix = "";
    for name in prefixes {
        if value.abs() < by {
            break;
        }
        prefix = name;
        value /= by;
    }
    (value, prefix)
}

fn grown(mut value: f64) -> (f64, &'static str) {
    let mut prefix = "";
    for name in SMALL {
        if value.abs() >= 1.0 {
            break;
        }
        prefix = name;
        value *= 1_000.0;
    }
    (value, prefix)
}

/// `1.234M`.
pub(super) fn humanize(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return short(value);
    }
    let (value, prefix) = if value.abs() >= 1.0 { shrunk(value, LARGE, 1_000.0) } else { grown(value) };
    short(value) + prefix
}

/// `1.177Mi`.
pub(super) fn humanize_1024(value: f64) -> String {
    if value.abs() <= 1.0 || !value.is_finite() {
        return short(value);
    }
    let (value, prefix) = shrunk(value, BINARY, 1_024.0);
    short(value) + prefix
}

/// `91.2%`.
pub(super) fn percentage(value: f64) -> String {
    short(value * 100.0) + "%"
}

/// `1d 2h 3m 4s`.
pub(super) fn duration(value: f64) -> String {
    if !value.is_finite() {
        return short(value);
    }
    if value == 0.0 {
        return short(value) + "s";
    }
    if value.abs() < 1.0 {
        let (value, prefix) = grown(value);
        return format!("{}{prefix}s", short(value));
    }
    let sign = if value < 0.0 { "-" } else { "" };
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
    let whole = value.abs() as i64;
    let (days, hours, minutes, seconds) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60, whole % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{sign}{}s", short(value.abs())),
        (0, 0, _) => format!("{sign}{minutes}m {seconds}s"),
        (0, ..) => format!("{sign}{hours}h {minutes}m {seconds}s"),
        _ => format!("{sign}{days}d {hours}h {minutes}m {seconds}s"),
    }
}

/// Milliseconds of a moment in seconds.
pub(super) fn time(value: f64) -> Result<i64, String> {
    let nanos = value * 1e9;
    if !nanos.is_finite() || nanos.abs() > 9.223_372_036_854_775e18 {
        return Err(format!(
            "{} cannot be represented as a nanoseconds timestamp since it overflows int64",
            general(value, None, false)
        ));
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    Ok((nanos as i64).div_euclid(1_000_000))
}

/// `2015-06-23 13:19:44.128 +0000 UTC`.
pub(super) fn timestamp(value: f64) -> Result<String, String> {
    if value.is_finite() { time(value).map(moment) } else { Ok(short(value)) }
}
