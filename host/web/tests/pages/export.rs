//! Panels taken elsewhere: their data as CSV and JSON, and they themselves as pictures.

use serde_json::{Value, json};

use crate::world::{NOW, World};
use crate::{body, get};

fn world() -> World {
    let world = World::new();
    for host in ["a", "b"] {
        world.fill(&[("__name__", "load"), ("host", host)], 30, |_| if host == "a" { 1.5 } else { 2.0 });
    }
    let panel = json!({ "title": "Load", "show": "timeseries", "query": "load{host=~\"$host\"}", "legend": "{{host}}" });
    let table = json!({ "title": "Hosts", "show": "table", "id": "hosts", "query": "load", "transform": [{ "reduce": "last" }] });
    let file = json!({ "title": "One", "variables": { "host": { "values": ["a", "b"], "multi": true, "all": true } }, "panels": [panel, table] });
    world.show("shop/one", file);
    world
}

#[tokio::test]
async fn the_data_of_a_panel_can_be_taken_elsewhere() {
    let world = world();
    let response = get(&world, "/api/v1/dashboards/shop/one/panels/p0.csv?range=15m&var-host=$__all").await;
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"shop_one-p0.csv\"");
    let csv = crate::text(response).await;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "time,a,b");
    assert!(lines.len() > 10 && lines[lines.len() - 2].ends_with("Z,1.5,2"), "{csv}");
    // The same choices as on the page.
    let csv = body(&world, "/api/v1/dashboards/shop/one/panels/p0.csv?range=15m&var-host=b").await;
    assert_eq!(csv.lines().next(), Some("time,b"));
    let (from, to) = (NOW - 600_000, NOW - 300_000);
    let csv = body(&world, &format!("/api/v1/dashboards/shop/one/panels/p0.csv?from={from}&to={to}&var-host=b")).await;
    assert!(csv.lines().count() > 3 && csv.lines().count() < 40, "{csv}");
}

#[tokio::test]
async fn tables_keep_their_columns() {
    let world = world();
    let csv = body(&world, "/api/v1/dashboards/shop/one/panels/hosts.csv").await;
    assert!(csv.contains("host") && csv.contains("a,1.5"), "{csv}");
    let answer: Value = serde_json::from_str(&body(&world, "/api/v1/dashboards/shop/one/panels/hosts.json").await).unwrap();
    let columns = answer["frames"][0]["columns"].as_array().unwrap();
    assert!(columns.iter().any(|column| column["type"] == "text" && column["values"] == json!(["a", "b"])), "{answer}");
    assert!(columns.iter().any(|column| column["type"] == "number" && column["values"] == json!([1.5, 2.0])), "{answer}");
}

#[tokio::test]
async fn what_is_not_there_is_told() {
    let world = world();
    for (path, status, part) in [
        ("/api/v1/dashboards/shop/two/panels/p0.csv", 404, "there is no dashboard `shop/two`"),
        ("/api/v1/dashboards/shop/one/panels/p9.csv", 404, "has no panel `p9`"),
        ("/api/v1/dashboards/shop/one/panels/p0.xls", 404, "there is nothing here"),
        ("/api/v1/dashboards/shop/one", 404, "there is nothing here"),
        ("/api/v1/dashboards/shop/one/panels/p0.csv?range=soon", 400, "soon"),
    ] {
        let response = get(&world, path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let text = crate::text(response).await;
        assert!(text.contains(part), "{path}\n{text}");
    }
}
