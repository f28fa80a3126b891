//! Secrets in paths and as keys of signatures: they reach the server as they should, and nothing of them comes back.

use super::super::*;
use super::world::*;
use crate::bindings::imported::http::{Header, Placement, Sealing, SecretUse, Signature};

/// The published test case 2 of RFC 4231: HMAC-SHA256 of "what do ya want for nothing?" with the key "Jefe".
const KEY: &str = "Jefe";
const SIGNED: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

fn in_path() -> Seal {
    Seal { name: "key".to_owned(), how: Sealing::Path }
}

fn signature(header: &str, before: &str) -> Seal {
    let signature = Signature { header: header.to_owned(), prefix: "v1=".to_owned(), before: before.to_owned() };
    Seal { name: "key".to_owned(), how: Sealing::Signature(signature) }
}

fn post(url: &str, body: &str) -> Request {
    Request { method: "POST".to_owned(), body: body.into(), ..get(url) }
}

async fn send(world: &World, grants: &Grants, request: Request, seals: Vec<Seal>) -> Result<Response, Stop> {
    world.egress.send(&world.line, grants, Asked { request, seals }, WAIT).await.map(|(response, _)| response)
}

#[tokio::test]
async fn a_body_is_signed_with_what_stands_before_it_and_the_signature_stays_hidden() {
    let server = Server::start(Answer::Echo).await;
    let world = World::new();
    world.plant(KEY, &[&server.url("")]);
    let granted = grants(&[&server.url("")], &[]);
    let seals = vec![signature("x-signature", "what do ya ")];
    let response = send(&world, &granted, post(&server.url("/"), "want for nothing?"), seals).await.unwrap();
    let sent = server.requests().pop().unwrap();
    assert!(sent.contains(&format!("x-signature: v1={SIGNED}\r\n")) && sent.ends_with("want for nothing?"), "{sent}");
    assert!(sent.contains("accept-encoding: identity"), "{sent}");
    let seen = String::from_utf8_lossy(&response.body);
    assert!(seen.contains("x-signature: v1=***") && !seen.contains(SIGNED) && !seen.contains(KEY), "{seen}");
}

#[tokio::test]
async fn what_is_signed_is_what_goes_out() {
    let server = Server::start(Answer::Echo).await;
    let world = World::new();
    world.plant(KEY, &[&server.url("")]);
    let filled = SecretUse { name: "key".to_owned(), placement: Placement::Json("token".to_owned()) };
    let request = Request { secrets: vec![filled], ..post(&server.url("/"), "{}") };
    send(&world, &grants(&[&server.url("")], &[]), request, vec![signature("x-signature", "")]).await.unwrap();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, KEY.as_bytes());
    let made = aws_lc_rs::hmac::sign(&key, b"{\"token\":\"Jefe\"}");
    let made: String = made.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let sent = server.requests().pop().unwrap();
    assert!(sent.contains(&format!("x-signature: v1={made}")) && sent.ends_with("{\"token\":\"Jefe\"}"), "{sent}");
}

#[tokio::test]
async fn a_path_takes_a_secret_as_it_is_written_and_keeps_its_place() {
    let server = Server::start(Answer::Echo).await;
    let world = World::new();
    let granted = grants(&[&server.url("")], &[]);
    for (secret, wanted) in [("123:A_b-c", "/bot123:A_b-c/send?a=1"), ("T0/B0/x%2Fy", "/botT0/B0/x%2Fy/send?a=1")] {
        world.plant(secret, &[&server.url("")]);
        let response = send(&world, &granted, get(&server.url("/bot{key}/send?a=1")), vec![in_path()]).await.unwrap();
        let sent = server.requests().pop().unwrap();
        assert!(sent.starts_with(&format!("GET {wanted} HTTP/1.1\r\n")), "{sent}");
        assert!(response.url.ends_with("/bot%7Bkey%7D/send?a=1"), "{}", response.url);
        let seen = String::from_utf8_lossy(&response.body);
        assert!(seen.starts_with("GET /bot***/send") && !seen.contains(secret), "{seen}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_told_without_the_secret() {
    let server = Server::start(Answer::Echo).await;
    let world = World::new();
    let granted = grants(&[&server.url("")], &[]);
    for (secret, url, part) in [
        ("s3cret", "/plain", "does not stand just once"),
        ("s3cret", "/{key}/{key}", "does not stand just once"),
        ("s3cret", "/?a={key}", "does not stand just once"),
        ("s3cret?x=1", "/{key}", "letters that a path cannot"),
        ("s3cret\nGET /", "/{key}", "letters that a path cannot"),
        ("s3cret/../../up", "/a/{key}/b", "steps that lead elsewhere"),
        ("s3cret/%2e%2e/up", "/a/{key}/b", "steps that lead elsewhere"),
    ] {
        world.plant(secret, &[&server.url("")]);
        let stop = send(&world, &granted, get(&server.url(url)), vec![in_path()]).await.unwrap_err();
        assert!(matches!(&stop.error, Error::Invalid(said) if said.contains(part) && !said.contains("s3cret")), "{stop:?}");
    }
    world.plant("s3cret", &[&server.url("")]);
    for header in ["a b", "host"] {
        let stop = send(&world, &granted, post(&server.url("/"), ""), vec![signature(header, "")]).await.unwrap_err();
        assert!(matches!(&stop.error, Error::Invalid(said) if !said.contains("s3cret")), "{stop:?}");
    }
    let many = (0..9).map(|_| signature("x-signature", "")).collect();
    let stop = send(&world, &granted, post(&server.url("/"), ""), many).await.unwrap_err();
    assert!(matches!(&stop.error, Error::Invalid(said) if said.contains("at most 8 secrets")), "{stop:?}");
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn seals_go_nowhere_that_their_secret_is_not_bound_to() {
    let away = Server::start(Answer::Echo).await;
    let to_away =
        Server::start(say(&format!("HTTP/1.1 307 Temporary Redirect\nlocation: {}\ncontent-length: 0\n\n", away.url("/there"))))
            .await;
    let world = World::new();
    world.plant("s3cret", &[&to_away.url("")]);
    let both = grants(&[&to_away.url(""), &away.url("")], &[]);
    for seal in [in_path(), signature("x-signature", "")] {
        let stop = send(&world, &both, post(&away.url("/{key}"), "x"), vec![seal.clone()]).await.unwrap_err();
        assert_eq!(stop.refused, Some(Refused::Secret), "{stop:?}");
        send(&world, &both, post(&to_away.url("/{key}"), "x"), vec![seal]).await.unwrap();
    }
    assert_eq!((to_away.requests().len(), away.requests().len()), (2, 2));
    let got = away.requests().join("");
    assert!(!got.contains("s3cret") && !got.contains("x-signature"), "{got}");
    // A secret in the path is none of the guest's business where a header of its own says the same.
    let named = vec![Header { name: "x-name".to_owned(), value: "{key}".to_owned() }];
    let request = Request { headers: named, redirects: 0, ..post(&to_away.url("/{key}"), "x") };
    send(&world, &both, request, vec![in_path()]).await.unwrap();
    assert!(to_away.requests()[2].contains("x-name: {key}\r\n"), "{:?}", to_away.requests());
}
