//! Pages, API and live stream as a browser or a client sees them, with real parts behind.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod actions;
mod annotations;
mod api;
mod asked;
mod export;
mod frames;
mod links;
mod live;
mod looks;
mod pictures;
mod plugins;
mod reading;
mod rules;
mod slow;
mod variables;
mod world;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use vitrine_model::Fault;
use vitrine_model::alert::Alert;
use vitrine_web::{Dashboard, DashboardFile, Known, Settings, router};

use crate::world::{NOW, PLUGINS, World, dashboard, machine};

async fn ask(world: &World, request: Request<Body>) -> Response {
    router(world.web.clone()).oneshot(request).await.unwrap()
}

async fn get(world: &World, path: &str) -> Response {
    ask(world, Request::get(path).header("host", "localhost:7878").body(Body::empty()).unwrap()).await
}

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    // Templates escape slashes too, which says nothing here.
    String::from_utf8(bytes.to_vec()).unwrap().replace("&#x2f;", "/")
}

async fn body(world: &World, path: &str) -> String {
    text(get(world, path).await).await
}

#[tokio::test]
async fn a_dashboard_reads_well_without_a_script() {
    let world = World::new();
    world.furnish();
    world.sources();
    let page = body(&world, "/d/machine").await;
    for part in [
        "<html lang=\"en\" data-theme=\"auto\" data-zone=\"UTC\">",
        "<body data-page=\"dashboard\">",
        "data-name=\"machine\" data-range=\"1h\" data-live=\"/live/machine?range=1h\" data-events=\"/live/machine/events?range=1h\"",
        "<noscript><meta http-equiv=\"refresh\" content=\"15\"></noscript>",
        "<section class=\"panel w8 h4\" id=\"p0\" data-kind=\"chart\" data-state=\"ok\" aria-labelledby=\"p0-title\">",
        "<script type=\"application/json\" class=\"panel-data\">{\"unit\":\"ratio\",\"unitLabel\":\"%\"",
        "<svg class=\"chart\" role=\"img\" aria-label=\"CPU by mode (%): iowait",
        "No series match</p><code>nothing{here=&quot;1&quot;}</code>",
        "no data for 38 min",
        "2 sources, 1 stale",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains("style="), "an inline style would be blocked by our own policy");
}

#[tokio::test]
async fn every_page_has_its_frame_and_its_policy() {
    let world = World::new();
    world.furnish();
    world.fire();
    world.sources();
    for (path, status, part) in [
        ("/", 200, "/var on web-1 is 91 % full"),
        ("/d/machine?range=6h", 200, "<a href=\"/d/machine?range=6h\" aria-current=\"true\">last 6 hours</a>"),
        ("/d/machine?range=90m", 200, "<a href=\"/d/machine?range=1h30m\" aria-current=\"true\">last 1h30m</a>"),
        ("/d/machine?range=99y", 400, "is not between 1m and 400d"),
        ("/d/none", 404, "There is no dashboard named “none”"),
        ("/search?q=disk", 200, "Disk space by mount"),
        ("/explore?q=sum(", 200, "<p class=\"trouble\" role=\"alert\">"),
        ("/offline", 200, "This host cannot be reached just now"),
        ("/alerts", 200, "the server at hooks.example answered 503"),
        ("/silences", 200, "No silence holds, and none is to come."),
        ("/sources", 200, "waits for an SMTP relay"),
        ("/plugins", 200, "<span class=\"label missing\">no</span>"),
        ("/nowhere", 404, "There is no page at this address"),
    ] {
        let response = get(&world, path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        let page = text(response).await;
        assert!(page.contains(part), "{part} is not in {path}:\n{page}");
        assert!(page.contains("<footer class=\"bottom\">") && !page.contains("style="), "{path}:\n{page}");
    }
}

#[tokio::test]
async fn an_empty_panel_names_what_comes_nearest() {
    let world = World::new();
    world.fill(&[("__name__", "cpu"), ("mode", "user")], 5, |_| 1.0);
    world.fill(&[("__name__", "cpu"), ("mode", "<b>")], 5, |_| 1.0);
    let panel = |query: &str| json!({ "title": "CPU", "show": "stat", "query": query });
    world.show("one", json!({ "title": "One", "panels": [panel("cpu{mode='usr'}"), panel("none")] }));
    let page = body(&world, "/d/one").await;
    for part in [
        "<code>cpu{mode=&#39;usr&#39;}</code><p class=\"hint\">the nearest are</p><code class=\"near\">cpu{mode=&quot;user&quot;}</code>",
        "<code class=\"near\">cpu{mode=&quot;&lt;b&gt;&quot;}</code></div>",
        "<code>none</code><p class=\"hint\">in this range. Is its <a href=\"/sources\">source</a> well?</p>",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let world = World::new();
    let evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";
    world.fill(&[("__name__", "cpu"), ("mode", evil)], 5, |_| 1.0);
    world.fill(&[("__name__", "cpu"), ("mode", "</script><b>")], 5, |_| 2.0);
    let panel = |show: &str| json!({ "title": evil, "show": show, "query": "cpu", "unit": evil, "text": evil });
    let panels: Vec<Value> = PLUGINS.iter().map(|show| panel(show)).collect();
    world.show("evil", json!({ "title": evil, "panels": panels }));
    for path in ["/d/evil", "/", "/d/%3Cscript%3Ealert(1)%3C%2Fscript%3E"] {
        let page = body(&world, path).await;
        assert!(!page.contains("<script>alert") && !page.contains("<img") && !page.contains("</script><b>"), "{path}\n{page}");
    }
}

#[tokio::test]
async fn a_fault_leaves_what_was_good_and_says_whose_it_is() {
    let world = World::new();
    world.fill(&[("__name__", "cpu")], 5, |_| 1.0);
    world.show("one", json!({ "title": "One", "panels": [{ "title": "CPU", "show": "stat", "query": "cpu" }] }));
    let good = body(&world, "/d/one").await;
    assert!(good.contains("<span class=\"number\">1</span>"), "{good}");
    *world.fault.lock().unwrap() = Some(Fault::Internal("it trapped".to_owned()));
    world.clock.0.send_modify(|now| *now += 10_000);
    let stale = body(&world, "/d/one").await;
    assert!(
        stale.contains("<span class=\"number\">1</span>") && stale.contains("The panel failed since 10:00:13: it trapped"),
        "{stale}"
    );
    // Another range has nothing good to keep.
    let broken = body(&world, "/d/one?range=6h").await;
    assert!(broken.contains("<div class=\"notice error\"><p>The panel failed</p><code>it trapped</code>"), "{broken}");
}

#[tokio::test]
async fn prometheus_clients_are_understood() {
    let world = World::new();
    world.fill(&[("__name__", "cpu"), ("mode", "user")], 5, |_| 0.5);
    let seconds = NOW / 1000;
    let instant: Value = serde_json::from_str(&body(&world, &format!("/api/v1/query?query=cpu&time={seconds}")).await).unwrap();
    assert_eq!(
        instant,
        json!({ "status": "success", "data": { "resultType": "vector", "result": [
            { "metric": { "__name__": "cpu", "mode": "user" }, "value": [seconds, "0.5"] }
        ] } })
    );
    let form = format!("query=sum(cpu)&start={}&end={seconds}&step=60", seconds - 120);
    let request = Request::post("/api/v1/query_range")
        .header("host", "localhost")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let matrix: Value = serde_json::from_str(&text(ask(&world, request).await).await).unwrap();
    assert_eq!(matrix["data"]["resultType"], "matrix");
    assert_eq!(matrix["data"]["result"][0]["values"].as_array().unwrap().len(), 3);
    for (path, status, kind) in [
        ("/api/v1/query?query=sum(", 400, "bad_data"),
        ("/api/v1/query", 400, "bad_data"),
        ("/api/v1/query?query=cpu&time=yesterday", 400, "bad_data"),
        ("/api/v1/query_range?query=cpu&start=0&end=9&step=0", 400, "bad_data"),
        ("/api/v1/query_range?query=cpu&start=0&end=99999999&step=1", 400, "bad_data"),
    ] {
        let response = get(&world, path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let answer: Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!((&answer["status"], &answer["errorType"]), (&json!("error"), &json!(kind)), "{path}");
    }
    world.fire();
    let alerts: Value = serde_json::from_str(&body(&world, "/api/v1/alerts").await).unwrap();
    assert_eq!(alerts["data"]["alerts"][1]["state"], "firing");
    assert!(alerts["data"]["alerts"][1]["value"].as_str().unwrap().contains("e-0"), "{alerts}");
}

#[tokio::test]
async fn foreign_names_and_sites_are_refused() {
    let world = World::at(NOW, Settings { public_url: Some("https://status.example".to_owned()), ..Settings::default() });
    for (host, status) in [
        ("localhost:7878", 200),
        ("127.0.0.1:7878", 200),
        ("status.example", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
    ] {
        let response = ask(&world, Request::get("/healthz").header("host", host).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status().as_u16(), status, "{host}");
    }
    let posted = Request::post("/api/v1/query")
        .header("host", "localhost")
        .header("origin", "http://evil.example")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("query=1"))
        .unwrap();
    assert_eq!(ask(&world, posted).await.status(), StatusCode::FORBIDDEN);
    for (path, site, status) in
        [("/api/v1/query?query=1", "cross-site", 403), ("/api/v1/query?query=1", "same-origin", 200), ("/", "cross-site", 200)]
    {
        let request = Request::get(path).header("host", "localhost").header("sec-fetch-site", site).body(Body::empty()).unwrap();
        assert_eq!(ask(&world, request).await.status().as_u16(), status, "{path} {site}");
    }
}

#[tokio::test]
async fn health_and_metrics_and_assets() {
    let world = World::new();
    world.furnish();
    body(&world, "/d/machine").await;
    assert_eq!(body(&world, "/readyz").await, "ready\n");
    let metrics = body(&world, "/metrics").await;
    assert!(metrics.contains("vitrine_web_panel_evaluations_total 12\n"), "{metrics}");
    let page = body(&world, "/").await;
    let script = page.split("src=\"").find(|part| part.starts_with("/assets/app")).unwrap().split('"').next().unwrap();
    for path in [script, "/assets/app.js", "/assets/style.css"] {
        let response = get(&world, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert!(response.headers().contains_key("etag"), "{path}");
    }
}

#[test]
fn every_mistake_of_a_file_is_found_at_once() {
    let file: DashboardFile = serde_json::from_value(json!({
        "title": " ", "range": "soon", "refresh": "10ms",
        "panels": [
            { "title": "a", "show": "timeserie", "query": "sum(", "width": 13 },
            { "title": "b", "show": "stat", "id": "x", "query": "up", "queries": ["up"] },
            { "title": "c", "id": "x", "height": 0, "unit": "ratio", "options": { "unit": "bytes" } },
        ],
        "rows": [{ "title": "more", "panels": [{ "title": "d", "show": "stat", "id": "1 2", "queries": [{ "query": "rate(up)" }] }] }]
    }))
    .unwrap();
    let findings = Dashboard::check("x", &file, &Known { panels: &PLUGINS.map(str::to_owned), sources: &[] }).unwrap_err();
    let paths: Vec<String> = findings.iter().map(|finding| finding.path.to_string()).collect();
    assert_eq!(
        paths,
        [
            "range",
            "refresh",
            "title",
            "panels[0].show",
            "panels[0].width",
            "panels[0].query",
            "panels[1].query",
            "panels[2].id",
            "panels[2]",
            "panels[2].height",
            "panels[2].options.unit",
            "rows[0].panels[0].id",
            "rows[0].panels[0].queries[0].query",
        ]
    );
    assert!(serde_json::from_value::<DashboardFile>(json!({ "title": "x", "panels": [{ "qurey": "up" }] })).is_err());
    assert!(vitrine_web::dashboard_schema()["properties"]["panels"].is_object());
}

#[test]
fn ids_are_each_panels_own() {
    let check = |ids: &[Option<&str>]| {
        let panels: Vec<Value> = ids.iter().map(|id| json!({ "title": "a", "show": "text", "id": id })).collect();
        let file: DashboardFile = serde_json::from_value(json!({ "title": "One", "panels": panels })).unwrap();
        Dashboard::check("one", &file, &Known { panels: &PLUGINS.map(str::to_owned), sources: &[] })
    };
    let dashboard = check(&[None, None, Some("p0"), None, Some("p3")]).unwrap();
    let ids: Vec<&str> = dashboard.panels().map(|panel| panel.id.as_str()).collect();
    assert_eq!(ids, ["p1", "p2", "p0", "p4", "p3"]);
    for taken in ["health", "keys-title", "p0-title", "menu"] {
        assert!(check(&[Some(taken)]).is_err(), "{taken}");
    }
}

#[tokio::test]
async fn names_are_encoded_where_they_are_addresses() {
    let world = World::new();
    world.show("shop/50% & more?#1", json!({ "title": "One" }));
    for path in ["/", "/d/shop/50%25%20%26%20more%3F%231"] {
        let response = get(&world, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let page = text(response).await;
        assert!(page.contains("href=\"/d/shop/50%25%20%26%20more%3F%231\""), "{page}");
        assert!(!page.contains("href=\"/d/shop/50% "), "{page}");
    }
}

#[tokio::test]
async fn mistakes_in_files_are_told_on_every_page() {
    let world = World::new();
    world.web.set_dashboards(
        vec![dashboard("machine", machine())],
        vec!["error: unknown key `qurey`\n  --> dashboards/machine.yaml:5:33".to_owned()],
    );
    for path in ["/", "/d/machine", "/sources"] {
        let page = body(&world, path).await;
        assert!(
            page.contains("<pre tabindex=\"0\">error: unknown key `qurey`\n  --&gt; dashboards/machine.yaml:5:33</pre>"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn many_alerts_are_shown_in_part_and_the_rest_is_counted() {
    let world = World::new();
    world.fire();
    let one = world.records.alerts.lock().unwrap()[0].clone();
    let many =
        |number: usize| Alert { labels: one.labels.with([("instance", format!("host-{number}").as_str())]), ..one.clone() };
    *world.records.alerts.lock().unwrap() = (0..10_000).map(many).collect();
    for (path, left) in [("/", "and 9950 more alerts"), ("/alerts", "1–100 of 10000")] {
        let page = body(&world, path).await;
        assert!(page.contains(left) && page.len() < 500_000, "{path}: {} bytes", page.len());
    }
}
