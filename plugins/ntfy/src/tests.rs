#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_sdk::Label;
use vitrine_sdk::channel::configure;
use vitrine_sdk::fake::{self, Host, alert, ended, notification};
use vitrine_sdk::http::{Placement, Response, SecretUse};

use super::*;

const URL: &str = "https://ntfy.sh/";

fn published() -> Response {
    fake::response(200, r#"{"id":"hwQ2YpKdmg","time":1,"event":"message","topic":"alerts"}"#)
}

fn sent(config: &str, notification: &Notification) -> Value {
    let host = Host::new();
    host.answer(URL, published());
    let receipt = configure::<Ntfy>(config).unwrap().deliver(notification, "key-1").unwrap();
    assert_eq!((receipt.answer.as_str(), receipt.id.as_deref()), ("published as hwQ2YpKdmg", Some("hwQ2YpKdmg")));
    assert_eq!(host.requests()[0].headers[0].value, "key-1");
    serde_json::from_slice(&host.requests()[0].body).unwrap()
}

#[test]
fn a_notification_has_title_text_priority_and_buttons() {
    let mut disk = alert("disk is <full>");
    disk.annotations.push(Label::new("runbook_url", "https://wiki.example/disk"));
    let body = sent(r#"{"topic":"alerts","tags":["web"]}"#, &notification(vec![disk]));
    let expected = json!({
        "topic": "alerts",
        "title": "[firing] disk is <full>",
        "message": "disk is <full>: http://host.example/alerts#ab12\nfiring: since 2026-01-01 00:00 UTC, value 0.5\n\
            alertname: DiskFull\nseverity: critical\nRunbook: https://wiki.example/disk",
        "priority": 5,
        "tags": ["rotating_light", "web"],
        "click": "http://host.example/alerts#ab12",
        "actions": [
            { "action": "view", "label": "Open in Vitrine", "url": "http://host.example/alerts#ab12" },
            { "action": "view", "label": "Runbook", "url": "https://wiki.example/disk" },
        ],
    });
    assert_eq!(body, expected);
}

#[test]
fn what_is_over_is_quiet_and_looks_different() {
    let over = notification(vec![ended(alert("disk"))]);
    let body = sent(r#"{"topic":"alerts"}"#, &over);
    assert_eq!(
        (&body["priority"], &body["tags"], &body["title"]),
        (&json!(2), &json!(["white_check_mark"]), &json!("[resolved] disk"))
    );
    let body = sent(r#"{"topic":"alerts","priorities":{"resolved":1}}"#, &over);
    assert_eq!(body["priority"], 1);
}

#[test]
fn a_long_text_stays_a_message() {
    for summary in ["disk", "ディスク", "💾"] {
        let body = sent(r#"{"topic":"alerts"}"#, &notification(vec![alert(&summary.repeat(40)); 80]));
        let message = body["message"].as_str().unwrap();
        assert!(message.len() <= 4_096 && message.contains(" more: http://host.example/alerts"), "{message}");
    }
}

#[test]
fn the_secret_goes_along_as_the_admin_says_and_answers_are_sorted() {
    let host = Host::new();
    host.answer("https://n.example/", published());
    let config = r#"{"topic":"a","url":"https://n.example/","auth":{"basic":"ada"}}"#;
    configure::<Ntfy>(config).unwrap().deliver(&notification(vec![alert("disk")]), "key").unwrap();
    let placement = Placement::Basic("ada".to_owned());
    assert_eq!(host.requests()[0].secrets, [SecretUse { name: "token".to_owned(), placement }]);
    let outcome = |answer: Response| {
        let host = Host::new();
        host.answer(URL, answer);
        configure::<Ntfy>(r#"{"topic":"a"}"#).unwrap().deliver(&notification(vec![alert("disk")]), "key").unwrap_err()
    };
    let forbidden = outcome(fake::response(403, r#"{"code":40301,"http":403,"error":"forbidden"}"#));
    assert!(matches!(&forbidden, Failure::Permanent(fault) if fault.reason().contains("forbidden")), "{forbidden:?}");
    assert!(matches!(outcome(fake::response(429, r#"{"code":42901}"#)), Failure::Retry(_)));
    assert!(matches!(outcome(fake::response(200, "hello")), Failure::Retry(Fault::Upstream(_))));
}
