//! Links to give away, and pages in others' frames.

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use serde_json::{Value, json};
use vitrine_web::Settings;

use crate::world::{NOW, World};
use crate::{ask, body, get, text};

fn furnished(world: World) -> World {
    world.fill(&[("__name__", "load"), ("host", "a")], 30, |_| 1.5);
    let panel = json!({ "title": "Load", "show": "timeseries", "id": "load", "query": "load{host=~\"$host\"}", "links": [{ "title": "Runbook", "to": "/d/other" }] });
    let file = json!({ "title": "One", "variables": { "host": { "values": ["a", "b"] } }, "panels": [panel, { "title": "Now", "show": "stat", "query": "load" }] });
    world.show("shop/one", file);
    world
}

async fn post(world: &World, path: &str, kind: &str, body: String) -> Response {
    let request =
        Request::post(path).header("host", "localhost:7878").header("content-type", kind).body(Body::from(body)).unwrap();
    ask(world, request).await
}

async fn link(world: &World, wish: Value) -> Value {
    let response = post(world, "/api/v1/shares", "application/json", wish.to_string()).await;
    assert_eq!(response.status(), 201);
    serde_json::from_str::<Value>(&text(response).await).unwrap()["data"].take()
}

fn path(link: &Value) -> String {
    link["url"].as_str().unwrap().strip_prefix("http://localhost:7878").unwrap().to_owned()
}

#[tokio::test]
async fn a_link_shows_what_was_shared_until_it_expires() {
    let world = furnished(World::new());
    let made = link(&world, json!({ "dashboard": "shop/one", "query": "range=15m&var-host=b", "expires": "1h" })).await;
    assert_eq!(made["expires"], "2025-11-20T11:00:03Z");
    let page = body(&world, &path(&made)).await;
    assert!(page.contains("data-kind=\"chart\"") || page.contains("data-kind=\"markup\""), "{page}");
    // Nothing leads elsewhere, nothing runs, and this very time was shared.
    for part in ["<nav", "href=\"/d/", "<form", "type=\"module\"", "Runbook"] {
        assert!(!page.contains(part), "{part}\n{page}");
    }
    assert!(page.contains(&format!("from={}", NOW - 900_000)) && page.contains("noindex"), "{page}");
    world.clock.0.send_modify(|now| *now += 3_600_000);
    let gone = get(&world, &path(&made)).await;
    assert_eq!(gone.status(), 410);
    let page = text(gone).await;
    assert!(page.contains("It was made for a while") && !page.contains("shop"), "{page}");
}

#[tokio::test]
async fn a_panel_by_itself_and_one_that_keeps_up() {
    let world = furnished(World::new());
    let made = link(&world, json!({ "dashboard": "shop/one", "panel": "load", "expires": "30d", "follow": true })).await;
    assert_eq!(made["title"], "Load");
    let page = body(&world, &path(&made)).await;
    assert_eq!(page.matches("<section").count(), 1);
    assert!(page.contains("http-equiv=\"refresh\""), "{page}");
    // The panel is taken out of the file: what was shared is gone, and nothing else is shown instead.
    world.show("shop/one", json!({ "title": "One", "panels": [{ "title": "Now", "show": "stat", "query": "load" }] }));
    let gone = get(&world, &path(&made)).await;
    assert_eq!(gone.status(), 410);
    assert!(!text(gone).await.contains("<nav"));
}

#[tokio::test]
async fn what_is_no_link_of_ours_shows_nothing() {
    let world = furnished(World::new());
    let made = path(&link(&world, json!({ "dashboard": "shop/one", "expires": "1h" })).await);
    let changed = made.replacen("v1.Z", "v1.Y", 1);
    for path in [changed.as_str(), "/s/x", "/s/v1.a.b", &made[..made.len() - 2]] {
        let refused = get(&world, path).await;
        assert_eq!(refused.status(), 404, "{path}");
        let page = text(refused).await;
        assert!(page.contains("all links were revoked") && !page.contains("<nav"), "{page}");
    }
    for (wish, status) in [
        (json!({ "dashboard": "shop/two", "expires": "1h" }), 404),
        (json!({ "dashboard": "shop/one", "panel": "p9", "expires": "1h" }), 404),
        (json!({ "dashboard": "shop/one", "expires": "100d" }), 400),
        (json!({ "dashboard": "shop/one" }), 400),
        (json!({ "dashboard": "shop/one", "expires": "1h", "query": "range=soon" }), 400),
    ] {
        let response = post(&world, "/api/v1/shares", "application/json", wish.to_string()).await;
        assert_eq!(response.status().as_u16(), status, "{wish}");
    }
}

#[tokio::test]
async fn the_form_works_without_a_script() {
    let world = furnished(World::new());
    let page = body(&world, "/d/shop/one?range=15m").await;
    assert!(page.contains("<form method=\"post\" action=\"/share/shop/one\">"), "{page}");
    for part in [
        "/render/shop/one.png?",
        "/render/shop/one.pdf?",
        "/render/shop/one/load.svg?",
        "/api/v1/dashboards/shop/one/panels/load.csv?",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let form = "query=range%3D15m%26var-host%3Da&expires=7d&follow=on".to_owned();
    let answer = text(post(&world, "/share/shop/one", "application/x-www-form-urlencoded", form).await).await;
    let (_, link) = answer.split_once("value=\"http://localhost:7878/s/").unwrap();
    let (token, _) = link.split_once('"').unwrap();
    assert_eq!(get(&world, &format!("/s/{token}")).await.status(), 200);
    // Another site's page cannot make one.
    let request = Request::post("/share/shop/one").header("host", "localhost:7878").header("origin", "https://evil.example");
    let request = request.header("sec-fetch-site", "cross-site").header("content-type", "application/x-www-form-urlencoded");
    let refused = ask(&world, request.body(Body::from("expires=7d")).unwrap()).await;
    assert_eq!(refused.status(), 403);
}

#[tokio::test]
async fn frames_are_for_those_whom_the_admin_names() {
    let policy = |response: &Response| response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let world = furnished(World::new());
    let page = get(&world, "/embed/shop/one?range=15m").await;
    assert!(policy(&page).ends_with("frame-ancestors 'none'"));
    let page = text(page).await;
    assert!(!page.contains("<nav") && !page.contains("<footer") && page.contains("data-kiosk=\"kiosk\""), "{page}");
    let settings =
        Settings { time_zone: "UTC".into(), embed_from: vec!["https://intranet.example".into()], ..Settings::default() };
    let world = furnished(World::at(NOW, settings));
    for path in ["/embed/shop/one", "/embed/shop/one/load", "/s/x"] {
        assert!(policy(&get(&world, path).await).ends_with("frame-ancestors 'self' https://intranet.example"), "{path}");
    }
    // Pages that do something stay out of frames.
    for path in ["/d/shop/one", "/explore", "/", "/sources"] {
        assert!(policy(&get(&world, path).await).ends_with("frame-ancestors 'none'"), "{path}");
    }
}
