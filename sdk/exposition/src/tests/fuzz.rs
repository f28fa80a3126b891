//! Whatever text comes: the parser answers or refuses, what it lends is sound, and what is written is read again.
//! `FUZZ_SECONDS` says for how long each is tried.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};

use crate::{Format, Item, Parser};

/// How long each target is tried where nobody says otherwise.
const SECONDS: u64 = 1;

/// What texts are made of, so that what is tried comes far.
const WORDS: [&str; 44] = [
    "# TYPE ",
    "# HELP ",
    "# UNIT ",
    "# EOF",
    "# EOF\n",
    "\n",
    " ",
    "\t",
    "a",
    "a_total",
    "a_bucket",
    "a_count",
    "a_sum",
    "a_gcount",
    "a_gsum",
    "a_info",
    "a_created",
    "a_s",
    " counter\n",
    " gauge\n",
    " histogram\n",
    " gaugehistogram\n",
    " summary\n",
    " info\n",
    " stateset\n",
    " s\n",
    "{",
    "}",
    "le=\"+Inf\"",
    "le=\"1\"",
    "quantile=\"0.5\"",
    "a=\"x\"",
    ",",
    "\"",
    "\\",
    "=",
    " 1\n",
    " 0",
    " -1.5",
    " NaN",
    " 1e400",
    " # {a=\"b\"} 1",
    "ä",
    "\u{0}",
];

fn tries<S: Strategy>(strategy: &S, check: impl Fn(S::Value)) {
    #[expect(clippy::disallowed_methods, reason = "a test has no settings")]
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    let end = Instant::now() + Duration::from_secs(seconds);
    let config = Config { cases: 256, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
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

/// Goes over all of it; what is lent keeps the parser's promises.
fn goes_over(bytes: &[u8], format: Format) {
    let Ok(mut parser) = Parser::of_bytes(bytes, format) else { return };
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 2;
    let mut items = 0;
    loop {
        match parser.next() {
            Ok(None) => break,
            Ok(Some(Item::Family(family))) => assert!(!family.name.is_empty()),
            Ok(Some(Item::Sample(sample))) => {
                assert!(!sample.name.is_empty());
                for (place, label) in sample.labels.iter().enumerate() {
                    assert!(!label.name.is_empty() && label.name != "__name__");
                    assert!(sample.labels[..place].iter().all(|before| before.name != label.name));
                }
            }
            Err(error) => {
                assert!(error.line as usize <= lines && error.line > 0 && error.column > 0, "{error}");
                assert!(parser.next().unwrap().is_none(), "nothing follows a mistake");
                break;
            }
        }
        items += 1;
        assert!(items <= 2 * lines, "more pieces than lines");
    }
}

#[test]
fn any_bytes() {
    tries(&vec(any::<u8>(), 0..200), |bytes| {
        goes_over(&bytes, Format::Prometheus);
        goes_over(&bytes, Format::OpenMetrics);
    });
}

#[test]
fn any_words() {
    let word =
        prop_oneof![8 => (0..WORDS.len()).prop_map(|place| WORDS[place].to_owned()), 1 => any::<char>().prop_map(String::from)];
    tries(&vec(word, 0..60), |words| {
        let text = words.concat();
        goes_over(text.as_bytes(), Format::Prometheus);
        goes_over(text.as_bytes(), Format::OpenMetrics);
    });
}

/// A series as somebody means it: names in any letters, values too.
fn series() -> impl Strategy<Value = (String, Vec<(String, String)>, f64, Option<i64>)> {
    let name = || prop_oneof!["[a-zA-Z_:][a-zA-Z0-9_:]{0,8}", "\\PC{1,8}"];
    let label = (prop_oneof!["[a-z]{1,6}", "\\PC{1,6}"], any::<String>());
    let value = prop_oneof![any::<f64>(), Just(f64::NAN), (-1_000_000_i64..1_000_000).prop_map(|number| number as f64 / 1e3)];
    (name(), vec(label, 0..4), value, any::<Option<i64>>())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[test]
fn what_is_written_is_read_again() {
    tries(&vec(series(), 0..6), |mut written| {
        let mut text = String::new();
        for (name, labels, value, time) in &mut written {
            labels.sort();
            labels.dedup_by(|after, before| after.0 == before.0);
            labels.retain(|(name, _)| name != "__name__");
            let terms = labels.iter().map(|(name, value)| format!("{}={}", quoted(name), quoted(value)));
            let terms: Vec<String> = std::iter::once(quoted(name)).chain(terms).collect();
            let time = time.map_or(String::new(), |time| format!(" {time}"));
            text.push_str(&format!("{{{}}} {value:?}{time}\n", terms.join(",")));
        }
        let mut parser = Parser::new(&text, Format::Prometheus);
        for (name, labels, value, time) in &written {
            let Some(Item::Sample(sample)) = parser.next().unwrap() else { panic!("a sample is missing in {text}") };
            let read: Vec<(&str, &str)> = sample.labels.iter().map(|label| (&*label.name, &*label.value)).collect();
            let labels: Vec<(&str, &str)> = labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!((sample.name, read, sample.time), (name.as_str(), labels, *time));
            assert!(sample.value.to_bits() == value.to_bits() || (sample.value.is_nan() && value.is_nan()), "{value}");
        }
        assert!(parser.next().unwrap().is_none());
    });
}
