#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_sdk::Label;
use vitrine_sdk::channel::configure;
use vitrine_sdk::fake::{self, Host, alert, ended, notification};
use vitrine_sdk::http::SecretUse;

use super::*;

const URL: &str = "https://events.pagerduty.com/v2/enqueue";
const PROCESSED: &str = r#"{"status":"success","message":"Event processed","dedup_key":"vitrine/group-1"}"#;

fn sent(notification: &Notification) -> Value {
    let host = Host::new();
    host.answer(URL, fake::response(202, PROCESSED));
    let receipt = configure::<PagerDuty>("{}").unwrap().deliver(notification, "key-1").unwrap();
    assert_eq!((receipt.answer.as_str(), receipt.id.as_deref()), ("success: Event processed", Some("vitrine/group-1")));
    let request = &host.requests()[0];
    let placement = Placement::Json("routing_key".to_owned());
    assert_eq!(request.secrets, [SecretUse { name: "routing-key".to_owned(), placement }]);
    serde_json::from_slice(&request.body).unwrap()
}

#[test]
fn a_group_that_fires_triggers() {
    let mut disk = alert("disk is full");
    disk.labels.push(Label::new("instance", "web-1"));
    disk.annotations.push(Label::new("runbook_url", "https://wiki.example/disk"));
    let body = sent(&notification(vec![disk.clone(), ended(disk)]));
    let text = "disk is full: http://host.example/alerts#ab12\nfiring: since 2026-01-01 00:00 UTC, value 0.5\n\
        alertname: DiskFull\nseverity: critical\ninstance: web-1\nRunbook: https://wiki.example/disk\n\n\
        disk is full: http://host.example/alerts#ab12\n\
        resolved: lasted 1 min 0 s, from 2026-01-01 00:00 UTC to 2026-01-01 00:01 UTC, value 0.5\n\
        alertname: DiskFull\nseverity: critical\ninstance: web-1\nRunbook: https://wiki.example/disk";
    let expected = json!({
        "event_action": "trigger",
        "dedup_key": "vitrine/group-1",
        "payload": {
            "summary": "disk is full",
            "source": "web-1",
            "severity": "critical",
            "timestamp": "2026-01-01T00:00:00.000Z",
            "group": "alertname=DiskFull",
            "class": "DiskFull",
            "custom_details": { "alerts": text, "firing": "1" },
        },
        "client": "Vitrine",
        "client_url": "http://host.example/alerts",
        "links": [
            { "href": "http://host.example/alerts#ab12", "text": "disk is full" },
            { "href": "https://wiki.example/disk", "text": "Runbook" },
        ],
    });
    assert_eq!(body, expected);
}

#[test]
fn a_group_that_is_over_resolves_the_same_incident() {
    let body = sent(&notification(vec![ended(alert("disk"))]));
    let expected = json!({
        "event_action": "resolve",
        "dedup_key": "vitrine/group-1",
        "client": "Vitrine",
        "client_url": "http://host.example/alerts",
        "links": [],
    });
    assert_eq!(body, expected);
}

#[test]
fn what_pagerduty_says_is_sorted() {
    let outcome = |status: u16, body: &str| {
        let host = Host::new();
        host.answer(URL, fake::response(status, body));
        configure::<PagerDuty>("{}").unwrap().deliver(&notification(vec![alert("disk")]), "key").unwrap_err()
    };
    let invalid = r#"{"status":"invalid event","message":"Event object is invalid","errors":["'routing_key' is unknown"]}"#;
    let refused = outcome(400, invalid);
    let reason = "the receiver answered invalid event: Event object is invalid 'routing_key' is unknown";
    assert!(matches!(&refused, Failure::Permanent(fault) if fault.reason() == reason), "{refused:?}");
    assert!(matches!(outcome(429, ""), Failure::Retry(_)));
    assert!(matches!(outcome(500, ""), Failure::Retry(_)));
    assert!(matches!(outcome(202, "hello"), Failure::Retry(Fault::Upstream(_))));
}

#[test]
fn much_is_cut() {
    let body = sent(&notification(vec![alert(&"x".repeat(2_000)); 100]));
    assert_eq!(body["payload"]["summary"].as_str().unwrap().chars().count(), 200);
    let details = body["payload"]["custom_details"]["alerts"].as_str().unwrap();
    assert!(details.len() <= 16_000 && details.contains(" more: "), "{details}");
}
