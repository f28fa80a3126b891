//! Numbers, moments and spans, as people read them.

use vitrine_sdk::clock::Utc;
use vitrine_sdk::notice;

/// `2026-11-20 13:34 UTC+1`, in the host's zone.
pub(crate) fn moment(time: i64) -> String {
    let ahead = notice::offset(time);
    let Utc { year, month, day, hour, minute, .. } = Utc::from_milliseconds(time + ahead * 1_000);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} {}", zone(ahead))
}

fn zone(ahead: i64) -> String {
    let sign = if ahead < 0 { '-' } else { '+' };
    match (ahead.abs() / 3_600, ahead.abs() / 60 % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// The two largest units: `2 h 5 min`.
pub(crate) fn span(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// Four significant digits; whole numbers as they are.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e15 {
        return format!("{value}");
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = (3.0 - size.log10().floor()).clamp(0.0, 8.0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
