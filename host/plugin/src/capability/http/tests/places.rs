//! Where connections go, with real listeners: redirects, names that change their mind, sockets.

use std::sync::atomic::Ordering;

use super::super::*;
use super::world::*;
use crate::bindings::imported::http::Header;

const OK: &str = "HTTP/1.1 200 OK\ncontent-length: 2\n\nok";

fn redirect_to(url: &str) -> Answer {
    say(&format!("HTTP/1.1 302 Found\nlocation: {url}\ncontent-length: 0\n\n"))
}

#[tokio::test]
async fn a_redirect_to_a_closed_or_ungranted_place_is_refused_before_anything_is_sent() {
    let closed = Server::start(say(OK)).await;
    let port = closed.address.port();
    for target in [
        closed.url("/"),
        format!("http://localhost:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0177.0.0.1:{port}/"),
        format!("http://127.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("//127.0.0.1:{port}/"),
    ] {
        let open = Server::start(redirect_to(&target)).await;
        let world = World::new();
        // The star grants the port everywhere, and opens no closed address.
        let grants = grants(&[&open.url(""), &format!("http://*:{port}")], &[]);
        let error = world.send(&grants, get(&open.url("/"))).await.unwrap_err();
        assert!(matches!(&error, Error::Denied(reason) if reason.contains("under `grant`")), "{target}: {error:?}");
        assert_eq!((open.requests().len(), world.line.counters.of_reason("address")), (1, 1), "{target}");
    }
    assert_eq!(closed.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirect_needs_a_grant_of_its_own_and_leaves_credentials_behind() {
    let target = Server::start(Answer::Echo).await;
    let open = Server::start(redirect_to(&target.url("/there"))).await;
    let world = World::new();
    let header = |name: &str| Header { name: name.to_owned(), value: "mine".to_owned() };
    let request =
        || Request { headers: vec![header("authorization"), header("cookie"), header("x-other")], ..get(&open.url("/")) };
    let error = world.send(&grants(&[&open.url("")], &[]), request()).await.unwrap_err();
    assert!(matches!(&error, Error::Denied(reason) if reason.contains(&target.url(""))), "{error:?}");
    assert_eq!(world.line.counters.of_reason("grant"), 1);

    let both = grants(&[&open.url(""), &target.url("")], &[]);
    let response = world.send(&both, request()).await.unwrap();
    assert_eq!((response.url.as_str(), response.redirects), (target.url("/there").as_str(), 1));
    let sent = target.requests().join("");
    assert!(sent.contains("x-other: mine") && !sent.contains("authorization") && !sent.contains("cookie"), "{sent}");
    let untouched = world.send(&both, Request { redirects: 0, ..request() }).await.unwrap();
    assert_eq!((untouched.status, untouched.redirects), (302, 0));
}

#[tokio::test]
async fn redirects_end_and_odd_ones_are_not_followed() {
    let world = World::new();
    for (location, wanted) in [
        ("ftp://127.0.0.1/", Ok(302)),
        ("http+unix://%2Frun%2Fapp.sock/", Ok(302)),
        ("javascript:alert(1)", Ok(302)),
        ("http://user:word@127.0.0.1/", Err("a user name or a password")),
    ] {
        let server = Server::start(redirect_to(location)).await;
        let answer = world.send(&grants(&[&server.url("")], &[]), get(&server.url("/"))).await;
        match wanted {
            Ok(status) => assert_eq!(answer.unwrap().status, status, "{location}"),
            Err(part) => assert!(matches!(answer.unwrap_err(), Error::Protocol(reason) if reason.contains(part)), "{location}"),
        }
    }
    let circle = Server::start(redirect_to("/again")).await;
    let request = Request { redirects: 255, ..get(&circle.url("/")) };
    let answer = world.send(&grants(&[&circle.url("")], &[]), request).await.unwrap();
    assert_eq!((answer.status, answer.redirects, circle.requests().len()), (302, REDIRECTS, 1 + usize::from(REDIRECTS)));
}

#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let open = Server::at("127.0.0.1:0", say(OK)).await;
    let port = open.address.port();
    let closed = Server::at(&format!("127.0.0.2:{port}"), say(OK)).await;
    let (good, bad) = (vec![open.address], vec![closed.address]);
    let mixed = vec![closed.address, open.address];
    let (world, lookups) = World::new().resolving(vec![good, bad, mixed]);
    let place = format!("http://rebound.example:{port}");
    let grants = grants(&[&place], &["127.0.0.1/32"]);
    let request = || get(&format!("{place}/"));

    assert_eq!(world.send(&grants, request()).await.unwrap().address, open.address.to_string());
    assert_eq!(lookups.load(Ordering::SeqCst), 1, "what was vetted must be what is connected to");
    let error = world.send(&grants, request()).await.unwrap_err();
    assert!(matches!(&error, Error::Denied(reason) if reason.contains("127.0.0.2, a loopback address")), "{error:?}");
    // Of several addresses only the open ones are tried.
    assert_eq!(world.send(&grants, request()).await.unwrap().address, open.address.to_string());
    assert_eq!(lookups.load(Ordering::SeqCst), 3);
    assert_eq!((open.requests().len(), closed.requests().len()), (2, 0));
}

#[tokio::test]
async fn a_name_without_addresses_is_told_from_one_that_is_closed() {
    let (world, _) = World::new().resolving(vec![Vec::new()]);
    let error = world.send(&grants(&["http://none.example"], &[]), get("http://none.example/")).await.unwrap_err();
    assert!(matches!(error, Error::Resolve(_)), "{error:?}");
    let metadata = vec!["169.254.169.254:80".parse().unwrap(), "[fd00:ec2::254]:80".parse().unwrap()];
    let (world, _) = World::new().resolving(vec![metadata]);
    let place = "http://metadata.google.internal";
    let error = world.send(&grants(&[place], &[]), get(place)).await.unwrap_err();
    assert!(matches!(&error, Error::Denied(reason) if reason.contains("a metadata address")), "{error:?}");
}

#[tokio::test]
async fn a_socket_is_reached_by_its_grant_and_by_no_other_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.sock");
    let server = Server::socket(&path, Answer::Echo).await;
    let shown = path.display().to_string();
    let url = format!("http+unix://{}/status?a=1", shown.replace('/', "%2F"));
    let world = World::new();
    let error = world.send(&grants(&["http://*", "https://*"], &["0.0.0.0/0", "::/0"]), get(&url)).await.unwrap_err();
    assert!(matches!(&error, Error::Denied(reason) if reason.contains(&format!("add `http: [\"unix:{shown}\"]`"))), "{error:?}");
    assert_eq!(server.requests().len(), 0);

    let response = world.send(&grants(&[&format!("GET unix:{shown}")], &[]), get(&url)).await.unwrap();
    assert_eq!((response.status, response.address), (200, format!("unix:{shown}")));
    let sent = server.requests().join("");
    assert!(sent.starts_with("GET /status?a=1 HTTP/1.1\r\n") && sent.contains("host: localhost\r\n"), "{sent}");
    let gone = format!("unix:{shown}.gone");
    let error = world.send(&grants(&[&gone], &[]), get(&url.replace(".sock", ".sock.gone"))).await.unwrap_err();
    assert!(matches!(&error, Error::Connect(reason) if reason.contains(&gone)), "{error:?}");
}

#[tokio::test]
async fn a_socket_redirects_only_within_itself() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new();
    for (location, status) in [("/again", 302), ("http+unix://%2Frun%2Fother.sock/", 302)] {
        let path = folder.path().join(format!("{status}{}.sock", location.len()));
        let server = Server::socket(&path, redirect_to(location)).await;
        let shown = path.display().to_string();
        let request = Request { redirects: 3, ..get(&format!("http+unix://{}/", shown.replace('/', "%2F"))) };
        let response = world.send(&grants(&[&format!("unix:{shown}")], &[]), request).await.unwrap();
        let followed = if location == "/again" { 3 } else { 0 };
        assert_eq!((response.status, response.redirects, server.requests().len()), (status, followed, 1 + usize::from(followed)));
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_invalid_and_repeats_no_password() {
    let world = World::new();
    let everything = grants(&["http://*", "https://*"], &["0.0.0.0/0"]);
    for (request, part) in [
        (get("http://user:hunter2@shop.example/"), "user name or a password"),
        (get("http://hunter2@shop.example/"), "user name or a password"),
        (get("ftp://shop.example/"), "neither http nor https"),
        (get("hunter2"), "cannot be read"),
        (get("http+unix://run/app.sock"), "names no socket"),
        (Request { method: "CONNECT".to_owned(), ..get("http://shop.example/") }, "CONNECT"),
        (Request { method: "GE T".to_owned(), ..get("http://shop.example/") }, "not an HTTP method"),
    ] {
        let error = world.send(&everything, request).await.unwrap_err();
        assert!(matches!(&error, Error::Invalid(reason) if reason.contains(part) && !reason.contains("hunter2")), "{error:?}");
    }
    for name in ["host", "Content-Length", "transfer-encoding", "connection", "upgrade", "te"] {
        let headers = vec![Header { name: name.to_owned(), value: "x".to_owned() }];
        let error = world.send(&everything, Request { headers, ..get("http://shop.example/") }).await.unwrap_err();
        assert!(matches!(&error, Error::Invalid(reason) if reason.contains("written by the host")), "{name}: {error:?}");
    }
    assert_eq!(world.line.counters.of_outcome("invalid"), 13);
}
