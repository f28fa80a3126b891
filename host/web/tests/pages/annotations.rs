//! What is marked on time axes: alerts and queries, drawn, told, sent, and held to a bound.

use serde_json::{Value, json};
use vitrine_model::Labels;
use vitrine_model::alert::{Alert, AlertEvent, AlertState, EventKind};
use vitrine_web::{Dashboard, DashboardFile, Known};

use crate::body;
use crate::world::{NOW, PLUGINS, World};

fn with(annotations: Value) -> Value {
    json!({
        "title": "One", "annotations": annotations,
        "panels": [
            { "title": "Load", "show": "timeseries", "query": "load" },
            { "title": "Now", "show": "stat", "query": "load" },
        ],
    })
}

/// An alert that fired for some minutes, and has been over for some.
fn over(name: &str, severity: &str, fired: i64, minutes: i64) -> AlertEvent {
    let at = NOW - fired * 60_000;
    let alert = Alert {
        rule: format!("f;g;{name}"),
        labels: Labels::from_pairs([("alertname", name), ("severity", severity)]),
        annotations: Labels::from_pairs([("summary", "91 % </title><script>")]),
        state: AlertState::Firing,
        active_at: at - 60_000,
        fired_at: Some(at),
        value: 0.9,
        link: String::new(),
        expires_at: None,
    };
    AlertEvent { kind: EventKind::Resolved, at: at + minutes * 60_000, alert }
}

#[tokio::test]
async fn alerts_are_marked_from_when_they_fired_until_they_were_over() {
    let world = World::new();
    world.fill(&[("__name__", "load")], 70, |place| place);
    world.fire();
    *world.records.over.lock().unwrap() =
        vec![over("Shop slow", "warning", 40, 10), over("Long ago", "page", 300, 10), over("Other", "info", 30, 5)];
    world.show("one", with(json!([{ "alerts": "{severity!=\"info\"}", "title": "{{alertname}}: {{summary}}" }])));
    let page = body(&world, "/d/one").await;
    let shop = format!(
        "{{\"start\":{},\"end\":{},\"title\":\"Shop slow: 91 % \\u003c/title\\u003e\\u003cscript\\u003e\",\"state\":\"warning\"}}",
        NOW - 2_400_000,
        NOW - 1_800_000
    );
    let disk = format!(
        "{{\"start\":{},\"end\":null,\"title\":\"Disk almost full: /var on web-1 is 91 % full\",\"state\":\"bad\"}}",
        NOW - 700_000
    );
    for part in [
        shop.as_str(),
        disk.as_str(),
        "<g class=\"annotation warning\"><title>Shop slow: 91 % &lt;/title&gt;&lt;script&gt;</title><rect height=\"100%\"",
        "; 2 annotations, the newest Disk almost full: /var on web-1 is 91 % full at",
        "<th scope=\"row\">Disk almost full: /var on web-1 is 91 % full</th><td>bad</td>",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains("Long ago") && !page.contains("Other") && !page.contains("<script>"), "{page}");
    assert_eq!(page.matches("<g class=\"annotation").count(), 2, "a number has no time axis");
}

#[tokio::test]
async fn a_query_marks_each_run_of_values() {
    let world = World::new();
    world.fill(&[("__name__", "load")], 70, |place| place);
    // The last three minutes, and one from half an hour ago.
    world.fill(&[("__name__", "busy"), ("host", "a")], 70, |place| {
        if place < 12.0 || (120.0..124.0).contains(&place) { 1.0 } else { 0.0 }
    });
    world.show("one", with(json!([{ "query": "busy > 0", "title": "{{host}} is busy", "state": "warning" }])));
    let page = body(&world, "/d/one").await;
    assert!(page.contains("\"end\":null,\"title\":\"a is busy\",\"state\":\"warning\""), "{page}");
    assert_eq!(page.matches("\"title\":\"a is busy\"").count(), 2, "{page}");
    world.show("one", with(json!([{ "query": "busy > 0", "title": "{{host}} is busy", "at": "starts" }])));
    let page = body(&world, "/d/one").await;
    let data = page.split("\"annotations\":").nth(1).unwrap();
    let list: Vec<Value> = serde_json::Deserializer::from_str(data).into_iter::<Vec<Value>>().next().unwrap().unwrap();
    assert_eq!(list.len(), 2);
    assert!(list.iter().all(|one| one["start"] == one["end"] && one["start"].is_i64() && one["state"] == ""), "{list:?}");
}

#[tokio::test]
async fn many_are_cut_and_a_broken_one_leaves_the_panel() {
    let world = World::new();
    world.fill(&[("__name__", "load")], 70, |place| place);
    for host in 0..150 {
        world.fill(&[("__name__", "busy"), ("host", &host.to_string())], 30, |place| if place > 20.0 { 1.0 } else { 0.0 });
    }
    world.show("one", with(json!([{ "query": "busy > 0" }, { "query": "busy == 1" }])));
    let page = body(&world, "/d/one").await;
    assert!(page.contains("<p class=\"more\">200 of 300 annotations</p>"), "{page}");
    assert_eq!(page.matches("<g class=\"annotation").count(), 200);
    world.show("one", with(json!([{ "query": "label_replace(busy, \"a\", \"$1\", \"host\", \"(.*)\") * on (none) busy" }])));
    let page = body(&world, "/d/one").await;
    assert!(page.contains("<p class=\"more\">annotations: ") && page.contains("data-state=\"ok\""), "{page}");
}

#[test]
fn mistakes_are_told_in_their_place() {
    let file = with(json!([
        { "alerts": "severity=\"page\"" },
        { "alerts": "{severity=page}" },
        { "alerts": "{}", "query": "up" },
        {},
        { "query": "up{" },
        { "query": "up", "title": "$nobody" },
    ]));
    let file: DashboardFile = serde_json::from_value(file).unwrap();
    let known = Known { panels: &PLUGINS.map(str::to_owned), sources: &[] };
    let findings = Dashboard::check("x", &file, &known).unwrap_err();
    let told: Vec<(String, Option<usize>)> =
        findings.iter().map(|one| (one.path.to_string(), one.within.as_ref().map(|(byte, _)| *byte))).collect();
    assert_eq!(
        told,
        [
            ("annotations[0].alerts".to_owned(), None),
            ("annotations[1].alerts".to_owned(), Some(10)),
            ("annotations[2]".to_owned(), None),
            ("annotations[3]".to_owned(), None),
            ("annotations[4].query".to_owned(), Some(3)),
            ("annotations[5].title".to_owned(), Some(0)),
        ]
    );
}
