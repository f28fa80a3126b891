//! Whom receivers and escalations tell, and what is wrong with what files say of people.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::*;
use crate::notify::file::RouteFile;
use crate::notify::route::{Known, check};

const DAY: Millis = 86_400_000;
/// 2 November 2026, midnight.
const MONDAY: Millis = 1_793_577_600_000;

fn read(change: &Value) -> Result<Routing, Vec<String>> {
    let mut file = json!({
        "route": { "receiver": "web" },
        "receivers": [{ "name": "web", "schedules": ["week"], "escalation": "critical" }, { "name": "all", "people": ["ada", "bob"] }],
        "people": { "ada": { "channels": ["mail", "sms"] }, "bob": { "channels": [{ "channel": "page", "send_resolved": false }] },
                    "cyd": { "channels": ["phone"] } },
        "schedules": { "week": { "layers": [{ "members": ["ada", "bob"], "start": "2026-11-02", "length": "daily" }] } },
        "escalations": { "critical": { "steps": [
            { "schedules": ["week"], "after": "10m" }, { "receivers": ["all"], "after": "5m" }, { "people": ["cyd"], "channels": ["wall"] },
        ] } },
    });
    for (key, value) in change.as_object().unwrap() {
        file[key] = value.clone();
    }
    let file: RouteFile = serde_json::from_value(file).unwrap();
    let channels = BTreeSet::from(["mail", "sms", "page", "phone", "wall"]);
    let found = check(&file, &Known { channels, local: TimeZone::UTC });
    found.map(Option::unwrap).map_err(|all| all.into_iter().map(|one| format!("{}: {}", one.path, one.reason)).collect())
}

fn channels(targets: &[Target]) -> Vec<&str> {
    targets.iter().map(|target| target.channel.as_str()).collect()
}

#[test]
fn whoever_is_on_call_is_told_and_each_step_adds_its_own() {
    let routing = read(&json!({})).unwrap();
    let node = &routing.nodes()[0];
    let cast = |reached, moment| {
        let cast = routing.cast(node, reached, moment, &[]);
        channels(&cast).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(cast(0, MONDAY), ["mail", "sms"]);
    assert_eq!(cast(1, MONDAY + DAY), ["page"]);
    assert_eq!(cast(2, MONDAY), ["mail", "sms", "page"]);
    assert_eq!(cast(3, MONDAY), ["mail", "sms", "page", "wall", "phone"]);
    let (name, ladder) = routing.ladder(node).unwrap();
    assert_eq!((name, ladder.tellings(), ladder.steps[0].after), ("critical", 3, 600_000));
    let put = Override {
        id: "1".to_owned(),
        schedule: "week".to_owned(),
        person: "cyd".to_owned(),
        starts_at: MONDAY,
        ends_at: MONDAY + DAY,
        author: String::new(),
        made_at: 0,
        comment: String::new(),
    };
    let gone = Override { person: "zoe".to_owned(), made_at: 9, ..put.clone() };
    assert_eq!(channels(&routing.cast(node, 0, MONDAY, &[put, gone])), ["phone"], "who is not known any more is passed over");
    assert_eq!(node.possible.len(), 5);
}

#[test]
fn where_nobody_is_on_call_somebody_is_told_and_why() {
    let before = MONDAY - 1;
    let told = |routing: &Routing| {
        let told = routing.cast(&routing.nodes()[0], 0, before, &[]);
        told.into_iter().map(|target| (target.channel, target.note.unwrap())).collect::<Vec<_>>()
    };
    let note = "nobody is on call in `week`";
    let of = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), note.to_owned())).collect::<Vec<_>>();
    assert_eq!(told(&read(&json!({})).unwrap()), of(&["mail", "sms", "page"]), "all its members");
    let receivers = json!([{ "name": "web", "schedules": ["week"], "fallback": ["wall"] }, { "name": "all", "people": ["ada"] }]);
    assert_eq!(told(&read(&json!({ "receivers": receivers })).unwrap()), of(&["wall"]));
}

#[test]
fn a_route_has_its_own_escalation_or_that_of_the_receiver_it_names() {
    let route = json!({ "receiver": "web", "routes": [
        { "matchers": ["a=1"] }, { "matchers": ["a=2"], "receiver": "all" }, { "matchers": ["a=3"], "receiver": "all", "escalation": "critical" },
    ] });
    let routing = read(&json!({ "route": route })).unwrap();
    let names: Vec<Option<&str>> = routing.nodes().iter().map(|node| node.escalation.as_deref()).collect();
    assert_eq!(names, [Some("critical"), Some("critical"), None, Some("critical")]);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let steps = |steps: Value| json!({ "escalations": { "critical": { "steps": steps } } });
    for (change, wanted) in [
        (
            json!({ "people": { "ada": { "channels": [] }, "bob": { "channels": ["mail"] }, "cyd": { "channels": ["mail"] } } }),
            "people.ada: `ada` cannot be reached: there are no channels",
        ),
        (
            json!({ "people": { "ada": { "channels": ["fax"] }, "bob": { "channels": ["mail"] }, "cyd": { "channels": ["mail"] } } }),
            "people.ada.channels[0]: there is no channel `fax`",
        ),
        (
            json!({ "receivers": [{ "name": "web", "people": ["zoe"] }, { "name": "all" }] }),
            "receivers[0].people[0]: there is no person `zoe`",
        ),
        (
            json!({ "receivers": [{ "name": "web", "schedules": ["weak"] }, { "name": "all", "people": ["ada"] }] }),
            "receivers[0].schedules[0]: there is no schedule `weak`",
        ),
        (
            json!({ "receivers": [{ "name": "web", "people": ["ada", "ada"] }, { "name": "all", "people": ["ada"] }] }),
            "receivers[0].people[1]: the person `ada` is told already",
        ),
        (
            json!({ "receivers": [{ "name": "web", "fallback": ["mail"] }, { "name": "all", "people": ["ada"] }] }),
            "receivers[0].fallback: `fallback` is of no use without `schedules`",
        ),
        (
            json!({ "receivers": [{ "name": "web", "escalation": "slow" }, { "name": "all", "people": ["ada"] }] }),
            "receivers[0].escalation: there is no escalation `slow`",
        ),
        (json!({ "route": { "receiver": "web", "escalation": "slow" } }), "route.escalation: there is no escalation `slow`"),
        (
            json!({ "global": { "silence_reminder": "soon" } }),
            "global.silence_reminder: `soon` is not a duration: write it as `15s`, `5m`, `1h30m` or `7d`",
        ),
        (json!({ "global": { "silence_receiver": "them" } }), "global.silence_receiver: there is no receiver `them`"),
        (steps(json!([])), "escalations.critical: an escalation has between 1 and 20 steps"),
        (steps(json!([{ "after": "5m" }, { "people": ["ada"] }])), "escalations.critical.steps[0]: this step tells nobody"),
        (
            steps(json!([{ "people": ["ada"] }, { "people": ["bob"] }])),
            "escalations.critical.steps[0].after: it must be known when the next step is told",
        ),
        (
            steps(json!([{ "people": ["ada"], "after": "0" }, { "people": ["bob"] }])),
            "escalations.critical.steps[0].after: it must be longer than nothing",
        ),
        (
            steps(json!([{ "people": ["ada"], "after": "5m" }])),
            "escalations.critical.steps[0].after: nothing comes after the last step",
        ),
        (
            steps(json!([{ "receivers": ["web"] }])),
            "escalations.critical.steps[0].receivers[0]: a circle: the escalation `critical` tells the receiver `web`, which begins `critical`",
        ),
        (
            json!({ "escalations": { "critical": { "steps": [{ "people": ["ada"] }] }, "b": { "steps": [{ "receivers": ["web"] }] } } }),
            "escalations.b.steps[0].receivers[0]: the receiver `web` begins the escalation `critical`: a step cannot begin another one",
        ),
    ] {
        let found = read(&change).unwrap_err();
        assert!(found.contains(&wanted.to_owned()), "{change}: {found:?}");
    }
}
