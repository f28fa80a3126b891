//! Size, time and number, with servers that know none.

use std::time::Duration;

use super::super::*;
use super::world::*;
use crate::bindings::imported::http::Header;

/// Long enough to be connected to, short enough to wait for.
const SHORT: Duration = Duration::from_millis(300);

async fn error_of(answer: Answer) -> (Error, World) {
    let server = Server::start(answer).await;
    let world = World::new();
    let error = world.send(&grants(&[&server.url("")], &[]), get(&server.url("/"))).await.unwrap_err();
    (error, world)
}

#[tokio::test]
async fn what_is_too_large_is_told_from_what_is_refused() {
    let head = "HTTP/1.1 200 OK\nconnection: close\n\n";
    let (error, world) = error_of(Answer::Pour(head, vec![b'x'; 1 << 20])).await;
    assert!(matches!(&error, Error::TooLarge(reason) if reason.contains("larger than 8 MiB")), "{error:?}");
    assert_eq!((world.line.counters.of_outcome("too-large"), world.line.counters.of_outcome("refused")), (1, 0));
    let announced = "HTTP/1.1 200 OK\ncontent-length: 99999999999\n\n";
    let (error, _) = error_of(Answer::Pour(announced, vec![b'x'; 1 << 20])).await;
    assert!(matches!(&error, Error::TooLarge(_)), "{error:?}");
    let (error, _) = error_of(Answer::Pour("HTTP/1.1 200 OK\n", b"x-more: and more\r\n".to_vec())).await;
    assert!(matches!(&error, Error::TooLarge(reason) if reason.contains("head")), "{error:?}");
    let (error, _) = error_of(Answer::Pour("HTTP/1.1 200 OK\nx-one: ", vec![b'x'; 4 << 10])).await;
    assert!(matches!(&error, Error::TooLarge(reason) if reason.contains("head")), "{error:?}");
    let (error, _) = error_of(Answer::Pour("HTTP/1.1 200 ", vec![b'O'; 4 << 10])).await;
    assert!(matches!(&error, Error::TooLarge(reason) if reason.contains("head")), "{error:?}");
}

#[tokio::test]
async fn a_request_has_bounds_too() {
    let world = World::new();
    let everything = grants(&["http://*"], &[]);
    let header = |value: String| Header { name: "x".to_owned(), value };
    for request in [
        get(&format!("http://shop.example/{}", "x".repeat(9 << 10))),
        Request { headers: vec![header("x".repeat(65 << 10))], ..get("http://shop.example/") },
        Request { headers: (0..129).map(|number: u32| header(number.to_string())).collect(), ..get("http://shop.example/") },
    ] {
        let error = world.send(&everything, request).await.unwrap_err();
        assert!(matches!(&error, Error::TooLarge(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_takes_its_time_is_left_in_time() {
    for head in ["", "HTTP/1.1 200 OK\n", "HTTP/1.1 200 OK\ncontent-length: 10\n\nx"] {
        let server = Server::start(Answer::Wait(head)).await;
        let world = World::new();
        let sent = world.send_within(&grants(&[&server.url("")], &[]), get(&server.url("/")), SHORT).await;
        let error = sent.unwrap_err().error;
        assert!(matches!(&error, Error::Timeout(reason) if reason.contains("within 0.3 s")), "{head}: {error:?}");
        assert_eq!(world.line.counters.of_outcome("timeout"), 1);
    }
}

#[tokio::test]
async fn a_server_that_drips_is_left_in_time() {
    let server = Server::start(Answer::Pour("HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n", b"0".to_vec())).await;
    // An endless number of leading zeros is no chunk: whichever bound is met first ends it.
    let world = World::new();
    let sent = world.send_within(&grants(&[&server.url("")], &[]), get(&server.url("/")), SHORT).await;
    assert!(matches!(sent.unwrap_err().error, Error::Timeout(_) | Error::Protocol(_)));
}

#[tokio::test]
async fn nonsense_is_a_protocol_error() {
    for text in ["", "what?\n\n", "HTTP/1.1 200 OK\ncontent-length: 10\n\nshort", "HTTP/1.1 200 OK\ncontent-length: x\n\n"] {
        let (error, world) = error_of(say(text)).await;
        assert!(matches!(&error, Error::Protocol(_)), "{text}: {error:?}");
        assert_eq!(world.line.counters.of_outcome("protocol"), 1);
    }
}

#[tokio::test]
async fn an_instance_has_its_own_share_of_what_may_be_under_way() {
    let slow = Server::start(Answer::Wait("")).await;
    let quick = Server::start(say("HTTP/1.1 200 OK\ncontent-length: 0\n\n")).await;
    let world = Arc::new(World::new());
    let grants = Arc::new(grants(&[&slow.url(""), &quick.url("")], &[]));
    let mut under_way = tokio::task::JoinSet::new();
    for _ in 0..CONCURRENT_OF_INSTANCE {
        let (world, grants, request) = (Arc::clone(&world), Arc::clone(&grants), get(&slow.url("/")));
        under_way.spawn(async move { world.send(&grants, request).await });
    }
    while slow.requests().len() < CONCURRENT_OF_INSTANCE {
        tokio::task::yield_now().await;
    }
    let error = world.send_within(&grants, get(&quick.url("/")), SHORT).await.unwrap_err().error;
    assert!(matches!(error, Error::Timeout(_)), "one more than its share: {error:?}");
    assert_eq!(quick.requests().len(), 0);
    let other = world.egress.line(&"another".into());
    let (answer, _slot) = world.egress.send(&other, &grants, get(&quick.url("/")), WAIT).await.unwrap();
    assert_eq!(answer.status, 200);
    drop(under_way);
    let answer = world.send(&grants, get(&quick.url("/"))).await.unwrap();
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn guests_of_one_instance_share_a_line_and_bytes_are_counted() {
    let world = World::new();
    assert!(Arc::ptr_eq(&world.line, &world.egress.line(&"asks".into())));
    let mut registry = prometheus_client::registry::Registry::default();
    world.egress.metrics.register(&mut registry);
    let server = Server::start(say("HTTP/1.1 200 OK\ncontent-length: 5\n\nhello")).await;
    let request = Request { method: "POST".to_owned(), body: b"four".to_vec(), ..get(&server.url("/")) };
    world.send(&grants(&[&server.url("")], &[]), request).await.unwrap();
    world.send(&grants(&["http://other.example"], &[]), get(&server.url("/"))).await.unwrap_err();
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    for line in [
        "vitrine_plugin_http_requests_total{instance=\"asks\",outcome=\"answered\"} 1",
        "vitrine_plugin_http_requests_total{instance=\"asks\",outcome=\"refused\"} 1",
        "vitrine_plugin_http_refusals_total{instance=\"asks\",reason=\"grant\"} 1",
        "vitrine_plugin_http_received_bytes_total{instance=\"asks\"} 5",
    ] {
        assert!(text.contains(line), "`{line}` is missing in\n{text}");
    }
    let sent = text.lines().find(|line| line.starts_with("vitrine_plugin_http_sent_bytes_total")).unwrap();
    let bytes: u64 = sent.rsplit(' ').next().unwrap().parse().unwrap();
    assert!((50..300).contains(&bytes), "{sent}");
}
