//! Long panels: one page of them is sent, sorted and filtered by the host, and the panel is made once for all who look.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::body;
use crate::get;
use crate::world::{NOW, World};

fn file(more: Value) -> Value {
    let mut panel = json!({
        "title": "Fleet", "show": "table", "query": "fleet", "transform": [{ "reduce": "last" }],
        "row_link": "/d/host?var-host={{host}}",
    });
    panel.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "title": "One", "panels": [panel, { "title": "Beside", "show": "table", "query": "fleet", "transform": [{ "reduce": "last" }] }] })
}

/// So many hosts, each with its number as its value.
fn fleet(count: usize) -> World {
    let world = World::new();
    for host in 0..count {
        let name = format!("host-{host:04}");
        let labels = vitrine_model::Labels::from_pairs([("__name__", "fleet"), ("host", name.as_str())]);
        world.memory.add(&labels, NOW - 15_000, ((host * 7) % count) as f64);
    }
    world.show("one", file(json!({})));
    world
}

/// The first panel of the page alone.
fn first(page: &str) -> &str {
    page.split("<section").nth(1).unwrap()
}

fn hosts(panel: &str) -> Vec<&str> {
    let rows = panel.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
    rows.split("?var-host=").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn one_page_is_sent_and_says_where_it_is() {
    let world = fleet(1_240);
    let page = body(&world, "/d/one").await;
    let panel = first(&page);
    assert_eq!(hosts(panel).len(), 50);
    for part in [
        "<span role=\"status\">1–50 of 1240</span>",
        "<a class=\"look\" rel=\"next nofollow\" href=\"?range=1h&amp;p0.page=2\">next</a>",
        "href=\"?range=1h&amp;p0.page=25\">last</a>",
        "<a class=\"look\" rel=\"nofollow\" href=\"?range=1h&amp;p0.sort=-value\">value</a>",
        "<form class=\"look\" method=\"get\" role=\"search\" aria-label=\"Filter Fleet\">",
        "<input type=\"hidden\" name=\"range\" value=\"1h\">",
    ] {
        assert!(panel.contains(part), "{part} is not in\n{panel}");
    }
    assert!(page.len() < 100_000, "{} bytes are more than a page of 50 rows takes", page.len());
    let page = body(&world, "/d/one?p0.page=25&p1.page=3&kiosk=tv").await;
    let panel = first(&page);
    assert_eq!(hosts(panel).len(), 40);
    // What else the address says stays where it is.
    let kept = "href=\"?range=1h&amp;p1.page=3&amp;kiosk=tv&amp;p0.page=24\">previous</a>";
    assert!(panel.contains("1201–1240 of 1240") && panel.contains(kept), "{panel}");
    assert!(panel.contains("<input type=\"hidden\" name=\"p1.page\" value=\"3\">"), "{panel}");
    assert!(
        page.contains("101–150 of 1240") && page.contains("data-live=\"/live/one?range=1h&amp;p0.page=25&amp;p1.page=3\""),
        "{page}"
    );
    assert!(first(&body(&world, "/d/one?p0.page=999").await).contains("1201–1240 of 1240"));
    assert_eq!(get(&world, "/d/one?p0.page=x").await.status().as_u16(), 400);
}

#[tokio::test]
async fn the_host_sorts_and_filters_and_keeps_links() {
    let world = fleet(300);
    let page = body(&world, "/d/one?p0.sort=-value").await;
    assert!(
        first(&page)
            .contains("aria-sort=\"descending\"><a class=\"look\" rel=\"nofollow\" href=\"?range=1h&amp;p0.sort=value\">")
    );
    // 7 × 257 = 1799 = 5 × 300 + 299, the greatest there is.
    assert_eq!(hosts(first(&page))[0], "host-0257");
    let page = body(&world, "/d/one?p0.sort=value&p0.filter=HOST-00").await;
    let panel = first(&page);
    assert_eq!(hosts(panel)[..2], ["host-0000", "host-0043"]);
    for part in [
        "1–50 of 100 found in 300",
        "value=\"HOST-00\"",
        "href=\"?range=1h&amp;p0.page=2&amp;p0.sort=value&amp;p0.filter=HOST-00\"",
    ] {
        assert!(panel.contains(part), "{part} is not in\n{panel}");
    }
    let page = body(&world, "/d/one?p0.filter=%22%3E%3Cscript%3E").await;
    assert!(first(&page).contains("0–0 of 0 found in 300") && !page.contains("<script>\""), "{page}");
    // A column that is gone, as one of another dashboard's address may be, sorts nothing.
    assert_eq!(hosts(first(&body(&world, "/d/one?p0.sort=none").await))[0], "host-0000");
}

#[tokio::test]
async fn a_table_is_made_once_however_it_is_looked_at() {
    let world = fleet(200);
    for path in ["/d/one", "/d/one?p0.page=2", "/d/one?p0.page=3", "/d/one?p0.sort=-value&p0.filter=1", "/d/one?p1.page=2"] {
        body(&world, path).await;
    }
    assert_eq!(world.calls.load(Ordering::SeqCst), 2, "two panels, each made once");
    world.show("one", file(json!({ "page_rows": 20 })));
    let page = body(&world, "/d/one").await;
    assert!(first(&page).contains("1–20 of 200"), "{page}");
    world.show("one", file(json!({ "page_rows": 500 })));
    let page = body(&world, "/d/one").await;
    assert!(!first(&page).contains("<form") && hosts(first(&page)).len() == 200, "a table that fits needs no pages");
}
