//! What is asked of a source: answered as JSON, refused where the question makes no sense, and done only from here.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::{Value, json};

use crate::world::World;
use crate::world::source::RESTARTS;
use crate::{ask, get, text};

/// Asked from this address.
async fn post(world: &World, from: [u8; 4], path: &str, body: &Value) -> (u16, Value) {
    let request = Request::post(path).header("host", "localhost:7878").header("content-type", "application/json");
    let mut request = request.body(Body::from(body.to_string())).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 1))));
    let response = ask(world, request).await;
    let status = response.status().as_u16();
    let text = text(response).await;
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

const HERE: [u8; 4] = [127, 0, 0, 1];
const AFAR: [u8; 4] = [203, 0, 113, 7];

#[tokio::test]
async fn a_query_is_answered_in_frames_each_by_itself() {
    let world = World::new();
    let asked = json!({ "queries": ["orders", "wrong"], "start": "2026-01-01T00:00:00Z", "end": "2026-01-01T01:00:00Z" });
    let (status, answer) = post(&world, HERE, "/api/v1/sources/shop/query", &asked).await;
    assert_eq!(status, 200, "{answer}");
    insta::assert_json_snapshot!(answer["data"]);
    let path = "/api/v1/sources/shop/query";
    for (wrong, reason) in [
        (json!({ "queries": [] }), "1 to 26"),
        (json!({ "queries": vec!["a"; 27] }), "27 queries"),
        (json!({ "query": "a" }), "unknown field `query`"),
        (json!({ "queries": ["a"], "step": 0 }), "`step`"),
        (json!({ "queries": ["a"], "start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z" }), "before `start`"),
    ] {
        let (status, answer) = post(&world, HERE, path, &wrong).await;
        assert!((400..500).contains(&status) && answer["error"].as_str().unwrap().contains(reason), "{status} {answer}");
    }
    let (status, answer) = post(&world, HERE, "/api/v1/sources/nobody/query", &asked).await;
    assert!(status == 404 && answer["error"].as_str().unwrap().contains("no source `nobody`"), "{answer}");
    let (status, answer) = post(&world, AFAR, path, &asked).await;
    assert!(status == 403 && answer.as_str().unwrap().contains("may not question this source from afar"), "{answer}");
}

#[tokio::test]
async fn an_action_is_done_from_here_with_arguments_that_fit() {
    let world = World::new();
    let listed: Value = serde_json::from_str(&text(get(&world, "/api/v1/sources/shop/actions").await).await).unwrap();
    assert_eq!(listed["data"]["actions"][0]["arguments"]["required"], json!(["service"]));
    let path = "/api/v1/sources/shop/actions/restart";
    let good = json!({ "arguments": { "service": "web" }, "confirm": true });
    let (status, answer) = post(&world, AFAR, path, &good).await;
    assert!(status == 403 && answer.as_str().unwrap().contains("may not change this source from afar"), "{answer}");
    for (wrong, reason) in [
        (json!({ "arguments": {}, "confirm": true }), "service"),
        (json!({ "arguments": { "service": 1 }, "confirm": true }), "service"),
        (json!({ "arguments": { "service": "web", "x": 1 }, "confirm": true }), "x"),
        (json!({ "arguments": { "service": "web" } }), "cannot be undone"),
    ] {
        let (status, answer) = post(&world, HERE, path, &wrong).await;
        assert!(status == 400 && answer["error"].as_str().unwrap().contains(reason), "{status} {answer}");
    }
    let (status, answer) = post(&world, HERE, "/api/v1/sources/shop/actions/explode", &good).await;
    assert!(status == 404 && answer["error"].as_str().unwrap().contains("no action `explode`"), "{answer}");
    assert_eq!(RESTARTS.get(), 0, "what was refused was not done");
    let (status, answer) = post(&world, HERE, path, &good).await;
    assert_eq!((status, &answer["data"]["answer"]), (200, &json!("anyone: restart {\"service\":\"web\"}")));
    assert_eq!(RESTARTS.get(), 1);
}

#[tokio::test]
async fn a_log_is_read_page_by_page() {
    let world = World::new();
    let read = async |query: &str| -> Value {
        serde_json::from_str(&text(get(&world, &format!("/api/v1/sources/shop/logs{query}")).await).await).unwrap()
    };
    let first = read("?limit=2").await["data"].take();
    assert_eq!(first["lines"].as_array().unwrap().len(), 2);
    assert_eq!(first["lines"][1], json!({ "time": "1970-01-01T00:00:01Z", "level": "info", "message": "line 1" }));
    let rest = read(&format!("?cursor={}", first["cursor"].as_str().unwrap())).await["data"].take();
    assert_eq!((rest["lines"].as_array().unwrap().len(), &rest["cursor"]), (1, &Value::Null));
    assert!(read("?cursor=x").await["error"].as_str().unwrap().contains("no such place"));
    assert!(read("?limit=1001").await["error"].as_str().unwrap().contains("1 to 1000"));
}
