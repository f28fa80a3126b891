//! Where the ticks go: round numbers on the value axis, round times on the other.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;

use crate::draw::unit::{Unit, fixed, marked};
use crate::page::reader::Language;

/// More than anybody can read; also what bounds the loops here.
const MOST_TICKS: usize = 24;

/// The value axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    /// Ascending.
    pub ticks: Vec<f64>,
    pub logarithmic: bool,
}

/// What is known of the axis before the ticks are chosen.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub low: f64,
    pub high: f64,
    /// Ends that a person fixed are kept as they are.
    pub fixed_low: Option<f64>,
    pub fixed_high: Option<f64>,
    /// `low` and `high` are those of the values above zero.
    pub logarithmic: bool,
}

impl Scale {
    pub fn new(bounds: Bounds, unit: &Unit, wanted: usize) -> Scale {
        if bounds.logarithmic {
            return Scale::of_powers(bounds, wanted);
        }
        let mut low = bounds.fixed_low.unwrap_or(bounds.low);
        let mut high = bounds.fixed_high.unwrap_or(bounds.high);
        if !low.is_finite() || !high.is_finite() {
            (low, high) = (0.0, 1.0);
        }
        if high <= low {
            let room = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
            if bounds.fixed_low.is_none() && low != 0.0 {
                low -= room;
            }
            high = low.max(high) + room;
        }
        let step = nice_step((high - low) / wanted.max(1) as f64, unit);
        if bounds.fixed_low.is_none() {
            low = (low / step).floor() * step;
        }
        if bounds.fixed_high.is_none() {
            high = (high / step).ceil() * step;
        }
        let first = (low / step - 1e-9).ceil();
        let ticks = (0..MOST_TICKS).map(|place| (first + place as f64) * step).take_while(|tick| *tick <= high + step * 1e-9);
        Scale { low, high, ticks: ticks.collect(), logarithmic: false }
    }

    /// From one power of ten to another, with a tick at each, or at every second, third, … one.
    fn of_powers(bounds: Bounds, wanted: usize) -> Scale {
        let above_zero = |end: Option<f64>| end.filter(|value| *value > 0.0);
        let low = above_zero(bounds.fixed_low).or(above_zero(Some(bounds.low))).filter(|low| low.is_finite()).unwrap_or(0.1);
        let high = above_zero(bounds.fixed_high).or(above_zero(Some(bounds.high))).unwrap_or(10.0).clamp(low, f64::MAX);
        let first = (low.log10() + 1e-9).floor() as i32;
        let last = ((high.log10() - 1e-9).ceil() as i32).max(first + 1);
        let every = (last - first).unsigned_abs().div_ceil(wanted.max(1) as u32).max(1);
        let ticks = (first..=last).step_by(every as usize).map(|power| 10f64.powi(power)).take(MOST_TICKS).collect();
        let end = |fixed: Option<f64>, power: i32| above_zero(fixed).unwrap_or(10f64.powi(power));
        Scale { low: end(bounds.fixed_low, first), high: end(bounds.fixed_high, last), ticks, logarithmic: true }
    }

    /// 0 at the low end, 1 at the high one; not clamped.
    pub fn place(&self, value: f64) -> f64 {
        if self.logarithmic {
            // Far below, where a logarithm has no more numbers.
            let value = value.max(f64::MIN_POSITIVE);
            return (value / self.low).log10() / (self.high / self.low).log10().max(1e-9);
        }
        (value - self.low) / (self.high - self.low)
    }

    /// The ticks' words, all in one unit, with as many decimals as their distance needs.
    pub fn labels(&self, unit: &Unit, zone: &TimeZone, language: Language) -> Vec<String> {
        if self.logarithmic || *unit == Unit::Date {
            return self.ticks.iter().map(|tick| unit.figure_in(*tick, zone, language).line()).collect();
        }
        let scaled = unit.scale(self.low.abs().max(self.high.abs()));
        let step = match self.ticks.as_slice() {
            [first, second, ..] => (second - first) / scaled.divisor,
            _ => 1.0,
        };
        let decimals = (0..6).find(|places| is_whole(step * 10f64.powi(*places))).unwrap_or(2);
        let gap = if scaled.suffix.is_empty() { "" } else { "\u{202f}" };
        let number = |tick: &f64| marked(&fixed(tick / scaled.divisor, decimals.unsigned_abs() as usize), language);
        let word = |tick: &f64| format!("{}{gap}{}", number(tick), scaled.suffix);
        self.ticks.iter().map(word).collect()
    }
}

fn is_whole(number: f64) -> bool {
    (number - number.round()).abs() < 1e-6
}

/// 1, 2 or 5 times a power of ten; for bytes, powers of two; for times, what a clock shows.
fn nice_step(rough: f64, unit: &Unit) -> f64 {
    if unit.is_binary() && rough >= 1.0 {
        return 2f64.powi(rough.log2().ceil() as i32);
    }
    if *unit == Unit::Seconds && rough > 5.0 {
        let clock =
            [10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0];
        if let Some(step) = clock.into_iter().find(|step| *step >= rough) {
            return step;
        }
    }
    let power = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough * 0.9999).unwrap_or(10.0);
    factor * power
}

/// A tick on the time axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeTick {
    pub at: Millis,
    pub word: String,
}

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
const TIME_STEPS: [Millis; 18] = [
    1_000,
    5_000,
    15_000,
    30_000,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
];

/// Ticks on round local times, at most `wanted` or so of them.
pub fn time_ticks(range: TimeRange, zone: &TimeZone, language: Language, wanted: usize) -> Vec<TimeTick> {
    let span = range.end.saturating_sub(range.start);
    if span <= 0 {
        return Vec::new();
    }
    let rough = span / Millis::try_from(wanted.max(1)).unwrap_or(1);
    let step = TIME_STEPS.into_iter().find(|step| *step >= rough).unwrap_or_else(|| (rough / (7 * DAY) + 1) * 7 * DAY);
    let Ok(start) = Timestamp::from_millisecond(range.start) else { return Vec::new() };
    let ticks = if step < DAY {
        clock_ticks(start.to_zoned(zone.clone()), range, step, language)
    } else {
        day_ticks(start.to_zoned(zone.clone()), range, step, language)
    };
    ticks.unwrap_or_default()
}

/// Counts civil time from local midnight, so that ticks stay round on days that are not 24 hours long.
fn clock_ticks(start: Zoned, range: TimeRange, step: Millis, language: Language) -> Result<Vec<TimeTick>, jiff::Error> {
    let format = if step < MINUTE { "%H:%M:%S" } else { "%H:%M" };
    let mut civil = start.date().to_datetime(jiff::civil::Time::midnight());
    let passed = start.datetime().since((jiff::Unit::Millisecond, civil))?.get_milliseconds();
    civil = civil.checked_add((passed / step * step).milliseconds())?;
    let mut ticks: Vec<TimeTick> = Vec::new();
    for _ in 0..MOST_TICKS * 4 {
        let moment = civil.to_zoned(start.time_zone().clone())?;
        let at = moment.timestamp().as_millisecond();
        if at > range.end || ticks.len() == MOST_TICKS {
            break;
        }
        if at >= range.start && ticks.last().is_none_or(|last| last.at < at) {
            let midnight = moment.hour() == 0 && moment.minute() == 0 && moment.second() == 0;
            let word = if midnight { day_word(&moment, language) } else { moment.strftime(format).to_string() };
            ticks.push(TimeTick { at, word });
        }
        civil = civil.checked_add(step.milliseconds())?;
    }
    Ok(ticks)
}

fn day_ticks(start: Zoned, range: TimeRange, step: Millis, language: Language) -> Result<Vec<TimeTick>, jiff::Error> {
    let days = step / DAY;
    // Counted from a fixed Monday, so that ticks stay where they are as the window moves.
    let epoch = Date::new(1970, 1, 5)?;
    let since = i64::from(start.date().since((jiff::Unit::Day, epoch))?.get_days());
    let mut date = epoch.checked_add((since.div_euclid(days) * days).days())?;
    let mut ticks = Vec::new();
    let is_long = range.end - range.start > 300 * DAY;
    for _ in 0..=MOST_TICKS {
        let moment = date.to_zoned(start.time_zone().clone())?;
        let at = moment.timestamp().as_millisecond();
        if at > range.end {
            break;
        }
        if at >= range.start {
            let word =
                if is_long { format!("{} {}", month(&moment, language), moment.year()) } else { day_word(&moment, language) };
            ticks.push(TimeTick { at, word });
        }
        date = date.checked_add(days.days())?;
    }
    Ok(ticks)
}

fn day_word(moment: &Zoned, language: Language) -> String {
    format!("{} {}", moment.day(), month(moment, language))
}

fn month(moment: &Zoned, language: Language) -> &'static str {
    let months = match language {
        Language::English => ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        Language::Portuguese => ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
    };
    months.get(usize::from(moment.month().unsigned_abs()).saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    fn scale(low: f64, high: f64, unit: &str) -> (f64, f64, String) {
        let unit = Unit::parse(unit);
        let bounds = Bounds { low, high, fixed_low: None, fixed_high: None, logarithmic: false };
        let scale = Scale::new(bounds, &unit, 4);
        (scale.low, scale.high, scale.labels(&unit, &TimeZone::UTC, Language::English).join(" | ").replace('\u{202f}', " "))
    }

    #[test]
    fn value_ticks_are_round() {
        for (low, high, unit, expected) in [
            (0.0, 0.37, "ratio", (0.0, 0.4, "0 % | 10 % | 20 % | 30 % | 40 %")),
            (0.0, 1.0, "ratio", (0.0, 1.0, "0 % | 50 % | 100 %")),
            (0.0, 3.1, "", (0.0, 4.0, "0 | 1 | 2 | 3 | 4")),
            (0.0, 0.0, "", (0.0, 1.0, "0.0 | 0.5 | 1.0")),
            (0.0, 25_000_000_000.0, "bytes", (0.0, 25_769_803_776.0, "0 GiB | 8 GiB | 16 GiB | 24 GiB")),
            (-5.0, 5.0, "", (-5.0, 5.0, "−5 | 0 | 5")),
            (0.0, 0.02, "seconds", (0.0, 0.02, "0 ms | 5 ms | 10 ms | 15 ms | 20 ms")),
            (f64::NAN, f64::NAN, "", (0.0, 1.0, "0.0 | 0.5 | 1.0")),
        ] {
            let found = scale(low, high, unit);
            assert_eq!((found.0, found.1, found.2.as_str()), expected, "{low} {high} {unit}");
        }
    }

    #[test]
    fn powers_are_equally_far_apart() {
        let unit = Unit::parse("seconds");
        let bounds = Bounds { low: 0.002, high: 3.0, fixed_low: None, fixed_high: None, logarithmic: true };
        let scale = Scale::new(bounds, &unit, 4);
        assert_eq!(
            scale.labels(&unit, &TimeZone::UTC, Language::English).join(" | ").replace('\u{202f}', " "),
            "1 ms | 10 ms | 100 ms | 1 s | 10 s"
        );
        assert!((scale.place(0.1) - 0.5).abs() < 1e-9 && scale.place(0.0) < -10.0);
        for (low, high) in [(f64::INFINITY, f64::NEG_INFINITY), (5.0, 5.0), (f64::MIN_POSITIVE, f64::MAX), (f64::NAN, f64::NAN)] {
            let scale = Scale::new(Bounds { low, high, ..bounds }, &unit, 4);
            assert!(scale.low < scale.high && scale.ticks.len() > 1 && scale.place(scale.low) == 0.0, "{low} {high}: {scale:?}");
        }
    }

    fn words(start: &str, hours: i64, zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        let start = start.parse::<Timestamp>().unwrap().as_millisecond();
        let range = TimeRange { start, end: start + hours * HOUR, step: 1000 };
        time_ticks(range, &zone, Language::English, 6).into_iter().map(|tick| tick.word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn time_ticks_are_round_in_the_viewers_zone() {
        assert_eq!(words("2026-11-20T08:07:30Z", 6, "Europe/Berlin"), "10:00 11:00 12:00 13:00 14:00 15:00");
        assert_eq!(words("2026-11-20T20:10:00Z", 24, "Europe/Berlin"), "21 Nov 06:00 12:00 18:00");
        // The night in which Berlin skips 02:00.
        assert_eq!(words("2026-03-28T22:30:00Z", 6, "Europe/Berlin"), "29 Mar 01:00 03:00 04:00 05:00 06:00");
        // The night in which Berlin has 02:00 twice: no tick is told twice.
        assert_eq!(words("2026-10-24T21:30:00Z", 6, "Europe/Berlin"), "25 Oct 01:00 02:00 03:00 04:00");
        assert_eq!(words("2026-11-16T00:00:00Z", 7 * 24, "UTC"), "17 Nov 19 Nov 21 Nov 23 Nov");
    }
}
