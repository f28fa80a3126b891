//! Moments as people read them, in the zone of the host.

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
