//! Dashboards as pictures and on paper, over HTTP and by the port.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use resvg::tiny_skia::Pixmap;
use serde_json::json;
use vitrine_model::Fault;
use vitrine_model::port::panel::Theme;
use vitrine_model::port::pictures::{PanelPicture, Pictures};

use crate::world::{NOW, World};
use crate::{ask, get};

/// A dashboard's file, with something of all that pages and pictures share.
fn world() -> World {
    let world = World::new();
    for host in ["a", "b"] {
        world.fill(&[("__name__", "load"), ("host", host)], 30, |place| if host == "a" { 1.5 } else { 1.0 + place / 100.0 });
    }
    let file = json!({
        "title": "Orders on $host",
        "variables": { "host": { "values": ["a", "b"], "multi": true, "all": true } },
        "rows": [
            { "title": "Now", "panels": [
                { "title": "Load", "show": "stat", "query": "load{host=~\"$host\"}", "legend": "{{host}}", "width": 4, "height": 2, "warn": 1.2 },
                { "title": "Full", "show": "gauge", "query": "load{host=\"a\"} / 2", "unit": "ratio", "width": 4, "height": 2 },
                { "title": "About", "show": "text", "width": 4, "height": 2, "options": { "text": "<h2>Orders</h2><p>All is <b>well</b>.</p>" } },
            ] },
            { "title": "Over time", "panels": [
                { "title": "Load", "show": "timeseries", "id": "load", "query": "load{host=~\"$host\"}", "legend": "{{host}}", "width": 8, "height": 4 },
                { "title": "Hosts", "show": "table", "query": "load", "transform": [{ "reduce": "last" }], "width": 4, "height": 4 },
                { "title": "None", "show": "timeseries", "query": "nothing", "width": 12, "height": 3 },
            ] },
        ],
    });
    world.show("shop/orders", file);
    world
}

async fn bytes(world: &World, path: &str) -> Vec<u8> {
    let response = get(world, path).await;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 64 << 20).await.unwrap();
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    bytes.to_vec()
}

/// The picture in blocks of sixteen dots, by how bright each is: a golden file that people can look at. Letters that are drawn
/// a hair's breadth apart change no block.
fn coarse(picture: &Pixmap) -> String {
    const BLOCK: u32 = 16;
    let step = |x: u32, y: u32| {
        let points = (y..y + BLOCK).flat_map(|y| (x..x + BLOCK).map(move |x| (x, y)));
        let seen: Vec<u32> = points.filter_map(|(x, y)| picture.pixel(x, y)).map(|p| u32::from(p.green())).collect();
        let mean = seen.iter().sum::<u32>() / u32::try_from(seen.len()).unwrap();
        char::from_digit(mean * 9 / 255, 10).unwrap()
    };
    let columns = |y: u32| (0..picture.width()).step_by(BLOCK as usize).map(move |x| step(x, y)).collect::<String>();
    (0..picture.height()).step_by(BLOCK as usize).map(columns).collect::<Vec<_>>().join("\n")
}

const RANGE: &str = "range=15m&var-host=$__all&tz=UTC";

#[tokio::test]
async fn a_file_becomes_a_page_a_drawing_and_a_picture() {
    let world = world();
    let page = crate::body(&world, &format!("/d/shop/orders?{RANGE}")).await;
    let (_, main) = page.split_once("<main").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    insta::assert_snapshot!("dashboard-html", main.replace("><", ">\n<"));
    let svg = String::from_utf8(bytes(&world, &format!("/render/shop/orders.svg?{RANGE}")).await).unwrap();
    insta::assert_snapshot!("dashboard-svg", svg.replace("><", ">\n<"));
    for (theme, dark) in [("light", false), ("dark", true)] {
        let png = bytes(&world, &format!("/render/shop/orders.png?{RANGE}&theme={theme}&width=960")).await;
        let picture = Pixmap::decode_png(&png).unwrap();
        assert_eq!(picture.width(), 960);
        let corner = picture.pixel(2, 2).unwrap();
        assert_eq!(corner.red() < 100, dark, "{theme}");
        // What is there differs from the ground: in every part of the picture something is drawn.
        for part in 0..4 {
            let (top, bottom) = (part * picture.height() / 4, (part + 1) * picture.height() / 4);
            let points = (top..bottom).flat_map(|y| (0..960).map(move |x| (x, y)));
            let shades: std::collections::HashSet<_> =
                points.map(|(x, y)| picture.pixel(x, y).unwrap()).map(|p| (p.red(), p.green(), p.blue())).collect();
            assert!(shades.len() > 10, "{theme}: part {part} has {} colours", shades.len());
        }
        insta::assert_snapshot!(format!("dashboard-png-{theme}"), coarse(&picture));
    }
    let pdf = bytes(&world, &format!("/render/shop/orders.pdf?{RANGE}")).await;
    assert!(pdf.starts_with(b"%PDF-") && pdf.windows(5).any(|five| five == b"%%EOF"));
}

#[tokio::test]
async fn one_panel_alone_in_the_size_that_is_asked_for() {
    let world = world();
    let png = bytes(&world, &format!("/render/shop/orders/load.png?{RANGE}&width=600&height=300&scale=2")).await;
    let picture = Pixmap::decode_png(&png).unwrap();
    assert_eq!((picture.width(), picture.height()), (1_200, 600));
    let svg = String::from_utf8(bytes(&world, "/render/shop/orders/load.svg").await).unwrap();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"360\""), "{svg}");
    // By the port, for whoever sends it away.
    let wanted = PanelPicture {
        query: String::new(),
        dashboard: "shop/orders".to_owned(),
        panel: "load".to_owned(),
        start: NOW - 900_000,
        end: NOW,
        theme: Theme::Light,
        width: 600,
        height: 240,
        percent: 100,
    };
    let picture = Pixmap::decode_png(&world.web.panel(wanted.clone()).await.unwrap()).unwrap();
    assert_eq!((picture.width(), picture.height()), (600, 240));
    let wrong = world.web.panel(PanelPicture { panel: "no".to_owned(), ..wanted }).await.unwrap_err();
    assert!(matches!(&wrong, Fault::Invalid(reason) if reason.contains("has no panel `no`")), "{wrong:?}");
}

#[tokio::test]
async fn within_a_tick_it_is_made_once_and_told_apart_by_its_tag() {
    let world = world();
    let path = format!("/render/shop/orders.svg?{RANGE}");
    let first = get(&world, &path).await;
    let (tag, kind) = (first.headers()["etag"].clone(), first.headers()["content-type"].clone());
    assert_eq!(
        (kind.to_str().unwrap(), &first.headers()["content-disposition"]),
        ("image/svg+xml", &"inline; filename=\"shop_orders.svg\"".parse::<axum::http::HeaderValue>().unwrap())
    );
    let calls = world.calls.load(std::sync::atomic::Ordering::SeqCst);
    let again =
        ask(&world, Request::get(&path).header("host", "localhost").header("if-none-match", &tag).body(Body::empty()).unwrap())
            .await;
    assert_eq!(again.status(), 304);
    assert_eq!(world.calls.load(std::sync::atomic::Ordering::SeqCst), calls, "the panels were asked again");
    world.clock.0.send_modify(|now| *now += 60_000);
    let later =
        ask(&world, Request::get(&path).header("host", "localhost").header("if-none-match", &tag).body(Body::empty()).unwrap())
            .await;
    assert_eq!(later.status(), 200);
    let metrics = crate::body(&world, "/metrics").await;
    assert!(
        metrics.contains("vitrine_web_renders_total{outcome=\"made\"} 2") && metrics.contains("outcome=\"kept\"} 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn what_cannot_be_is_told() {
    let world = world();
    for (path, status, part) in [
        ("/render/shop/two.png", 404, "there is no dashboard `shop/two`"),
        ("/render/shop/orders/p9.png", 404, "has no panel `p9`"),
        ("/render/shop/orders.gif", 404, "there is nothing here"),
        ("/render/shop/orders", 404, "there is nothing here"),
        ("/render/shop/orders.png?range=soon", 400, "soon"),
        ("/render/shop/orders.png?width=9000", 400, "between 200 and 4000"),
        ("/render/shop/orders.png?theme=blue", 400, "`light` or `dark`"),
        ("/render/shop/orders.png?width=4000&scale=4", 422, "more than 16 million"),
    ] {
        let response = get(&world, path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let text = crate::text(response).await;
        assert!(text.contains(part), "{path}\n{text}");
    }
}

#[tokio::test]
async fn a_fault_stands_in_its_panels_place() {
    let world = world();
    *world.fault.lock().unwrap() = Some(Fault::Internal("the panel <broke>".to_owned()));
    let svg = String::from_utf8(bytes(&world, "/render/shop/orders.svg").await).unwrap();
    assert!(svg.contains("the panel &lt;broke&gt;") && svg.contains("No series match"), "{svg}");
}
