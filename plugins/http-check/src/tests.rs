#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_sdk::fake::{self, Host};
use vitrine_sdk::http::TlsInfo;
use vitrine_sdk::log::Level;
use vitrine_sdk::source::configure;

use super::*;

const URL: &str = "https://shop.example/health";
const TARGET: [(&str, &str); 1] = [("target", URL)];

fn source(expect: &str) -> HttpCheck {
    configure(&format!(r#"{{"url":"{URL}","expect":{expect}}}"#)).unwrap()
}

/// Does an answer meet an expectation?
fn succeeds(expect: &str, status: u16, body: &str) -> bool {
    let host = Host::new();
    host.answer(URL, fake::response(status, body));
    source(expect).collect().unwrap().value("probe_success", &TARGET) == Some(1.0)
}

#[test]
fn an_answer_is_measured() {
    let host = Host::new();
    let tls = TlsInfo { version: "TLSv1.3".to_owned(), not_after: 1_800_000_000 };
    host.answer(URL, vitrine_sdk::http::Response { redirects: 1, tls: Some(tls), ..fake::response(200, "hello") });
    let samples = source("{}").collect().unwrap();
    let check = |name: &str, value: f64| assert_eq!(samples.value(name, &TARGET), Some(value), "{name} in\n{samples}");
    check("probe_success", 1.0);
    check("probe_http_status_code", 200.0);
    check("probe_http_redirects", 1.0);
    check("probe_http_content_length", 5.0);
    check("probe_http_version", 1.1);
    check("probe_ssl_earliest_cert_expiry", 1.8e9);
    check("probe_failed_due_to_regex", 0.0);
    assert_eq!(samples.value("probe_http_duration_seconds", &[("phase", "tls"), ("target", URL)]), Some(0.003));
}

#[test]
fn expectations_decide() {
    assert!(succeeds("{}", 204, "") && !succeeds("{}", 301, ""));
    assert!(succeeds(r#"{"status":404}"#, 404, "") && !succeeds(r#"{"status":404}"#, 200, ""));
    assert!(succeeds(r#"{"status":[200,"3xx"]}"#, 302, "") && !succeeds(r#"{"status":[200,"3xx"]}"#, 201, ""));
    assert!(succeeds(r#"{"status":"4xx"}"#, 404, ""));
    assert!(succeeds(r#"{"body":"ok"}"#, 200, "all ok.") && !succeeds(r#"{"body":"ok"}"#, 200, "o"));
}

#[test]
fn a_missing_text_is_told_apart() {
    let host = Host::new();
    host.answer(URL, fake::response(200, "no"));
    let samples = source(r#"{"body":"ok"}"#).collect().unwrap();
    assert_eq!(samples.value("probe_failed_due_to_regex", &TARGET), Some(1.0));
}

#[test]
fn an_unreachable_target_is_a_result_and_is_logged_once() {
    let host = Host::new();
    host.fail(URL, Error::Connect("connection refused".to_owned()));
    host.fail(URL, Error::Connect("connection refused".to_owned()));
    host.answer(URL, fake::response(200, ""));
    let mut source = source("{}");
    let success: Vec<Option<f64>> = (0..4).map(|_| source.collect().unwrap().value("probe_success", &TARGET)).collect();
    assert_eq!(success, [Some(0.0), Some(0.0), Some(1.0), Some(1.0)]);
    let lines = host.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(lines[0], (Level::Warn, format!("{URL} fails: connection refused")));
    assert_eq!(lines[1], (Level::Info, format!("{URL} is well again")));
}

#[test]
fn a_missing_grant_is_a_fault() {
    let _host = Host::new();
    assert!(matches!(source("{}").collect(), Err(Fault::Denied(_))));
    assert!(matches!(source("{}").check(), Err(Fault::Denied(_))));
}

#[test]
fn the_request_is_as_configured() {
    let host = Host::new();
    host.answer(URL, fake::response(200, ""));
    let config = format!(
        r#"{{"url":"{URL}","method":"POST","headers":{{"x-a":"1"}},"body":"hi","timeout":1.5,"follow_redirects":false}}"#
    );
    assert!(configure::<HttpCheck>(&config).unwrap().check().unwrap().ends_with("answers 200"));
    let request = &host.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.body.as_slice(), request.timeout, request.redirects),
        ("POST", &b"hi"[..], Some(1500), 0)
    );
    assert_eq!((request.headers[0].name.as_str(), request.headers[0].value.as_str()), ("x-a", "1"));
}

#[test]
fn mistakes_in_the_configuration_are_the_admins() {
    let reason = |config: &str| configure::<HttpCheck>(config).unwrap_err().reason().to_owned();
    assert_eq!(reason("{}"), "missing field `url`");
    assert!(reason(r#"{"url":"ftp://x"}"#).contains("does not start with https://"));
    assert!(reason(r#"{"url":"http://x","timeout":-1}"#).starts_with("`timeout`"));
    assert!(reason(r#"{"url":"http://x","timeout":1e300}"#).starts_with("`timeout`"));
    assert!(reason(r#"{"url":"http://x","expect":{"status":99}}"#).starts_with("`expect.status`: 99 is not"));
    assert!(reason(r#"{"url":"http://x","expect":{"status":true}}"#).contains("a class such as"));
}
