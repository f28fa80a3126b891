//! Moments, spans and values as people read them.

use crate::channel::{Alert, Status};
use crate::clock::Utc;

/// Milliseconds.
const MINUTE: i64 = 60_000;

/// Since when, or how long it lasted, in UTC. `now` is in milliseconds since the Unix epoch.
pub fn when(alert: &Alert, now: i64) -> String {
    when_by(alert, now, moment)
}

/// As [`when`], with moments as somebody else writes them.
pub fn when_by(alert: &Alert, now: i64, moment: fn(i64) -> String) -> String {
    let start = moment(alert.starts_at);
    match (alert.status, alert.ends_at) {
        // It was just now that it began, unless the message had to wait.
        (Status::Firing, _) if now - alert.starts_at < MINUTE => ["since ", &start].concat(),
        (Status::Firing, _) => ["since ", &start, ", for ", &span(now - alert.starts_at), " now"].concat(),
        (Status::Resolved, Some(end)) => {
            ["lasted ", &span(end - alert.starts_at), ", from ", &start, " to ", &moment(end)].concat()
        }
        (Status::Resolved, None) => ["began ", &start].concat(),
    }
}

/// `2026-11-20 12:34 UTC`: a guest knows no other time zone.
fn moment(time: i64) -> String {
    let Utc { year, month, day, hour, minute, .. } = Utc::from_milliseconds(time);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// The two largest units: `2 h 5 min`.
fn span(milliseconds: i64) -> String {
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
pub fn number(value: f64) -> String {
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
