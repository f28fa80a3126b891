//! A replay of what is stored tells what the running host told, at the same moments.

use std::sync::Arc;

use vitrine_model::alert::EventKind;
use vitrine_model::labels::NAME;
use vitrine_model::sample::{Batch, Sample};
use vitrine_model::silence::Condition;
use vitrine_model::{Labels, Millis, Span};
use vitrine_monitor::alert::{External, Group, rule};
use vitrine_monitor::notify::Draft;
use vitrine_monitor::replay::{Course, Past, Setup, difference, replay, written_names};
use vitrine_monitor::{Route, Routing};
use vitrine_query::Limits;
use vitrine_store::{Settings, Snapshot, Store};

use super::telling::{Desk, routing};
use super::{SECOND, START, until};

const END: Millis = START + 1_000 * SECOND;

/// One group, so that the host's own order is certain: a recorded series, rules on it and on alerts, one that waits. The last one
/// asks for alerts, so that all is written once it is evaluated, and the loop waits for the next moment.
fn groups(threshold: i64) -> Vec<Group> {
    let file = serde_json::json!({ "groups": [{ "name": "g", "interval": "10s", "rules": [
        { "record": "load:twice", "expr": "load * 2" },
        { "alert": "High", "expr": format!("load:twice > {threshold}"), "for": "40s", "labels": { "team": "web" },
          "annotations": { "summary": "{{ $labels.host }} is at {{ $value }}" } },
        { "alert": "Any", "expr": "count(ALERTS{alertname=\"High\", alertstate=\"firing\"}) > 1", "labels": { "team": "web" } },
        { "alert": "Fails", "expr": "load + on() group_left() load", "labels": { "team": "web" } },
        { "alert": "Flat", "expr": "changes(load[1m]) == 0", "labels": { "team": "shop" } },
        { "record": "alerts:all", "expr": "count(ALERTS) or vector(0)" },
    ] }] });
    rule::check("f", &serde_json::from_value(file).unwrap(), Span::from_secs(10)).unwrap()
}

/// What is due lies between two evaluations.
fn routes() -> Arc<Routing> {
    routing(serde_json::json!({
        "route": { "receiver": "web", "group_by": ["team"], "group_wait": "25s", "group_interval": "65s", "repeat_interval": "10m",
                   "routes": [{ "matchers": ["team=shop"], "receiver": "shop", "group_wait": "3s" }] },
        "receivers": [{ "name": "web", "channels": ["mail"] }, { "name": "shop", "channels": ["page"] }],
        "inhibit_rules": [{ "source_matchers": ["alertname=Any"], "target_matchers": ["alertname=Flat"] }],
    }))
}

fn bring(store: &Store) {
    let sample = |host: &str, step: i64, value: f64| {
        let labels = Labels::from_pairs([(NAME, "load"), ("host", host)]);
        (labels, Sample { time: START + step * 15 * SECOND, value })
    };
    let wave = |step: i64, length: i64| f64::from(u8::from(step / length % 2 == 1)) * 40.0 + (step % 3) as f64;
    let samples = (-40..100).flat_map(|step| [sample("a", step, wave(step, 12)), sample("b", step, wave(step, 19))]);
    let still = (-40..100).map(|step| sample("c", step, if (20..60).contains(&step) { 1.0 } else { step as f64 % 7.0 }));
    store.samples().append(&[Batch { families: Vec::new(), samples: samples.chain(still).collect() }]).unwrap();
}

fn past(folder: &std::path::Path) -> Past {
    let snapshot = Snapshot::open(folder, Settings::default()).unwrap();
    Past {
        samples: snapshot.samples(),
        outside: Vec::new(),
        silences: snapshot.silences().load().unwrap(),
        acknowledgements: snapshot.silences().acknowledgements().unwrap(),
        overrides: snapshot.oncall().overrides().unwrap(),
    }
}

fn course(past: &Past, groups: Vec<Group>, from: Millis) -> Course {
    let route = Route { routing: routes(), public_url: "http://host".to_owned(), time_zone: "UTC".to_owned() };
    let names = written_names(&groups);
    replay(
        &Setup { groups, external: External::default(), route, limits: Limits::default() },
        past,
        &names,
        (from, END),
        &mut |_| (),
    )
    .unwrap()
}

/// As the pads write it down.
fn lines(course: &Course) -> Vec<String> {
    let count = |sent: &vitrine_monitor::replay::Sent, kind| sent.alerts.iter().filter(|alert| alert.status == kind).count();
    let line = |sent: &vitrine_monitor::replay::Sent| {
        let (firing, ended) = (count(sent, EventKind::Firing), count(sent, EventKind::Resolved));
        format!("{} {}: {} +{firing} -{ended}", (sent.at - START) / SECOND, sent.channel, sent.title)
    };
    course.sent.iter().map(line).collect()
}

#[tokio::test]
async fn it_tells_what_the_host_told() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), -600, routes()).await;
    bring(&desk.world.store);
    let silence = Draft {
        id: None,
        conditions: vec![Condition::equal("host", "a")],
        starts_at: START + 300 * SECOND,
        ends_at: START + 500 * SECOND,
        author: "ada".to_owned(),
        comment: "known".to_owned(),
        remind: None,
    };
    desk.world.monitor.teller().silence(silence).unwrap();
    let replayed = course(&past(folder.path()), groups(50), START);
    // The host's clock goes from one evaluation to the next, and second by second in between.
    let rules = groups(50);
    desk.world.monitor.set_rules(rules.clone(), &[]).await;
    // The group's loop looks at the clock before this goes.
    tokio::task::yield_now().await;
    let first = rules[0].schedule.next_after(START - 600 * SECOND).unwrap();
    let moments = (0..).map(|second| first + second * SECOND).take_while(|moment| *moment <= END);
    let is_evaluation = |moment: Millis| rules[0].schedule.next_after(moment - 1) == Some(moment);
    for moment in moments {
        desk.world.clock.set(moment);
        let evaluated =
            || desk.world.status.groups()[0].evaluated.iter().all(|one| one.as_ref().is_some_and(|one| one.at == moment));
        until("the rules are evaluated", || !is_evaluation(moment) || evaluated()).await;
        desk.settled().await;
        until("what is due is planned", || desk.world.monitor.teller().is_settled()).await;
        until("what is planned is delivered", || !desk.is_delivering()).await;
    }
    let told: Vec<String> = desk.told().into_iter().filter(|line| !line.starts_with('-')).collect();
    let replayed_lines = lines(&replayed);
    assert!(replayed_lines.len() > 6, "{replayed_lines:#?}");
    assert_eq!(replayed_lines, told);
    // Beside it, and with what the host has written meanwhile, it comes to the same.
    assert_eq!(course(&past(folder.path()), groups(50), START), replayed);
    assert_eq!(replayed.faults.keys().collect::<Vec<_>>(), ["Fails"]);
    desk.close().await;
}

#[test]
fn other_rules_tell_less_and_what_is_the_same_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    bring(&store);
    let past = past(folder.path());
    let (now, new) = (course(&past, groups(50), START), course(&past, groups(82), START));
    let found = difference(&now.sent, &new.sent);
    assert_eq!(found.both.len() + found.only_now.len(), now.sent.len());
    assert_eq!(found.both.len() + found.only_new.len(), new.sent.len());
    assert!(!found.both.is_empty() && !found.only_now.is_empty(), "{found:?}");
    assert!(found.both.iter().all(|(one, other)| now.sent[*one].channel == new.sent[*other].channel));
    let same = difference(&now.sent, &now.sent);
    assert_eq!((same.both.len(), same.only_now.len(), same.only_new.len()), (now.sent.len(), 0, 0));
    let noise = now.noise();
    let high = noise.iter().find(|noise| noise.rule == "High").unwrap();
    assert!(high.fired > 2 && high.messages > 2 && high.shortest.unwrap() <= high.median.unwrap(), "{high:?}");
    assert!(high.flapped > 0, "{high:?}");
}
