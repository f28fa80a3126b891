//! Pages as different readers get them: in their language, searched, explored, one panel alone, on a wall.

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::world::World;
use crate::{ask, body, get, text};

async fn read(world: &World, path: &str, headers: &[(axum::http::HeaderName, &str)]) -> String {
    let mut request = Request::get(path).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    text(ask(world, request.body(Body::empty()).unwrap()).await).await
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let world = World::new();
    world.furnish();
    world.fire();
    world.sources();
    for path in ["/", "/d/machine", "/alerts", "/silences", "/sources", "/plugins", "/search", "/explore", "/nowhere", "/offline"]
    {
        let page = read(&world, path, &[(ACCEPT_LANGUAGE, "de, pt-BR;q=0.8, en;q=0.5")]).await;
        assert!(page.contains("<html lang=\"pt\""), "{page}");
        assert!(page.contains(">Painéis</a>") && !page.contains(">Dashboards<"), "{path}\n{page}");
    }
    let page = read(&world, "/sources", &[(ACCEPT_LANGUAGE, "pt")]).await;
    assert!(page.contains("causa: o sistema observado, desde <time") && page.contains(">há 5 min</time>"), "{page}");
    let page = read(&world, "/", &[(ACCEPT_LANGUAGE, "pt"), (COOKIE, "theme=x; language=en")]).await;
    assert!(page.contains("<html lang=\"en\""), "{page}");
}

#[tokio::test]
async fn a_language_is_chosen_and_kept() {
    let world = World::new();
    let choose = |form: &'static str| {
        Request::post("/language")
            .header("host", "localhost")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("referer", "http://localhost/d/machine?range=6h")
            .body(Body::from(form))
            .unwrap()
    };
    let response = ask(&world, choose("language=pt")).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[LOCATION], "/d/machine?range=6h");
    assert!(response.headers()[SET_COOKIE].to_str().unwrap().starts_with("language=pt; Path=/;"));
    assert_eq!(ask(&world, choose("language=tlh")).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_panel_stands_alone_on_the_page() {
    let world = World::new();
    world.furnish();
    let page = body(&world, "/d/machine/p1?range=6h").await;
    assert_eq!(page.matches("<section class=\"panel").count(), 1, "{page}");
    assert!(page.contains("<section class=\"panel w12 h9\" id=\"p1\""), "{page}");
    assert!(page.contains("<a href=\"/d/machine?range=6h\">Back to This machine</a>"), "{page}");
    assert!(page.contains("data-live=\"/live/machine?range=6h\""), "{page}");
    // Only what is shown was evaluated.
    assert!(body(&world, "/metrics").await.contains("vitrine_web_panel_evaluations_total 1\n"));
    assert!(body(&world, "/d/machine").await.contains("href=\"/d/machine/p1?range=1h\""));
    for path in ["/d/machine/none", "/d/none/p1", "/d/p1"] {
        assert_eq!(get(&world, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    for (path, part) in [("?kiosk", "data-kiosk=\"kiosk\""), ("?kiosk=tv", "data-kiosk=\"tv\"")] {
        assert!(body(&world, &format!("/d/machine{path}")).await.contains(part), "{path}");
    }
}

#[tokio::test]
async fn search_finds_dashboards_and_panels() {
    let world = World::new();
    world.furnish();
    let titles = async |q: &str| {
        let page = body(&world, &format!("/search?q={q}")).await;
        let parts = page.split("<span class=\"entry-title\">").skip(1);
        parts.map(|part| part.split('<').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["This machine"]);
    assert_eq!(titles("machine").await[0], "This machine");
    assert_eq!(titles("DISK+mount").await, ["Disk space by mount"]);
    assert_eq!(titles("disk").await, ["Disk I&#x2f;O".replace("&#x2f;", "/"), "Disk space by mount".to_owned()]);
    assert!(titles("xyzzy").await.is_empty());
}

#[tokio::test]
async fn explore_answers_without_a_script() {
    let world = World::new();
    world.furnish();
    let page = body(&world, "/explore?q=sum+by+(mode)(cpu)&range=1h").await;
    for part in [
        "<textarea id=\"q\" name=\"q\"",
        ">sum by (mode)(cpu)</textarea>",
        "3 series in ",
        "<svg class=\"chart\"",
        "<script type=\"application/json\" class=\"panel-data\">",
        "<code>{mode=&quot;user&quot;}</code>",
        "<a href=\"/explore?range=1h&amp;q=sum+by+%28mode%29%28cpu%29\" aria-current=\"true\">last hour</a>",
        "<input type=\"hidden\" name=\"range\" value=\"1h\">",
        "\"name\":\"histogram_quantile\"",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    let page = body(&world, "/explore?q=cpu%7Bmode%3D%22usr%22%7D").await;
    assert!(page.contains("<a href=\"/explore?q=cpu%7Bmode%3D%22user%22%7D\">"), "{page}");
    let page = body(&world, "/explore?q=1%2B1").await;
    assert!(page.contains("<td class=\"end\">2</td>"), "{page}");
    assert!(body(&world, "/explore?q=cpu&range=soon").await.contains("is not a duration"));
}

#[tokio::test]
async fn explore_looks_at_any_time() {
    let world = World::new();
    world.furnish();
    // As the picker's form sends it: a calendar's and a clock's words, in the zone of the address.
    let page = body(&world, "/explore?q=cpu&tz=Europe%2FBerlin&from=2025-11-20+10:40&to=2025-11-20+10:55").await;
    for part in [
        "\"range\":[1763631600000,1763632500000]",
        "<input type=\"hidden\" name=\"from\" value=\"1763631600000\">",
        "<input type=\"hidden\" name=\"tz\" value=\"Europe/Berlin\">",
        "2025-11-20 10:40 – 10:55",
        "data-zone=\"Europe/Berlin\"",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains("Kiosk"), "{page}");
    // The table shows what was last then.
    let then = body(&world, "/explore?q=uptime&from=1763631600000&to=1763632500000").await;
    assert_ne!(
        then.split("<td class=\"end\">").nth(1),
        body(&world, "/explore?q=uptime").await.split("<td class=\"end\">").nth(1)
    );
    assert!(body(&world, "/explore?q=cpu&from=yesterday").await.contains("is not a moment"));
}

#[tokio::test]
async fn the_pages_can_be_installed() {
    let world = World::new();
    let response = get(&world, "/manifest.webmanifest").await;
    assert_eq!(response.headers()["content-type"], "application/manifest+json");
    let manifest: Value = serde_json::from_str(&text(response).await).unwrap();
    assert_eq!((&manifest["start_url"], &manifest["display"]), (&json!("/"), &json!("standalone")));
    let icons = manifest["icons"].as_array().unwrap();
    assert_eq!(icons.len(), 4);
    for icon in icons {
        let response = get(&world, icon["src"].as_str().unwrap()).await;
        assert_eq!(
            (response.status(), &response.headers()["content-type"]),
            (StatusCode::OK, &icon["type"].as_str().unwrap().parse().unwrap())
        );
    }
    let response = get(&world, "/worker.js").await;
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/javascript"));
    assert!(text(response).await.contains("/offline"));
    world.sources();
    // What is kept for later must not hold today's state.
    assert!(!body(&world, "/offline").await.contains("2 sources"));
}

/// What a stranger may put into an address comes out as text.
#[tokio::test]
async fn hostile_addresses_stay_text() {
    let world = World::new();
    let evil = "\"'></textarea></script><script>alert(1)</script><img src=x onerror=alert(1)>";
    world.fill(&[("__name__", "cpu"), ("mode", evil)], 5, |_| 1.0);
    world.show("evil", json!({ "title": evil, "panels": [{ "title": evil, "show": "stat", "query": "cpu", "id": "one" }] }));
    let q = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect::<String>();
    for path in [
        format!("/search?q={q}"),
        "/search?q=alert".to_owned(),
        format!("/explore?q={q}"),
        format!("/explore?q=cpu&range={q}"),
        "/explore?q=cpu".to_owned(),
        format!("/d/evil?range=1h&{q}={q}"),
        format!("/d/evil?range={q}"),
        format!("/d/evil?kiosk={q}"),
        "/d/evil/one".to_owned(),
        format!("/d/evil/{q}"),
    ] {
        let page = body(&world, &path).await;
        assert!(
            !page.contains("<script>alert") && !page.contains("<img") && !page.contains("</textarea></script>"),
            "{path}\n{page}"
        );
    }
}

/// Links of the author's lead on with what is looked at.
#[tokio::test]
async fn links_stand_at_dashboards_rows_and_panels() {
    let world = World::new();
    world.fill(&[("__name__", "cpu")], 5, |_| 1.0);
    let links = |name: &str| json!([{ "title": name, "to": format!("/d/other?{name}=1") }]);
    let panel = json!({ "title": "CPU", "show": "stat", "query": "cpu", "links": links("panel") });
    world.show("one", json!({ "title": "One", "links": links("whole"), "rows": [{ "title": "Row", "links": links("row"), "panels": [panel] }] }));
    let page = body(&world, "/d/one").await;
    for name in ["whole", "row", "panel"] {
        assert!(page.contains(&format!("<a href=\"/d/other?{name}=1\">{name}</a>")), "{name} is not in\n{page}");
    }
}

/// Within a tick a page is made once, for all who ask alike; what is beside its panels is as new as ever.
#[tokio::test]
async fn a_page_is_made_once_in_a_tick() {
    let world = World::new();
    world.furnish();
    let first = read(&world, "/d/machine", &[]).await;
    world.fill(&[("__name__", "later")], 1, |_| 1.0);
    let asked = |page: &str| page.matches("class=\"panel ").count();
    assert_eq!((asked(&first), first.clone()), (12, read(&world, "/d/machine", &[]).await));
    let packed = [(axum::http::header::ACCEPT_ENCODING, "gzip")];
    let request = Request::get("/d/machine").header("host", "localhost").header(&packed[0].0, packed[0].1);
    let response = ask(&world, request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.headers()["vary"], "accept-encoding, accept-language, cookie");
    let bytes = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut text).unwrap();
    assert_eq!(text.replace("&#x2f;", "/"), first);
    // Another language, another state of the host, another file: another page.
    assert!(read(&world, "/d/machine", &[(ACCEPT_LANGUAGE, "pt")]).await.contains("lang=\"pt\""));
    world.sources();
    assert!(read(&world, "/d/machine", &[]).await.contains("2 sources, 1 stale"));
    world.web.set_notes(vec!["a build waits".to_owned()]);
    assert!(read(&world, "/d/machine", &[]).await.contains("a build waits"));
    world.show("machine", json!({ "title": "Another" }));
    assert!(read(&world, "/d/machine", &[]).await.contains("<title>Another"));
}
