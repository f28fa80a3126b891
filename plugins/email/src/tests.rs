#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_sdk::Label;
use vitrine_sdk::channel::{Alert, Status, configure};
use vitrine_sdk::fake::Host;
use vitrine_sdk::mail::{self, Message};

use super::*;

mod many;

const START: i64 = 1_795_177_800_000;
const ONE: &str = r#"{"to":["web@shop.example"]}"#;

fn alert() -> Alert {
    Alert {
        status: Status::Firing,
        labels: vec![Label::new("alertname", "DiskFull"), Label::new("mountpoint", "/var")],
        annotations: vec![
            Label::new("summary", "disk /var on web-1 is nearly full"),
            Label::new("description", "Nothing can be <written>\n& soon"),
            Label::new("runbook_url", "https://wiki.example/disk?a=1&b=2"),
            Label::new("panel", "machine/disk"),
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

/// A host with a relay, pictures and links, twelve minutes after the alert began.
fn host() -> Host {
    let host = Host::new();
    host.set_now(START + 12 * 60_000 + 5_000);
    host.set_mail(Ok("250 ok".to_owned()));
    host.set_picture("machine/disk", Ok(b"png".to_vec()));
    host.set_links("https://vitrine.example");
    host
}

/// The message that a notification becomes.
fn message(notification: &Notification) -> Message {
    let host = host();
    let mut email: Email = configure(ONE).unwrap();
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

attached: the panel machine/disk

acknowledge:
https://vitrine.example/act/acknowledge-0-web@shop.example

silence for 2 h:
https://vitrine.example/act/silence-7200-web@shop.example

-- 
Vitrine at http://127.0.0.1:7878, to web@shop.example
";
    assert_eq!(message.text, expected);
}

#[test]
fn the_html_says_the_same_and_is_escaped() {
    let message = message(&notification(vec![alert()]));
    let html = message.html.unwrap();
    for part in [
        ">disk space on web-1: 91 %</h1>",
        ">disk /var on web-1 is nearly full</p>",
        ">firing</span>",
        "since 2026-11-20 12:30 UTC",
        ">0.9123</span>",
        "Nothing can be &lt;written&gt;<br>&amp; soon",
        ">mountpoint</th>",
        ">/var</td>",
        "href=\"http://127.0.0.1:7878/alerts/ab12\">Open in Vitrine</a>",
        "href=\"https://wiki.example/disk?a=1&amp;b=2\">Runbook</a>",
        "href=\"https://vitrine.example/act/acknowledge-0-web@shop.example\">Acknowledge</a>",
        "href=\"https://vitrine.example/act/silence-7200-web@shop.example\">Silence 2 h</a>",
        "<img class=\"in-light\" src=\"cid:panel-0-light\"",
        "<img src=\"cid:panel-0-dark\"",
        "prefers-color-scheme: dark",
    ] {
        assert!(html.contains(part), "{part} in\n{html}");
    }
    assert!(!html.contains("src=\"http"), "nothing is loaded from elsewhere:\n{html}");
    let pictures: Vec<(&str, &[u8])> = message
        .attachments
        .iter()
        .map(|attachment| (attachment.content_id.as_deref().unwrap(), attachment.data.as_slice()))
        .collect();
    assert_eq!(pictures, [("panel-0-light", b"png".as_slice()), ("panel-0-dark", b"pngdark")]);
}

#[test]
fn a_resolved_alert_tells_how_long_it_lasted_and_asks_for_nothing() {
    let ended = Alert { status: Status::Resolved, ends_at: Some(START + 7_500_000), ..alert() };
    let message = message(&notification(vec![ended]));
    assert_eq!(message.subject, "[resolved] disk space on web-1: 91 %");
    let expected = "resolved: lasted 2 h 5 min, from 2026-11-20 12:30 UTC to 2026-11-20 14:35 UTC";
    assert!(message.text.contains(expected), "{}", message.text);
    let html = message.html.unwrap();
    assert!(html.contains("pill-calm\"") && !html.contains("pill-alarm\"") && !html.contains("Acknowledge"), "{html}");
}

#[test]
fn the_colour_follows_the_severity() {
    for (severity, class) in [("critical", "alarm"), ("warning", "warning"), ("info", "notice"), ("purple", "alarm")] {
        let mut alert = alert();
        alert.labels.push(Label::new("severity", severity));
        let html = message(&notification(vec![alert])).html.unwrap();
        assert!(html.contains(&format!("pill-{class}\"")) && html.contains(&format!("firing · {severity}</span>")), "{html}");
    }
}

#[test]
fn moments_are_told_in_the_hosts_zone() {
    for (offset, told) in [(3_600, "13:30 UTC+1"), (-12_600, "09:00 UTC-3:30"), (0, "12:30 UTC,")] {
        let host = host();
        host.set_offset(offset);
        let mut email: Email = configure(ONE).unwrap();
        email.deliver(&notification(vec![alert()]), "key").unwrap();
        assert!(host.mails()[0].text.contains(&format!("since 2026-11-20 {told}")), "{}", host.mails()[0].text);
    }
}

#[test]
fn without_its_picture_the_message_says_so() {
    let host = host();
    host.set_picture("machine/disk", Err(Fault::Upstream("it was not made within 4 s".to_owned())));
    let mut email: Email = configure(ONE).unwrap();
    email.deliver(&notification(vec![alert()]), "key").unwrap();
    let message = host.mails().remove(0);
    assert!(message.attachments.is_empty());
    assert!(message.text.contains("no picture of machine/disk: it was not made within 4 s"), "{}", message.text);
    let html = message.html.unwrap();
    assert!(html.contains("There is no picture of machine/disk: it was not made within 4 s") && !html.contains("cid:"), "{html}");
}

#[test]
fn pictures_and_links_can_be_left_out() {
    let host = host();
    let mut email: Email = configure(r#"{"to":["list@shop.example"],"pictures":false,"links":false}"#).unwrap();
    email.deliver(&notification(vec![alert()]), "key").unwrap();
    let message = host.mails().remove(0);
    assert!(message.attachments.is_empty() && !message.text.contains("acknowledge") && !message.text.contains("picture"));
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
fn addresses_are_checked() {
    let reason = |config: &str| configure::<Email>(config).unwrap_err().reason().to_owned();
    assert_eq!(reason("{}"), "missing field `to`");
    assert_eq!(reason(r#"{"to":[]}"#), "`to`: name at least one address");
    assert_eq!(reason(r#"{"to":["a@b","web"]}"#), "`to`: web is not an address");
    assert!(reason(r#"{"to":["a@b\nBcc: c@d"]}"#).contains("not an address"));
}
