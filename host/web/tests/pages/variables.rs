//! Variables in addresses, titles, queries and repeats; and the scope that viewers share.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use serde_json::{Value, json};
use vitrine_web::{Dashboard, DashboardFile, Known};

use crate::world::{PLUGINS, World};
use crate::{body, get};

fn check(file: Value) -> Result<Dashboard, Vec<(String, String, String)>> {
    let file: DashboardFile = serde_json::from_value(file).unwrap();
    let sources = [("shop".to_owned(), "sql".to_owned())];
    let known = Known { panels: &PLUGINS.map(str::to_owned), sources: &sources };
    Dashboard::check("x", &file, &known).map_err(|findings| {
        let text =
            |finding: vitrine_config::Finding| (finding.path.to_string(), finding.reason, finding.hint.unwrap_or_default());
        findings.into_iter().map(text).collect()
    })
}

/// Disks of three hosts, of which one has two.
fn disks() -> World {
    let world = World::new();
    for (host, device, value) in [("a", "sda", 1.0), ("b", "sda", 2.0), ("b", "sdb", 3.0), ("c", "nvme0", 4.0)] {
        world.fill(&[("__name__", "disk"), ("host", host), ("device", device)], 70, |_| value);
    }
    world
}

fn panel(query: &str) -> Value {
    json!({ "title": "Disk of $host", "show": "timeseries", "query": query, "legend": "{{device}} on {{host}}" })
}

#[tokio::test]
async fn what_is_chosen_reaches_titles_and_queries() {
    let world = disks();
    let variables = json!({
        "host": { "query": "label_values(disk, host)", "multi": true, "all": true, "title": "Machine" },
        "device": { "query": "disk{host=~\"$host\"} > 0", "label": "device", "all": true },
        "unused": ["x", "y"],
    });
    world.show(
        "one",
        json!({ "title": "Of $host", "variables": variables, "panels": [panel("disk{host=~\"$host\",device=~\"$device\"}")] }),
    );
    let page = body(&world, "/d/one").await;
    for part in ["Of a, b, c", "sda on a", "sdb on b", "nvme0 on c", "&amp;var-host=%24__all&amp;"] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    let page = body(&world, "/d/one?var-host=a&var-host=b&var-device=sda").await;
    for part in ["Disk of a, b", "sda on a", "sda on b", "?range=1h&amp;var-device=sda&amp;var-host=a&amp;var-host=b"] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains("sdb on b") && !page.contains("nvme0 on c"), "{page}");
}

/// What somebody writes who has five minutes.
const SHORT: &str = r#"title: Disks of $host
variables:
  host: label_values(disk, host)
panels:
  - { title: In all, show: stat, query: 'sum(disk{host="$host"})' }
  - { title: Disks, show: stat, query: 'count(disk{host="$host"})' }
  - { title: By disk, show: timeseries, query: 'disk{host="$host"}' }
  - { title: A day before, show: timeseries, query: 'disk{host="$host"}', shift: 1d }
  - { title: Greatest, show: table, query: disk, transform: [reduce: last, sort: -value, limit: 3] }
"#;

#[tokio::test]
async fn ten_lines_make_a_useful_dashboard() {
    assert!(SHORT.lines().count() <= 10);
    let document = vitrine_config::Document::parse(std::path::Path::new("disks.yaml"), SHORT.to_owned()).unwrap();
    let file: DashboardFile = vitrine_config::typed::read_as(&document).unwrap();
    let known = Known { panels: &PLUGINS.map(str::to_owned), sources: &[] };
    let world = disks();
    world.web.set_dashboards(vec![Dashboard::check("disks", &file, &known).unwrap()], Vec::new());
    let page = body(&world, "/d/disks?var-host=b").await;
    for part in ["Disks of b", "id=\"p4\"", "sda", "sdb", "nvme0", "No series match"] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
}

#[tokio::test]
async fn equal_scopes_share_an_evaluation() {
    let world = disks();
    let host = json!({ "query": "label_values(disk, host)" });
    world.show("one", json!({ "title": "One", "variables": { "host": host }, "panels": [panel("disk{host=\"$host\"}")] }));
    for path in ["/d/one", "/d/one?var-host=a", "/d/one?range=1h&var-host=a", "/d/one?var-none=1&from=now-1h&to=now"] {
        assert!(body(&world, path).await.contains("Disk of a"), "{path}");
    }
    assert_eq!(world.calls.load(Ordering::SeqCst), 1);
    assert!(body(&world, "/d/one?var-host=b").await.contains("Disk of b"));
    assert_eq!(world.calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn no_value_of_an_address_changes_what_is_asked() {
    let world = disks();
    world.fill(&[("__name__", "secret")], 70, |_| 42.0);
    let host = json!({ "text": "a" });
    let panels = json!([panel("disk{host=\"$host\"}"), { "title": "t", "show": "stat", "query": "disk * $factor" }, { "title": "w", "show": "text", "text": "for $host" }]);
    world.show("one", json!({ "title": "One", "variables": { "host": host, "factor": { "text": "1" } }, "panels": panels }));
    let page = body(&world, "/d/one?var-host=a%22%7D%20or%20secret%7Bx%3D%22&var-factor=1%20or%20secret").await;
    assert!(page.contains("No series match"), "{page}");
    assert!(page.contains("is neither a name nor a number nor a duration"), "{page}");
    let page = body(&world, "/d/one?var-host=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!page.contains("<script>alert"), "{page}");
}

#[tokio::test]
async fn panels_and_rows_repeat() {
    let world = disks();
    let variables = json!({
        "host": { "query": "label_values(disk, host)", "multi": true, "all": true },
        "device": { "query": "label_values(disk, device)", "multi": true, "default": ["sda", "sdb"] },
    });
    let each = json!({ "title": "$device of $host", "show": "stat", "query": "disk{host=\"$host\",device=\"$device\"}", "repeat": "device" });
    world.show("one", json!({ "title": "One", "variables": variables, "rows": [{ "title": "Host $host", "repeat": "host", "panels": [each] }] }));
    let page = body(&world, "/d/one?var-host=a&var-host=b").await;
    for part in ["Host a", "Host b", "id=\"p0-a-sda\"", "id=\"p0-b-sdb\"", "sdb of b"] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains("Host c") && !page.contains("nvme0 of"), "{page}");
    let page = body(&world, "/d/one").await;
    assert!(page.contains("Host c"), "{page}");
}

#[tokio::test]
async fn times_are_relative_or_absolute() {
    let world = disks();
    world.show("one", json!({ "title": "One", "panels": [{ "title": "D", "show": "timeseries", "query": "disk" }] }));
    let page = body(&world, "/d/one?from=2025-11-20T09:00:00Z&to=2025-11-20T09:30:00Z").await;
    assert!(page.contains("\"range\":[1763629200000,1763631000000]"), "{page}");
    assert!(page.contains("?from=1763629200000&amp;to=1763631000000"), "{page}");
    for wrong in ["from=yesterday", "from=now-1h&to=now-2h", "tz=Mars/Base", "from=now-800d"] {
        assert_eq!(get(&world, &format!("/d/one?{wrong}")).await.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[test]
fn mistakes_with_variables_are_found() {
    let found = check(json!({
        "title": "On $hots",
        "variables": {
            "host": { "query": "label_values(up, host)", "multi": true },
            "a": "label_values(up{x=\"$b\"}, x)",
            "b": "label_values(up{x=\"$a\"}, x)",
            "both": { "values": [1], "text": "" },
            "none": {},
            "bad": { "query": "sum(", "label": "x" },
            "bare": "up",
            "size": { "values": ["s", "m"], "default": "l" },
            "where": { "source": "sqll" },
            "2x": ["a"],
            "span": { "interval": ["5min"] },
        },
        "panels": [
            { "title": "a", "show": "stat", "query": "up{host=\"$host\"}" },
            { "title": "b", "show": "stat", "query": "up{host=~\"${host:regx}\"}" },
            { "title": "c", "show": "stat", "query": "rate(up[$__rate_intervall])" },
            { "title": "d", "show": "stat", "query": "rate(up{host=~\"$host\"}[$__rate_interval]", "repeat": "hosts" },
            { "title": "e", "show": "stat", "query": "up offset $size" },
        ],
    }))
    .unwrap_err();
    let paths: Vec<&str> = found.iter().map(|(path, ..)| path.as_str()).collect();
    let expected = [
        "variables.2x",
        "variables.bad.query",
        "variables.bare.query",
        "variables.both.values",
        "variables.none",
        "variables.size.default",
        "variables.span.interval[0]",
        "variables.where.source",
        "variables.a",
        "title",
        "panels[0].query",
        "panels[1].query",
        "panels[2].query",
        "panels[3].repeat",
        "panels[3].query",
    ];
    assert_eq!(paths, expected, "{found:#?}");
    let hint = |path: &str| found.iter().find(|(other, ..)| other == path).map(|(.., hint)| hint.as_str()).unwrap();
    assert_eq!(hint("title"), "did you mean `host`?");
    assert_eq!(hint("panels[0].query"), "write `=~\"$host\"`");
    assert_eq!(hint("panels[1].query"), "did you mean `regex`?");
    assert_eq!(hint("panels[2].query"), "did you mean `__rate_interval`?");
    assert_eq!(hint("variables.where.source"), "did you mean `sql`?");
    assert!(found.iter().any(|(path, reason, _)| path == "panels[3].query" && reason.contains("1:41:")), "{found:#?}");
}
