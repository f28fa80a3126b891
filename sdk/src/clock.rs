//! Time. Needs no grant.

use crate::host;

/// Milliseconds since the Unix epoch.
pub fn now() -> i64 {
    host::clock::now()
}

/// Nanoseconds since an arbitrary moment; never goes back.
pub fn monotonic() -> u64 {
    host::clock::monotonic()
}

/// A moment in UTC, on the Gregorian calendar. A guest has no time zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utc {
    pub year: i64,
    /// From 1 on, as is the day.
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub millisecond: u16,
}

const MILLISECONDS_PER_DAY: i64 = 86_400_000;

impl Utc {
    /// From milliseconds since the Unix epoch.
    pub fn from_milliseconds(time: i64) -> Utc {
        let (year, month, day) = date(time.div_euclid(MILLISECONDS_PER_DAY));
        let of_day = time.rem_euclid(MILLISECONDS_PER_DAY);
        Utc {
            year,
            month,
            day,
            hour: (of_day / 3_600_000) as u8,
            minute: (of_day / 60_000 % 60) as u8,
            second: (of_day / 1000 % 60) as u8,
            millisecond: (of_day % 1000) as u16,
        }
    }

    /// The reverse of [`Utc::rfc3339`]: milliseconds since the Unix epoch.
    pub fn parse(text: &str) -> Option<i64> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let mut date = date.splitn(3, '-').map(str::parse::<i64>);
        let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
        let mut time = time.splitn(3, ':');
        let (hour, minute) = (time.next()?.parse::<i64>().ok()?, time.next()?.parse::<i64>().ok()?);
        let seconds = time.next()?.parse::<f64>().ok()?;
        let in_range =
            (1..=12).contains(&month) && (1..=31).contains(&day) && (0..24).contains(&hour) && (0..60).contains(&minute);
        if !in_range || !(0.0..60.0).contains(&seconds) {
            return None;
        }
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute;
        Some(minutes * 60_000 + (seconds * 1e3).round() as i64)
    }

    /// `Fri, 20 Nov 2026 12:30:00 GMT`, the one form of RFC 9110 that is still written, in milliseconds.
    pub fn parse_http(text: &str) -> Option<i64> {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (_, rest) = text.strip_suffix(" GMT")?.split_once(", ")?;
        let mut words = rest.split([' ', ':']);
        let (day, month, year) = (words.next()?.parse::<u8>().ok()?, words.next()?, words.next()?.parse::<u16>().ok()?);
        let month = MONTHS.iter().zip(1..).find(|(name, _)| **name == month)?.1;
        let mut time = || words.next().and_then(|word| word.parse::<u32>().ok()).filter(|part| *part <= 60);
        let (hour, minute, second) = (time()?, time()?, time()?);
        let seconds = i64::from((hour * 60 + minute) * 60 + second);
        Some(days(year.into(), month, day.into()) * MILLISECONDS_PER_DAY + seconds * 1_000)
    }

    /// `2026-11-20T12:34:56.789Z`, as in RFC 3339.
    pub fn rfc3339(&self) -> String {
        let Utc { year, month, day, hour, minute, second, millisecond } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }
}

/// Days since 1970-01-01 → year, month, day. The calendar repeats every 400 years; within that, years start in March,
/// so that the leap day comes last.
fn date(days: i64) -> (i64, u8, u8) {
    const DAYS_PER_ERA: i64 = 146_097;
    // From 0000-03-01 to 1970-01-01.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months from March on have 31, 30, 31, 30, 31 days, over and over: 153 in five of them.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month as u8, day as u8)
}

/// Year, month, day → days since 1970-01-01; `date` read backwards.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
