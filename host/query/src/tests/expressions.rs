//! Expressions → answers.

use vitrine_model::frame::{TimeRange, Values};

use super::memory::Memory;
use crate::{Answer, Cancel, Engine, Expr, Limits};

/// A sample each minute; asked at ten minutes.
const SERIES: &str = r#"
    requests_total{job="web", code="200"} 0+60x10
    requests_total{job="web", code="500"} 0+6x5 0+6x4
    requests_total{job="db", code="200"}  0+12x10
    limit{job="web"} 1000x10
    limit{job="db"}  100x10
    gauge{job="web"} 1 5 3 NaN 2 4 4 -1 0 7 2.5
    gone{job="web"}  1 2 3 4 5 6 stale
    odd{job="a"} NaNx10
    odd{job="b"} 2x10
    odd{job="c"} 1x10
    target_info{job="web", region="north", zone="n1"} 1x10
    build_info{job="web", version="1.2"} 1x8
    latency_bucket{le="0.1"}  10x10
    latency_bucket{le="1"}    30x10
    latency_bucket{le="+Inf"} 40x10
"#;

fn show(answer: Answer) -> String {
    match answer {
        Answer::Scalar(value) => format!("{value}"),
        Answer::Text(text) => format!("{text:?}"),
        Answer::Samples(series) => series
            .iter()
            .map(|series| {
                let samples = series.samples.iter().map(|sample| format!("{}@{}", sample.value, sample.time / 1_000));
                format!("{} {}", series.labels, samples.collect::<Vec<_>>().join(" "))
            })
            .collect::<Vec<_>>()
            .join("; "),
        Answer::Vector(series) => series
            .iter()
            .map(|(labels, value)| format!("{labels} {}", (value * 1e6).round() / 1e6))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let engine = Engine::new(Memory::load(60_000, SERIES), Limits::default());
    let answer = engine.instant(&Expr::parse(text).unwrap(), 600_000, &Cancel::new()).unwrap();
    assert_eq!(show(answer), expected, "{text}");
}

#[test]
fn numbers_and_strings() {
    check("1 + 2 * 3 ^ 2 % 4", "3");
    check("-2 ^ 2", "-4");
    check("2 > bool 1", "1");
    check("NaN", "NaN");
    check("'a string'", "\"a string\"");
    check("time()", "600");
    check("vector(time()) / 60", "{} 10");
    check("scalar(limit{job='db'}) + 1", "101");
    check("scalar(limit)", "NaN");
}

#[test]
fn selectors() {
    check("limit", r#"limit{job="db"} 100; limit{job="web"} 1000"#);
    check("limit{job=~'w.*'}", r#"limit{job="web"} 1000"#);
    check("limit{job!='web'} offset 3m", r#"limit{job="db"} 100"#);
    check("gauge offset 1m", r#"gauge{job="web"} 7"#);
    check("gauge offset -1m", r#"gauge{job="web"} 2.5"#);
    check("gauge offset 7m", r#"gauge{job="web"} NaN"#);
    check("gone", "");
    check("gone offset 5m", r#"gone{job="web"} 6"#);
    check("nothing", "");
    check("timestamp(gauge offset 2m)", r#"{job="web"} 480"#);
    check("timestamp(gauge + 1)", r#"{job="web"} 600"#);
}

#[test]
fn operators() {
    check("limit * 2", r#"{job="db"} 200; {job="web"} 2000"#);
    check("limit > 500", r#"limit{job="web"} 1000"#);
    check("500 < limit", r#"limit{job="web"} 1000"#);
    check("limit > bool 500", r#"{job="db"} 0; {job="web"} 1"#);
    check("-limit", r#"{job="db"} -100; {job="web"} -1000"#);
    check("limit - limit", r#"{job="db"} 0; {job="web"} 0"#);
    check("gauge / on(job) limit", r#"{job="web"} 0.0025"#);
    check("limit > ignoring(code) requests_total{code='500'}", r#"limit{job="web"} 1000"#);
    check(
        "requests_total / on(job) group_left limit",
        r#"{code="200", job="db"} 1.2; {code="200", job="web"} 0.6; {code="500", job="web"} 0.024"#,
    );
    check("limit * on(job) group_right(instance) requests_total{code='500'}", r#"{code="500", job="web"} 24000"#);
    check("limit and on(job) gauge", r#"limit{job="web"} 1000"#);
    check("limit unless on(job) gauge", r#"limit{job="db"} 100"#);
    check("gauge or limit", r#"gauge{job="web"} 2.5; limit{job="db"} 100"#);
}

#[test]
fn aggregations() {
    check("sum(requests_total)", "{} 744");
    check("sum by (job) (requests_total)", r#"{job="db"} 120; {job="web"} 624"#);
    check("sum without (code) (requests_total)", r#"{job="db"} 120; {job="web"} 624"#);
    check("avg(limit) + max(limit) + min(limit) + count(limit) + group(limit)", "{} 1653");
    check("stddev(limit)", "{} 450");
    check("stdvar(limit)", "{} 202500");
    check("quantile(0.5, limit)", "{} 550");
    check("min(odd)", "{} 1");
    check("sum(odd)", "{} NaN");
    check("topk(1, requests_total)", r#"requests_total{code="200", job="web"} 600"#);
    check("bottomk(2, odd)", r#"odd{job="c"} 1; odd{job="b"} 2"#);
    check(
        "topk by (job) (1, requests_total)",
        r#"requests_total{code="200", job="db"} 120; requests_total{code="200", job="web"} 600"#,
    );
    check("count(nothing)", "");
    check("count_values by (job) ('job', limit)", r#"{job="100"} 1; {job="1000"} 1"#);
    check("count(limitk(2, odd))", "{} 2");
    check("count(limit_ratio(0.3, odd) or limit_ratio(-0.7, odd))", "{} 3");
}

#[test]
fn ranges() {
    check("rate(requests_total{job='db'}[5m])", r#"{code="200", job="db"} 0.2"#);
    check("increase(requests_total{code='500'}[9m])", r#"{code="500", job="web"} 47.25"#);
    check("irate(requests_total{job='db'}[5m])", r#"{code="200", job="db"} 0.2"#);
    check("delta(gauge[3m])", r#"{job="web"} 3.75"#);
    check("idelta(gauge[3m])", r#"{job="web"} -4.5"#);
    check("deriv(requests_total{job='db'}[5m])", r#"{code="200", job="db"} 0.2"#);
    check("predict_linear(requests_total{job='db'}[5m], 60)", r#"{code="200", job="db"} 132"#);
    check("resets(requests_total{code='500'}[10m])", r#"{code="500", job="web"} 1"#);
    check("changes(gauge[10m])", r#"{job="web"} 8"#);
    // Open on the left: at three minutes back there is one sample too few.
    check("count_over_time(gauge[3m])", r#"{job="web"} 3"#);
    check("avg_over_time(gauge[2m])", r#"{job="web"} 4.75"#);
    check("min_over_time(gauge[10m]) + max_over_time(gauge[10m])", r#"{job="web"} 6"#);
    check("sum_over_time(gauge[3m])", r#"{job="web"} 9.5"#);
    check("last_over_time(gone[10m])", r#"gone{job="web"} 6"#);
    check("quantile_over_time(0.5, gauge[3m])", r#"{job="web"} 2.5"#);
    check("stddev_over_time(limit[5m])", r#"{job="db"} 0; {job="web"} 0"#);
    check("present_over_time(gone[10m])", r#"{job="web"} 1"#);
    check("rate(gauge[1m])", "");
    check("count_over_time((gauge[2m] offset 1m))", r#"{job="web"} 2"#);
}

#[test]
fn times_and_subqueries() {
    check("gauge @ 120", r#"gauge{job="web"} 3"#);
    check("gauge @ start() - gauge @ end()", r#"{job="web"} 0"#);
    check("gauge[2m]", r#"gauge{job="web"} 7@540 2.5@600"#);
    check("max_over_time(gauge[2m] @ 120 offset 1m)", r#"{job="web"} 5"#);
    check("count_over_time(limit[3m:1m])", r#"{job="db"} 3; {job="web"} 3"#);
    check("sum_over_time(vector(time())[3m:1m])", "{} 1620");
    check("rate(requests_total{job='db'}[2 * 150])", r#"{code="200", job="db"} 0.2"#);
    check("gauge offset (1m + 1m)", r#"gauge{job="web"} 0"#);
    check("sum by (__name__) (rate(requests_total[5m]))", "{} 1.28");
    check("count_values('value', limit)", r#"{value="100"} 1; {value="1000"} 1"#);
    check("limit - on(job) fill(0) gauge", r#"{job="db"} 100; {job="web"} 997.5"#);
    check("hour() + day_of_month(vector(86400))", "{} 2");
    check("zscore_over_time(gone[10m])", r#"{job="web"} 1.414214"#);
}

#[test]
fn info_adds_labels() {
    check("info(gauge)", r#"gauge{job="web", region="north", zone="n1"} 2.5"#);
    check("info(gauge, {zone=~'n.'})", r#"gauge{job="web", zone="n1"} 2.5"#);
    check("info(gauge, {zone='s1'})", "");
    check("info(limit{job='db'})", r#"limit{job="db"} 100"#);
    check("info(gauge, {nothing=~'.*'})", r#"gauge{job="web"} 2.5"#);
    check("info(gauge offset 5m, {__name__='build_info'})", r#"gauge{job="web", version="1.2"} 4"#);
}

#[test]
fn sides_are_filled() {
    check("gauge + on(job) fill_right(1) nothing", r#"{job="web"} 3.5"#);
    check("gauge + on(job) fill_left(1) limit", r#"{job="web"} 1002.5; {job="db"} 101"#);
    check("gauge < on(job) fill(0) limit", r#"{job="web"} 2.5; {job="db"} 0"#);
    check(
        "requests_total{code='200'} * on(job) group_left fill(2) gauge",
        r#"{code="200", job="db"} 240; {code="200", job="web"} 1500"#,
    );
}

#[test]
fn ends_of_ranges_are_taken_from_samples_around_them() {
    // At ten minutes: 120 after 12 a minute; five and a half minutes before, the last sample is 48, the line is at 54.
    check("increase(requests_total{job='db'}[330s] anchored)", r#"{code="200", job="db"} 72"#);
    check("increase(requests_total{job='db'}[330s] smoothed)", r#"{code="200", job="db"} 66"#);
    check("rate(requests_total{job='db'}[5m] anchored)", r#"{code="200", job="db"} 0.2"#);
    check("delta(gauge[90s] anchored)", r#"{job="web"} 2.5"#);
    check("delta(gauge[90s] smoothed)", r#"{job="web"} -1"#);
    // 30 at five minutes, 0 at six, 24 at ten.
    check("increase(requests_total{code='500'}[290s] anchored)", r#"{code="500", job="web"} 24"#);
    check("increase(requests_total{code='500'}[270s] smoothed)", r#"{code="500", job="web"} 24"#);
    check("resets(requests_total{code='500'}[290s] anchored)", r#"{code="500", job="web"} 1"#);
    check("changes(gauge[90s] anchored)", r#"{job="web"} 2"#);
    check("increase(gone[1m] anchored)", "");
}

#[test]
fn functions() {
    check("abs(gauge offset 3m)", r#"{job="web"} 1"#);
    check("round(gauge)", r#"{job="web"} 3"#);
    check("round(gauge, 0.2)", r#"{job="web"} 2.6"#);
    check("clamp(limit, 200, 300)", r#"{job="db"} 200; {job="web"} 300"#);
    check("clamp(limit, 3, 2)", "");
    check("clamp_max(clamp_min(limit, 200), 300)", r#"{job="db"} 200; {job="web"} 300"#);
    check("sgn(gauge offset 3m) + floor(gauge) + ceil(gauge)", r#"{job="web"} 4"#);
    check("absent(limit)", "");
    check("absent(nothing{job='x', a=~'b'})", r#"{job="x"} 1"#);
    check("sort_desc(odd)", r#"odd{job="b"} 2; odd{job="c"} 1; odd{job="a"} NaN"#);
    check("sort(limit)", r#"limit{job="db"} 100; limit{job="web"} 1000"#);
    check("label_replace(limit{job='db'}, 'host', '${1}-$2', 'job', '(.)(.)')", r#"limit{host="d-b", job="db"} 100"#);
    check("label_replace(limit{job='db'}, 'job', '', 'job', '.*')", "limit 100");
    check("label_join(limit{job='db'}, 'both', '/', 'job', 'none', 'job')", r#"limit{both="db//db", job="db"} 100"#);
    check("histogram_quantile(0.5, latency_bucket)", "{} 0.55");
    check("histogram_quantile(0.99, latency_bucket)", "{} 1");
    check("histogram_quantile(0.5, rate(latency_bucket{le='1'}[5m]))", "{} NaN");
}

#[test]
fn a_range_is_a_grid_of_instants() {
    let engine = Engine::new(Memory::load(60_000, SERIES), Limits::default());
    let range = TimeRange { start: 0, end: 600_001, step: 60_000 };
    for text in [
        "gauge",
        "rate(requests_total[3m])",
        "gone",
        "sum by (job) (requests_total) / limit > 0.1",
        "topk(1, odd or limit)",
        "time() - 3",
    ] {
        let expr = Expr::parse(text).unwrap();
        let matrix = engine.range(&expr, range, &Cancel::new()).unwrap();
        assert_eq!(matrix.times.len(), 11);
        for (step, time) in matrix.times.iter().enumerate() {
            let mut here: Vec<String> = matrix
                .series
                .iter()
                .filter(|(_, values)| !values[step].is_nan())
                .map(|(labels, values)| format!("{labels} {}", values[step]))
                .collect();
            let mut there: Vec<String> = match engine.instant(&expr, *time, &Cancel::new()).unwrap() {
                Answer::Vector(series) => series
                    .iter()
                    .filter(|(_, value)| !value.is_nan())
                    .map(|(labels, value)| format!("{labels} {value}"))
                    .collect(),
                Answer::Scalar(value) => vec![format!("{{}} {value}")],
                other => vec![show(other)],
            };
            here.sort();
            there.sort();
            assert_eq!(here, there, "{text} at {time}");
        }
    }
}

#[test]
fn a_matrix_becomes_a_frame() {
    let engine = Engine::new(Memory::load(60_000, SERIES), Limits::default());
    let range = TimeRange { start: 540_000, end: 600_000, step: 60_000 };
    let frame = engine.range(&Expr::parse("gauge or gone").unwrap(), range, &Cancel::new()).unwrap().into_frame("A");
    assert_eq!(frame.times(), Some([540_000, 600_000].as_slice()));
    assert_eq!(frame.columns.len(), 2);
    assert_eq!(frame.columns[1].name, r#"gauge{job="web"}"#);
    assert_eq!(frame.columns[1].values, Values::Numbers(vec![7.0, 2.5]));
}

#[test]
fn an_expression_knows_what_it_reads() {
    let expr = Expr::parse("sum(rate(b_total{x='y'}[5m])) / scalar(a) + quantile(scalar(c), {__name__=~'d.*'}) + a").unwrap();
    assert_eq!(expr.metric_names(), ["a", "b_total", "c"]);
    assert_eq!(expr.selectors().count(), 5);
    assert!(expr.text().starts_with("sum(rate("));
}
