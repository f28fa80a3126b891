//! What channels share: the text of a notification, what an answer means, where a group's story began.

use crate::channel::story::{Budget, Html, Markup, Plain, Severity, Story, cut, is_web, one_line};
use crate::channel::{Alert, Failure, Notification, Status, answer, thread};
use crate::fake::{self, Host};
use crate::http::{Header, Response};
use crate::{Fault, Label};

/// 2026-11-20T12:30:00Z
const START: i64 = 1_795_177_800_000;

fn alert(number: usize) -> Alert {
    Alert {
        status: Status::Firing,
        labels: vec![Label::new("alertname", "DiskFull"), Label::new("severity", "warning")],
        annotations: vec![
            Label::new("summary", format!("disk {number} is <full>")),
            Label::new("description", "Look at it\nsoon"),
            Label::new("runbook_url", "https://wiki.example/disk?a=1&b=2"),
            Label::new("team", "web"),
        ],
        starts_at: START,
        ends_at: None,
        value: 0.912_345,
        fingerprint: "ab12".to_owned(),
        link: "http://host/alerts#ab12".to_owned(),
    }
}

fn notification(alerts: Vec<Alert>) -> Notification {
    Notification {
        status: Status::Firing,
        title: "[firing] disks\r\nof \u{202e}web-1".to_owned(),
        group: "group-1".to_owned(),
        group_labels: Vec::new(),
        alerts,
        host: "http://host/".to_owned(),
        time_zone: "UTC".to_owned(),
    }
}

#[test]
fn a_story_tells_what_where_and_since_when() {
    let notification = notification(vec![alert(1)]);
    let story = Story::of(&notification, START + 12 * 60_000 + 5_000);
    assert_eq!((story.headline().as_str(), story.severity), ("[firing] disks  of web-1", Severity::Warning));
    let expected = "🟡 [firing] disks  of web-1

disk 1 is <full>: http://host/alerts#ab12
firing: since 2026-11-20 12:30 UTC, for 12 min 5 s now, value 0.9123
Look at it
soon
alertname: DiskFull
severity: warning
team: web
Runbook: https://wiki.example/disk?a=1&b=2";
    assert_eq!(story.as_text(&Plain, 4_000), expected);
    let html = story.as_text(&Html { line_break: "<br>" }, 4_000);
    for part in [
        "<b>🟡 [firing] disks  of web-1</b><br><br>",
        "<a href=\"http://host/alerts#ab12\">disk 1 is &lt;full&gt;</a><br>",
        "Look at it<br>soon<br>",
        "<a href=\"https://wiki.example/disk?a=1&amp;b=2\">Runbook</a>",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
}

#[test]
fn what_is_over_looks_different() {
    let ended = Alert { status: Status::Resolved, ends_at: Some(START + 7_500_000), ..alert(1) };
    let notification = Notification { status: Status::Resolved, ..notification(vec![ended]) };
    let story = Story::of(&notification, START + 8_000_000);
    assert_eq!((story.look().sign, story.look().colour), ("✅", 0x2e_7d32));
    // What is over is not what is bad.
    let worse = Alert { labels: vec![Label::new("severity", "critical")], ..notification.alerts[0].clone() };
    let mixed = Notification { status: Status::Firing, alerts: vec![worse, alert(2)], ..notification.clone() };
    assert_eq!(Story::of(&mixed, START).severity, Severity::Warning);
    let text = story.as_text(&Plain, 4_000);
    assert!(text.contains("resolved: lasted 2 h 5 min, from 2026-11-20 12:30 UTC to 2026-11-20 14:35 UTC"), "{text}");
}

#[test]
fn whatever_the_room_a_story_stays_within_it() {
    let hostile = Alert { annotations: vec![Label::new("summary", "\"&<>".repeat(400))], labels: Vec::new(), ..alert(1) };
    for alerts in [vec![], vec![alert(1)], (0..100).map(alert).collect(), vec![hostile; 3]] {
        let notification = notification(alerts);
        let story = Story::of(&notification, START);
        for letters in [1_500, 2_000, 4_096, 30_000] {
            for markup in [&Plain as &dyn Markup, &Html { line_break: "\n" }] {
                let text = story.as_text(markup, letters);
                assert!(text.encode_utf16().count() <= letters, "{letters}: {text}");
                let told = text.matches("since 20").count();
                let is_counted = text.contains(&format!("and {} more", notification.alerts.len() - told));
                assert!(told == notification.alerts.len() || is_counted || told == 0, "{letters}: {text}");
            }
        }
    }
    let notification = notification((0..20).map(alert).collect());
    let story = Story::of(&notification, START);
    let fitted = story.fitted(&Plain, Budget { alerts: 9, letters: 6_000, letters_of_one: 4_096 });
    assert_eq!((fitted.written.len(), fitted.more), (9, 11));
    assert_eq!(story.more(&Plain, 11).unwrap(), "and 11 more: http://host/alerts");
}

#[test]
fn words_for_how_bad_it_is() {
    for (word, severity) in
        [("Critical", Severity::Critical), ("page", Severity::Critical), ("warn", Severity::Warning), ("none", Severity::Info)]
    {
        assert_eq!(Severity::of(Some(word)), severity);
    }
    assert_eq!((Severity::of(None), Severity::of(Some("odd")).word()), (Severity::Error, "error"));
}

#[test]
fn texts_are_cut_and_addresses_looked_at() {
    assert_eq!((cut("naïve", 4).as_str(), cut("naïve", 5).as_str()), ("naï…", "naïve"));
    assert_eq!(one_line(" a\n\u{7}b ", 10), "a  b");
    assert!(is_web("https://a.example/x?y=(1)#z") && is_web("http://[::1]:9090/"));
    for address in ["javascript:alert(1)", "https://a.example/\"x", "https://a.example/ x", "https://a|b", "ftp://a"] {
        assert!(!is_web(address), "{address}");
    }
}

#[test]
fn an_answer_says_whether_and_when_to_try_again() {
    let host = Host::new();
    host.set_now(START);
    let after = |status: u16, wait: &str| {
        let headers = vec![Header { name: "Retry-After".to_owned(), value: wait.to_owned() }];
        answer::accepted(&Response { headers, ..fake::response(status, "no\n") }).unwrap_err()
    };
    let seconds = |failure: Failure| match failure {
        Failure::RetryAfter(later) => Some(later.seconds),
        _ => None,
    };
    assert!(answer::accepted(&fake::response(204, "")).is_ok());
    assert_eq!(seconds(after(429, "30")), Some(30));
    assert_eq!(seconds(answer::later("busy", 1.2)), Some(2));
    assert_eq!(seconds(after(503, "4000000000")), Some(86_400));
    assert_eq!(seconds(after(503, "Fri, 20 Nov 2026 12:30:45 GMT")), Some(45));
    assert_eq!(seconds(after(503, "Fri, 20 Nov 2026 12:00:00 GMT")), Some(0));
    assert!(matches!(after(503, "soon"), Failure::Retry(_)));
    assert!(matches!(after(404, "30"), Failure::Permanent(_)));
    assert_eq!(after(404, "30").fault(), &Fault::Upstream("the receiver answered 404: no".to_owned()));
    assert_eq!(seconds(answer::refused(&fake::response(429, ""), "busy", Some(0.3))), Some(1));
    assert!(matches!(answer::refused(&fake::response(400, ""), "no", Some(0.3)), Failure::Permanent(_)));
}

#[test]
fn where_a_story_began_is_kept_and_room_is_made() {
    let host = Host::new();
    thread::keep("a", "1");
    assert_eq!((thread::first("a"), host.lines().len()), (None, 0));
    host.grant_state();
    for group in 0..501 {
        host.advance(1_000);
        thread::keep(&format!("g{group}"), &group.to_string());
    }
    assert_eq!((thread::first("g0"), thread::first("g100").as_deref()), (None, Some("100")));
    thread::forget("g100");
    assert_eq!((thread::first("g100"), thread::first("g500").as_deref()), (None, Some("500")));
}
