#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod channel;
mod data;

use serde::Deserialize;

use crate::source::{Batch, MetricKind};
use crate::{Fault, NoConfig, Samples, Source, config, fake, http, metrics, source, state};

#[test]
fn samples_can_be_taken_back_and_families_have_other_names() {
    let mut samples = Samples::new();
    samples.family("a_seconds", MetricKind::Histogram, "help");
    samples.unit("a_seconds", "seconds");
    samples.member("a_seconds_sum", &[("x", "1")], 1.0);
    samples.at(7);
    let before = samples.len();
    samples.gauge("b", &[("x", "2")], 2.0);
    samples.truncate(before);
    samples.member("c", &[("x", "3")], 3.0);
    assert_eq!(samples.to_string(), "a_seconds_sum{x=\"1\"} 1\nc{x=\"3\"} 3\n");
    let batch = Batch::from(samples);
    assert_eq!((batch.families.len(), batch.families[0].unit.as_str()), (2, "seconds"));
    assert_eq!((batch.times.len(), batch.values.len(), batch.ends), (2, 2, vec![4, 8]));
}

#[test]
fn samples_keep_each_text_once() {
    let mut samples = Samples::new();
    for cpu in ["0", "1", "2"] {
        for mode in ["idle", "user"] {
            samples.counter("cpu_seconds_total", &[("cpu", cpu), ("mode", mode)], 1.5);
        }
    }
    assert_eq!(samples.value("cpu_seconds_total", &[("mode", "user"), ("cpu", "2")]), Some(1.5));
    assert_eq!(samples.value("cpu_seconds_total", &[("mode", "user")]), None);
    let batch = Batch::from(samples);
    assert_eq!(batch.symbols, ["__name__", "cpu_seconds_total", "cpu", "0", "mode", "idle", "user", "1", "2"]);
    assert_eq!(batch.ends, [6, 12, 18, 24, 30, 36]);
    assert_eq!(batch.families.len(), 1);
    assert_eq!(batch.families[0].kind, MetricKind::Counter);
    assert!(batch.times.is_empty());
}

#[test]
fn many_symbols_are_all_found_again() {
    let mut samples = Samples::new();
    let names: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    for _ in 0..2 {
        names.iter().for_each(|name| samples.gauge("metric", &[("number", name)], 0.0));
    }
    assert_eq!(Batch::from(samples).symbols.len(), 1000 + 3);
}

#[test]
fn samples_may_carry_their_own_time() {
    let host = fake::Host::new();
    host.set_now(5_000);
    let mut samples = Samples::new();
    samples.gauge("a", &[], 1.0);
    samples.gauge("b", &[], 2.0);
    samples.at(1_000);
    samples.gauge("c", &[], 3.0);
    samples.family("c", MetricKind::Gauge, "the third");
    let batch = Batch::from(samples);
    assert_eq!(batch.times, [5_000, 1_000, 5_000]);
    assert_eq!(batch.families[2].help, "the third");
}

#[test]
fn a_mistake_in_the_configuration_names_its_key() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only read into")]
        expect: Inner,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only read into")]
        status: u16,
    }
    let reason = |json| config::parse::<Outer>(json).unwrap_err().reason().to_owned();
    assert_eq!(reason(r#"{"expect":{"status":"x"}}"#), "`expect.status`: invalid type: string \"x\", expected u16");
    assert_eq!(reason(r#"{"expct":{}}"#), "`expct`: unknown field `expct`, expected `expect`");
    assert_eq!(reason("{}"), "missing field `expect`");
    assert_eq!(reason("{\n  \"expect\": { }\n}"), "`expect`: missing field `status`");
    assert_eq!(reason(r#"{"expect":[{"a":"}"}]}"#), "`expect[0]`: invalid type: map, expected u16");
    assert_eq!(reason(r#"{"expect":{"status":1}} x"#), "trailing characters");
    assert!(reason("").starts_with("EOF"));
}

#[test]
fn what_a_source_does_not_implement_is_not_offered() {
    struct Silent;
    impl Source for Silent {
        type Config = NoConfig;
        fn new(NoConfig {}: NoConfig) -> Result<Self, Fault> {
            Ok(Silent)
        }
    }
    let mut silent = source::configure::<Silent>("{}").unwrap();
    assert_eq!(silent.collect().unwrap_err(), Fault::Invalid("this plugin offers no collector".to_owned()));
    assert!(silent.logs(None, 1).is_err() && silent.run("", "", "").is_err() && silent.actions().is_empty());
}

#[test]
fn the_fake_host_denies_what_is_not_set_up() {
    let host = fake::Host::new();
    assert!(matches!(http::Request::get("https://example.org/").send(), Err(http::Error::Denied(_))));
    assert!(matches!(state::get("a"), Err(Fault::Denied(_))));
    assert!(matches!(metrics::count("a", &[], 1.0), Err(Fault::Denied(_))));
    host.grant_state();
    state::set("a/1", b"x").unwrap();
    assert_eq!(state::keys("a/").unwrap(), ["a/1"]);
}

#[test]
fn scripted_answers_come_in_turn() {
    let host = fake::Host::new();
    host.answer("https://example.org/", fake::response(200, "one"));
    host.fail("https://example.org/", http::Error::Timeout("too slow".to_owned()));
    let request = http::Request::get("https://example.org/");
    assert_eq!(request.send().unwrap().text(), "one");
    assert!(request.send().is_err() && request.send().is_err());
    assert_eq!(host.requests().len(), 3);
}

#[test]
fn moments_have_their_date() {
    let check = |time: i64, expected: &str| {
        assert_eq!(crate::clock::Utc::from_milliseconds(time).rfc3339(), expected);
        assert_eq!(crate::clock::Utc::parse(expected), Some(time));
    };
    check(0, "1970-01-01T00:00:00.000Z");
    check(-1, "1969-12-31T23:59:59.999Z");
    check(951_782_400_000, "2000-02-29T00:00:00.000Z");
    check(1_709_251_199_123, "2024-02-29T23:59:59.123Z");
    check(1_795_177_800_000, "2026-11-20T12:30:00.000Z");
    check(4_107_542_400_000, "2100-03-01T00:00:00.000Z");
    for text in ["", "2026-11-20", "2026-13-01T00:00:00.000Z", "2026-11-20T24:00:00Z", "2026-11-20T12:00:00+01:00", "xTyZ"] {
        assert_eq!(crate::clock::Utc::parse(text), None, "{text}");
    }
}
