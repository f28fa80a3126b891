#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_sdk::Label;
use vitrine_sdk::channel::{Alert, Status, configure};
use vitrine_sdk::fake::Host;

use super::*;

const START: i64 = 1_795_177_800_000;

fn alert() -> Alert {
    Alert {
        status: Status::Firing,
        labels: vec![Label::new("alertname", "DiskFull"), Label::new("mountpoint", "/var")],
        annotations: vec![
            Label::new("summary", "disk /var on web-1 is nearly full"),
            Label::new("description", "Nothing can be <written>\n& soon"),
            Label::new("runbook_url", "https://wiki.example/disk?a=1&b=2"),
        ],
        starts_at: START,
        ends_at: None,
        value: 0.912_345,
        fingerprint: "ab12".to_owned(),
        link: "http://127.0.0.1:7878/alerts/ab12".to_owned(),
    }
}

fn notification(alerts: Vec<Alert>) -> Notification {
    Notification {
        status: alerts[0].status,
        title: "disk space on web-1: 91 %".to_owned(),
        group: "group-1".to_owned(),
        group_labels: Vec::new(),
        alerts,
        host: "http://127.0.0.1:7878".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
    }
}

/// The message that a notification becomes, twelve minutes after the alert began.
fn message(notification: &Notification) -> Message {
    let host = Host::new();
    host.set_now(START + 12 * 60_000 + 5_000);
    host.set_mail(Ok("250 ok".to_owned()));
    let mut email: Email = configure(r#"{"to":["web@shop.example"]}"#).unwrap();
    assert_eq!(email.deliver(notification, "key-1").unwrap().answer, "250 ok");
    host.mails().remove(0)
}

#[test]
fn the_text_says_what_where_and_since_when() {
    let message = message(&notification(vec![alert()]));
    assert_eq!(message.subject, "[firing] disk space on web-1: 91 %");
    assert_eq!(message.to, ["web@shop.example"]);
    assert_eq!((message.thread.as_deref(), message.key.as_str()), (Some("group-1"), "key-1"));
    let expected = "\
[firing] disk space on web-1: 91 %

disk /var on web-1 is nearly full
firing: since 2026-11-20 12:30 UTC, for 12 min 5 s now
value: 0.9123

Nothing can be <written>
& soon

  alertname: DiskFull
  mountpoint: /var
runbook: https://wiki.example/disk?a=1&b=2
open: http://127.0.0.1:7878/alerts/ab12

-- 
Vitrine at http://127.0.0.1:7878
";
    assert_eq!(message.text, expected);
}

#[test]
fn the_html_says_the_same_and_is_escaped() {
    let html = message(&notification(vec![alert()])).html.unwrap();
    for part in [
        "<h1>[firing] disk space on web-1: 91 %</h1>",
        "<td class=\"alert firing\"><h2>disk /var on web-1 is nearly full</h2>",
        "since 2026-11-20 12:30 UTC",
        "<span class=\"value\">0.9123</span>",
        "Nothing can be &lt;written&gt;<br>&amp; soon",
        "<tr><th>mountpoint</th><td>/var</td></tr>",
        "href=\"http://127.0.0.1:7878/alerts/ab12\">Open in Vitrine</a>",
        "href=\"https://wiki.example/disk?a=1&amp;b=2\">Runbook</a>",
        "prefers-color-scheme: dark",
    ] {
        assert!(html.contains(part), "{part} in\n{html}");
    }
}

#[test]
fn a_resolved_alert_tells_how_long_it_lasted() {
    let ended = Alert { status: Status::Resolved, ends_at: Some(START + 7_500_000), ..alert() };
    let message = message(&notification(vec![ended]));
    assert_eq!(message.subject, "[resolved] disk space on web-1: 91 %");
    let expected = "resolved: lasted 2 h 5 min, from 2026-11-20 12:30 UTC to 2026-11-20 14:35 UTC";
    assert!(message.text.contains(expected), "{}", message.text);
    assert!(message.html.unwrap().contains("alert resolved"));
}

#[test]
fn nothing_hostile_gets_through() {
    let hostile = Alert {
        annotations: vec![Label::new("summary", "<script>\"'"), Label::new("runbook_url", "javascript:alert(1)")],
        link: "javascript:alert(2)".to_owned(),
        ..alert()
    };
    let mut notification = notification(vec![hostile]);
    notification.title = "[firing] a\r\nBcc: x@y.example".to_owned();
    let message = message(&notification);
    assert_eq!(message.subject, "[firing] a  Bcc: x@y.example");
    let html = message.html.unwrap();
    assert!(html.contains("&lt;script&gt;&quot;&#39;") && !html.contains("<script>"));
    assert!(!html.contains("href=\"javascript") && html.contains("Runbook: javascript:alert(1)"));
}

#[test]
fn a_long_list_is_cut() {
    let message = message(&notification(vec![alert(); 60]));
    assert_eq!(message.text.matches("open: ").count(), 50);
    assert!(message.text.contains("and 10 more") && message.html.unwrap().contains("and 10 more"));
}

#[test]
fn failures_say_whether_to_try_again() {
    let check = |error: Option<mail::Error>, expected: fn(&Failure) -> bool| {
        let host = Host::new();
        if let Some(error) = error {
            host.set_mail(Err(error));
        }
        let mut email: Email = configure(r#"{"to":["web@shop.example"]}"#).unwrap();
        let failure = email.deliver(&notification(vec![alert()]), "key").unwrap_err();
        assert!(expected(&failure), "{failure:?}");
    };
    let reason = || "because".to_owned();
    check(Some(mail::Error::Refused(reason())), |failure| matches!(failure, Failure::Permanent(Fault::Upstream(_))));
    check(Some(mail::Error::Unavailable(reason())), |failure| matches!(failure, Failure::Retry(Fault::Upstream(_))));
    check(Some(mail::Error::Invalid(reason())), |failure| matches!(failure, Failure::Permanent(Fault::Invalid(_))));
    check(None, |failure| matches!(failure, Failure::Retry(Fault::Denied(_))));
}

#[test]
fn addresses_are_checked() {
    let reason = |config: &str| configure::<Email>(config).unwrap_err().reason().to_owned();
    assert_eq!(reason("{}"), "missing field `to`");
    assert_eq!(reason(r#"{"to":[]}"#), "`to`: name at least one address");
    assert_eq!(reason(r#"{"to":["a@b","web"]}"#), "`to`: web is not an address");
    assert!(reason(r#"{"to":["a@b\nBcc: c@d"]}"#).contains("not an address"));
}
