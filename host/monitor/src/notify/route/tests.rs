//! The tree by example: Alertmanager's own file, and what is wrong with others.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::*;
use crate::notify::file::RouteFile;
use crate::notify::rate::Rate;

fn read(json: serde_json::Value) -> Result<Option<Routing>, Vec<String>> {
    let file: RouteFile = serde_json::from_value(json).unwrap();
    let known = Known { channels: BTreeSet::from(["mail", "phone"]), local: TimeZone::UTC };
    check(&file, &known)
        .map_err(|findings| findings.into_iter().map(|finding| format!("{}: {}", finding.path, finding.reason)).collect())
}

/// The example of Alertmanager's documentation, with receivers of our own.
fn example() -> Routing {
    let file = serde_json::json!({
        "route": {
            "receiver": "default", "group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h",
            "group_by": ["cluster", "alertname"],
            "routes": [
                { "receiver": "database", "group_wait": "10s", "matchers": ["service=~\"mysql|cassandra\""] },
                { "receiver": "frontend", "group_by": ["product", "environment"], "matchers": ["team=\"frontend\""],
                  "routes": [{ "match": { "severity": "page" }, "receiver": "pager", "continue": true },
                             { "match_re": { "region": "eu-.*" }, "group_by": ["..."] }] },
                { "receiver": "holidays", "matchers": ["team=~\"frontend|sales\""], "mute_time_intervals": ["night"], "continue": true },
                { "receiver": "pager", "matchers": ["{severity=page, team!=frontend}"], "active_time_intervals": ["night"] },
            ],
        },
        "receivers": [
            { "name": "default", "channels": ["mail"] },
            { "name": "database", "channels": [{ "channel": "mail", "send_resolved": false, "fallback": ["phone"] }] },
            { "name": "frontend" }, { "name": "pager", "channels": ["phone", "mail"] }, { "name": "holidays" },
        ],
        "time_intervals": [{ "name": "night", "time_intervals": [{ "times": [{ "start_time": "22:00", "end_time": "06:00" }] }] }],
    });
    read(file).unwrap().unwrap()
}

fn told(labels: &str) -> Vec<String> {
    let routing = example();
    let labels = Labels::from_pairs(labels.split(',').filter_map(|pair| pair.split_once('=')));
    let nodes = routing.matching(&labels).into_iter().map(|place| &routing.nodes()[place]);
    nodes.map(|node| format!("{} {}", node.receiver, node.group(&labels))).collect()
}

#[test]
fn an_alert_goes_down_the_tree() {
    for (labels, wanted) in [
        ("alertname=A,cluster=c,x=y", &[r#"default {alertname="A", cluster="c"}"#][..]),
        ("alertname=A,service=mysql", &[r#"database {alertname="A"}"#]),
        ("alertname=A,service=mysql2", &[r#"default {alertname="A"}"#]),
        ("team=frontend,product=p", &[r#"frontend {product="p"}"#]),
        ("team=frontend,severity=page", &["pager {}"]),
        (
            "team=frontend,severity=page,region=eu-1",
            &["pager {}", r#"frontend {region="eu-1", severity="page", team="frontend"}"#],
        ),
        ("team=sales,severity=page", &["holidays {}", "pager {}"]),
        ("team=sales", &["holidays {}"]),
    ] {
        assert_eq!(told(labels), wanted, "{labels}");
    }
}

#[test]
fn what_a_route_does_not_say_it_has_from_above() {
    let routing = example();
    let database = &routing.nodes()[1];
    assert_eq!((database.wait, database.interval, database.repeat), (10_000, 300_000, Some(14_400_000)));
    assert_eq!(database.key, r#"{}/{service=~"mysql|cassandra"}"#);
    let target = &routing.targets(database)[0];
    assert_eq!((target.send_resolved, target.fallbacks.as_slice(), target.listed), (false, &["phone".to_owned()][..], LISTED));
    assert_eq!(routing.targets(&routing.nodes()[3]).len(), 2);
    let (day, night) = (12 * 3_600_000, 23 * 3_600_000);
    let holidays = routing.nodes().iter().find(|node| node.receiver == "holidays").unwrap();
    assert_eq!((routing.quiet(holidays, day), routing.quiet(holidays, night)), (None, Some(Quiet::Mute("night".to_owned()))));
    let pager = routing.nodes().last().unwrap();
    assert_eq!((routing.quiet(pager, day), routing.quiet(pager, night)), (Some(Quiet::Inactive(vec!["night".to_owned()])), None));
}

#[test]
fn the_same_matchers_twice_are_two_routes() {
    let file = serde_json::json!({
        "route": { "receiver": "a", "routes": [{ "matchers": ["x=1"], "continue": true }, { "matchers": ["x=1"] }] },
        "receivers": [{ "name": "a" }],
    });
    let routing = read(file).unwrap().unwrap();
    let keys: Vec<&str> = routing.nodes().iter().map(|node| node.key.as_str()).collect();
    assert_eq!(keys, ["{}", r#"{}/{x="1"}"#, r#"{}/{x="1"}#1"#]);
}

#[test]
fn nothing_written_is_no_routes() {
    assert!(read(serde_json::json!({})).unwrap().is_none());
    let all = Routing::everything_to(["mail".to_owned()]);
    assert_eq!((all.matching(&Labels::new()), all.targets(&all.nodes()[0]).len()), (vec![0], 1));
}

#[test]
fn all_mistakes_are_told_with_their_place() {
    let file = serde_json::json!({
        "route": {
            "matchers": ["a=b"], "group_by": ["...", "x"], "group_interval": "0s",
            "routes": [
                { "receiver": "nobody", "matchers": ["x"], "group_wait": "soon", "mute_time_intervals": ["nights"] },
                { "match_re": { "a": "(" } },
            ],
        },
        "receivers": [{ "name": "a", "channels": ["pigeon", "mail", "mail"] }, { "name": "a" }],
        "inhibit_rules": [{ "source_matchers": ["a=b"] }],
    });
    let told = read(file).unwrap_err();
    let places: Vec<&str> = told.iter().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(
        places,
        [
            "receivers[0].channels[0]",
            "receivers[0].channels[2]",
            "receivers[1].name",
            "inhibit_rules[0]",
            "route",
            "route.matchers",
            "route.group_interval",
            "route.group_by",
            "route.routes[0].matchers[0]",
            "route.routes[0].group_wait",
            "route.routes[0].receiver",
            "route.routes[0].mute_time_intervals[0]",
            "route.routes[1].match_re.a",
        ]
    );
    let lonely = read(serde_json::json!({ "receivers": [{ "name": "a" }] })).unwrap_err();
    assert_eq!(lonely, ["receivers: `receivers` is of no use without `route`"]);
}

#[test]
fn a_receiver_has_its_rate_or_the_one_of_all() {
    let rates = |global: serde_json::Value, own: serde_json::Value| {
        let read = read(serde_json::json!({ "global": global, "route": { "receiver": "a" }, "receivers": [own] }));
        read.map(|routing| routing.unwrap().receivers["a"].rate)
    };
    let (off, none) = (serde_json::json!({ "rate": "off" }), serde_json::json!({}));
    let a = |rate: serde_json::Value| serde_json::json!({ "name": "a", "rate": rate });
    let usual = Some(Rate { notices: 60, per: 600_000 });
    assert_eq!(rates(none.clone(), serde_json::json!({ "name": "a" })), Ok(usual));
    assert_eq!(rates(off.clone(), serde_json::json!({ "name": "a" })), Ok(None));
    let few = serde_json::json!({ "notices": 5, "per": "1m" });
    assert_eq!(rates(off, a(few)), Ok(Some(Rate { notices: 5, per: 60_000 })));
    assert_eq!(rates(none.clone(), a(serde_json::json!("off"))), Ok(None));
    let wrong = rates(none, a(serde_json::json!({ "notices": 1, "per": "0s" })));
    let reasons = [
        "receivers[0].rate.notices: from 2 to 1000 messages may be told in a time: one digest, and what needs its own",
        "receivers[0].rate.per: it must be longer than nothing",
    ];
    assert_eq!(wrong.unwrap_err(), reasons);
}
