#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_sdk::channel::configure;
use vitrine_sdk::fake::{self, Host, alert, ended, notification};
use vitrine_sdk::http::{Header, SecretUse};

use super::*;

const HOOK: &str = "https://hooks.slack.com/services/{webhook}";
const POSTED: &str = "https://slack.com/api/chat.postMessage";
const UPDATE: &str = "https://slack.com/api/chat.update";

fn firing() -> Notification {
    notification(vec![alert("disk")])
}

fn resolved() -> Notification {
    notification(vec![ended(alert("disk"))])
}

fn bodies(host: &Host) -> Vec<Value> {
    host.requests().iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

fn posted(ts: &str) -> Response {
    fake::response(200, &format!(r#"{{"ok":true,"channel":"C1","ts":"{ts}"}}"#))
}

#[test]
fn a_webhook_gets_a_headline_and_a_coloured_attachment() {
    let host = Host::new();
    host.answer(HOOK, fake::response(200, "ok"));
    let mut slack: Slack = configure("{}").unwrap();
    let receipt = slack.deliver(&notification(vec![alert("disk <!channel> & more")]), "key-1").unwrap();
    assert_eq!((receipt.answer.as_str(), receipt.id), ("200: ok", None));
    let expected = json!({
        "text": "🔴 *[firing] disk &lt;!channel&gt; &amp; more*",
        "attachments": [{
            "color": "#c62828",
            "blocks": [{
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": "<http://host.example/alerts#ab12|disk &lt;!channel&gt; &amp; more>\n\
                        firing: since 2026-01-01 00:00 UTC, value 0.5\nalertname: DiskFull\nseverity: critical",
                    "verbatim": true,
                },
            }],
        }],
        "unfurl_links": false,
        "unfurl_media": false,
    });
    assert_eq!(bodies(&host), [expected]);
    let sealed = &host.sealed()[0];
    assert_eq!(sealed.seals[0].name, "webhook");
    assert_eq!(sealed.request.headers[0].value, "key-1");
}

#[test]
fn later_news_answer_the_first_message_and_the_end_is_shown_to_all() {
    let host = Host::new();
    host.grant_state();
    for ts in ["1.1", "2.2", "3.3", "4.4"] {
        host.answer(POSTED, posted(ts));
    }
    let mut slack: Slack = configure(r#"{"channel":"C1"}"#).unwrap();
    for (news, id) in [(firing(), "1.1"), (firing(), "2.2"), (resolved(), "3.3"), (firing(), "4.4")] {
        assert_eq!(slack.deliver(&news, "key").unwrap().id.unwrap(), id);
    }
    let said: Vec<_> = bodies(&host).iter().map(|body| (body["thread_ts"].clone(), body["reply_broadcast"].clone())).collect();
    let nothing = (Value::Null, Value::Null);
    assert_eq!(said, [nothing.clone(), (json!("1.1"), json!(false)), (json!("1.1"), json!(true)), nothing]);
    assert_eq!(bodies(&host)[2]["attachments"][0]["color"], "#2e7d32");
    assert_eq!(host.requests()[0].secrets, [SecretUse { name: "token".to_owned(), placement: Placement::Bearer }]);
}

#[test]
fn later_news_alter_the_first_message_until_it_is_gone() {
    let host = Host::new();
    host.grant_state();
    host.answer(POSTED, posted("1.1"));
    host.answer(UPDATE, posted("1.1"));
    host.answer(UPDATE, fake::response(200, r#"{"ok":false,"error":"message_not_found"}"#));
    let mut slack: Slack = configure(r#"{"channel":"C1","updates":"edit"}"#).unwrap();
    for _ in 0..3 {
        slack.deliver(&firing(), "key").unwrap();
    }
    let urls: Vec<String> = host.requests().into_iter().map(|request| request.url).collect();
    assert_eq!(urls, [POSTED, UPDATE, UPDATE, POSTED]);
    assert_eq!((&bodies(&host)[1]["ts"], &bodies(&host)[1]["channel"]), (&json!("1.1"), &json!("C1")));
}

#[test]
fn without_state_every_message_stands_alone() {
    let host = Host::new();
    host.answer(POSTED, posted("1.1"));
    let mut slack: Slack = configure(r#"{"channel":"C1"}"#).unwrap();
    for _ in 0..2 {
        slack.deliver(&firing(), "key").unwrap();
    }
    assert_eq!(bodies(&host)[1].get("thread_ts"), None);
}

#[test]
fn what_slack_says_is_sorted() {
    let outcome = |answer: Response| {
        let host = Host::new();
        host.answer(POSTED, answer);
        configure::<Slack>(r#"{"channel":"C1"}"#).unwrap().deliver(&firing(), "key").unwrap_err()
    };
    let no = |word: &str| outcome(fake::response(200, &format!(r#"{{"ok":false,"error":"{word}"}}"#)));
    assert!(matches!(no("internal_error"), Failure::Retry(Fault::Upstream(_))));
    assert!(matches!(no("channel_not_found"), Failure::Permanent(Fault::Upstream(_))));
    assert_eq!(no("invalid_auth").fault().reason(), "slack answered invalid_auth");
    let headers = vec![Header { name: "retry-after".to_owned(), value: "30".to_owned() }];
    let limited = outcome(Response { headers, ..fake::response(429, r#"{"ok":false,"error":"ratelimited"}"#) });
    assert!(matches!(limited, Failure::RetryAfter(later) if later.seconds == 30));
    assert!(matches!(outcome(fake::response(200, "<html>")), Failure::Retry(Fault::Upstream(_))));
    assert!(matches!(outcome(fake::response(404, "")), Failure::Permanent(_)));
    let host = Host::new();
    host.answer(HOOK, fake::response(404, "no_service"));
    let gone = configure::<Slack>("{}").unwrap().deliver(&firing(), "key").unwrap_err();
    assert!(matches!(&gone, Failure::Permanent(fault) if fault.reason() == "the receiver answered 404: no_service"));
}

#[test]
fn many_alerts_are_cut() {
    let many = notification(vec![alert("disk"); 60]);
    let message = serde_json::to_value(message::write(&Story::of(&many, 1_767_225_600_000))).unwrap();
    let blocks = message["attachments"][0]["blocks"].as_array().unwrap();
    assert_eq!(blocks.len(), 21);
    assert_eq!(blocks[20]["text"]["text"], "<http://host.example/alerts|and 40 more>");
}
