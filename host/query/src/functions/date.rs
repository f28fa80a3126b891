//! Moments as dates in UTC.

const DAY: i64 = 86_400;

/// What a calendar and a clock show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) day_of_year: u16,
    /// 0 for Sunday.
    pub(crate) weekday: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
}

impl Civil {
    /// `None` where no calendar reaches.
    pub(crate) fn of(seconds: f64) -> Option<Civil> {
        if seconds.is_nan() || seconds.abs() > 1e15 {
            return None;
        }
        let seconds = seconds as i64;
        let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = calendar(days);
        Some(Civil {
            year,
            month,
            day,
            day_of_year: (days - days_before(year)) as u16 + 1,
            weekday: (days + 4).rem_euclid(7) as u8,
            hour: (of_day / 3_600) as u8,
            minute: (of_day / 60 % 60) as u8,
        })
    }

    pub(crate) fn days_in_month(self) -> u8 {
        match self.month {
            2 if is_leap(self.year) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days from 1970 to the start of a year.
fn days_before(year: i64) -> i64 {
    let past = year - 1;
    past * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400) - 719_162
}

/// Year, month and day of a day counted from 1970, by eras of 400 years that begin in March
/// (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
fn calendar(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days() {
        let parts = |seconds: f64| {
            let civil = Civil::of(seconds)?;
            Some((civil.year, civil.month, civil.day, civil.day_of_year, civil.weekday, civil.hour, civil.minute))
        };
        assert_eq!(parts(0.0), Some((1970, 1, 1, 1, 4, 0, 0)));
        assert_eq!(parts(1_136_239_445.0), Some((2006, 1, 2, 2, 1, 22, 4)));
        assert_eq!(parts(1_456_790_399.0), Some((2016, 2, 29, 60, 1, 23, 59)));
        assert_eq!(parts(1_483_191_420.0), Some((2016, 12, 31, 366, 6, 13, 37)));
        assert_eq!(parts(-1.0), Some((1969, 12, 31, 365, 3, 23, 59)));
        assert_eq!(Civil::of(951_782_400.0).map(Civil::days_in_month), Some(29));
        assert_eq!(parts(f64::NAN), None);
    }
}
