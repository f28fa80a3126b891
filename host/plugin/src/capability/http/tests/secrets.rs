//! Secrets in requests: each placement reaches the server, and nothing of it comes back to the guest.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::*;
use super::world::*;
use crate::bindings::imported::http::{Header, Placement, PrefixedHeader, SecretUse};

const SECRET: &str = "s3cret/with+marks & \"more\"";

fn prefixed(name: &str, prefix: &str) -> Placement {
    Placement::Prefixed(PrefixedHeader { name: name.to_owned(), prefix: prefix.to_owned() })
}

fn all_of(response: &Response) -> String {
    let headers: Vec<String> = response.headers.iter().map(|header| format!("{}: {}", header.name, header.value)).collect();
    format!("{} {} {}", response.url, headers.join("\n"), String::from_utf8_lossy(&response.body))
}

#[tokio::test]
async fn every_placement_reaches_the_server_and_stays_hidden() {
    let server = Server::start(Answer::Echo).await;
    let world = World::new();
    world.plant(SECRET, &[&server.url("")]);
    let grants = grants(&[&server.url("")], &[]);
    let post = |body: &str| Request { method: "POST".to_owned(), body: body.into(), ..get(&server.url("/")) };
    for (placement, request, wanted) in [
        (Placement::Header("x-key".to_owned()), get(&server.url("/")), "x-key: s3cret/with+marks & \"more\"\r\n"),
        (prefixed("authorization", "Token "), get(&server.url("/")), "authorization: Token s3cret/with+marks & \"more\"\r\n"),
        (Placement::Bearer, get(&server.url("/")), "authorization: Bearer s3cret/with+marks & \"more\"\r\n"),
        (
            Placement::Basic("admin".to_owned()),
            get(&server.url("/")),
            "authorization: Basic YWRtaW46czNjcmV0L3dpdGgrbWFya3MgJiAibW9yZSI=\r\n",
        ),
        (
            Placement::Query("key".to_owned()),
            get(&server.url("/x?a=1&key=guess&b=%20")),
            "GET /x?a=1&b=%20&key=s3cret%2Fwith%2Bmarks+%26+%22more%22 HTTP/1.1\r\n",
        ),
        (Placement::Json("key".to_owned()), post("{\"a\":1}"), "{\"a\":1,\"key\":\"s3cret/with+marks & \\\"more\\\"\"}"),
        (Placement::Json("/a/b~1c".to_owned()), post("{\"a\":{}}"), "{\"a\":{\"b/c\":\"s3cret/with+marks & \\\"more\\\"\"}}"),
        (Placement::Form("key".to_owned()), post("a=1&key=guess"), "a=1&key=s3cret%2Fwith%2Bmarks+%26+%22more%22"),
    ] {
        let shown = format!("{placement:?}");
        let response = world.send(&grants, with_key(request, placement)).await.unwrap();
        let sent = server.requests().pop().unwrap();
        assert!(sent.contains(wanted), "{shown}: {sent}");
        assert!(sent.contains("accept-encoding: identity"), "{sent}");
        let seen = all_of(&response);
        assert!(seen.contains("***"), "{shown}: {seen}");
        for part in ["s3cret", "with+marks", "with%2B", "czNjcmV0", "MzY3JldC"] {
            assert!(!seen.contains(part), "{shown}: {part} in {seen}");
        }
    }
    assert!(server.requests().pop().unwrap().contains("content-type: application/x-www-form-urlencoded"));
}

#[tokio::test]
async fn a_secret_goes_nowhere_that_it_is_not_bound_to() {
    let server = Server::start(Answer::Echo).await;
    let world = World::new();
    let key = |request: Request| with_key(request, Placement::Bearer);
    let granted = grants(&[&server.url(""), "GET http://elsewhere.example"], &[]);
    let refused = async |world: &World, grants: &Grants, request: Request, part: &str| {
        let stop = world.send_within(grants, request, WAIT).await.unwrap_err();
        assert_eq!(stop.refused, Some(Refused::Secret), "{stop:?}");
        assert!(matches!(&stop.error, Error::Denied(reason) if reason.contains(part)), "{stop:?}");
    };
    refused(&world, &granted, key(get(&server.url("/"))), "there is no secret `key`: add it under `secrets`").await;
    world.plant(SECRET, &["http://elsewhere.example"]);
    refused(&world, &granted, key(get(&server.url("/"))), "is not bound to http://127.0.0.1").await;
    world.plant(SECRET, &[&format!("POST {}", server.url(""))]);
    refused(&world, &granted, key(get(&server.url("/"))), "is not bound to").await;
    let unknown = SecretUse { name: "other".to_owned(), placement: Placement::Bearer };
    let request = Request { secrets: vec![unknown], ..get(&server.url("/")) };
    refused(&world, &granted, request, "add `secrets: [other]` under `grant`").await;
    assert_eq!((server.requests().len(), world.line.counters.of_reason("secret")), (0, 4));
}

#[tokio::test]
async fn a_redirect_takes_the_secret_only_where_it_is_bound() {
    let away = Server::start(Answer::Echo).await;
    let world = World::new();
    let find = |target: &str| say(&format!("HTTP/1.1 307 Temporary Redirect\nlocation: {target}\ncontent-length: 0\n\n"));
    let to_away = Server::start(find(&away.url("/there"))).await;
    world.plant(SECRET, &[&to_away.url("")]);
    let both = grants(&[&to_away.url(""), &away.url("")], &[]);
    for placement in [Placement::Bearer, Placement::Header("x-key".to_owned()), Placement::Query("key".to_owned())] {
        let answer = world.send(&both, with_key(get(&to_away.url("/")), placement)).await.unwrap();
        assert_eq!(answer.url, away.url("/there"));
    }
    let request = Request { method: "POST".to_owned(), body: b"{}".to_vec(), ..get(&to_away.url("/")) };
    world.send(&both, with_key(request, Placement::Json("key".to_owned()))).await.unwrap();
    assert_eq!((to_away.requests().len(), away.requests().len()), (4, 4));
    assert!(!away.requests().join("").contains("s3cret"), "{:?}", away.requests());

    // Written into the address by the server, it would travel all the same.
    for written in
        ["s3cret%2Fwith%2Bmarks%20%26%20%22more%22", "czNjcmV0L3dpdGgrbWFya3MgJiAibW9yZSI", "s3cret/with+marks+%26+%22more%22"]
    {
        let leaks = Server::start(find(&away.url(&format!("/?k={written}")))).await;
        world.plant(SECRET, &[&leaks.url("")]);
        let granted = grants(&[&leaks.url(""), &away.url("")], &[]);
        let stop = world.send_within(&granted, with_key(get(&leaks.url("/")), Placement::Bearer), WAIT).await.unwrap_err();
        assert_eq!(stop.refused, Some(Refused::Secret), "{written}: {stop:?}");
        assert!(matches!(&stop.error, Error::Denied(reason) if !reason.contains("s3cret")), "{stop:?}");
        let request = Request { redirects: 0, ..with_key(get(&leaks.url("/")), Placement::Bearer) };
        let seen = all_of(&world.send(&granted, request).await.unwrap());
        assert!(seen.contains("/?k=***") && !seen.contains(written), "{seen}");
    }
    assert_eq!(away.requests().len(), 4);

    // Where it is bound it is filled in anew.
    let home = Server::start(find("/again?key=old")).await;
    world.plant(SECRET, &[&home.url("")]);
    let request = Request { redirects: 1, ..with_key(get(&home.url("/")), Placement::Query("key".to_owned())) };
    let answer = world.send(&grants(&[&home.url("")], &[]), request).await.unwrap();
    assert!(home.requests()[1].starts_with("GET /again?key=s3cret%2F"), "{:?}", home.requests());
    assert_eq!(answer.url, home.url("/again?key=old"));
}

#[tokio::test]
async fn what_could_carry_it_past_the_search_is_refused() {
    let world = World::new();
    let compressed = Server::start(say("HTTP/1.1 200 OK\ncontent-encoding: gzip\ncontent-length: 2\n\nok")).await;
    let plain = Server::start(say("HTTP/1.1 200 OK\ncontent-encoding: identity\ncontent-length: 2\n\nok")).await;
    world.plant(SECRET, &[&compressed.url(""), &plain.url("")]);
    let granted = grants(&[&compressed.url(""), &plain.url("")], &[]);
    let error = world.send(&granted, with_key(get(&compressed.url("/")), Placement::Bearer)).await.unwrap_err();
    assert!(matches!(&error, Error::Protocol(reason) if reason.contains("came compressed")), "{error:?}");
    assert_eq!(world.send(&granted, get(&compressed.url("/"))).await.unwrap().status, 200);
    let header = |name: &str, value: &str| vec![Header { name: name.to_owned(), value: value.to_owned() }];
    let request = Request { headers: header("accept-encoding", "gzip"), ..get(&plain.url("/")) };
    assert_eq!(world.send(&granted, with_key(request, Placement::Bearer)).await.unwrap().status, 200);
    assert!(plain.requests()[0].contains("accept-encoding: identity\r\n"), "{:?}", plain.requests());
    for name in ["range", "if-range"] {
        let request = Request { headers: header(name, "bytes=0-3"), ..get(&plain.url("/")) };
        let error = world.send(&granted, with_key(request, Placement::Bearer)).await.unwrap_err();
        assert!(matches!(&error, Error::Invalid(reason) if reason.contains("cannot ask for a part")), "{error:?}");
    }
}

#[tokio::test]
async fn a_secret_that_does_not_fit_is_told_without_it() {
    let server = Server::start(Answer::Echo).await;
    let world = World::new();
    world.plant("s3cret\nline", &[&server.url("")]);
    let granted = grants(&[&server.url("")], &[]);
    let with = |placement: Placement, body: &str| with_key(Request { body: body.into(), ..get(&server.url("/")) }, placement);
    for (request, part) in [
        (with(Placement::Bearer, ""), "letters that a header cannot"),
        (with(Placement::Header("a b".to_owned()), ""), "not a header's name"),
        (with(Placement::Header("Host".to_owned()), ""), "the host writes that header"),
        (with(prefixed("content-length", "1"), ""), "the host writes that header"),
        (with(Placement::Basic("a:b".to_owned()), ""), "cannot hold a colon"),
        (with(Placement::Json("key".to_owned()), "no json"), "no JSON"),
        (with(Placement::Json("/a/b".to_owned()), "{}"), "`/a` is no object"),
        (with(Placement::Json("key".to_owned()), "[]"), "`/` is no object"),
        (with_key(Request { body: vec![0xff], ..get(&server.url("/")) }, Placement::Form("key".to_owned())), "no form"),
    ] {
        let error = world.send(&granted, request).await.unwrap_err();
        assert!(matches!(&error, Error::Invalid(reason) if reason.contains(part) && !reason.contains("s3cret")), "{error:?}");
    }
    world.plant("abc", &[&server.url("")]);
    let error = world.send(&granted, with(Placement::Bearer, "")).await.unwrap_err();
    assert!(matches!(&error, Error::Denied(reason) if reason.contains("shorter than 4 letters")), "{error:?}");
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_secret_is_fetched_once_for_a_while_and_only_with_leave() {
    let server = Server::start(say("HTTP/1.1 200 OK\ncontent-length: 0\n\n")).await;
    let world = World::new();
    let fetched = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&fetched);
    let plant = || {
        let counted = Arc::clone(&counted);
        let fetch = Arc::new(move || match counted.fetch_add(1, Ordering::SeqCst) {
            0 => Err("environment variable KEY is not set".to_owned()),
            _ => Ok(zeroize::Zeroizing::new(SECRET.to_owned())),
        });
        let hosts = vec![server.url("").parse().unwrap()];
        world.egress.vault().set(BTreeMap::from([("key".to_owned(), SecretSource { hosts, fetch })]));
    };
    plant();
    let request = || with_key(get(&server.url("/")), Placement::Bearer);
    let granted = grants(&[&server.url("")], &[]);
    world.send(&grants(&["http://elsewhere.example"], &[]), request()).await.unwrap_err();
    assert_eq!(fetched.load(Ordering::SeqCst), 0, "without leave nothing is fetched");
    for _ in 0..2 {
        let error = world.send(&granted, request()).await.unwrap_err();
        let reason = "the secret `key` cannot be had: environment variable KEY is not set";
        assert!(matches!(&error, Error::Denied(said) if said == reason), "{error:?}");
    }
    assert_eq!(fetched.load(Ordering::SeqCst), 1);
    plant();
    for _ in 0..3 {
        world.send(&granted, request()).await.unwrap();
    }
    assert_eq!(fetched.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_large_body_is_searched_too() {
    let body = format!("{}{SECRET}{}", "x".repeat(3 << 20), "y".repeat(1 << 20));
    let server = Server::start(say(&format!("HTTP/1.1 200 OK\ncontent-length: {}\n\n{body}", body.len()))).await;
    let world = World::new();
    world.plant(SECRET, &[&server.url("")]);
    let answer = world.send(&grants(&[&server.url("")], &[]), with_key(get(&server.url("/")), Placement::Bearer)).await.unwrap();
    assert_eq!(answer.body.len(), body.len() - SECRET.len() + 3);
    assert!(answer.body.windows(5).any(|window| window == b"x***y"));
}
