#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_sdk::channel::configure;
use vitrine_sdk::fake::{self, Host, alert, ended, notification};
use vitrine_sdk::http::Sealing;

use super::*;

const URL: &str = "https://discord.com/api/webhooks/{webhook}?wait=true";

#[test]
fn a_message_has_an_embed_for_each_alert_and_mentions_nobody() {
    let host = Host::new();
    host.answer(URL, fake::response(200, r#"{"id":"1308","type":0}"#));
    let mut discord: Discord = configure(r#"{"username":"Vitrine"}"#).unwrap();
    let alerts = vec![alert("@everyone *disk* [x](http://e)"), ended(alert("memory"))];
    let receipt = discord.deliver(&notification(alerts), "key-1").unwrap();
    assert_eq!((receipt.answer.as_str(), receipt.id.as_deref()), ("posted as 1308", Some("1308")));
    let sealed = &host.sealed()[0];
    assert_eq!((sealed.seals[0].name.as_str(), &sealed.seals[0].how), ("webhook", &Sealing::Path));
    let body: Value = serde_json::from_slice(&sealed.request.body).unwrap();
    let summary = r"\@everyone \*disk\* \[x\]\(http\://e\)";
    let expected = json!({
        "username": "Vitrine",
        "content": format!(r"🔴 **\[firing\] {summary}**"),
        "embeds": [
            {
                "description": format!(
                    "[{summary}](http://host.example/alerts#ab12)\nfiring\\: since 2026\\-01\\-01 00\\:00 UTC, value 0\\.5\n\
                     alertname\\: DiskFull\nseverity\\: critical"
                ),
                "color": 0xc6_2828,
            },
            {
                "description": "[memory](http://host.example/alerts#ab12)\nresolved\\: lasted 1 min 0 s, from 2026\\-01\\-01 \
                    00\\:00 UTC to 2026\\-01\\-01 00\\:01 UTC, value 0\\.5\nalertname\\: DiskFull\nseverity\\: critical",
                "color": 0x2e_7d32,
            },
        ],
        "allowed_mentions": { "parse": [] },
    });
    assert_eq!(body, expected);
}

#[test]
fn a_message_stays_within_discords_limits() {
    let many = notification((0..100).map(|number| alert(&"*".repeat(number * 20))).collect());
    let body = serde_json::to_value(Message::of(&Story::of(&many, 0), None)).unwrap();
    let embeds = body["embeds"].as_array().unwrap();
    let letters: usize = embeds.iter().map(|embed| embed["description"].as_str().unwrap().encode_utf16().count()).sum();
    assert!(!embeds.is_empty() && embeds.len() <= 10 && letters <= 6_000, "{letters}");
    let content = body["content"].as_str().unwrap();
    assert!(content.len() < 2_000 && content.contains(" more](http://host.example/alerts)"), "{content}");
}

#[test]
fn what_discord_says_is_sorted() {
    let outcome = |status: u16, body: &str| {
        let host = Host::new();
        host.answer(URL, fake::response(status, body));
        configure::<Discord>("{}").unwrap().deliver(&notification(vec![alert("disk")]), "key").unwrap_err()
    };
    let limited = r#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#;
    assert!(matches!(outcome(429, limited), Failure::RetryAfter(later) if later.seconds == 65));
    let gone = outcome(404, r#"{"message":"Unknown Webhook","code":10015}"#);
    assert!(matches!(&gone, Failure::Permanent(fault) if fault.reason().ends_with("Unknown Webhook (10015)")), "{gone:?}");
    assert!(matches!(outcome(500, ""), Failure::Retry(_)));
    assert!(matches!(outcome(200, ""), Failure::Retry(Fault::Upstream(_))));
    assert!(configure::<Discord>(r#"{"thread":"1&x"}"#).unwrap_err().reason().starts_with("`thread`"));
}
