//! The API as Prometheus's clients use it, and what it takes from agents.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use vitrine_web::Settings;

use crate::world::{NOW, World};
use crate::{ask, body, get, text};

#[path = "../../../monitor/benches/encode.rs"]
mod encode;

fn shop() -> World {
    let world = World::new();
    for (name, job) in [("up", "shop"), ("up", "web"), ("took_seconds", "shop")] {
        world.fill(&[("__name__", name), ("job", job)], 5, |_| 1.5);
    }
    world
}

async fn data(world: &World, path: &str) -> Value {
    let answer = body(world, path).await;
    let read: Value = serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{path}: {error} in {answer}"));
    assert_eq!(read["status"], "success", "{path}: {answer}");
    read["data"].clone()
}

#[tokio::test]
async fn series_and_labels_are_looked_up() {
    let world = shop();
    assert_eq!(data(&world, "/api/v1/labels").await, json!(["__name__", "job"]));
    assert_eq!(data(&world, "/api/v1/label/job/values").await, json!(["shop", "web"]));
    assert_eq!(data(&world, "/api/v1/label/job/values?match[]=took_seconds").await, json!(["shop"]));
    assert_eq!(data(&world, "/api/v1/label/U__job/values").await, json!(["shop", "web"]));
    assert_eq!(data(&world, "/api/v1/label/__name__/values?start=0&end=1").await, json!([]));
    let found = json!([{ "__name__": "took_seconds", "job": "shop" }, { "__name__": "up", "job": "shop" }]);
    assert_eq!(data(&world, "/api/v1/series?match[]=up%7Bjob=%22shop%22%7D&match[]=took_seconds").await, found);
    let cut: Value = serde_json::from_str(&body(&world, "/api/v1/labels?limit=1").await).unwrap();
    assert_eq!(cut, json!({ "status": "success", "data": ["__name__"], "warnings": ["results truncated due to limit"] }));
}

#[tokio::test]
async fn a_form_may_be_posted() {
    let world = shop();
    let post = |path: &str, form: &str| {
        Request::post(path)
            .header("host", "localhost")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap()
    };
    let answer = text(ask(&world, post("/api/v1/query", &format!("query=sum(up)&time={}", NOW / 1000))).await).await;
    let wanted = r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1763632803,"3"]}]}}"#;
    assert_eq!(answer, wanted);
    let form = "query=up&start=1763632800&end=1763632803&step=1s&limit=1";
    let answer: Value = serde_json::from_str(&text(ask(&world, post("/api/v1/query_range", form)).await).await).unwrap();
    assert_eq!(answer["data"]["result"].as_array().unwrap().len(), 1);
    assert_eq!(answer["warnings"], json!(["results truncated due to limit"]));
    let answer = text(ask(&world, post("/api/v1/series", "match[]=took_seconds")).await).await;
    assert_eq!(answer, r#"{"status":"success","data":[{"__name__":"took_seconds","job":"shop"}]}"#);
}

#[tokio::test]
async fn a_mistake_names_parameter_reason_and_remedy() {
    let world = shop();
    for (path, status, kind, words) in [
        ("/api/v1/query", 400, "bad_data", "the parameter `query` is missing"),
        ("/api/v1/query?query=up{", 400, "bad_data", "invalid parameter `query`"),
        ("/api/v1/query?query=up&time=soon", 400, "bad_data", "invalid parameter `time`: `soon` is not a moment; write"),
        ("/api/v1/query?query=up&timeout=x", 400, "bad_data", "invalid parameter `timeout`: `x` is not a duration; write"),
        ("/api/v1/query?query=up&limit=-1", 400, "bad_data", "invalid parameter `limit`: `-1` is not a whole number"),
        ("/api/v1/query?query=up&lookback_delta=0", 400, "bad_data", "`lookback_delta`: `0` is not longer than nothing"),
        ("/api/v1/query?query=up%2Bon()up", 422, "execution", ""),
        ("/api/v1/query_range?query=up&start=1&end=2", 400, "bad_data", "the parameter `step` is missing"),
        ("/api/v1/query_range?query=up&start=2&end=1&step=1", 400, "bad_data", "invalid parameter `end`"),
        ("/api/v1/query_range?query=up&start=1&end=99999999&step=1", 400, "bad_data", "11000 are allowed"),
        ("/api/v1/series", 400, "bad_data", "`match[]` is missing"),
        ("/api/v1/series?match[]=rate(up[5m])", 400, "bad_data", "is more than a selector"),
        ("/api/v1/label/U__a_zz_/values", 400, "bad_data", "invalid label name"),
        ("/api/v1/nothing", 404, "not_found", "there is no such call"),
    ] {
        let answer = get(&world, path).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let told: Value = serde_json::from_str(&text(answer).await).unwrap();
        assert_eq!((&told["status"], &told["errorType"]), (&json!("error"), &json!(kind)), "{path}: {told}");
        assert!(told["error"].as_str().unwrap().contains(words), "{path}: {told}");
    }
}

/// Samples come every 15 s; the last is of now.
#[tokio::test]
async fn a_sample_is_current_as_long_as_is_asked() {
    let world = shop();
    let now = NOW / 1_000;
    for (after, asked, found) in [
        (240, "", 1),
        (360, "", 0),
        (360, "&lookback_delta=6m1s", 1),
        (360, "&lookback_delta=360", 0),
        (20, "&lookback_delta=10", 0),
        (36_000, "&lookback_delta=8000000000000000", 1),
    ] {
        let at = now + after;
        for path in [
            format!("/api/v1/query?query=took_seconds&time={at}{asked}"),
            format!("/api/v1/query_range?query=took_seconds&start={at}&end={at}&step=1{asked}"),
        ] {
            assert_eq!(data(&world, &path).await["result"].as_array().unwrap().len(), found, "{path}");
        }
    }
}

#[tokio::test]
async fn clients_take_it_for_prometheus() {
    let world = shop();
    let build = data(&world, "/api/v1/status/buildinfo").await;
    assert!(build["version"].as_str().unwrap().starts_with("3."), "{build}");
    assert_eq!(build["revision"], "vitrine-0.1.0");
    assert_eq!(data(&world, "/api/v1/metadata").await, json!({}));
    assert_eq!(data(&world, "/api/v1/format_query?query=sum(up)by(job)").await, "sum by (job) (up)");
    assert_eq!(data(&world, "/api/v1/parse_query?query=1").await, json!({ "type": "numberLiteral", "val": "1" }));
    assert_eq!(data(&world, "/api/v1/query_exemplars?query=up&start=0&end=1").await, json!([]));
    assert!(data(&world, "/api/v1/status/tsdb").await["headStats"]["numSeries"].is_u64());
    assert!(data(&world, "/api/v1/status/runtimeinfo").await["startTime"].is_string());
    assert!(data(&world, "/api/v1/status/config").await["yaml"].is_string());
    assert_eq!(data(&world, "/api/v1/status/flags").await["web.enable-remote-write-receiver"], "true");
    assert_eq!(get(&world, "/-/healthy").await.status(), 200);
}

#[tokio::test]
async fn answers_are_compressed_for_whom_asks() {
    let world = shop();
    for (asked, encoding) in [("zstd", Some("zstd")), ("gzip", Some("gzip")), ("", None)] {
        let path = format!("/api/v1/query_range?query=up&start={}&end={}&step=1", NOW / 1000 - 200, NOW / 1000);
        let request = Request::get(path).header("host", "localhost").header("accept-encoding", asked);
        let answer = ask(&world, request.body(Body::empty()).unwrap()).await;
        let told = answer.headers().get("content-encoding").and_then(|value| value.to_str().ok());
        assert_eq!(told, encoding, "{asked}");
    }
}

fn write(body: Vec<u8>, headers: &[(&str, &str)], from: [u8; 4]) -> Request<Body> {
    let mut request = Request::post("/api/v1/write").header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.extension(ConnectInfo(std::net::SocketAddr::from((from, 40_000)))).body(Body::from(body)).unwrap()
}

const FIRST: [(&str, &str); 2] = [("content-type", "application/x-protobuf"), ("content-encoding", "snappy")];
const SECOND: [(&str, &str); 2] =
    [("content-type", "application/x-protobuf;proto=io.prometheus.write.v2.Request"), ("content-encoding", "snappy")];
const HOME: [u8; 4] = [127, 0, 0, 1];

fn compressed(body: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(body).unwrap()
}

fn count(answer: &Response) -> &str {
    answer.headers()["x-prometheus-remote-write-samples-written"].to_str().unwrap()
}

#[tokio::test]
async fn both_versions_of_remote_write_are_taken() {
    let world = World::new();
    let series = |name: &str| (vec![("__name__", name.to_owned())], vec![(NOW - 1_000, 7.5)]);
    for (body, headers) in [(encode::first(&[series("one")]), FIRST), (encode::second(&[series("two")]), SECOND)] {
        let answer = ask(&world, write(compressed(&body), &headers, HOME)).await;
        assert_eq!((answer.status(), count(&answer)), (StatusCode::NO_CONTENT, "1"));
    }
    // Large enough to be decoded elsewhere.
    let many: Vec<_> = (0..10_000)
        .map(|place| (vec![("__name__", "many".to_owned()), ("n", format!("{place:0>20}"))], vec![(NOW, 1.0)]))
        .collect();
    let answer = ask(&world, write(compressed(&encode::first(&many)), &FIRST, HOME)).await;
    assert_eq!((answer.status(), count(&answer)), (StatusCode::NO_CONTENT, "10000"));
    for (query, value) in [("one", "7.5"), ("two", "7.5"), ("count(many)", "10000")] {
        assert_eq!(data(&world, &format!("/api/v1/query?query={query}")).await["result"][0]["value"][1], value, "{query}");
    }
}

#[tokio::test]
async fn final_and_passing_refusals_are_told_apart() {
    let world = World::new();
    let good = (vec![("__name__", "good".to_owned())], vec![(NOW, 1.0)]);
    let nameless = (vec![("job", "a".to_owned())], vec![(NOW, 1.0)]);
    let answer = ask(&world, write(compressed(&encode::second(&[good.clone(), nameless])), &SECOND, HOME)).await;
    assert_eq!((answer.status(), count(&answer)), (StatusCode::BAD_REQUEST, "1"));
    let told = answer.into_body().collect().await.unwrap().to_bytes();
    let told = String::from_utf8_lossy(&told);
    assert!(told.contains("1 of 2 samples were refused, the others were taken: {job=\"a\"} has no `__name__`"), "{told}");
    let body = compressed(&encode::first(&[good]));
    for (headers, sent, status, words) in [
        (vec![("content-type", "application/json")], body.clone(), 415, "send `application/x-protobuf`"),
        (vec![("content-type", "application/x-protobuf;proto=x")], body.clone(), 415, "io.prometheus.write.v2.Request"),
        (vec![FIRST[0], ("content-encoding", "gzip")], body.clone(), 415, "one block of `snappy`"),
        (FIRST.to_vec(), b"hello, world, this is no snappy".to_vec(), 400, "not one block of snappy"),
        (FIRST.to_vec(), compressed(b"\xffhello"), 400, "the protobuf message is broken"),
        (FIRST.to_vec(), vec![0xff, 0xff, 0xff, 0xff, 0x0f, 0], 413, "33554432 are allowed"),
        (FIRST.to_vec(), vec![0; 9 * 1024 * 1024], 413, "send it in parts"),
    ] {
        let answer = ask(&world, write(sent, &headers, HOME)).await;
        assert_eq!((answer.status().as_u16(), count(&answer)), (status, "0"), "{words}");
        let told = text(answer).await;
        assert!(told.contains(words), "{words}: {told}");
    }
    world.web.close();
    let answer = ask(&world, write(body, &FIRST, HOME)).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn only_this_machine_and_those_who_are_named_may_write() {
    let world = World::at(NOW, Settings { write_from: vec!["10.0.0.0/8".into()], ..Settings::default() });
    let body = || compressed(&encode::first(&[(vec![("__name__", "x".to_owned())], vec![(NOW, 1.0)])]));
    for (from, status) in [(HOME, 204), ([10, 1, 2, 3], 204), ([192, 168, 0, 9], 403)] {
        assert_eq!(ask(&world, write(body(), &FIRST, from)).await.status().as_u16(), status, "{from:?}");
    }
    let told = text(ask(&world, write(body(), &FIRST, [192, 168, 0, 9])).await).await;
    assert!(told.contains("add it to `write_from`"), "{told}");
    let foreign = ("sec-fetch-site", "cross-site");
    let answer = ask(&world, write(body(), &[FIRST[0], FIRST[1], foreign], HOME)).await;
    assert_eq!(answer.status(), 403);
}

fn brought(path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post(path).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.extension(ConnectInfo(std::net::SocketAddr::from((HOME, 40_000)))).body(body.into()).unwrap()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, body).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn history_is_taken_as_text_and_as_a_table() {
    let world = World::new();
    let seconds = NOW / 1000 - 60;
    let loose = format!("# TYPE a gauge\na{{x=\"1\"}} 5 {}\n", seconds * 1000);
    let strict = format!("# TYPE b gauge\nb 6 {seconds}\n# EOF\n");
    let table = format!("{seconds},zürich,7,8\n");
    let (strict_kind, packed) = (("content-type", "application/openmetrics-text; version=1.0.0"), ("content-encoding", "gzip"));
    for (path, headers, body, written) in [
        ("/api/v1/import/prometheus", vec![], loose.clone().into_bytes(), 1),
        ("/api/v1/import/prometheus", vec![packed], gzip(b"now 1\n"), 1),
        ("/api/v1/import/prometheus", vec![strict_kind, packed], gzip(strict.as_bytes()), 1),
        ("/api/v1/import/csv?format=1:time,2:label:place,3:metric:c,4:metric:d", vec![packed], gzip(table.as_bytes()), 2),
        ("/api/v1/import/csv", vec![], format!("time,label:place,metric:e\n{seconds},x,9\n").into_bytes(), 1),
    ] {
        let answer = text(ask(&world, brought(path, &headers, body)).await).await;
        let wanted = json!({ "status": "success", "data": { "written": written, "refused": 0, "reason": null } });
        assert_eq!(serde_json::from_str::<Value>(&answer).unwrap(), wanted, "{path}");
    }
    for (query, value) in [("a", "5"), ("b", "6"), ("c", "7"), ("d", "8"), ("e", "9"), ("now", "1")] {
        let found = data(&world, &format!("/api/v1/query?query={query}")).await;
        assert_eq!(found["result"][0]["value"][1], value, "{query}");
    }
}

/// More than is ever in memory, in bits of a stream.
#[tokio::test]
async fn long_history_is_read_as_it_comes() {
    let world = World::new();
    let lines =
        |place: i64| (0..1_000).map(|line| format!("long{{line=\"{line}\"}} 1 {}\n", NOW - place * 15_000)).collect::<String>();
    let pieces = (0..100).map(move |place| Ok::<_, std::convert::Infallible>(lines(place)));
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    let answer = text(ask(&world, brought("/api/v1/import/prometheus", &[], body)).await).await;
    assert!(answer.contains("\"written\":100000"), "{answer}");
}

/// Who keeps others waiting is sent away, whatever came before.
#[tokio::test]
async fn a_body_has_to_come_in_time() {
    use futures_util::stream::{StreamExt, iter, pending};
    let settings = Settings { write_timeout: std::time::Duration::from_millis(20), ..Settings::default() };
    let world = World::at(NOW, settings);
    let protobuf = [("content-type", "application/x-protobuf")];
    for (path, headers) in [
        ("/api/v1/write", &protobuf[..]),
        ("/api/v1/otlp/v1/metrics", &protobuf[..]),
        ("/api/v1/import/prometheus", &[]),
        ("/api/v1/import/csv", &[]),
    ] {
        let body = Body::from_stream(iter([Ok::<_, std::convert::Infallible>("a 1\n")]).chain(pending()));
        let answer = ask(&world, brought(path, headers, body)).await;
        assert_eq!(answer.status(), 408, "{path}");
        let told = text(answer).await;
        assert!(told.contains("did not come within 20ms: send it faster"), "{path}: {told}");
    }
    let metrics = body(&world, "/metrics").await;
    for (door, count) in [("remote_write", 1), ("otlp", 1), ("import", 2)] {
        let line = format!("vitrine_web_pushes_total{{door=\"{door}\",outcome=\"slow\"}} {count}");
        assert!(metrics.contains(&line), "{line} in {metrics}");
    }
}

#[tokio::test]
async fn a_mistake_in_history_has_a_place_and_keeps_what_came_before() {
    let world = World::new();
    for (path, headers, body, status, words) in [
        ("/api/v1/import/prometheus", vec![], b"a 1\nb{x} 2\n".to_vec(), 400, "line 2, column 4"),
        (
            "/api/v1/import/csv",
            vec![],
            b"time,metric:x\n1,2\n1,many\n".to_vec(),
            400,
            "line 3, column 2: `many` is not a number; 1 samples",
        ),
        ("/api/v1/import/csv?format=x", vec![], vec![], 400, "invalid parameter `format`: `x` is not the place"),
        (
            "/api/v1/import/prometheus",
            vec![("content-encoding", "gzip")],
            b"no gzip at all".to_vec(),
            400,
            "the body is not gzip",
        ),
        ("/api/v1/import/csv", vec![("content-encoding", "zstd")], vec![], 415, "send it as it is, or as `gzip`"),
    ] {
        let answer = ask(&world, brought(path, &headers, body)).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let told = text(answer).await;
        assert!(told.contains(words) && told.contains("\"status\":\"error\""), "{words}: {told}");
    }
}

#[tokio::test]
async fn metrics_of_open_telemetry_are_taken() {
    use encode::Message;
    let world = World::new();
    let point = Message::default().fixed(3, (NOW * 1_000_000).cast_unsigned()).double(4, 0.5);
    let gauge = |point: Message| {
        Message::default().text(1, "room.temperature").text(3, "Cel").message(5, Message::default().message(1, point))
    };
    let delta = Message::default().text(1, "d").message(7, Message::default().message(1, point.clone()).number(2, 1));
    let request = |metrics: &[Message]| {
        let scope = metrics.iter().fold(Message::default(), |scope, metric| scope.message(2, metric.clone()));
        Message::default().message(1, Message::default().message(2, scope)).0
    };
    let path = "/api/v1/otlp/v1/metrics";
    let kind = ("content-type", "application/x-protobuf");
    let answer = ask(&world, brought(path, &[kind, ("content-encoding", "gzip")], gzip(&request(&[gauge(point.clone())])))).await;
    assert_eq!((answer.status().as_u16(), text(answer).await.as_str()), (200, ""));
    assert_eq!(data(&world, "/api/v1/query?query=room_temperature_celsius").await["result"][0]["value"][1], "0.5");
    let answer = ask(&world, brought(path, &[kind], request(&[gauge(point), delta]))).await;
    assert_eq!(answer.headers()["content-type"], "application/x-protobuf");
    let told = answer.into_body().collect().await.unwrap().to_bytes();
    let told = String::from_utf8_lossy(&told);
    assert!(told.contains("1 of 2 samples were refused, the others were taken: `d` is not cumulative"), "{told}");
    for (headers, body, status) in [
        (vec![("content-type", "application/json")], b"{}".to_vec(), 415),
        (vec![kind, ("content-encoding", "zstd")], vec![], 415),
        (vec![kind], vec![0xff], 400),
        (vec![kind, ("content-encoding", "gzip")], gzip(&vec![0; 33 * 1024 * 1024]), 413),
    ] {
        assert_eq!(ask(&world, brought(path, &headers, body)).await.status().as_u16(), status, "{headers:?}");
    }
}
