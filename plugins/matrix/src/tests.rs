#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_sdk::channel::configure;
use vitrine_sdk::fake::{self, Host, alert, ended, notification};
use vitrine_sdk::http::{Header, SecretUse};

use super::*;

const CONFIG: &str = r#"{"homeserver":"https://m.example/","room":"!a b:m.example"}"#;

fn url(key: &str) -> String {
    ["https://m.example/_matrix/client/v3/rooms/%21a%20b%3Am.example/send/m.room.message/", key].concat()
}

fn event(id: &str) -> Response {
    fake::response(200, &format!(r#"{{"event_id":"{id}"}}"#))
}

#[test]
fn an_event_is_put_under_the_deliverys_key() {
    let host = Host::new();
    host.answer(&url("1a-b%2Fc"), event("$one"));
    let mut matrix: Matrix = configure(CONFIG).unwrap();
    let receipt = matrix.deliver(&notification(vec![alert("<img> & @room")]), "1a-b/c").unwrap();
    assert_eq!((receipt.answer.as_str(), receipt.id.as_deref()), ("sent as $one", Some("$one")));
    let request = &host.requests()[0];
    assert_eq!(request.method, "PUT");
    assert_eq!(request.secrets, [SecretUse { name: "token".to_owned(), placement: Placement::Bearer }]);
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let expected = json!({
        "msgtype": "m.text",
        "body": "🔴 [firing] <img> & @room\n\n<img> & @room: http://host.example/alerts#ab12\n\
            firing: since 2026-01-01 00:00 UTC, value 0.5\nalertname: DiskFull\nseverity: critical",
        "format": "org.matrix.custom.html",
        "formatted_body": "<b>🔴 [firing] &lt;img&gt; &amp; @room</b><br><br>\
            <a href=\"http://host.example/alerts#ab12\">&lt;img&gt; &amp; @room</a><br>\
            firing: since 2026-01-01 00:00 UTC, value 0.5<br>alertname: DiskFull<br>severity: critical",
        "m.mentions": {},
    });
    assert_eq!(body, expected);
}

#[test]
fn later_news_join_the_first_messages_thread() {
    let host = Host::new();
    host.grant_state();
    ["$one", "$two", "$three", "$four"].iter().for_each(|id| host.answer(&url("key"), event(id)));
    let mut matrix: Matrix = configure(CONFIG).unwrap();
    let (firing, over) = (notification(vec![alert("disk")]), notification(vec![ended(alert("disk"))]));
    for news in [&firing, &firing, &over, &firing] {
        matrix.deliver(news, "key").unwrap();
    }
    let bodies = host.requests().into_iter().map(|request| serde_json::from_slice::<Value>(&request.body).unwrap());
    let relations: Vec<Value> = bodies.map(|body| body["m.relates_to"].clone()).collect();
    let thread = json!({
        "rel_type": "m.thread", "event_id": "$one", "is_falling_back": true, "m.in_reply_to": { "event_id": "$one" },
    });
    assert_eq!(relations, [Value::Null, thread.clone(), thread, Value::Null]);
}

#[test]
fn what_a_server_says_is_sorted() {
    let outcome = |answer: Response| {
        let host = Host::new();
        host.answer(&url("key"), answer);
        configure::<Matrix>(CONFIG).unwrap().deliver(&notification(vec![alert("disk")]), "key").unwrap_err()
    };
    let limited = r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too many","retry_after_ms":2400}"#;
    assert!(matches!(outcome(fake::response(429, limited)), Failure::RetryAfter(later) if later.seconds == 3));
    let headers = vec![Header { name: "Retry-After".to_owned(), value: "7".to_owned() }];
    let by_header = outcome(Response { headers, ..fake::response(429, r#"{"errcode":"M_LIMIT_EXCEEDED"}"#) });
    assert!(matches!(by_header, Failure::RetryAfter(later) if later.seconds == 7));
    let forbidden = outcome(fake::response(403, r#"{"errcode":"M_FORBIDDEN","error":"not in the room"}"#));
    assert!(matches!(&forbidden, Failure::Permanent(fault) if fault.reason().ends_with("M_FORBIDDEN: not in the room")));
    assert!(matches!(outcome(fake::response(502, "<html>")), Failure::Retry(_)));
    assert!(matches!(outcome(fake::response(200, "{}")), Failure::Retry(Fault::Upstream(_))));
}

#[test]
fn a_long_event_stays_within_its_bytes_and_the_room_is_checked() {
    let matrix: Matrix = configure(CONFIG).unwrap();
    let message = matrix.message(&notification(vec![alert(&"ディ\"".repeat(200)); 100]), None);
    assert!(serde_json::to_vec(&message).unwrap().len() < 60_000);
    let wrong = configure::<Matrix>(r##"{"homeserver":"https://m.example","room":"#a:m.example"}"##).unwrap_err();
    assert!(wrong.reason().starts_with("`room`"), "{wrong:?}");
}
