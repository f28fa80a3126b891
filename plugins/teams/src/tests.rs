#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_sdk::Label;
use vitrine_sdk::channel::configure;
use vitrine_sdk::fake::{self, Host, alert, ended, notification};
use vitrine_sdk::http::SecretUse;

use super::*;

const URL: &str = "https://flow.example/invoke?api-version=1";
const CONFIG: &str = r#"{"url":"https://flow.example/invoke?api-version=1"}"#;

fn sent(notification: &Notification) -> Value {
    let host = Host::new();
    host.answer(URL, fake::response(202, ""));
    let receipt = configure::<Teams>(CONFIG).unwrap().deliver(notification, "key-1").unwrap();
    assert_eq!((receipt.answer.as_str(), receipt.id), ("202", None));
    let placement = Placement::Query("sig".to_owned());
    assert_eq!(host.requests()[0].secrets, [SecretUse { name: "signature".to_owned(), placement }]);
    serde_json::from_slice(&host.requests()[0].body).unwrap()
}

#[test]
fn a_card_tells_in_runs_which_know_no_markup() {
    let mut disk = alert("**disk** [x](http://e)");
    disk.annotations.push(Label::new("runbook_url", "https://wiki.example/disk"));
    let run = |text: &str, weight: &str, size: &str, color: &str| {
        json!({
            "type": "TextRun", "text": text, "weight": weight, "size": size, "color": color,
        })
    };
    let state = "\nfiring: since 2026-01-01 00:00 UTC, value 0.5\nalertname: DiskFull\nseverity: critical\n\
        Runbook: https://wiki.example/disk";
    let content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": "🔴 [firing] **disk** [x](http://e)",
        "body": [
            {
                "type": "RichTextBlock",
                "separator": false,
                "inlines": [run("🔴 [firing] **disk** [x](http://e)", "Bolder", "Large", "Attention")],
            },
            {
                "type": "RichTextBlock",
                "separator": true,
                "inlines": [
                    run("**disk** [x](http://e): http://host.example/alerts#ab12", "Bolder", "Default", "Attention"),
                    run(state, "Default", "Default", "Default"),
                ],
            },
        ],
        "actions": [
            { "type": "Action.OpenUrl", "title": "Open in Vitrine", "url": "http://host.example/alerts#ab12" },
            { "type": "Action.OpenUrl", "title": "Runbook: **disk** [x](http://e)", "url": "https://wiki.example/disk" },
        ],
        "msteams": { "width": "Full" },
    });
    let attachment = json!({ "contentType": "application/vnd.microsoft.card.adaptive", "content": content });
    assert_eq!(sent(&notification(vec![disk])), json!({ "type": "message", "attachments": [attachment] }));
}

#[test]
fn what_is_over_is_green_and_much_is_cut() {
    let body = sent(&notification(vec![ended(alert("disk")); 60]));
    let blocks = body["attachments"][0]["content"]["body"].as_array().unwrap();
    assert_eq!(blocks[0]["inlines"][0]["color"], "Good");
    assert_eq!(blocks[0]["inlines"][0]["text"], "✅ [resolved] disk");
    assert_eq!((blocks.len(), &blocks[21]["inlines"][0]["text"]), (22, &json!("and 40 more")));
    let large = sent(&notification(vec![alert(&"ディスク".repeat(100)); 60])).to_string();
    assert!(large.len() < 28_000, "{}", large.len());
}

#[test]
fn what_a_workflow_says_is_sorted() {
    let outcome = |status: u16, body: &str| {
        let host = Host::new();
        host.answer(URL, fake::response(status, body));
        configure::<Teams>(CONFIG).unwrap().deliver(&notification(vec![alert("disk")]), "key").unwrap_err()
    };
    let failed = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429";
    assert!(matches!(outcome(200, failed), Failure::Retry(_)));
    assert!(matches!(outcome(429, ""), Failure::Retry(_)));
    assert!(matches!(outcome(401, r#"{"error":{"code":"DirectApiAuthorizationRequired"}}"#), Failure::Permanent(_)));
    let leaks = configure::<Teams>(r#"{"url":"https://flow.example/invoke?sv=1.0&sig=abc"}"#).unwrap_err();
    assert!(leaks.reason().starts_with("`url`: it holds `sig`") && !leaks.reason().contains("abc"));
}
