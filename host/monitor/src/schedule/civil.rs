//! Wall-clock times that an expression names, without any zone.
//!
//! The `cron` crate computes in zones of its own, with gaps skipped and folds doubled; given UTC, which
//! has neither, it computes pure wall-clock times, and the zone is applied by whoever asks.

use chrono::{Datelike, TimeZone, Timelike, Utc};
use jiff::civil::DateTime;

/// Times after `start`, in order.
pub(super) fn after(expression: &cron::Schedule, start: DateTime) -> impl Iterator<Item = DateTime> + '_ {
    let field = |value: i8| u32::from(value.unsigned_abs());
    let start = Utc.with_ymd_and_hms(
        start.year().into(),
        field(start.month()),
        field(start.day()),
        field(start.hour()),
        field(start.minute()),
        field(start.second()),
    );
    start.single().into_iter().flat_map(|start| expression.after(&start).filter_map(civil))
}

fn civil(time: chrono::DateTime<Utc>) -> Option<DateTime> {
    let small = |value: u32| i8::try_from(value).ok();
    DateTime::new(
        i16::try_from(time.year()).ok()?,
        small(time.month())?,
        small(time.day())?,
        small(time.hour())?,
        small(time.minute())?,
        small(time.second())?,
        0,
    )
    .ok()
}
