#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_sdk::channel::configure;
use vitrine_sdk::fake::{self, Host, alert, ended, notification};

use super::*;

const URL: &str = "https://api.telegram.org/bot{token}/sendMessage";

fn sent(id: i64) -> Response {
    fake::response(200, &format!(r#"{{"ok":true,"result":{{"message_id":{id},"date":1}}}}"#))
}

#[test]
fn a_message_is_html_in_which_nothing_acts() {
    let host = Host::new();
    host.answer(URL, sent(42));
    let mut telegram: Telegram = configure(r#"{"chat":-100123,"topic":7}"#).unwrap();
    let receipt = telegram.deliver(&notification(vec![alert("<b>disk</b> & \"more\"")]), "key-1").unwrap();
    assert_eq!((receipt.answer.as_str(), receipt.id.as_deref()), ("sent as 42", Some("42")));
    let sealed = &host.sealed()[0];
    assert_eq!((sealed.seals.len(), sealed.seals[0].name.as_str()), (1, "token"));
    let body: Value = serde_json::from_slice(&sealed.request.body).unwrap();
    let summary = "&lt;b&gt;disk&lt;/b&gt; &amp; &quot;more&quot;";
    let text = format!(
        "<b>🔴 [firing] {summary}</b>\n\n<a href=\"http://host.example/alerts#ab12\">{summary}</a>\n\
         firing: since 2026-01-01 00:00 UTC, value 0.5\nalertname: DiskFull\nseverity: critical"
    );
    let expected = json!({
        "chat_id": "-100123",
        "message_thread_id": 7,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
        "disable_notification": false,
    });
    assert_eq!(body, expected);
}

#[test]
fn later_news_answer_the_first_message_and_the_end_is_silent() {
    let host = Host::new();
    host.grant_state();
    (1..=4).for_each(|id| host.answer(URL, sent(id)));
    let mut telegram: Telegram = configure(r#"{"chat":"@shop"}"#).unwrap();
    let (firing, over) = (notification(vec![alert("disk")]), notification(vec![ended(alert("disk"))]));
    for news in [&firing, &firing, &over, &firing] {
        telegram.deliver(news, "key").unwrap();
    }
    let bodies = host.requests().into_iter().map(|request| serde_json::from_slice::<Value>(&request.body).unwrap());
    let said: Vec<_> = bodies.map(|body| (body["reply_parameters"].clone(), body["disable_notification"].clone())).collect();
    let first = || json!({ "message_id": 1, "allow_sending_without_reply": true });
    let expected = [(Value::Null, false), (first(), false), (first(), true), (Value::Null, false)];
    assert_eq!(said, expected.map(|(reply, silent)| (reply, json!(silent))));
}

#[test]
fn what_telegram_says_is_sorted() {
    let outcome = |status: u16, body: &str| {
        let host = Host::new();
        host.answer(URL, fake::response(status, body));
        let mut telegram: Telegram = configure(r#"{"chat":1}"#).unwrap();
        telegram.deliver(&notification(vec![alert("disk")]), "key").unwrap_err()
    };
    let limited =
        r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}"#;
    assert!(matches!(outcome(429, limited), Failure::RetryAfter(later) if later.seconds == 5));
    let unknown = outcome(400, r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#);
    assert!(matches!(&unknown, Failure::Permanent(fault) if fault.reason().ends_with("Bad Request: chat not found")));
    let moved = r#"{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-100555}}"#;
    assert_eq!(outcome(400, moved).fault().reason(), "the group has become a supergroup: set `chat` to -100555");
    assert!(matches!(outcome(502, "<html>"), Failure::Retry(_)));
    assert!(matches!(outcome(200, "{}"), Failure::Retry(Fault::Upstream(_))));
}

#[test]
fn a_long_list_is_cut() {
    let telegram: Telegram = configure(r#"{"chat":1}"#).unwrap();
    let text = telegram.message(&notification(vec![alert(&"<".repeat(500)); 90]), None).text;
    assert!(text.encode_utf16().count() <= 4_096 && text.contains(" more</a>"), "{text}");
}
