//! Whatever bytes others push: each door reads or refuses them, keeps its bounds, and lives. `FUZZ_SECONDS` says how long
//! each is tried.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use vitrine_model::push::Push;
use vitrine_monitor::push::csv::{Columns, CsvImport};
use vitrine_monitor::push::remote_write::{Decoder, Version, uncompressed_length};
use vitrine_monitor::push::text::TextImport;
use vitrine_monitor::push::{Import, Unreadable, otlp};

#[path = "../benches/encode.rs"]
mod encode;

use encode::Message;

/// How long each target is tried where nobody says otherwise.
const SECONDS: u64 = 1;

fn tries<S: Strategy>(strategy: &S, check: impl Fn(S::Value)) {
    #[expect(clippy::disallowed_methods, reason = "a test has no settings")]
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let mut rounds = 0;
    while Instant::now() < end {
        let outcome = runner.run(strategy, |value| {
            check(value);
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{failure}"));
        rounds += 1;
    }
    assert!(rounds > 0, "nothing was tried");
}

/// Places and bytes that are written over a sound message.
fn changes() -> impl Strategy<Value = Vec<(u16, u8)>> {
    vec(any::<(u16, u8)>(), 0..6)
}

fn changed(mut bytes: Vec<u8>, changes: &[(u16, u8)]) -> Vec<u8> {
    for (place, byte) in changes {
        let length = bytes.len().max(1);
        if let Some(there) = bytes.get_mut(usize::from(*place) % length) {
            *there = *byte;
        }
    }
    bytes
}

/// What is in a push holds together, whatever came before.
fn sound(push: &Push) {
    assert_eq!(push.places().len(), push.times().len());
    assert_eq!(push.places().len(), push.values().len());
    for place in push.places() {
        assert!(!push.labels(*place).name().is_empty());
    }
}

fn first() -> Vec<u8> {
    let series = |name: &str| (vec![("__name__", name.to_owned()), ("job", "zürich".to_owned())], vec![(1, 1.0), (-2, f64::NAN)]);
    encode::first(&[series("a"), series("b")])
}

fn second() -> Vec<u8> {
    let series = |name: &str| (vec![("__name__", name.to_owned()), ("job", "zürich".to_owned())], vec![(1, 1.0), (-2, f64::NAN)]);
    encode::second(&[series("a"), series("b")])
}

fn otlp_request() -> Vec<u8> {
    let empty = Message::default;
    let attribute = empty().text(1, "service.name").message(2, empty().text(1, "shop"));
    let list = empty().message(5, empty().message(1, empty().message(5, empty().message(1, empty().number(3, 1)))));
    let point = empty().fixed(3, 5).double(4, 1.0).message(7, empty().text(1, "list").message(2, list));
    let buckets = [1_u64, 2].iter().flat_map(|count| count.to_le_bytes()).collect::<Vec<u8>>();
    let histogram = empty().fixed(3, 5).fixed(4, 3).double(5, 1.0).bytes(6, &buckets).bytes(7, &1.0_f64.to_le_bytes());
    let scope = empty()
        .message(2, empty().text(1, "a").text(3, "By/s").message(5, empty().message(1, point)))
        .message(2, empty().text(1, "b").message(9, empty().message(1, histogram).number(2, 2)));
    empty().message(1, empty().message(1, empty().message(1, attribute)).message(2, scope)).0
}

#[test]
fn any_bytes_are_remote_write_or_none() {
    let base = prop_oneof![Just(first()), Just(second()), vec(any::<u8>(), 0..200)];
    tries(&(base, changes(), any::<bool>()), |(base, changes, is_first)| {
        let version = if is_first { Version::First } else { Version::Second };
        let mut push = Push::new("fuzz");
        let compressed = snap::raw::Encoder::new().compress_vec(&changed(base, &changes)).unwrap_or_default();
        let mut decoder = Decoder::default();
        let first = decoder.decode(&compressed, version, &mut push);
        // What was met before is the same, read or known again.
        let mut again = Push::new("fuzz");
        assert_eq!(decoder.decode(&compressed, version, &mut again), first);
        assert_eq!(shown(&again), shown(&push));
        sound(&push);
    });
}

#[test]
fn any_bytes_are_snappy_or_none() {
    let packed = snap::raw::Encoder::new().compress_vec(&first()).unwrap();
    let base = prop_oneof![Just(packed), vec(any::<u8>(), 0..200)];
    tries(&(base, changes()), |(base, changes)| {
        let bytes = changed(base, &changes);
        // As the door does: a length that is too much is refused before anything is made room for.
        if uncompressed_length(&bytes).is_ok_and(|length| length <= 1 << 20) {
            let _ = Decoder::default().uncompress(&bytes);
        }
    });
}

#[test]
fn any_bytes_are_open_telemetry_or_none() {
    let base = prop_oneof![Just(otlp_request()), vec(any::<u8>(), 0..200)];
    tries(&(base, changes()), |(base, changes)| {
        let mut push = Push::new("fuzz");
        let _ = otlp::decode(&changed(base, &changes), &mut push);
        sound(&push);
    });
}

/// The same, however it is cut: samples, and the mistake if there is one.
fn cut(import: impl Fn() -> Box<dyn Import>, body: &[u8], size: usize) -> (Vec<String>, Result<(), Unreadable>) {
    let (mut import, mut push) = (import(), Push::new("fuzz"));
    let mut read = Ok(());
    for part in body.chunks(size) {
        read = read.and_then(|()| import.feed(part, &mut push));
    }
    let read = read.and_then(|()| import.end(&mut push));
    sound(&push);
    let columns = push.places().iter().zip(push.times()).zip(push.values());
    (columns.map(|((place, time), value)| format!("{} {time} {value}", push.labels(*place))).collect(), read)
}

#[test]
fn any_bytes_are_text_or_none() {
    let loose = "# TYPE a counter\na{x=\"1\\n\"} 1 1000\n\na 2\nb{y='z'} NaN\n".as_bytes().to_vec();
    let strict = "# TYPE a counter\n# UNIT a \na_total{x=\"1\"} 1 1.5\n# TYPE b gauge\nb 7 3\n# EOF\n".as_bytes().to_vec();
    let base = prop_oneof![Just(loose), Just(strict), vec(any::<u8>(), 0..200)];
    tries(&(base, changes(), 1_usize..50, any::<bool>()), |(base, changes, size, is_strict)| {
        let kind = if is_strict { "application/openmetrics-text" } else { "text/plain" };
        let import = || -> Box<dyn Import> { Box::new(TextImport::of_content_type(kind, 7)) };
        let body = changed(base, &changes);
        let (whole, read) = cut(import, &body, usize::MAX >> 1);
        if !is_strict && read.is_ok() {
            assert_eq!(cut(import, &body, size), (whole, read));
        } else {
            let _ = cut(import, &body, size);
        }
    });
}

#[test]
fn any_bytes_are_a_table_or_none() {
    let headed = "time,label:a,metric:b\n1,\"x\n\",2\n2025-11-20T10:00:00Z,ü,-1e3\n".as_bytes().to_vec();
    let bare = "1763632800,x,2.5,,\n\n7,\"\"\"\",nan\r\n".as_bytes().to_vec();
    let base = prop_oneof![Just(headed), Just(bare), vec(any::<u8>(), 0..200)];
    tries(&(base, changes(), 1_usize..50, any::<bool>()), |(base, changes, size, is_headed)| {
        let columns = (!is_headed).then(|| Columns::parse("1:time,2:label:a,3:metric:b").unwrap());
        let import = || -> Box<dyn Import> { Box::new(CsvImport::new(columns.clone())) };
        let body = changed(base, &changes);
        assert_eq!(cut(import, &body, size), cut(import, &body, usize::MAX >> 1));
    });
    tries(&".{0,60}", |format| drop(Columns::parse(&format)));
}

fn shown(push: &Push) -> Vec<(vitrine_model::Labels, i64, u64)> {
    let samples = push.places().iter().zip(push.times()).zip(push.values());
    samples.map(|((place, time), value)| (push.labels(*place), *time, value.to_bits())).collect()
}
