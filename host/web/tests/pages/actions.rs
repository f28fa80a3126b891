//! What can be done from panels and rows: offered, asked for, done from here alone, and told.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::{Value, json};
use vitrine_web::{Dashboard, DashboardFile, Known};

use crate::world::source::RESTARTS;
use crate::world::{PLUGINS, World};
use crate::{ask, body, text};

fn checked(file: &Value) -> Result<Dashboard, Vec<(String, Option<String>)>> {
    let file: DashboardFile = serde_json::from_value(file.clone()).unwrap();
    let known = Known { panels: &PLUGINS.map(str::to_owned), sources: &[("shop".to_owned(), "sql".to_owned())] };
    let told = |one: vitrine_config::Finding| (one.path.to_string(), one.hint);
    Dashboard::check("one", &file, &known).map_err(|findings| findings.into_iter().map(told).collect())
}

fn services() -> Value {
    let restart =
        json!({ "title": "Restart {{host}}", "source": "shop", "action": "restart", "with": { "service": "{{host}}" } });
    json!({
        "title": "One", "variables": { "all": ["every one"] },
        "panels": [{
            "title": "Load", "show": "table", "query": "load", "transform": [{ "reduce": "last" }],
            "actions": [{ "title": "Restart $all", "source": "shop", "action": "restart", "with": { "service": "$all" } }],
            "row_actions": [restart, { "title": "{{hots}}", "source": "shop", "action": "restart" }],
        }],
    })
}

fn world() -> World {
    let world = World::new();
    for host in ["a&b", "<script>"] {
        world.fill(&[("__name__", "load"), ("host", host)], 5, |_| 1.0);
    }
    world.web.set_dashboards(vec![checked(&services()).unwrap()], Vec::new());
    world
}

/// From this machine, as a browser asks.
async fn here(world: &World, method: &str, path: &str, form: &str) -> (u16, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost:7878")
        .header("referer", "http://localhost:7878/d/one?range=6h")
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))))
        .body(Body::from(form.to_owned()))
        .unwrap();
    let response = ask(world, request).await;
    (response.status().as_u16(), text(response).await)
}

const SERVICE: &str = "with=%7B%22service%22%3A%22a%26b%22%7D";

#[tokio::test]
async fn panels_and_rows_have_buttons_that_lead_to_a_question() {
    let world = world();
    let (_, page) = here(&world, "GET", "/d/one", "").await;
    let row =
        format!("<a class=\"action\" rel=\"nofollow\" href=\"/sources/shop/actions/restart?{SERVICE}\">Restart a&amp;b</a>");
    for part in
        [row.as_str(), "Restart &lt;script&gt;</a>", ">Restart every one</a>", "there is no column `hots`: did you mean `host`?"]
    {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains("aria-disabled") && !page.contains("<script>\"") && !page.contains("id=\"refusal\""), "{page}");

    let (status, page) = here(&world, "GET", &format!("/sources/shop/actions/restart?{SERVICE}"), "").await;
    assert_eq!(status, 200);
    for part in [
        "<dt>service</dt><dd>a&amp;b</dd>",
        "Shall the source “shop” do this? <strong>It cannot be undone.</strong>",
        "<form method=\"post\" action=\"/sources/shop/actions/restart\">",
        "<input type=\"hidden\" name=\"back\" value=\"/d/one?range=6h\">",
        "<button class=\"main-button\" type=\"submit\">Do it</button>",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
}

#[tokio::test]
async fn it_is_done_once_it_was_confirmed_and_the_answer_is_told() {
    let world = world();
    let form = format!("{SERVICE}&back=%2Fd%2Fone");
    let (status, page) = here(&world, "POST", "/sources/shop/actions/restart", &form).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("</span> anyone: restart {&quot;service&quot;:&quot;a&amp;b&quot;}</p>"), "{page}");
    assert!(
        page.contains("<a href=\"/d/one\" data-closes>") && !page.contains("<form method=\"post\" action=\"/sources"),
        "{page}"
    );
    // A form can be sent from anywhere: what it says is held to what the source wants, and leads nowhere else.
    let done = RESTARTS.get();
    for (path, form, status, reason) in [
        ("/sources/shop/actions/restart", "with=%7B%22servise%22%3A1%7D&back=//evil.example", 400, "did you mean `service`?"),
        ("/sources/shop/actions/restart", "with=%5B", 400, "`with` is not JSON"),
        ("/sources/shop/actions/restrat", SERVICE, 404, "offers no action `restrat`: did you mean `restart`?"),
        ("/sources/nobody/actions/restart", SERVICE, 404, "there is no source `nobody`"),
    ] {
        let (told, page) = here(&world, "POST", path, form).await;
        assert_eq!(told, status, "{page}");
        assert!(page.contains(reason) && !page.contains("//evil.example"), "{reason} is not in\n{page}");
    }
    assert_eq!(RESTARTS.get(), done);
}

#[tokio::test]
async fn from_afar_buttons_say_why_they_do_nothing() {
    let world = world();
    let page = body(&world, "/d/one").await;
    assert_eq!(page.matches("aria-disabled=\"true\" aria-describedby=\"refusal\"").count(), 3, "{page}");
    assert!(page.contains("id=\"refusal\">anyone may not change the sources from afar: do it on the host"), "{page}");
    // The page that this machine gets is another.
    let (_, page) = here(&world, "GET", "/d/one", "").await;
    assert!(!page.contains("aria-disabled"), "{page}");
    let page = body(&world, &format!("/sources/shop/actions/restart?{SERVICE}")).await;
    assert!(page.contains("from afar") && page.contains("type=\"submit\" disabled>"), "{page}");
    let request = |site: &str| {
        let request = Request::post("/sources/shop/actions/restart").header("host", "localhost:7878");
        let request = request.header("sec-fetch-site", site).header("content-type", "application/x-www-form-urlencoded");
        request.body(Body::from(SERVICE)).unwrap()
    };
    assert_eq!(ask(&world, request("same-origin")).await.status(), 403);
    let mut foreign = request("cross-site");
    foreign.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
    assert_eq!(ask(&world, foreign).await.status(), 403);
}

#[test]
fn mistakes_are_told_in_their_place() {
    let mut file = services();
    file["panels"][0]["actions"][0]["source"] = json!("shpo");
    file["panels"][0]["actions"][0]["with"]["service"] = json!("{{host}}");
    file["panels"][0]["row_actions"][0]["with"]["service"] = json!("$nobody");
    file["panels"][0]["row_actions"][1]["action"] = json!("");
    let told = checked(&file).unwrap_err();
    let paths: Vec<&str> = told.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "panels[0].actions[0].source",
            "panels[0].actions[0].with.service",
            "panels[0].row_actions[0].with.service",
            "panels[0].row_actions[1].action",
        ]
    );
    assert_eq!(told[0].1.as_deref(), Some("did you mean `shop`?"));
}
