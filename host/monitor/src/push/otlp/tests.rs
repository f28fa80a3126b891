//! Requests as exporters write them.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::push::encode::Message as Written;

const TIME: u64 = 1_763_632_803_000_000_000;

fn empty() -> Written {
    Written::default()
}

fn attribute(key: &str, value: Written) -> Written {
    empty().text(1, key).message(2, value)
}

fn text(key: &str, value: &str) -> Written {
    attribute(key, empty().text(1, value))
}

fn request(metric: Written) -> Vec<u8> {
    let resource = empty()
        .message(1, text("service.name", "shop"))
        .message(1, text("service.namespace", "eu"))
        .message(1, text("service.instance.id", "a1"))
        .message(1, text("host.name", "m1"));
    let scope = empty().message(2, metric);
    empty().message(1, empty().message(1, resource).message(2, scope)).0
}

fn metric(name: &str, unit: &str, number: u32, data: Written) -> Vec<u8> {
    request(empty().text(1, name).text(2, "What it is").text(3, unit).message(number, data))
}

fn decoded(body: &[u8]) -> (Vec<String>, Refusals) {
    let mut push = Push::new("test");
    let refused = decode(body, &mut push).unwrap();
    let columns = push.places().iter().zip(push.times()).zip(push.values());
    (columns.map(|((place, time), value)| format!("{} {value} {time}", push.labels(*place))).collect(), refused)
}

const INFO: &str = r#"target_info{host_name="m1", instance="a1", job="eu/shop"} 1 1763632803000"#;

#[test]
fn gauges_and_sums_become_series() {
    let point = empty().fixed(3, TIME).double(4, 0.5).message(7, text("http.method", "GET"));
    let (series, refused) = decoded(&metric("cpu.utilization", "1", 5, empty().message(1, point)));
    let wanted = r#"cpu_utilization_ratio{http_method="GET", instance="a1", job="eu/shop"} 0.5 1763632803000"#;
    assert_eq!((series, refused), (vec![wanted.to_owned(), INFO.to_owned()], Refusals::default()));
    let point = empty().fixed(3, TIME).fixed(6, (-7_i64).cast_unsigned());
    let (series, _) = decoded(&metric("requests", "{request}", 7, empty().message(1, point).number(2, 2).number(3, 1)));
    assert_eq!(series[0], r#"requests_total{instance="a1", job="eu/shop"} -7 1763632803000"#);
}

#[test]
fn attributes_of_all_types_become_texts() {
    let list = empty().message(1, empty().text(1, "a")).message(1, empty().number(3, 5));
    let map = empty().message(1, text("k", "v"));
    let mut point = empty().fixed(3, TIME).double(4, 1.0);
    for (key, value) in [
        ("bool", empty().number(2, 1)),
        ("int", empty().number(3, (-3_i64).cast_unsigned())),
        ("double", empty().double(4, 1.5)),
        ("list", empty().message(5, list)),
        ("map", empty().message(6, map)),
        ("bytes", empty().bytes(7, &[1, 255])),
        ("a.b", empty().text(1, "x")),
        ("a_b", empty().text(1, "y")),
        ("empty", empty().text(1, "")),
    ] {
        point = point.message(7, attribute(key, value));
    }
    let (series, _) = decoded(&metric("x", "", 5, empty().message(1, point)));
    let wanted = r#"x{a_b="x;y", bool="true", bytes="01ff", double="1.5", instance="a1", int="-3", job="eu/shop", list="[\"a\",\"5\"]", map="{\"k\":\"v\"}"} 1 1763632803000"#;
    assert_eq!(series[0], wanted);
}

#[test]
fn histograms_and_summaries_become_their_series() {
    let fixed = |values: &[u64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let point = empty().fixed(3, TIME).fixed(4, 6).double(5, 12.5);
    let point = point.bytes(6, &fixed(&[1, 2, 3])).bytes(7, &fixed(&[0.5_f64.to_bits(), 10.0_f64.to_bits()]));
    let (series, _) = decoded(&metric("took", "s", 9, empty().message(1, point).number(2, 2)));
    let who = r#"instance="a1", job="eu/shop""#;
    assert_eq!(
        series,
        [
            format!("took_seconds_sum{{{who}}} 12.5 1763632803000"),
            format!("took_seconds_count{{{who}}} 6 1763632803000"),
            format!("took_seconds_bucket{{{who}, le=\"0.5\"}} 1 1763632803000"),
            format!("took_seconds_bucket{{{who}, le=\"10\"}} 3 1763632803000"),
            format!("took_seconds_bucket{{{who}, le=\"+Inf\"}} 6 1763632803000"),
            INFO.to_owned(),
        ]
    );
    let quantile = empty().double(1, 0.99).double(2, 3.5);
    let point = empty().fixed(3, TIME).fixed(4, 6).double(5, 12.5).message(6, quantile);
    let (series, _) = decoded(&metric("took", "s", 11, empty().message(1, point)));
    assert_eq!(series[2], format!("took_seconds{{{who}, quantile=\"0.99\"}} 3.5 1763632803000"));
}

#[test]
fn a_point_without_a_value_ends_its_series() {
    let mut push = Push::new("test");
    let point = empty().fixed(3, TIME).number(8, 1);
    decode(&metric("x", "", 5, empty().message(1, point)), &mut push).unwrap();
    assert_eq!(push.values()[0].to_bits(), vitrine_model::sample::STALE);
}

#[test]
fn what_is_no_series_is_refused_with_the_reason() {
    let point = || empty().fixed(3, TIME).double(4, 1.0);
    for (number, data, points, reason) in [
        (7, empty().message(1, point()).message(1, point()).number(2, 1), 2, "`x` is not cumulative"),
        (9, empty().message(1, empty()).number(2, 1), 1, "`x` is not cumulative"),
        (10, empty().message(1, empty()).number(2, 2), 1, "`x` is an exponential histogram"),
        (9, empty().message(1, empty().fixed(6, 1).fixed(6, 1)).number(2, 2), 1, "has 2 counts for 0 bounds"),
        (5, empty().message(1, empty().fixed(3, TIME)), 1, "has no value"),
    ] {
        let (_, refused) = decoded(&metric("x", "", number, data));
        assert_eq!(refused.samples, points, "{reason}");
        assert!(refused.example.as_ref().unwrap().contains(reason), "{refused:?}");
    }
}

#[test]
fn the_answer_tells_of_refusals() {
    assert!(answer(0, None).is_empty());
    let partial = empty().number(1, 300).text(2, "why");
    assert_eq!(answer(300, Some("why")), empty().message(1, partial).0);
}
