//! Requests as senders write them.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_model::sample::{MetricKind, stale};

use super::*;
use crate::push::encode::{self, Message, Series};
use crate::push::tests::shown;

fn decode(body: &[u8], version: Version, push: &mut Push) -> Result<Decoded, Unreadable> {
    again(&mut Decoder::default(), body, version, push)
}

fn again(decoder: &mut Decoder, body: &[u8], version: Version, push: &mut Push) -> Result<Decoded, Unreadable> {
    let compressed = snap::raw::Encoder::new().compress_vec(body).unwrap();
    assert_eq!(uncompressed_length(&compressed), Ok(body.len()));
    decoder.decode(&compressed, version, push)
}

fn up(value: f64) -> Series<'static> {
    (vec![("__name__", "up".to_owned()), ("job", "käse".to_owned())], vec![(1_000, value), (-2_000, 2.5)])
}

#[test]
fn both_versions_say_the_same() {
    for (version, body) in [(Version::First, encode::first(&[up(1.0)])), (Version::Second, encode::second(&[up(1.0)]))] {
        let mut push = Push::new("test");
        assert_eq!(decode(&body, version, &mut push), Ok(Decoded::default()), "{version:?}");
        assert_eq!(shown(&push), [r#"up{job="käse"} 1000 1"#, r#"up{job="käse"} -2000 2.5"#], "{version:?}");
    }
}

#[test]
fn stale_markers_keep_their_bits() {
    let mut push = Push::new("test");
    decode(&encode::first(&[up(stale())]), Version::First, &mut push).unwrap();
    assert_eq!(push.values()[0].to_bits(), stale().to_bits());
}

#[test]
fn what_is_good_goes_in_and_the_rest_is_counted() {
    let nameless = (vec![("job", "a".to_owned())], vec![(1, 1.0), (2, 1.0)]);
    let twice = (vec![("__name__", "x".to_owned()), ("a", "1".to_owned()), ("a", "2".to_owned())], vec![(1, 1.0)]);
    let unnamed = (vec![("__name__", "x".to_owned()), ("", "1".to_owned())], vec![(1, 1.0)]);
    let unsorted = (vec![("b", "1".to_owned()), ("__name__", "x".to_owned())], vec![(1, 1.0)]);
    let empty = (vec![("__name__", "without_samples".to_owned())], vec![]);
    for (body, version) in [
        (encode::first(&[nameless.clone(), twice.clone(), unnamed.clone(), unsorted.clone(), empty.clone()]), Version::First),
        (encode::second(&[nameless, twice, unnamed, unsorted, empty]), Version::Second),
    ] {
        let mut push = Push::new("test");
        let decoded = decode(&body, version, &mut push).unwrap();
        assert_eq!(shown(&push), [r#"x{b="1"} 1 1"#], "{version:?}");
        let example = r#"{job="a"} has no `__name__`: a series needs a metric's name"#;
        assert_eq!(decoded.refused, Refusals { samples: 4, example: Some(example.to_owned()) }, "{version:?}");
    }
}

#[test]
fn histograms_and_exemplars_are_counted() {
    let name = Message::default().text(1, "__name__").text(2, "h");
    let one = Message::default().message(1, name).message(3, Message::default()).message(4, Message::default().number(1, 7));
    let mut push = Push::new("test");
    let decoded = decode(&Message::default().message(1, one).0, Version::First, &mut push).unwrap();
    assert_eq!((decoded.exemplars, decoded.refused.samples), (1, 1));
    assert!(decoded.refused.example.unwrap().contains("native histograms are not stored: h"));
    assert!(push.is_empty());
    let one = Message::default().packed(1, &[1, 2]).message(3, Message::default()).message(4, Message::default());
    let request = ["", "__name__", "h"].iter().fold(Message::default(), |request, symbol| request.text(4, symbol));
    let decoded = decode(&request.message(5, one).0, Version::Second, &mut push).unwrap();
    assert_eq!((decoded.exemplars, decoded.refused.samples), (1, 1));
}

#[test]
fn descriptions_come_along() {
    let metadata = Message::default().number(1, 3).text(2, "took").text(4, "How long").text(5, "seconds");
    let mut push = Push::new("test");
    decode(&Message::default().message(3, metadata).0, Version::First, &mut push).unwrap();
    let symbols = ["", "__name__", "took_bucket", "How long", "seconds"];
    let request = symbols.iter().fold(Message::default(), |request, symbol| request.text(4, symbol));
    let metadata = Message::default().number(1, 3).number(3, 3).number(4, 4);
    let one = Message::default().packed(1, &[1, 2]).message(5, metadata);
    decode(&request.message(5, one.clone()).message(5, one).0, Version::Second, &mut push).unwrap();
    assert_eq!(push.families.len(), 2);
    assert_eq!(push.families[0], push.families[1]);
    assert_eq!((push.families[0].kind, push.families[0].name.as_str()), (MetricKind::Histogram, "took"));
}

/// The first symbol is to be the empty text. Senders there are begin with another, and Prometheus takes them.
#[test]
fn a_table_without_the_empty_text_is_read() {
    let sample = Message::default().double(1, 7.5).number(2, 1_000);
    let one = Message::default().packed(1, &[0, 1]).message(2, sample).message(5, Message::default().number(1, 2));
    let request = ["__name__", "up"].iter().fold(Message::default(), |request, symbol| request.text(4, symbol));
    let mut push = Push::new("test");
    decode(&request.message(5, one).0, Version::Second, &mut push).unwrap();
    assert_eq!((push.labels(0).name(), push.values()), ("up", &[7.5][..]));
    assert_eq!((push.families[0].name.as_str(), push.families[0].help.as_str()), ("up", ""));
}

#[test]
fn what_cannot_be_read_says_why() {
    let check = |body: &[u8], version, reason: &str| {
        let told = decode(body, version, &mut Push::new("test")).unwrap_err().to_string();
        assert!(told.contains(reason), "{told}");
    };
    check(&[0x0a, 0x05, 1], Version::First, "it ends within a field");
    check(&[0x0b], Version::First, "unknown type");
    check(&[0xff; 11], Version::First, "a number does not end");
    check(&Message::default().number(1, 5).0, Version::First, "a message is no message");
    let not_text = Message::default().message(1, Message::default().message(1, Message::default().bytes(1, &[0xff])));
    check(&not_text.0, Version::First, "not UTF-8");
    let missing = Message::default().text(4, "").message(5, Message::default().packed(1, &[1, 2]));
    check(&missing.0, Version::Second, "symbol 1 is named, and there are 1");
    let odd = Message::default().text(4, "").message(5, Message::default().packed(1, &[0]));
    check(&odd.0, Version::Second, "references come in pairs");
    let many = (0..1_001).fold(Message::default(), |one, _| one.message(1, Message::default()));
    check(&Message::default().message(1, many).0, Version::First, "more than 1000 labels of one series");
    assert!(uncompressed_length(&[0xff; 20]).is_err());
    assert!(Decoder::default().uncompress(&[0x05, 0x00]).is_err());
}

/// Labels that were met before are not read again: the answer must be as if they were.
#[test]
fn a_series_met_before_is_the_same_series() {
    let label = |name: &str, value: &str| Message::default().text(1, name).text(2, value);
    let sample = |time: u64| Message::default().double(1, time as f64).number(2, time);
    let named = || Message::default().message(1, label("__name__", "up")).message(1, label("job", "a"));
    let long = "x".repeat(200);
    let parts = [
        named().message(2, sample(1)),
        named().message(2, sample(2)).message(2, sample(3)),
        // Another label after the samples, or a long one: another series, though it begins with the same bytes.
        named().message(2, sample(4)).message(1, label("pod", "b")),
        named().message(2, sample(5)),
        named().message(1, label("pod", &long)).message(2, sample(6)),
        named().message(2, sample(7)).message(4, Message::default()),
        named().message(2, sample(8)),
        Message::default().message(2, sample(9)),
    ];
    let body = parts.into_iter().fold(Message::default(), |body, part| body.message(1, part)).0;
    let mut decoder = Decoder::default();
    for _ in 0..3 {
        let mut push = Push::new("test");
        let decoded = again(&mut decoder, &body, Version::First, &mut push).unwrap();
        assert_eq!(decoded.refused.samples, 2, "a histogram, and a sample without a name");
        let plain = |time: u32| format!(r#"up{{job="a"}} {time} {time}"#);
        let other = |pod: &str, time: u32| format!(r#"up{{job="a", pod="{pod}"}} {time} {time}"#);
        let wanted = [plain(1), plain(2), plain(3), other("b", 4), plain(5), other(&long, 6), plain(7), plain(8)];
        assert_eq!(shown(&push), wanted);
    }
}

/// More series than are remembered: all of them arrive, met before or not.
#[test]
fn what_is_remembered_is_bounded() {
    let mut decoder = Decoder::default();
    for round in 0..3 {
        for part in 0..8 {
            let series: Vec<Series<'static>> = (0..4_000)
                .map(|place| {
                    let name = format!("{part}-{place}-{}", "x".repeat(100));
                    (vec![("__name__", "many".to_owned()), ("one", name)], vec![(round, f64::from(place))])
                })
                .collect();
            let mut push = Push::new("test");
            again(&mut decoder, &encode::first(&series), Version::First, &mut push).unwrap();
            assert_eq!((push.len(), push.series_count()), (4_000, 4_000));
            assert!(push.labels(3_999).to_string().starts_with(&format!(r#"many{{one="{part}-3999-x"#)));
        }
    }
}
