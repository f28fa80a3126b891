//! Rotations by the wall clock, in tables: also on the nights on which it is changed, and on leap days.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};
use vitrine_model::Millis;
use vitrine_model::oncall::Override;

use super::*;

/// Schedules of `ada`, `bob` and `cyd`, or what is wrong with them.
fn read(entry: &Value) -> Result<Schedule, Vec<String>> {
    let people = BTreeSet::from(["ada", "bob", "cyd"]);
    let entries = serde_json::from_value(json!({ "web": entry })).unwrap();
    let mut findings = Vec::new();
    let mut all = schedules(&entries, &people, &TimeZone::UTC, &mut findings);
    let told: Vec<String> = findings.into_iter().map(|finding| format!("{}: {}", finding.path, finding.reason)).collect();
    if told.is_empty() { Ok(all.remove("web").unwrap()) } else { Err(told) }
}

/// One layer of two people.
fn layer(zone: &str, start: &str, handoff: &str, length: &str) -> Schedule {
    let layer = json!({ "members": ["ada", "bob"], "start": start, "handoff": handoff, "length": length });
    read(&json!({ "time_zone": zone, "layers": [layer] })).unwrap()
}

fn at(text: &str) -> Millis {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn who(schedule: &Schedule, moment: &str) -> String {
    schedule.on_call(at(moment), &[]).map_or("nobody".to_owned(), |(person, _)| person)
}

/// Handoffs as UTC moments, with who takes over.
fn handoffs(schedule: &Schedule, from: &str, until: &str) -> Vec<String> {
    let shown = |shift: &Shift| {
        let from = Timestamp::from_millisecond(shift.from).unwrap();
        format!("{from} {}", shift.person.as_deref().unwrap_or("nobody"))
    };
    schedule.shifts(at(from), at(until), &[]).iter().skip(1).map(shown).collect()
}

#[test]
fn a_handoff_is_at_its_hour_of_the_wall_clock_whatever_the_clocks_do() {
    for (zone, start, handoff, from, until, wanted) in [
        // Berlin: 02:00 becomes 03:00 on 29 March 2026; 03:00 becomes 02:00 on 25 October.
        (
            "Europe/Berlin",
            "2026-03-27",
            "09:00",
            "2026-03-28T12:00Z",
            "2026-03-30T12:00Z",
            &["2026-03-29T07:00:00Z ada", "2026-03-30T07:00:00Z bob"][..],
        ),
        (
            "Europe/Berlin",
            "2026-03-27",
            "02:30",
            "2026-03-28T00:00Z",
            "2026-03-30T12:00Z",
            &["2026-03-28T01:30:00Z bob", "2026-03-29T01:00:00Z ada", "2026-03-30T00:30:00Z bob"],
        ),
        (
            "Europe/Berlin",
            "2026-10-23",
            "02:30",
            "2026-10-24T12:00Z",
            "2026-10-26T12:00Z",
            &["2026-10-25T00:30:00Z ada", "2026-10-26T01:30:00Z bob"],
        ),
        // New York: 02:00 becomes 03:00 on 8 March; 02:00 becomes 01:00 on 1 November.
        (
            "America/New_York",
            "2026-03-06",
            "02:15",
            "2026-03-07T12:00Z",
            "2026-03-09T12:00Z",
            &["2026-03-08T07:00:00Z ada", "2026-03-09T06:15:00Z bob"],
        ),
        (
            "America/New_York",
            "2026-10-30",
            "01:30",
            "2026-10-31T12:00Z",
            "2026-11-02T12:00Z",
            &["2026-11-01T05:30:00Z ada", "2026-11-02T06:30:00Z bob"],
        ),
        // Lord Howe, by half an hour: 02:00 becomes 02:30 on 4 October; 02:00 becomes 01:30 on 5 April.
        (
            "Australia/Lord_Howe",
            "2026-10-02",
            "02:15",
            "2026-10-03T00:00Z",
            "2026-10-05T00:00Z",
            &["2026-10-03T15:30:00Z ada", "2026-10-04T15:15:00Z bob"],
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-03",
            "01:45",
            "2026-04-04T00:00Z",
            "2026-04-06T00:00Z",
            &["2026-04-04T14:45:00Z ada", "2026-04-05T15:15:00Z bob"],
        ),
        // A leap day has its turn.
        (
            "Europe/Berlin",
            "2028-02-27",
            "08:00",
            "2028-02-27T12:00Z",
            "2028-03-01T12:00Z",
            &["2028-02-28T07:00:00Z bob", "2028-02-29T07:00:00Z ada", "2028-03-01T07:00:00Z bob"],
        ),
        // Samoa left out 30 December 2011.
        (
            "Pacific/Apia",
            "2011-12-28",
            "12:00",
            "2011-12-29T00:00Z",
            "2012-01-01T00:00Z",
            &["2011-12-29T22:00:00Z bob", "2011-12-30T10:00:00Z ada", "2011-12-30T22:00:00Z bob", "2011-12-31T22:00:00Z ada"],
        ),
    ] {
        let found = handoffs(&layer(zone, start, handoff, "daily"), from, until);
        assert_eq!(found, wanted, "{zone} {handoff} from {from}");
    }
}

#[test]
fn turns_are_as_long_as_they_are_said_to_be() {
    for (length, moment, wanted) in [
        ("weekly", "2026-11-01T23:59Z", "nobody"),
        ("weekly", "2026-11-02T09:00Z", "ada"),
        ("weekly", "2026-11-09T08:59Z", "ada"),
        ("weekly", "2026-11-09T09:00Z", "bob"),
        ("weekly", "2027-11-01T09:00Z", "ada"),
        ("3d", "2026-11-05T08:59Z", "ada"),
        ("3d", "2026-11-05T09:00Z", "bob"),
        ("12h", "2026-11-02T20:59Z", "ada"),
        ("12h", "2026-11-02T21:00Z", "bob"),
        ("12h", "2026-11-03T09:00Z", "ada"),
        ("1h", "2026-11-02T10:30Z", "bob"),
        ("2w", "2026-11-16T09:00Z", "bob"),
        ("daily", "9998-11-02T09:00Z", "bob"),
    ] {
        assert_eq!(who(&layer("UTC", "2026-11-02", "09:00", length), moment), wanted, "{length} at {moment}");
    }
    // Turns of hours stay at their hours when the clocks change; one of the night of the change is shorter.
    let shifts = layer("Europe/Berlin", "2026-03-28", "08:00", "12h");
    let found = handoffs(&shifts, "2026-03-28T12:00Z", "2026-03-29T20:00Z");
    assert_eq!(found, ["2026-03-28T19:00:00Z bob", "2026-03-29T06:00:00Z ada", "2026-03-29T18:00:00Z bob"]);
}

#[test]
fn a_weekly_rotation_hands_over_on_its_weekday() {
    // The 4th is a Wednesday: the first turn is cut short by the Monday that follows.
    let layer =
        json!({ "members": ["ada", "bob"], "start": "2026-11-04", "handoff": "10:00", "weekday": "Monday", "length": "weekly" });
    let schedule = read(&json!({ "layers": [layer] })).unwrap();
    for (moment, wanted) in [
        ("2026-11-04T09:59Z", "nobody"),
        ("2026-11-04T10:00Z", "ada"),
        ("2026-11-09T09:59Z", "ada"),
        ("2026-11-09T10:00Z", "bob"),
        ("2026-11-16T10:00Z", "ada"),
    ] {
        assert_eq!(who(&schedule, moment), wanted, "{moment}");
    }
}

/// The week of one, the nights of another, and what is said for once.
fn layered() -> Schedule {
    read(&json!({
        "time_zone": "Europe/Berlin",
        "layers": [
            { "name": "week", "members": ["ada"], "start": "2026-11-02", "length": "weekly" },
            { "name": "nights", "members": ["bob"], "start": "2026-11-02", "length": "daily",
              "only": [{ "weekdays": ["monday:friday"], "times": [{ "start_time": "22:00", "end_time": "06:00" }] }] },
        ],
        "overrides": [{ "from": "2026-11-04 23:00", "to": "2026-11-05T09:00", "who": "cyd", "comment": "a swap" }],
    }))
    .unwrap()
}

#[test]
fn later_layers_hold_where_they_have_somebody_and_overrides_over_all() {
    let schedule = layered();
    let found = handoffs(&schedule, "2026-11-03T12:00Z", "2026-11-06T00:00Z");
    assert_eq!(
        found,
        [
            "2026-11-03T21:00:00Z bob",
            "2026-11-04T05:00:00Z ada",
            "2026-11-04T21:00:00Z bob",
            "2026-11-04T22:00:00Z cyd",
            "2026-11-05T08:00:00Z ada",
            "2026-11-05T21:00:00Z bob",
        ]
    );
    let moment = at("2026-11-04T23:30:00Z");
    let put = |person: &str, made_at: Millis, ends: &str| Override {
        id: person.to_owned(),
        schedule: "web".to_owned(),
        person: person.to_owned(),
        starts_at: at("2026-11-04T23:00:00Z"),
        ends_at: at(ends),
        author: String::new(),
        made_at,
        comment: String::new(),
    };
    let (first, second) = (put("ada", 1, "2026-11-06T00:00:00Z"), put("bob", 2, "2026-11-05T00:00:00Z"));
    assert_eq!(schedule.on_call(moment, &[&second, &first]), Some(("bob".to_owned(), Cause::Put)), "the newest holds");
    assert_eq!(schedule.on_call(at("2026-11-05T00:00Z"), &[&second, &first]), Some(("ada".to_owned(), Cause::Put)));
    assert_eq!(schedule.on_call(moment, &[]), Some(("cyd".to_owned(), Cause::Planned)));
    let (now, next) = schedule.now_and_next(moment, &[]);
    assert_eq!((now.until, next.unwrap().person.as_deref()), (Some(at("2026-11-05T08:00Z")), Some("ada")));
    let lone = layer("UTC", "2026-01-01", "00:00", "daily");
    let one = Schedule { layers: vec![], overrides: vec![], ..lone };
    assert_eq!(one.now_and_next(moment, &[]).0, Shift { person: None, cause: None, from: moment, until: None });
    assert_eq!(schedule.layer_shifts(1, at("2026-11-03T12:00Z"), at("2026-11-04T12:00Z")).len(), 3);
}

#[test]
fn gaps_are_found_to_the_minute() {
    let only = json!([{ "weekdays": ["monday:friday"], "times": [{ "start_time": "08:00", "end_time": "18:00" }] }]);
    let day = json!({ "members": ["ada"], "start": "2026-11-02", "length": "weekly", "only": only });
    let schedule = read(&json!({ "time_zone": "America/New_York", "layers": [day] })).unwrap();
    let gap = schedule.gap(at("2026-11-06T15:00Z")).unwrap();
    assert_eq!((gap.from, gap.until), (at("2026-11-06T23:00Z"), Some(at("2026-11-09T13:00Z"))));
    assert_eq!(layered().gap(at("2026-11-06T15:00Z")), None);
    let later = layer("UTC", "2026-12-01", "00:00", "daily");
    assert_eq!(later.gap(at("2026-11-06T15:00Z")).unwrap().until, Some(at("2026-12-01T00:00Z")));
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let layer = |change: Value| {
        let mut layer = json!({ "members": ["ada"], "start": "2026-11-02", "length": "weekly" });
        layer.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({ "layers": [layer] })
    };
    let turn = |from: &str, to: &str| json!({ "from": from, "to": to, "who": "ada" });
    for (entry, wanted) in [
        (json!({}), "schedules.web: nobody is ever on call in this schedule"),
        (json!({ "time_zone": "Mars/Olympus", "layers": [] }), "schedules.web.time_zone: `Mars/Olympus` is not a time zone"),
        (layer(json!({ "members": [] })), "schedules.web.layers[0].members: a layer has between 1 and 100 members"),
        (layer(json!({ "members": ["ada", "zoe"] })), "schedules.web.layers[0].members[1]: there is no person `zoe`"),
        (layer(json!({ "start": "2026-02-29" })), "schedules.web.layers[0].start: `2026-02-29` is not a day"),
        (layer(json!({ "handoff": "24:00" })), "schedules.web.layers[0].handoff: `24:00` is not a time of day"),
        (
            layer(json!({ "length": "90m" })),
            "schedules.web.layers[0].length: `90m` is no length of a turn: whole hours, up to a year",
        ),
        (
            layer(json!({ "length": "0" })),
            "schedules.web.layers[0].length: `0` is no length of a turn: whole hours, up to a year",
        ),
        (layer(json!({ "weekday": "mon" })), "schedules.web.layers[0].weekday: `mon` is not a day of the week"),
        (
            layer(json!({ "weekday": "monday", "length": "3d" })),
            "schedules.web.layers[0].weekday: only turns of whole weeks have a weekday of their handoff",
        ),
        (
            json!({ "overrides": [turn("2026-12-24 09:00", "2026-12-24 08:00")] }),
            "schedules.web.overrides[0].to: the override ends before it begins",
        ),
        (
            json!({ "overrides": [turn("2026-12-24 09:00", "2026-12-25 09:00"), turn("2026-12-25T07:00Z", "2026-12-26")] }),
            "schedules.web.overrides[1].from: it overlaps the override of `ada`: only one of them can be on call",
        ),
        (json!({ "overrides": [turn("soon", "2026-12-26")] }), "schedules.web.overrides[0].from: `soon` is not a moment"),
        (
            json!({ "layers": [layer(json!({ "name": "a" }))["layers"][0], layer(json!({ "name": "b" }))["layers"][0]] }),
            "schedules.web.layers[1]: `b` always has somebody, so `a` before it never comes to be on call",
        ),
    ] {
        let found = read(&entry).unwrap_err();
        assert!(found.contains(&wanted.to_owned()), "{entry}: {found:?}");
    }
}

proptest! {
    /// Shifts follow each other without holes, and agree with who is on call at any moment within.
    #[test]
    fn shifts_are_what_each_moment_says(
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
        hours in 1_i64..200, minute in 0_u32..1_440, from_day in 0_i64..700, probe in 0_i64..(20 * 86_400),
    ) {
        let handoff = format!("{:02}:{:02}", minute / 60, minute % 60);
        let only = json!([{ "weekdays": ["friday:monday"], "times": [{ "start_time": "01:30", "end_time": "03:10" }] }]);
        let entry = json!({ "time_zone": zone, "layers": [
            { "members": ["ada", "bob"], "start": "2026-01-01", "handoff": handoff, "length": format!("{hours}h") },
            { "members": ["cyd"], "start": "2026-01-01", "length": "weekly", "only": only },
        ] });
        let schedule = read(&entry).unwrap();
        let from = at("2025-12-25T00:00Z") + from_day * 86_400_000;
        let until = from + 20 * 86_400_000;
        let shifts = schedule.shifts(from, until, &[]);
        let mut end = from;
        for shift in &shifts {
            prop_assert_eq!(shift.from, end);
            end = shift.until.unwrap();
        }
        prop_assert_eq!(end, until);
        let moment = from + probe * 1_000;
        let found = shifts.iter().find(|shift| shift.from <= moment && moment < shift.until.unwrap()).unwrap();
        prop_assert_eq!(found.person.clone(), schedule.on_call(moment, &[]).map(|(person, _)| person));
    }
}
