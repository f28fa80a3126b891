#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_sdk::Label;
use vitrine_sdk::channel::{Alert, Status, configure};
use vitrine_sdk::fake::{Host, response};
use vitrine_sdk::http::{Error, Placement};

use super::segments::{Alphabet, plain, segments};
use super::*;

mod sending;

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

fn alert() -> Alert {
    Alert {
        status: Status::Firing,
        labels: vec![Label::new("alertname", "DiskFull"), Label::new("severity", "critical")],
        annotations: Vec::new(),
        starts_at: 0,
        ends_at: None,
        value: 0.912,
        fingerprint: "ab12".to_owned(),
        link: "https://vitrine.example/alerts#0123456789abcdef".to_owned(),
    }
}

fn notification(title: &str, alerts: Vec<Alert>) -> Notification {
    Notification {
        status: alerts[0].status,
        title: title.to_owned(),
        group: "group-1".to_owned(),
        group_labels: Vec::new(),
        alerts,
        host: "https://vitrine.example".to_owned(),
        time_zone: "UTC".to_owned(),
    }
}

#[test]
fn parts_are_counted_as_phones_do() {
    let a = |count: usize| "a".repeat(count);
    let check = |text: &str, alphabet: Alphabet, parts: usize| {
        assert_eq!((Alphabet::of(text), segments(text)), (alphabet, parts), "{} letters: {text}", text.chars().count());
    };
    check("", Alphabet::Gsm, 1);
    check(&a(160), Alphabet::Gsm, 1);
    check(&a(161), Alphabet::Gsm, 2);
    check(&a(306), Alphabet::Gsm, 2);
    check(&a(307), Alphabet::Gsm, 3);
    check(&a(459), Alphabet::Gsm, 3);
    check(&a(460), Alphabet::Gsm, 4);
    // Every letter of the basic table is one.
    check("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà", Alphabet::Gsm, 1);
    // Those of the extension are two each.
    check(&"€".repeat(80), Alphabet::Gsm, 1);
    check(&"[".repeat(81), Alphabet::Gsm, 2);
    check(&(a(159) + "€"), Alphabet::Gsm, 2);
    // An escape and its letter are never torn: 152 and two of them begin another part, 76 fit into 153.
    check(&"~".repeat(152), Alphabet::Gsm, 2);
    check(&"~".repeat(153), Alphabet::Gsm, 3);
    check(&(a(152) + "€" + &a(152)), Alphabet::Gsm, 3);
    check(&(a(151) + "€" + &a(153)), Alphabet::Gsm, 2);
    // One letter outside, and all are wide.
    check(&("ж".to_owned() + &a(69)), Alphabet::Ucs2, 1);
    check(&("ж".to_owned() + &a(70)), Alphabet::Ucs2, 2);
    check(&("ж".to_owned() + &a(133)), Alphabet::Ucs2, 2);
    check(&("ж".to_owned() + &a(134)), Alphabet::Ucs2, 3);
    check("ç", Alphabet::Ucs2, 1);
    // Two units for what is beyond the basic plane, and they stay together.
    check(&"🔥".repeat(35), Alphabet::Ucs2, 1);
    check(&"🔥".repeat(36), Alphabet::Ucs2, 2);
    check(&"🔥".repeat(66), Alphabet::Ucs2, 2);
    check(&"🔥".repeat(67), Alphabet::Ucs2, 3);
}

#[test]
fn typographic_marks_cost_nothing() {
    assert_eq!(plain("“disk” – ‘/var’…\u{a0}5 × 2 ≥ 9 → now"), "\"disk\" - '/var'... 5 x 2 >= 9 -> now");
    assert_eq!(plain("naïve жара 🔥"), "naïve жара 🔥");
}

#[test]
fn one_part_says_what_where_and_how_to_answer() {
    let text = |is_answered| words::text(&notification("disk /var on web-1 is 91 % full", vec![alert()]), 2, is_answered);
    let short = "FIRING critical: disk /var on web-1 is 91 % full\nhttps://vitrine.example/alerts#0123456789abcdef";
    assert_eq!(text(false), short);
    assert_eq!(text(true), [short, "\nAnswer ACK or SILENCE 2H"].concat());
    let ended = Alert { status: Status::Resolved, ends_at: Some(5), ..alert() };
    assert_eq!(
        words::text(&notification("disk /var\non web-1", vec![ended]), 2, true),
        "RESOLVED: disk /var on web-1\nhttps://vitrine.example/alerts#0123456789abcdef"
    );
    let many = words::text(&notification("DiskFull: 3 alerts", vec![alert(), alert(), alert()]), 2, false);
    assert_eq!(many, "FIRING: DiskFull: 3 alerts\nhttps://vitrine.example/alerts");
}

#[test]
fn what_is_too_long_is_cut_and_the_link_stays() {
    let link = "\nhttps://vitrine.example/alerts#0123456789abcdef";
    for (title, most) in
        [("ab ".repeat(400), 1), ("ab ".repeat(400), 3), ("жара ".repeat(400), 2), ("€".repeat(1_000), 2), ("🔥".repeat(500), 1)]
    {
        let text = words::text(&notification(&title, vec![alert()]), most, true);
        assert_eq!(segments(&text), most, "{text}");
        assert!(text.ends_with(link) && text.contains("...\n"), "{text}");
        // Not a letter more would have fitted.
        let longer = text.replacen("...\n", "abcd...\n", 1);
        assert!(segments(&longer) > most, "{text}");
    }
    let mut far = alert();
    far.link = format!("https://vitrine.example/{}", "a".repeat(400));
    assert_eq!(words::text(&notification("disk", vec![far.clone()]), 1, false), far.link);
}
