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
            ("panels[0].shift".to_owned(), hint("write it as `15m`, `6h` or `7d`")),
            ("panels[0].transform[0].calculate.a".to_owned(), None),
            ("panels[0].transform[1].filter.matches".to_owned(), None),
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
    world.show("one", panel(json!({ "thresholds": thresholds })));
    assert!(body(&world, "/d/one").await.contains("\"state\":\"bad\",\"name\":\"full\""));

    let wrong = panel(json!({
        "thresholds": [{ "value": 1, "state": "bad" }, { "value": 1, "state": "good" }],
        "links": [{ "title": "x", "to": "javascript:alert(1)" }, { "title": "$nobody", "to": "https://a.example/" }],
    }));
    let file: DashboardFile = serde_json::from_value(wrong).unwrap();
    let known = Known { panels: &PLUGINS.map(str::to_owned), sources: &[] };
    let findings = Dashboard::check("x", &file, &known).unwrap_err();
    let paths: Vec<String> = findings.iter().map(|finding| finding.path.to_string()).collect();
    assert_eq!(paths, ["panels[0].thresholds", "panels[0].links[0].to", "panels[0].links[1].title"]);
}
