#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use vitrine_sdk::Label;
use vitrine_sdk::channel::{Alert, Status, configure};
use vitrine_sdk::fake::{self, Host};
use vitrine_sdk::http::{Error, Response, Seal, Sealing};

use super::*;

const URL: &str = "https://hooks.example/in";

fn alert(instance: &str, ends_at: Option<i64>) -> Alert {
    Alert {
        status: if ends_at.is_some() { Status::Resolved } else { Status::Firing },
        labels: vec![Label::new("alertname", "Slow"), Label::new("instance", instance)],
        annotations: vec![Label::new("summary", "slow")],
        starts_at: 1_795_177_800_000,
        ends_at,
        value: 2.5,
        fingerprint: "ab12".to_owned(),
        link: "http://host/alerts/ab12".to_owned(),
    }
}

fn notification() -> Notification {
    Notification {
        status: Status::Firing,
        title: "slow".to_owned(),
        group: "group-1".to_owned(),
        group_labels: vec![Label::new("alertname", "Slow")],
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
    let mut webhook: Webhook = configure(&format!(r#"{{"url":"{URL}"}}"#)).unwrap();
    webhook.deliver(&notification(), "key-1")
}

#[test]
fn the_body_is_alertmanagers() {
    let host = Host::new();
    host.answer(URL, fake::response(200, "thanks\n"));
    let mut webhook: Webhook = configure(&format!(r#"{{"url":"{URL}","headers":{{"x-team":"web"}}}}"#)).unwrap();
    assert_eq!(webhook.deliver(&notification(), "key-1").unwrap().answer, "200: thanks");
    let request = &host.requests()[0];
    let headers: Vec<(&str, &str)> = request.headers.iter().map(|header| (&*header.name, &*header.value)).collect();
    assert_eq!(headers, [("idempotency-key", "key-1"), ("x-team", "web"), ("content-type", "application/json")]);
    assert_eq!((request.method.as_str(), request.redirects), ("POST", 0));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let alert = |instance: &str, status: &str, ends_at: &str| {
        json!({
            "status": status,
            "labels": { "alertname": "Slow", "instance": instance },
            "annotations": { "summary": "slow" },
            "startsAt": "2026-11-20T12:30:00.000Z",
            "endsAt": ends_at,
            "generatorURL": "http://host/alerts/ab12",
            "fingerprint": "ab12",
            "value": 2.5,
        })
    };
    let expected = json!({
        "version": "4",
        "groupKey": "group-1",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "vitrine",
        "groupLabels": { "alertname": "Slow" },
        "commonLabels": { "alertname": "Slow" },
        "commonAnnotations": { "summary": "slow" },
        "externalURL": "http://host",
        "alerts": [
            alert("a", "firing", "0001-01-01T00:00:00Z"),
            alert("b", "resolved", "2026-11-20T12:31:00.000Z"),
        ],
    });
    assert_eq!(body, expected);
}

#[test]
fn alertmanagers_own_body_has_no_values() {
    let host = Host::new();
    host.answer(URL, fake::response(200, ""));
    let mut webhook: Webhook = configure(&format!(r#"{{"url":"{URL}","format":"alertmanager"}}"#)).unwrap();
    webhook.deliver(&notification(), "key-1").unwrap();
    let body: Value = serde_json::from_slice(&host.requests()[0].body).unwrap();
    let keys: Vec<&String> = body["alerts"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["annotations", "endsAt", "fingerprint", "generatorURL", "labels", "startsAt", "status"]);
    assert!(configure::<Webhook>(&format!(r#"{{"url":"{URL}","format":"nagios"}}"#)).is_err());
}

#[test]
fn a_number_that_is_none_is_null() {
    let mut notification = notification();
    notification.alerts[0].value = f64::NAN;
    let body = serde_json::to_value(Body::of(&notification, true)).unwrap();
    assert_eq!((&body["alerts"][0]["value"], &body["alerts"][1]["value"]), (&Value::Null, &json!(2.5)));
}

#[test]
fn a_signature_is_over_the_time_and_the_body() {
    let host = Host::new();
    host.set_now(1_795_177_800_999);
    host.answer(URL, fake::response(200, ""));
    let mut webhook: Webhook = configure(&format!(r#"{{"url":"{URL}","sign":true,"auth":"bearer"}}"#)).unwrap();
    webhook.deliver(&notification(), "key-1").unwrap();
    let sealed = &host.sealed()[0];
    let time = sealed.request.headers.iter().find(|header| header.name == "x-vitrine-timestamp").unwrap();
    assert_eq!((time.value.as_str(), sealed.request.secrets[0].name.as_str()), ("1795177800", "token"));
    let [Seal { name, how: Sealing::Signature(signature) }] = sealed.seals.as_slice() else { panic!("{sealed:?}") };
    let Signature { header, prefix, before } = signature;
    let parts = [name, header, prefix, before];
    assert_eq!(parts, ["signing-key", "x-vitrine-signature", "v1=", "1795177800."]);
}

#[test]
fn the_answer_says_whether_to_try_again() {
    let status = |status: u16| deliver(Ok(fake::response(status, "no"))).unwrap_err();
    assert!(deliver(Ok(fake::response(204, ""))).is_ok());
    for code in [408, 429, 500, 502, 503] {
        assert!(matches!(status(code), Failure::Retry(Fault::Upstream(_))), "{code}");
    }
    for code in [302, 400, 401, 404, 410] {
        assert!(matches!(status(code), Failure::Permanent(Fault::Upstream(_))), "{code}");
    }
    assert_eq!(status(400).fault().reason(), "the receiver answered 400: no");
}

#[test]
fn a_busy_receiver_says_when() {
    let after = |status: u16, wait: &str| {
        let headers = vec![http::Header { name: "Retry-After".to_owned(), value: wait.to_owned() }];
        deliver(Ok(Response { headers, ..fake::response(status, "") })).unwrap_err()
    };
    assert!(matches!(after(429, "30"), Failure::RetryAfter(later) if later.seconds == 30));
    assert!(matches!(after(503, "4000000000"), Failure::RetryAfter(later) if later.seconds == 86_400));
    assert!(matches!(after(404, "30"), Failure::Permanent(_)));
}

#[test]
fn the_network_may_mend_and_so_may_the_grant() {
    let failure = |error: Error| deliver(Err(error)).unwrap_err();
    assert!(matches!(failure(Error::Connect("x".to_owned())), Failure::Retry(Fault::Upstream(_))));
    assert!(matches!(failure(Error::Denied("x".to_owned())), Failure::Retry(Fault::Denied(_))));
    assert!(matches!(failure(Error::Invalid("x".to_owned())), Failure::Permanent(Fault::Invalid(_))));
}

#[test]
fn the_url_is_checked() {
    assert!(configure::<Webhook>(r#"{"url":"hooks.example"}"#).unwrap_err().reason().starts_with("`url`"));
}

#[test]
fn the_secret_goes_along_as_the_admin_says() {
    for (auth, placement) in [
        (r#""bearer""#, "Placement::Bearer"),
        (r#"{"basic":"vitrine"}"#, "Placement::Basic(\"vitrine\")"),
        (r#"{"header":{"name":"x-key"}}"#, "Placement::Prefixed(PrefixedHeader { name: \"x-key\", prefix: \"\" })"),
        (
            r#"{"header":{"name":"x-key","prefix":"Key "}}"#,
            "Placement::Prefixed(PrefixedHeader { name: \"x-key\", prefix: \"Key \" })",
        ),
    ] {
        let host = Host::new();
        host.answer(URL, fake::response(200, ""));
        let mut webhook: Webhook = configure(&format!(r#"{{"url":"{URL}","auth":{auth}}}"#)).unwrap();
        webhook.deliver(&notification(), "key-1").unwrap();
        let secrets = &host.requests()[0].secrets;
        assert_eq!((secrets.len(), secrets[0].name.as_str()), (1, "token"));
        assert_eq!(format!("{:?}", secrets[0].placement), placement);
    }
    let host = Host::new();
    host.answer(URL, fake::response(200, ""));
    configure::<Webhook>(&format!(r#"{{"url":"{URL}"}}"#)).unwrap().deliver(&notification(), "key-1").unwrap();
    assert!(host.requests()[0].secrets.is_empty());
    assert!(configure::<Webhook>(r#"{"url":"https://a.example","auth":"guess"}"#).is_err());
}
