//! The rules of approval as tables.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::json;

use super::*;

/// `http https://a`, `mail`, `secret key https://a`: as `beyond` says it.
fn asked(words: &[&str]) -> Asked {
    let mut asked = Asked::default();
    for word in words {
        let (what, place) = match word.rsplit_once(' ') {
            Some((what, place)) if place.contains("://") => (what, Some(place)),
            _ => (*word, None),
        };
        asked.0.entry(what.to_owned()).or_default().extend(place.map(str::to_owned));
    }
    asked
}

#[test]
fn what_is_more_than_before() {
    for (before, now, more) in [
        (&["mail"][..], &["mail"][..], &[][..]),
        (&["mail", "system"], &["system"], &[]),
        (&["system"], &["mail", "system"], &["mail"]),
        (&[], &["http https://a", "http https://b"], &["http https://a", "http https://b"]),
        (&["http https://a"], &["http https://a", "http https://b"], &["http https://b"]),
        // Another port, another scheme and another method are other places.
        (&["http https://a"], &["http https://a:444"], &["http https://a:444"]),
        (&["http https://a"], &["http http://a"], &["http http://a"]),
        (&["http https://*.a"], &["http https://b.a"], &[]),
        (&["http https://b.a"], &["http https://*.a"], &["http https://*.a"]),
        // Without places it goes wherever the admin grants: no list covers that.
        (&["http"], &["http https://a"], &[]),
        (&["http https://a"], &["http"], &["http to any place"]),
        (&["http", "secret key https://a"], &["http", "secret key https://b"], &["secret key https://b"]),
        (&["http"], &["http", "secret key https://a"], &["secret key https://a"]),
        (&["http", "secret key https://a"], &["http", "secret other https://a"], &["secret other https://a"]),
    ] {
        assert_eq!(asked(now).beyond(&asked(before)), more, "{before:?} → {now:?}");
    }
}

#[test]
fn who_may_run() {
    let narrow = json!({"http": ["https://a"]});
    let wide = json!({"http": ["https://a"], "mail": true});
    let (little, much) = (asked(&["http https://a"]), asked(&["http https://a", "mail"]));
    let approval = |grant: &Value, asked: &Asked| {
        Some(Approval { plugin: "p".to_owned(), digest: "old".to_owned(), asked: asked.clone(), grant: grant.clone() })
    };
    let wish = |grant| Wish { grant, pin: None, order: None };
    let waits = || Verdict::Waits(vec!["mail".to_owned()]);
    let known = approval(&narrow, &little);
    let known_wide = approval(&wide, &little);
    let cases = [
        ("the first time", None, "new", &much, wish(&wide), Verdict::Approved),
        ("the same build", known.clone(), "old", &little, wish(&narrow), Verdict::NoMore),
        ("another that asks the same", known.clone(), "new", &little, wish(&narrow), Verdict::NoMore),
        ("one that asks for more", known.clone(), "new", &much, wish(&narrow), waits()),
        ("more, and granted long ago", known_wide.clone(), "new", &much, wish(&wide), waits()),
        ("more, and granted now", known.clone(), "new", &much, wish(&wide), Verdict::Approved),
        ("more, and less granted now", known_wide.clone(), "new", &much, wish(&narrow), waits()),
        ("less than before", approval(&wide, &much), "new", &little, wish(&wide), Verdict::NoMore),
        ("pinned", known.clone(), "new", &much, Wish { pin: Some("new"), ..wish(&narrow) }, Verdict::Approved),
        ("another one pinned", known.clone(), "new", &little, Wish { pin: Some("old"), ..wish(&narrow) }, Verdict::NotPinned),
        ("another one pinned at first", None, "new", &little, Wish { pin: Some("old"), ..wish(&narrow) }, Verdict::NotPinned),
        ("ordered", known.clone(), "new", &much, Wish { order: Some("new"), ..wish(&narrow) }, Verdict::Approved),
        ("another one ordered", known.clone(), "new", &much, Wish { order: Some("old"), ..wish(&narrow) }, waits()),
    ];
    for (what, known, digest, asked, wish, verdict) in cases {
        let build = Build { plugin: "p", digest, asked, is_bundled: false };
        assert_eq!(decide(known.as_ref(), build, wish), verdict, "{what}");
    }
    let build = Build { plugin: "p", digest: "new", asked: &much, is_bundled: true };
    assert_eq!(decide(known.as_ref(), build, wish(&narrow)), Verdict::Approved, "it came with the host");
    let build = Build { plugin: "q", is_bundled: false, ..build };
    assert_eq!(decide(known.as_ref(), build, wish(&narrow)), Verdict::Approved, "the entry names another plugin now");
}

#[test]
fn only_what_is_added_to_a_grant_is_a_yes() {
    for (before, now, wider) in [
        (json!([]), json!([]), false),
        (json!(["system"]), json!({"system": true, "mail": false, "http": []}), false),
        (json!({"system": true}), json!(["system"]), false),
        (json!(["system"]), json!(["system", "mail"]), true),
        (json!({"http": ["https://a", "https://b"]}), json!({"http": ["https://b"]}), false),
        (json!({"http": ["https://a"]}), json!({"http": ["https://b"]}), true),
        (json!({"http": ["https://a"]}), json!({"networks": ["https://a"]}), true),
        (json!({"sql": {"shop": {"url": "x"}}}), json!({"sql": {"shop": {"url": "x", "write": true}}}), true),
    ] {
        assert_eq!(is_wider(&now, &before), wider, "{before} → {now}");
    }
}

#[test]
fn what_was_approved_stays_approved() {
    let (little, much) = (asked(&["http https://a"]), asked(&["http https://a", "mail"]));
    let grant = json!({"http": ["https://a"], "mail": true});
    let wish = Wish { grant: &grant, pin: None, order: None };
    let build = |digest, asked| Build { plugin: "p", digest, asked, is_bundled: false };
    let first = record(None, build("one", &much), wish, &Verdict::Approved);
    // A build that asks for less, and the one after it that asks for all again: nothing new to say yes to.
    let verdict = decide(Some(&first), build("two", &little), wish);
    let second = record(Some(&first), build("two", &little), wish, &verdict);
    assert_eq!((second.digest.as_str(), &second.asked), ("two", &much));
    assert_eq!(decide(Some(&second), build("three", &much), wish), Verdict::NoMore);
    // It comes back from the database as it went in.
    let text = serde_json::to_string(&second).unwrap();
    assert_eq!(serde_json::from_str::<Approval>(&text).unwrap(), second);
}
