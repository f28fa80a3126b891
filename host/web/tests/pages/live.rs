//! The live stream over real sockets: shared, in time, refused to strangers.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::StatusCode;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use vitrine_monitor::live::Change;
use vitrine_web::{Settings, serve};

use crate::get;
use crate::world::{NOW, World, dashboard};

pub(crate) type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// The world behind a real socket; stops when told.
pub(crate) async fn listening(
    world: &World,
) -> (SocketAddr, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<std::io::Result<()>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, world.web.clone(), async move {
        let _ = stopped.await;
    }));
    (address, stop, server)
}

pub(crate) async fn look(
    address: SocketAddr,
    path: &str,
    origin: Option<&str>,
) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    Ok(tokio_tungstenite::connect_async(request).await?.0)
}

/// The next message of this type; fails rather than waits for ever.
async fn next(socket: &mut Socket, wanted: &str) -> Value {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(20), socket.next()).await.unwrap().unwrap().unwrap();
        if let Ok(text) = message.to_text()
            && let Ok(value) = serde_json::from_str::<Value>(text)
            && value["type"] == wanted
        {
            return value;
        }
    }
}

#[tokio::test]
async fn two_viewers_share_one_evaluation_and_get_what_changed() {
    let world = World::new();
    world.fill(&[("__name__", "cpu"), ("mode", "user")], 60, |place| place);
    world.show("one", json!({ "title": "One", "panels": [{ "title": "CPU", "show": "timeseries", "query": "cpu" }] }));
    let (address, stop, server) = listening(&world).await;
    let own = format!("http://{address}");
    let mut first = look(address, "/live/one?range=1h", Some(&own)).await.unwrap();
    let mut second = look(address, "/live/one?range=1h", None).await.unwrap();
    for socket in [&mut first, &mut second] {
        let chart = next(socket, "chart").await;
        assert_eq!((&chart["panel"], &chart["chart"]["series"][0]["name"]), (&json!("p0"), &json!("CPU")));
        next(socket, "status").await;
    }
    assert_eq!(world.calls.load(Ordering::SeqCst), 1);

    world.fill(&[("__name__", "cpu"), ("mode", "user")], 0, |_| 7.0);
    world.clock.0.send_modify(|now| *now += 1_000);
    world.live.tell(Change::Samples { source: "x".to_owned(), at: NOW + 1_000 });
    for socket in [&mut first, &mut second] {
        let append = next(socket, "append").await;
        let times = append["times"].as_array().unwrap();
        assert_eq!(times.last().unwrap(), &json!(NOW + 1_000), "{append}");
        assert!(times.len() < 5, "{append}");
    }
    assert_eq!(world.calls.load(Ordering::SeqCst), 2);

    world.web.set_dashboards(vec![dashboard("one", json!({ "title": "New" }))], vec!["a mistake".to_owned()]);
    next(&mut first, "settings").await;
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_sample_is_told_at_the_tick_after_it() {
    let world = World::new();
    world.fill(&[("__name__", "cpu")], 60, |place| place);
    world.show("one", json!({ "title": "One", "panels": [{ "title": "CPU", "show": "timeseries", "query": "cpu" }] }));
    let (address, stop, server) = listening(&world).await;
    let mut socket = look(address, "/live/one?range=1h", None).await.unwrap();
    next(&mut socket, "status").await;
    world.clock.0.send_modify(|now| *now += 1_400);
    world.fill(&[("__name__", "cpu")], 0, |_| 7.0);
    world.live.tell(Change::Samples { source: "x".to_owned(), at: NOW + 1_400 });
    // A hasty round would tell the tick before the sample first.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    world.clock.0.send_modify(|now| *now += 600);
    let append = next(&mut socket, "append").await;
    assert_eq!(append["times"].as_array().unwrap().last().unwrap(), &json!(NOW + 2_000), "{append}");
    assert_eq!(append["values"][0].as_array().unwrap().last().unwrap(), &json!(7.0), "{append}");
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn events_carry_the_same_messages_and_end_with_the_host() {
    let world = World::new();
    world.fill(&[("__name__", "cpu")], 60, |place| place);
    world.show("a/b", json!({ "title": "One", "panels": [{ "title": "CPU", "show": "stat", "query": "cpu" }] }));
    let response = get(&world, "/live/a/b/events?range=1h").await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut data = response.into_body().into_data_stream();
    let mut seen = String::new();
    while !seen.contains("\"type\":\"status\"") {
        let part = tokio::time::timeout(Duration::from_secs(20), data.next()).await.unwrap().unwrap().unwrap();
        seen.push_str(std::str::from_utf8(&part).unwrap());
    }
    assert!(seen.starts_with("data: {\"type\":\"html\",\"panel\":\"p0\""), "{seen}");
    world.web.close();
    while let Some(part) = tokio::time::timeout(Duration::from_secs(20), data.next()).await.unwrap() {
        part.unwrap();
    }
    assert_eq!(get(&world, "/live/a/b/events").await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn strangers_and_crowds_are_kept_out() {
    let world = World::at(NOW, Settings { max_viewers: 1, ..Settings::default() });
    world.show("one", json!({ "title": "One" }));
    let (address, stop, server) = listening(&world).await;
    let refused = |result: Result<Socket, tokio_tungstenite::tungstenite::Error>| match result {
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => response.status().as_u16(),
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(refused(look(address, "/live/one", Some("http://evil.example")).await), 403);
    assert_eq!(refused(look(address, "/live/none", None).await), 404);
    assert_eq!(refused(look(address, "/live/one?range=soon", None).await), 400);
    let mut only = look(address, "/live/one", None).await.unwrap();
    assert_eq!(refused(look(address, "/live/one", None).await), 503);
    next(&mut only, "status").await;
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
