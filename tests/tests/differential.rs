//! The engine beside Debian's Prometheus: the same samples in both, the same questions, the same answers.
//!
//! Samples lie between whole seconds, and questions on them, so that no window begins or ends on a sample: there the versions
//! of Prometheus differ.

mod samples;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use vitrine_model::frame::TimeRange;
use vitrine_model::sample::is_stale;
use vitrine_model::{Labels, Millis};
use vitrine_query::{Answer, Cancel, Engine, Expr, Limits, QueryError};
use vitrine_tests::promql::Memory;
use vitrine_tests::{Prometheus, post};

/// A whole second that no subquery's step falls on.
const BASE: Millis = samples::BASE + 7_000;

const MOMENTS: [Millis; 2] = [BASE + 3_000_000, BASE + 6_600_000];
const RANGE: TimeRange = TimeRange { start: BASE + 1_200_000, end: BASE + 6_900_000, step: 150_000 };

/// Below this, a number is what is left of others that cancelled out.
const NOTHING: f64 = 1e-9;
const TOLERANCE: f64 = 1e-6;

/// Points by series, or nothing where the question is refused.
type Found = Option<BTreeMap<Labels, Vec<(Millis, f64)>>>;

#[tokio::test]
async fn prometheus_answers_the_same() {
    let table = include_str!("../fixtures/promql/queries.txt");
    let queries: Vec<&str> = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(queries.len() >= 200, "{} queries", queries.len());

    let series = samples::series();
    let prometheus = filled(&series, &[]).await;
    let mut memory = Memory::default();
    series.into_iter().for_each(|(labels, samples)| memory.add(labels, samples));
    let engine = Engine::new(Arc::new(memory), Limits::default());

    let mut wrong = Vec::new();
    let (mut asked, mut refused, mut points) = (0, 0, 0);
    for query in &queries {
        for at in MOMENTS {
            let path = format!("/api/v1/query?time={}&query={}", seconds(at), escaped(query));
            asked += 1;
            let theirs = theirs(&prometheus.get(&path).await.json());
            refused += usize::from(theirs.is_none());
            wrong.extend(difference(&instant(&engine, query, at), &theirs).map(|why| format!("{query} at {at}: {why}")));
        }
        let TimeRange { start, end, step } = RANGE;
        let times = format!("start={}&end={}&step={}", seconds(start), seconds(end), step / 1_000);
        let path = format!("/api/v1/query_range?{times}&query={}", escaped(query));
        asked += 1;
        let theirs = theirs(&prometheus.get(&path).await.json());
        points += theirs.iter().flat_map(BTreeMap::values).map(Vec::len).sum::<usize>();
        wrong.extend(difference(&range(&engine, query), &theirs).map(|why| format!("{query} over the range: {why}")));
    }
    assert!(wrong.is_empty(), "{} of {asked} answers differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(refused < asked / 10 && points > 10_000, "{refused} refused, {points} points: the samples do not fit the table");
}

/// Debian's version takes it as a flag, later ones with each query as well.
#[tokio::test]
async fn samples_are_current_for_as_long_as_in_prometheus() {
    let series = samples::series();
    let mut memory = Memory::default();
    series.iter().cloned().for_each(|(labels, samples)| memory.add(labels, samples));
    let engine = Engine::new(Arc::new(memory), Limits::default());
    for lookback in [20_000, 1_200_000] {
        let prometheus = filled(&series, &[&format!("--query.lookback-delta={lookback}ms")]).await;
        let engine = engine.looking_back(lookback);
        let queries = ["holes", "sum(stopped) or vector(-1)", "sum_over_time(holes[30m:1m])"];
        for (query, minute) in queries.iter().flat_map(|query| (0..40).map(move |minute| (query, minute))) {
            let at = MOMENTS[0] + minute * 60_000;
            let path = format!("/api/v1/query?time={}&query={}", seconds(at), escaped(query));
            let theirs = theirs(&prometheus.get(&path).await.json());
            let why = difference(&instant(&engine, query, at), &theirs);
            assert!(why.is_none(), "{query} at {at}, back to {lookback}: {why:?}");
        }
    }
}

/// A Prometheus that has these samples.
async fn filled(series: &[samples::Series], flags: &[&str]) -> Prometheus {
    let flags = [&["--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=30y"], flags].concat();
    let prometheus = Prometheus::start("{}", &flags).await;
    let sent = post(
        prometheus.address(),
        "/api/v1/write",
        &[("content-encoding", "snappy"), ("content-type", "application/x-protobuf")],
        samples::remote_write(series),
    );
    let sent = sent.await.unwrap();
    assert_eq!(sent.status, 204, "{}", sent.body);
    prometheus
}

fn seconds(time: Millis) -> String {
    format!("{}.{:03}", time / 1_000, time % 1_000)
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn theirs(answer: &Value) -> Found {
    if answer["status"] != "success" {
        return None;
    }
    let result = &answer["data"]["result"];
    let point = |value: &Value| {
        let time = (value[0].as_f64().unwrap() * 1e3).round() as Millis;
        (time, value[1].as_str().unwrap().parse().unwrap())
    };
    if answer["data"]["resultType"] == "scalar" {
        return Some([(Labels::new(), vec![point(result)])].into());
    }
    let series = result.as_array().unwrap().iter().map(|series| {
        let labels: BTreeMap<String, String> = serde_json::from_value(series["metric"].clone()).unwrap();
        let values = series["values"].as_array().cloned().unwrap_or_else(|| vec![series["value"].clone()]);
        (Labels::from_pairs(labels), values.iter().map(point).collect())
    });
    Some(series.collect())
}

fn instant(engine: &Engine, query: &str, at: Millis) -> Result<Found, QueryError> {
    let answer = engine.instant(&Expr::parse(query)?, at, &Cancel::new())?;
    Ok(Some(match answer {
        Answer::Scalar(value) => [(Labels::new(), vec![(at, value)])].into(),
        Answer::Vector(list) => list.into_iter().map(|(labels, value)| (labels, vec![(at, value)])).collect(),
        Answer::Text(_) | Answer::Samples(_) => BTreeMap::new(),
    }))
}

fn range(engine: &Engine, query: &str) -> Result<Found, QueryError> {
    let matrix = engine.range(&Expr::parse(query)?, RANGE, &Cancel::new())?;
    let points = |values: Vec<f64>| matrix.times.iter().copied().zip(values).filter(|(_, value)| !is_stale(*value)).collect();
    Ok(Some(matrix.series.into_iter().map(|(labels, values)| (labels, points(values))).collect()))
}

/// How two answers differ, if they do.
fn difference(ours: &Result<Found, QueryError>, theirs: &Found) -> Option<String> {
    let (ours, theirs) = match (ours, theirs) {
        (Err(_), None) => return None,
        (Err(error), Some(_)) => return Some(format!("only we refuse it: {error}")),
        (Ok(_), None) => return Some("only Prometheus refuses it".to_owned()),
        (Ok(ours), Some(theirs)) => (ours.as_ref()?, theirs),
    };
    if ours.keys().ne(theirs.keys()) {
        let list = |found: &BTreeMap<Labels, _>| found.keys().map(Labels::to_string).collect::<Vec<_>>().join(" ");
        return Some(format!("we have the series [{}], Prometheus has [{}]", list(ours), list(theirs)));
    }
    ours.iter().zip(theirs.values()).find_map(|((labels, ours), theirs)| {
        let same = ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(ours, theirs)| ours.0 == theirs.0 && is_near(ours.1, theirs.1));
        let first = ours.iter().zip(theirs).find(|(ours, theirs)| ours.0 != theirs.0 || !is_near(ours.1, theirs.1));
        (!same).then(|| format!("{labels}: {} points and {}; the first that differ: {first:?}", ours.len(), theirs.len()))
    })
}

fn is_near(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= (TOLERANCE * a.abs().max(b.abs())).max(NOTHING)
}
