//! What happens to answers on their way to a panel: other times, what was before, transformations, other languages.

use serde_json::{Value, json};
use vitrine_web::{Dashboard, DashboardFile, Known};

use crate::body;
use crate::world::{NOW, PLUGINS, World};

fn panel(more: Value) -> Value {
    let mut panel = json!({ "title": "Load", "show": "timeseries", "query": "load" });
    panel.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "title": "One", "panels": [panel] })
}

#[tokio::test]
async fn a_panel_has_a_time_of_its_own() {
    let world = World::new();
    world.fill(&[("__name__", "load")], 200, |place| place);
    world.show("one", panel(json!({ "range": "30m", "shift": "1h", "time_zone": "Asia/Kolkata" })));
    let page = body(&world, "/d/one").await;
    let range = format!("\"range\":[{},{}]", NOW - 5_400_000, NOW - 3_600_000);
    assert!(page.contains(&range), "{page}");
    // Half past eight in Greenwich is two in the afternoon there.
    assert!(page.contains(">14:10<") && !page.contains(">08:40<"), "{page}");
}

#[tokio::test]
async fn what_was_before_is_drawn_beside() {
    let world = World::new();
    world.fill(&[("__name__", "load")], 200, |place| if place > 240.0 { 7.5 } else { 2.5 });
    world.show("one", panel(json!({ "compare": "previous", "legend": "load" })));
    let page = body(&world, "/d/one").await;
    assert!(page.contains("\"name\":\"load\"") && page.contains("\"name\":\"load before\""), "{page}");
    assert!(page.contains("2.5,2.5,2.5") && page.contains("7.5,7.5,7.5"), "{page}");
}

#[tokio::test]
async fn answers_are_transformed_and_a_wrong_column_is_told() {
    let world = World::new();
    for (host, value) in [("a", 1.0), ("b", 3.0), ("c", 2.0)] {
        world.fill(&[("__name__", "load"), ("host", host)], 5, |_| value);
    }
    let table = |sort: &str| {
        let steps = json!([{ "reduce": "last" }, { "calculate": { "twice": "value * 2" } }, { "sort": sort }, { "limit": 2 }]);
        panel(json!({ "show": "table", "transform": steps }))
    };
    world.show("one", table("-twice"));
    let page = body(&world, "/d/one").await;
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in\n{page}"));
    assert!(place(">b<") < place(">c<") && !page.contains(">a<"), "{page}");
    world.show("one", table("twise"));
    let page = body(&world, "/d/one").await;
    assert!(page.contains("there is no column `twise` to sort by: did you mean `twice`?"), "{page}");
}

#[tokio::test]
async fn a_source_is_asked_in_its_own_language() {
    let world = World::new();
    let file = json!({
        "title": "Shop",
        "variables": { "table": { "text": "orders" } },
        "panels": [{ "title": "Orders", "show": "table", "source": "shop", "query": "SELECT * FROM $table" }],
    });
    let known = Known { panels: &PLUGINS.map(str::to_owned), sources: &[("shop".to_owned(), "sql".to_owned())] };
    let read = |file: &Value| -> DashboardFile { serde_json::from_value(file.clone()).unwrap() };
    let checked = Dashboard::check("shop", &read(&file), &known).unwrap();
    world.web.set_dashboards(vec![checked], Vec::new());
    assert!(body(&world, "/d/shop").await.contains("SELECT * FROM orders"));
    let page = body(&world, "/d/shop?var-table=orders;%20DROP%20TABLE%20x").await;
    assert!(page.contains("cannot stand there without changing the query"), "{page}");

    let mut wrong = file.clone();
    wrong["panels"][0]["source"] = json!("shpo");
    wrong["panels"][0]["transform"] = json!([{ "calculate": { "a": "1 +" } }, { "filter": { "column": "a", "matches": "(" } }]);
    wrong["panels"][0]["shift"] = json!("soon");
    let findings = Dashboard::check("shop", &read(&wrong), &known).unwrap_err();
    let told: Vec<(String, Option<String>)> = findings.into_iter().map(|one| (one.path.to_string(), one.hint)).collect();
    let hint = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [
            ("panels[0].source".to_owned(), hint("did you mean `shop`?")),
            ("panels[0].transform[0].calculate.a".to_owned(), None),
            ("panels[0].transform[1].filter.matches".to_owned(), None),
            ("panels[0].shift".to_owned(), hint("write it as `15m`, `6h` or `7d`")),
        ]
    );
}

#[tokio::test]
async fn thresholds_and_links_are_the_files_own() {
    let world = World::new();
    for (host, value) in [("a b", 95.0), ("c", 50.0)] {
        world.fill(&[("__name__", "load"), ("host", host)], 5, |_| value);
    }
    let thresholds = json!([{ "value": 90, "state": "bad", "name": "full" }, { "value": 0, "state": "good" }]);
    let table = json!({
        "show": "table", "transform": [{ "reduce": "last" }], "thresholds": thresholds,
        "row_link": "/d/host?var-host={{host}}&$__scope",
    });
    world.show("one", panel(table));
    let page = body(&world, "/d/one").await;
    assert!(page.contains("href=\"/d/host?var-host=a%20b&amp;range=1h\""), "{page}");
    assert!(page.contains("bad") && page.contains("good"), "{page}");
    world.show("one", panel(json!({ "series_link": "/d/host?var-host={{host}}&$__scope", "legend": "{{host}}" })));
    let page = body(&world, "/d/one").await;
    let link = "<a class=\"series-link\" rel=\"noopener noreferrer nofollow\" href=\"/d/host?var-host=a%20b&amp;range=1h\" aria-label=\"More about a b\">";
    assert!(page.contains(link) && page.contains("\"link\":\"/d/host?var-host=a%20b\\u0026range=1h\""), "{page}");
    world.show("one", panel(json!({ "thresholds": thresholds })));
    assert!(body(&world, "/d/one").await.contains("\"state\":\"bad\",\"name\":\"full\""));

    let wrong = panel(json!({
        "thresholds": [{ "value": 1, "state": "bad" }, { "value": 1, "state": "good" }],
        "series_link": "{{host}}",
        "links": [{ "title": "x", "to": "javascript:alert(1)" }, { "title": "$nobody", "to": "https://a.example/" }],
    }));
    let file: DashboardFile = serde_json::from_value(wrong).unwrap();
    let known = Known { panels: &PLUGINS.map(str::to_owned), sources: &[] };
    let findings = Dashboard::check("x", &file, &known).unwrap_err();
    let paths: Vec<String> = findings.iter().map(|finding| finding.path.to_string()).collect();
    assert_eq!(paths, ["panels[0].thresholds", "panels[0].links[0].to", "panels[0].links[1].title", "panels[0].series_link"]);
}

/// What is told of a panel with these queries and steps.
fn told(queries: Value, steps: Value, more: Value) -> Vec<(String, Option<String>)> {
    let mut file = panel(more);
    let panel = file["panels"][0].as_object_mut().unwrap();
    panel.remove("query");
    panel.insert("queries".to_owned(), queries);
    panel.insert("transform".to_owned(), steps);
    file["variables"] = json!({ "host": { "query": "label_values(up, host)" } });
    let file: DashboardFile = serde_json::from_value(file).unwrap();
    let known = Known { panels: &PLUGINS.map(str::to_owned), sources: &[("shop".to_owned(), "sql".to_owned())] };
    match Dashboard::check("x", &file, &known) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.into_iter().map(|one| (one.path.to_string(), one.hint)).collect(),
    }
}

#[test]
fn a_column_that_cannot_be_there_is_told_with_the_one_that_was_meant() {
    let by = json!(["sum by (host, mode) (rate(cpu{host=~\"$host\"}[$__rate_interval]))"]);
    let wrong = |steps: Value| told(by.clone(), steps, json!({})).into_iter().next();
    let meant = |path: &str, name: &str| Some((format!("panels[0].transform{path}"), Some(format!("did you mean `{name}`?"))));
    assert_eq!(wrong(json!([{ "reduce": "last" }, { "sort": "-valeu" }])), meant("[1].sort", "value"));
    let steps = json!([{ "reduce": "last" }, { "filter": { "column": "hots", "equals": "a" } }]);
    assert_eq!(wrong(steps), meant("[1].filter.column", "host"));
    let steps = json!([{ "reduce": "last" }, { "filter": { "column": "host", "equals": "a" } }, { "rename": { "mdoe": "x" } }]);
    assert_eq!(wrong(steps), meant("[2].rename.mdoe", "mode"));
    let group = json!({ "by": "host", "take": { "value": "sum" } });
    let steps = json!([{ "reduce": "last" }, { "group": group }, { "calculate": { "twice": "value * 2" } }, { "sort": "twise" }]);
    assert_eq!(wrong(steps), meant("[3].sort", "twice"));
    assert_eq!(
        wrong(json!([{ "reduce": "last" }, { "group": group }, { "sort": "mode" }])).unwrap().0,
        "panels[0].transform[2].sort"
    );
    let good =
        json!([{ "reduce": "last" }, { "group": group }, { "rename": { "host": "Host" } }, { "limit": 3 }, { "sort": "Host" }]);
    assert_eq!(wrong(good.clone()), None);
    let more = json!({
        "show": "table", "row_link": "/d/x?a={{Host}}&b={{hosts}}",
        "row_actions": [{ "source": "shop", "action": "restart", "with": { "service": "{{Hots}}" } }],
    });
    assert_eq!(
        told(by, good, more),
        [
            ("panels[0].row_link".to_owned(), Some("did you mean `Host`?".to_owned())),
            ("panels[0].row_actions[0].with.service".to_owned(), Some("did you mean `Host`?".to_owned())),
        ]
    );
    // Where only the samples can tell, nothing is said.
    for queries in [json!(["cpu"]), json!(["sum by (host) (cpu)", "cpu"]), json!(["sum by ($host) (cpu)"])] {
        assert_eq!(told(queries, json!([{ "reduce": "last" }, { "sort": "mode" }]), json!({})), []);
    }
    assert_eq!(told(json!(["sum by (host) (cpu)"]), json!([{ "sort": "any" }]), json!({})), []);
}

#[test]
fn a_misspelt_unit_is_told_and_a_word_of_ones_own_is_not() {
    let units = |unit: &str, options: Value| told(json!(["up"]), json!([]), json!({ "unit": unit, "options": options }));
    let meant = |path: &str, unit: &str| vec![(format!("panels[0].{path}"), Some(format!("did you mean `{unit}`?")))];
    assert_eq!(units("secnds", json!({})), meant("unit", "seconds"));
    assert_eq!(units("byte/s", json!({})), meant("unit", "bytes/s"));
    assert_eq!(units("bytes", json!({ "right": { "unit": "precent" } })), meant("options.right.unit", "percent"));
    for unit in ["s", "EUR", "req/s", "packets", "orders", "rows", "°C", "$host", "kW", "hosts"] {
        assert_eq!(units(unit, json!({})), [], "{unit}");
    }
}
