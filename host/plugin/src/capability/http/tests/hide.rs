//! The search for a secret: found however it is written, and nothing else is touched.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::super::hide::Hider;

const SECRET: &str = "p a+s/s\"w&r<d%41\u{fc}";

fn hider() -> Hider {
    let mut hider = Hider::default();
    hider.add(SECRET);
    hider
}

#[test]
fn every_way_to_write_it_down_is_found() {
    let hexadecimal: String = SECRET.bytes().map(|byte| format!("{byte:02X}")).collect();
    let percent: String = SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let cases = [
        SECRET.to_owned(),
        percent.clone(),
        percent.to_uppercase(),
        url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect(),
        percent_encoding::utf8_percent_encode(SECRET, percent_encoding::NON_ALPHANUMERIC).to_string(),
        percent_encoding::utf8_percent_encode(SECRET, percent_encoding::CONTROLS).to_string(),
        serde_json::to_string(SECRET).unwrap().trim_matches('"').to_owned(),
        "p a+s\\/s\\\"w\\u0026r\\u003cd%41\u{fc}".to_owned(),
        "p a+s\\x2fs\\x22w&r<d%41\u{fc}".to_owned(),
        "p a+s/s&quot;w&amp;r&lt;d%41\u{fc}".to_owned(),
        "p&#32;a&#43;s&#x2F;s&#34;w&#38;r&#x3c;d&#x25;41\u{fc}".to_owned(),
        "p%20a+s/s\\\"w&amp;r<d%2541\u{fc}".to_owned(),
        hexadecimal.clone(),
        hexadecimal.to_lowercase(),
        STANDARD.encode(SECRET),
        URL_SAFE_NO_PAD.encode(SECRET),
        STANDARD.encode(format!("admin:{SECRET}")),
        STANDARD.encode(format!("a:{SECRET}:and more")),
        STANDARD.encode(format!("ab:{SECRET}!")),
        URL_SAFE_NO_PAD.encode(format!("abc:{SECRET}?")),
        url::form_urlencoded::byte_serialize(STANDARD.encode(format!("user:{SECRET}")).as_bytes()).collect(),
    ];
    for written in cases {
        let text = format!("before {written} after {written}");
        assert_eq!(hider().text(&text), "before *** after ***", "{written}");
        assert!(hider().finds(&text));
        let glued = hider().text(&format!("({written})"));
        assert_eq!(glued, "(***)", "{written}");
    }
}

#[test]
fn a_word_of_base64_goes_as_a_whole() {
    let word = STANDARD.encode(format!("somebody with a long name:{SECRET} and a tail"));
    assert_eq!(hider().text(&format!("Basic {word}; x")), "Basic ***; x");
}

#[test]
fn what_is_no_secret_stays() {
    let text = "p a+s/s is only the beginning, %70 a %zz \\u00 &#; &#x; &amp; + \\";
    assert_eq!(hider().text(text), text);
    assert!(!hider().finds(text));
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    assert_eq!(hider().bytes(bytes.clone()), bytes);
    assert_eq!(Hider::default().text("anything"), "anything");
    assert!(Hider::default().is_empty() && !hider().is_empty());
}

#[test]
fn neighbours_and_overlaps_are_hidden_once() {
    let mut hider = Hider::default();
    hider.add("abab");
    assert_eq!(hider.text("xababab abab"), "x***ab ***");
    assert_eq!(hider.text("abababab"), "***");
    hider.add("xaba");
    assert_eq!(hider.text("-xabab-"), "-***b-");
}

#[test]
fn a_text_that_means_many_things_takes_no_time() {
    let mut hider = Hider::default();
    hider.add(&"%".repeat(60));
    let text = "%25".repeat(59) + "x" + &"%".repeat(59);
    assert_eq!(hider.text(&text), text);
    assert_eq!(hider.text(&"%25".repeat(60)), "***");
}
