#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_sdk::Label;
use vitrine_sdk::channel::{Alert, Status, configure};
use vitrine_sdk::fake::{self, Host};
use vitrine_sdk::http::{self, Error, Response};

use super::*;

const URL: &str = "http://am.example:9093/api/v2/alerts";

fn alert(instance: &str, ends_at: Option<i64>) -> Alert {
    Alert {
        status: Status::Firing,
        labels: vec![Label::new("alertname", "Slow"), Label::new("instance", instance)],
        annotations: vec![Label::new("summary", "slow")],
        starts_at: 1_795_177_800_000,
        ends_at,
        value: 2.5,
        fingerprint: "ab12".to_owned(),
        link: "http://host/alerts#ab12".to_owned(),
    }
}

fn notification() -> Notification {
    Notification {
        status: Status::Firing,
        title: "2 alerts".to_owned(),
        group: String::new(),
        group_labels: Vec::new(),
        alerts: vec![alert("a", None), alert("b", Some(1_795_177_860_000))],
        host: "http://host".to_owned(),
        time_zone: "UTC".to_owned(),
    }
}

fn deliver(answer: Result<Response, Error>) -> Result<Receipt, Failure> {
    let host = Host::new();
    match answer {
        Ok(response) => host.answer(URL, response),
        Err(error) => host.fail(URL, error),
    }
    let mut channel: Alertmanager = configure(r#"{"url":"http://am.example:9093/"}"#).unwrap();
    channel.deliver(&notification(), "key-1")
}

#[test]
fn the_body_is_that_of_the_api() {
    let host = Host::new();
    host.answer(URL, fake::response(200, ""));
    let mut channel: Alertmanager = configure(r#"{"url":"http://am.example:9093"}"#).unwrap();
    assert_eq!(channel.deliver(&notification(), "key-1").unwrap().answer, "200");
    let request = &host.requests()[0];
    assert_eq!((request.method.as_str(), request.redirects), ("POST", 0));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let common = |instance: &str| {
        json!({
            "labels": { "alertname": "Slow", "instance": instance },
            "annotations": { "summary": "slow" },
            "startsAt": "2026-11-20T12:30:00.000Z",
            "generatorURL": "http://host/alerts#ab12",
        })
    };
    let mut second = common("b");
    second["endsAt"] = json!("2026-11-20T12:31:00.000Z");
    assert_eq!(body, json!([common("a"), second]));
}

#[test]
fn the_answer_says_whether_to_try_again() {
    let status = |status: u16| deliver(Ok(fake::response(status, "no"))).unwrap_err();
    for code in [408, 429, 500, 503] {
        assert!(matches!(status(code), Failure::Retry(Fault::Upstream(_))), "{code}");
    }
    for code in [302, 400, 401, 404] {
        assert!(matches!(status(code), Failure::Permanent(Fault::Upstream(_))), "{code}");
    }
    let headers = vec![http::Header { name: "Retry-After".to_owned(), value: "30".to_owned() }];
    let busy = deliver(Ok(Response { headers, ..fake::response(503, "") })).unwrap_err();
    assert!(matches!(busy, Failure::RetryAfter(later) if later.seconds == 30));
    assert!(matches!(deliver(Err(Error::Connect("x".to_owned()))), Err(Failure::Retry(Fault::Upstream(_)))));
}

#[test]
fn an_address_without_scheme_is_refused() {
    let refused = configure::<Alertmanager>(r#"{"url":"am.example:9093"}"#).unwrap_err();
    assert!(refused.reason().contains("url"), "{refused:?}");
}
