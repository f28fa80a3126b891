//! Intervals on the odd days: midnight, ends of months, and the nights on which clocks are changed.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;

fn interval(yaml: serde_json::Value) -> Result<Interval, Vec<String>> {
    let entry = IntervalEntry { name: "test".to_owned(), time_intervals: vec![serde_json::from_value(yaml).unwrap()] };
    let mut findings = Vec::new();
    let local = TimeZone::get("Europe/Berlin").unwrap();
    let interval = Interval::check(&entry, &local, &Path::new(), &mut findings);
    let reasons = findings.into_iter().map(|finding| format!("{}: {}", finding.path, finding.reason)).collect::<Vec<_>>();
    if reasons.is_empty() { Ok(interval) } else { Err(reasons) }
}

fn at(moment: &str) -> Millis {
    moment.parse::<Timestamp>().unwrap().as_millisecond()
}

#[track_caller]
fn holds(yaml: serde_json::Value, moments: &[(&str, bool)]) {
    let interval = interval(yaml.clone()).unwrap();
    for (moment, wanted) in moments {
        assert_eq!(interval.contains(at(moment)), *wanted, "{moment} in {yaml}");
    }
}

#[test]
fn office_hours_end_where_they_end() {
    let office = serde_json::json!({
        "times": [{ "start_time": "09:00", "end_time": "17:00" }],
        "weekdays": ["monday:friday"],
    });
    // 2026-11-20 is a Friday.
    holds(
        office,
        &[
            ("2026-11-20T08:59:59Z", false),
            ("2026-11-20T09:00:00Z", true),
            ("2026-11-20T16:59:59Z", true),
            ("2026-11-20T17:00:00Z", false),
            ("2026-11-21T12:00:00Z", false),
        ],
    );
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_begins() {
    let night = serde_json::json!({
        "times": [{ "start_time": "22:00", "end_time": "06:00" }],
        "weekdays": ["friday"],
        "location": "Europe/Berlin",
    });
    holds(
        night,
        &[
            ("2026-11-20T05:30:00+01:00", false),
            ("2026-11-20T21:59:59+01:00", false),
            ("2026-11-20T22:00:00+01:00", true),
            ("2026-11-21T05:59:59+01:00", true),
            ("2026-11-21T06:00:00+01:00", false),
            ("2026-11-21T23:00:00+01:00", false),
        ],
    );
}

#[test]
fn weekdays_and_months_go_round() {
    holds(
        serde_json::json!({ "weekdays": ["saturday:monday"] }),
        &[
            ("2026-11-20T12:00:00Z", false),
            ("2026-11-21T12:00:00Z", true),
            ("2026-11-23T12:00:00Z", true),
            ("2026-11-24T12:00:00Z", false),
        ],
    );
    holds(
        serde_json::json!({ "months": ["november:february"] }),
        &[
            ("2026-10-31T12:00:00Z", false),
            ("2026-11-01T12:00:00Z", true),
            ("2027-02-28T12:00:00Z", true),
            ("2027-03-01T12:00:00Z", false),
        ],
    );
}

#[test]
fn days_count_from_both_ends_of_the_month() {
    holds(
        serde_json::json!({ "days_of_month": ["-3:-1"] }),
        &[
            ("2028-02-26T12:00:00Z", false),
            ("2028-02-27T12:00:00Z", true),
            ("2028-02-29T12:00:00Z", true),
            ("2027-02-26T12:00:00Z", true),
        ],
    );
    holds(
        serde_json::json!({ "days_of_month": [31, "1:-30"], "years": [2026, "2027:2028"] }),
        &[
            ("2026-01-31T12:00:00Z", true),
            ("2026-01-02T12:00:00Z", true),
            ("2026-01-03T12:00:00Z", false),
            ("2026-02-28T12:00:00Z", false),
            ("2029-01-31T12:00:00Z", false),
        ],
    );
}

/// Berlin skips 02:00–03:00 on 2026-03-29 and shows it twice on 2026-10-25; so does New York on 2026-03-08 and 2026-11-01 with
/// 02:00–03:00 and 01:00–02:00; Lord Howe Island moves by half an hour, on 2026-10-04 and 2026-04-05.
#[test]
fn what_counts_is_what_a_wall_clock_shows() {
    let from = |start: &str, end: &str, zone: &str| serde_json::json!({ "times": [{ "start_time": start, "end_time": end }], "location": zone });
    holds(
        from("02:30", "03:30", "Europe/Berlin"),
        &[
            ("2026-03-29T00:59:59Z", false),
            // It is three o'clock at once.
            ("2026-03-29T01:00:00Z", true),
            ("2026-03-29T01:30:00Z", false),
            ("2026-10-25T00:29:59Z", false),
            ("2026-10-25T00:30:00Z", true),
            // The second two o'clock.
            ("2026-10-25T01:00:00Z", false),
            ("2026-10-25T01:30:00Z", true),
            ("2026-10-25T02:29:59Z", true),
            ("2026-10-25T02:30:00Z", false),
        ],
    );
    holds(
        from("01:00", "02:00", "America/New_York"),
        &[
            ("2026-03-08T06:59:59Z", true),
            ("2026-03-08T07:00:00Z", false),
            ("2026-11-01T05:00:00Z", true),
            ("2026-11-01T06:59:59Z", true),
            ("2026-11-01T07:00:00Z", false),
        ],
    );
    holds(
        from("01:45", "02:15", "Australia/Lord_Howe"),
        &[
            ("2026-10-03T15:14:59Z", false),
            ("2026-10-03T15:15:00Z", true),
            // From 02:00 to 02:30.
            ("2026-10-03T15:30:00Z", false),
            ("2026-04-04T14:44:59Z", false),
            ("2026-04-04T14:45:00Z", true),
            // From 02:00 back to 01:30.
            ("2026-04-04T15:00:00Z", false),
            ("2026-04-04T15:15:00Z", true),
            ("2026-04-04T15:44:59Z", true),
            ("2026-04-04T15:45:00Z", false),
        ],
    );
    holds(from("00:00", "24:00", "Local"), &[("2026-10-25T01:00:00Z", true), ("2026-03-29T01:00:00Z", true)]);
}

#[test]
fn all_mistakes_are_told() {
    let wrong = serde_json::json!({
        "times": [{ "start_time": "9:00", "end_time": "25:00" }, { "start_time": "10:00", "end_time": "10:00" }],
        "weekdays": ["funday", "monday:tomorrow"],
        "days_of_month": [0, "7:1", "1:32"],
        "months": [13],
        "years": ["2028:2026"],
        "location": "Mars/Olympus",
    });
    assert_eq!(interval(wrong).unwrap_err().len(), 11);
}
