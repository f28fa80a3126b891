#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;

fn millis(text: &str) -> Millis {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

/// The next few moments after `start`, in UTC.
fn moments(cron: &str, zone: &str, start: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::cron(cron, zone).unwrap();
    let mut now = millis(start);
    let mut found = Vec::new();
    for _ in 0..count {
        let next = schedule.next_after(now).unwrap();
        assert!(next > now, "{cron} does not go forward at {now}");
        found.push(Timestamp::from_millisecond(next).unwrap().to_string());
        now = next;
    }
    found
}

#[test]
fn a_time_that_the_clock_skips_fires_once_at_the_skips_end() {
    let cases = [
        // 02:30 does not exist on these days; the clock goes from 02:00 to 03:00.
        ("0 30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
        ("0 30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]),
        // Lord Howe goes from 02:00 to 02:30.
        ("0 15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]),
        // The hour before the gap fires once, and not again after it.
        ("0 30 1 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T00:30:00Z", "2026-03-29T23:30:00Z"]),
    ];
    for (cron, zone, start, wanted) in cases {
        assert_eq!(moments(cron, zone, start, 2), wanted, "{cron} in {zone}");
    }
}

#[test]
fn a_time_that_the_clock_shows_twice_fires_once() {
    let cases = [
        ("0 30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
        ("0 30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
        ("0 45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]),
    ];
    for (cron, zone, start, wanted) in cases {
        assert_eq!(moments(cron, zone, start, 2), wanted, "{cron} in {zone}");
    }
}

#[test]
fn every_half_hour_stays_every_half_hour_through_gap_and_fold() {
    for (zone, start) in [
        ("Europe/Berlin", "2026-03-28T23:00:00Z"),
        ("Europe/Berlin", "2026-10-24T23:00:00Z"),
        ("America/New_York", "2026-11-01T04:00:00Z"),
        ("America/New_York", "2026-03-08T05:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T13:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T13:00:00Z"),
    ] {
        let found = moments("0 */30 * * * *", zone, start, 12);
        let gaps: Vec<Millis> = found.windows(2).map(|pair| millis(&pair[1]) - millis(&pair[0])).collect();
        assert!(gaps.iter().all(|gap| *gap == 1_800_000), "{zone} from {start}: {found:?}");
    }
}

#[test]
fn five_fields_do_without_seconds() {
    assert_eq!(moments("*/5 * * * *", "UTC", "2026-01-01T00:01:30Z", 2), ["2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z"]);
}

#[test]
fn leap_days_come_when_they_come() {
    assert_eq!(moments("0 0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 1), ["2028-02-29T00:00:00Z"]);
}

#[test]
fn a_day_that_never_comes_has_no_next() {
    let schedule = Schedule::cron("0 0 0 30 2 *", "UTC").unwrap();
    assert_eq!(schedule.next_after(millis("2026-01-01T00:00:00Z")), None);
}

#[test]
fn intervals_keep_their_own_offset() {
    let schedule = Schedule::every(Span::from_secs(15), "shop").unwrap();
    let first = schedule.next_after(1_000_000).unwrap();
    assert!((1_000_000..=1_015_000).contains(&first));
    assert_eq!(schedule.next_after(first), Some(first + 15_000));
    assert_eq!(schedule.next_after(first - 1), Some(first));
    let offsets: std::collections::BTreeSet<_> = (0..50)
        .filter_map(|number| Schedule::every(Span::from_secs(15), &format!("source-{number}")).unwrap().next_after(0))
        .collect();
    assert!(offsets.len() > 40, "spread over the period: {offsets:?}");
}

#[test]
fn a_clock_set_back_far_begins_anew_and_a_little_comes_not_twice() {
    let schedule = Schedule::Every { period: Span::from_secs(15), offset: 0 };
    let last = 1_500_000_000;
    assert_eq!(schedule.next_kept(last, last + 20_000), Some(last + 30_000));
    assert_eq!(schedule.next_kept(last, last - 2_000), Some(last + 15_000));
    let back = last - 7_200_000;
    assert_eq!(schedule.next_kept(last, back), Some(back + 15_000));
}

#[test]
fn nonsense_is_told_with_a_remedy() {
    assert!(Schedule::every(Span::from_millis(10), "x").unwrap_err().contains("shortest"));
    assert!(Schedule::cron("every day", "UTC").unwrap_err().contains("cron expression"));
    assert!(Schedule::cron("0 0 0 * * *", "Berlin").unwrap_err().contains("Europe/Berlin"));
}
