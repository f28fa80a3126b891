//! The order of sendings, second by second.

use vitrine_model::alert::{AlertState, EventKind};

use super::*;

const SECOND: Millis = 1_000;

fn alert(name: &str) -> Alert {
    Alert {
        rule: "r".to_owned(),
        labels: Labels::from_pairs([("alertname", name)]),
        annotations: Labels::new(),
        state: AlertState::Firing,
        active_at: 0,
        fired_at: Some(0),
        value: 1.0,
        link: String::new(),
        expires_at: None,
    }
}

/// What is sent at a second, with an interval of 15 s and a delay of a minute: `A until 240`, `A over 30`.
fn sent(resend: &mut Resend, second: i64, firing: &[&str]) -> Vec<String> {
    let firing = firing.iter().map(|name| alert(name)).collect();
    let due = resend.take("r", firing, (second * SECOND, 15 * SECOND, 60 * SECOND));
    let line = |sending: Sending| {
        let (name, word) = (sending.alert.labels.get("alertname").unwrap_or("").to_owned(), sending.is_over);
        format!("{name} {} {}", if word { "over" } else { "until" }, sending.ends_at / SECOND)
    };
    due.into_iter().map(line).collect()
}

#[test]
fn it_is_sent_at_once_again_after_the_delay_and_its_end_for_a_quarter_of_an_hour() {
    let mut resend = Resend::default();
    let mut all = Vec::new();
    for step in 0..90 {
        let (second, firing) = (step * 15, if step < 8 { vec!["A"] } else { Vec::new() });
        all.extend(sent(&mut resend, second, &firing).into_iter().map(|line| format!("{second}: {line}")));
    }
    let ends: Vec<String> = (0..13).map(|turn| format!("{}: A over 120", 120 + turn * 75)).collect();
    let wanted: Vec<String> = ["0: A until 240", "75: A until 315"].map(str::to_owned).into_iter().chain(ends).collect();
    assert_eq!(all, wanted);
    assert!(resend.0.is_empty(), "it is forgotten after that");
}

#[test]
fn one_that_fires_again_is_a_new_one() {
    let mut resend = Resend::default();
    assert_eq!(sent(&mut resend, 0, &["B", "A"]), ["A until 240", "B until 240"]);
    assert_eq!(sent(&mut resend, 15, &["A"]), ["B over 15"]);
    assert_eq!(sent(&mut resend, 30, &["A", "B"]), ["B until 270"]);
    assert_eq!(sent(&mut resend, 45, &["A", "B"]), [""; 0]);
}

#[test]
fn who_comes_later_is_told_all_and_a_clock_set_back_holds_up_nothing() {
    let mut resend = Resend::default();
    sent(&mut resend, 1_000, &["A"]);
    resend.begin_anew();
    assert_eq!(sent(&mut resend, 1_015, &["A"]), ["A until 1255"]);
    assert_eq!(sent(&mut resend, 15, &["A"]), ["A until 255"]);
}

#[test]
fn ends_come_back_after_a_restart_and_rules_that_go_end_theirs() {
    let event = AlertEvent { kind: EventKind::Resolved, at: 100 * SECOND, alert: alert("A") };
    let mut resend = Resend::restore(vec![event]);
    assert_eq!(sent(&mut resend, 120, &["B"]), ["A over 100", "B until 360"]);
    let over = resend.retain(|rule| rule != "r", 130 * SECOND);
    assert_eq!(over.iter().map(|sending| sending.ends_at / SECOND).collect::<Vec<_>>(), [100, 130]);
    assert!(resend.0.is_empty());
}
