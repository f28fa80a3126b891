//! From an alert to a phone and back: the message goes out, its receipts come in, and what somebody answers is done.

use serde_json::{Value, json};
use vitrine_tests::{Files, LONG, Start, Twilio, Vitrine, wait_until};

const ADA: &str = "+4930123456";
const BOB: &str = "+4930123457";

/// Ada is told; where nobody can reach her, Bob is. Twilio finds the host at its own address.
async fn host(twilio: &Twilio) -> (Files, Vitrine) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let api = twilio.url();
    let files = Files::new();
    let channel = |name: &str, to: &str| {
        format!(
            "  {name}:
    plugin: sms-twilio
    with: {{ account: {}, from: '+15005550006', to: ['{to}'], api: '{api}' }}
    grant: {{ http: ['{api}'], secrets: {{ auth_token: twilio }} }}
",
            Twilio::ACCOUNT
        )
    };
    std::fs::write(files.path().join("token"), Twilio::TOKEN).unwrap();
    files.write(
        "config/vitrine.yaml",
        &format!(
            "public_url: http://127.0.0.1:{port}
listen: 127.0.0.1:{port}
secrets: {{ twilio: {{ file: '{}', hosts: ['{api}'] }} }}
channels:
{}{}",
            files.path().join("token").display(),
            channel("ada", ADA),
            channel("bob", BOB)
        ),
    );
    files.write("config/routes.yaml", ROUTES);
    let vitrine = Start::bare(&files).serve().await;
    (files, vitrine)
}

const ROUTES: &str = "
route: { receiver: on-call, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: on-call, channels: [{ channel: ada, fallback: [bob] }] }]
";

async fn fire(vitrine: &Vitrine, name: &str) {
    let alerts = json!([{ "labels": { "alertname": name, "severity": "critical" }, "annotations": { "summary": format!("{name} – the disk is 91 % full") } }]);
    let taken = vitrine.post("/api/v2/alerts", &[], &alerts).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
}

/// The newest delivery of a channel whose title begins so, once it is as it should be.
async fn delivery(vitrine: &Vitrine, channel: &str, title: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    wait_until(&format!("the delivery of `{title}` by {channel} {what}"), LONG, async || {
        let data = vitrine.data("/api/v1/deliveries").await;
        let mut all = data["deliveries"].as_array().unwrap().iter();
        let found = all.find(|one| one["channel"] == channel && one["title"].as_str().unwrap().starts_with(title));
        found.filter(|one| is_so(one)).cloned()
    })
    .await
}

#[tokio::test]
async fn an_alert_reaches_a_phone_and_the_answer_takes_it_on() {
    let mut twilio = Twilio::start().await;
    let (_files, vitrine) = host(&twilio).await;
    let replies = vitrine.url("/api/v1/callbacks/twilio/ada/reply");

    fire(&vitrine, "DiskFull").await;
    let message = twilio.message(ADA, "FIRING critical: DiskFull").await;
    assert!(message.body.contains("DiskFull - the disk is 91 % full\n"), "the dash costs no second alphabet: {}", message.body);
    assert!(
        message.body.contains(&vitrine.url("/alerts/")) && message.body.ends_with("\nAnswer ACK or SILENCE 2H"),
        "{}",
        message.body
    );
    let told = delivery(&vitrine, "ada", "DiskFull", "is at her phone", |one| {
        one["state"] == "delivered" && one["receipts"][0]["step"] == "delivered"
    });
    let told = told.await;
    assert_eq!((&told["receipts"][0]["person"], &told["receipts"][0]["id"]), (&json!(ADA), &json!(message.sid)));
    assert_eq!(told["answer"], format!("1 part; queued ({})", message.sid));

    nobody_else_reports(&mut twilio, &vitrine, &message.callback, &replies).await;
    let help = twilio.answer(&replies, ADA, "what?").await;
    assert!(help.body.contains("<Message>Answer ACK") && help.content_type.starts_with("text/xml"), "{help:?}");
    let stranger = twilio.answer(&replies, "+4930999999", "ACK").await;
    assert_eq!((stranger.status, stranger.body.contains("<Response></Response>")), (200, true), "{stranger:?}");
    assert_eq!(acknowledged(&vitrine).await, json!([]));

    let done = twilio.answer(&replies, ADA, "Ack on my way").await;
    assert!(done.body.contains("<Message>Acknowledged: DiskFull – the disk is 91 % full</Message>"), "{done:?}");
    let given = acknowledged(&vitrine).await;
    assert_eq!((&given[0]["author"], &given[0]["comment"]), (&json!(ADA), &json!("on my way")));
    let silenced = twilio.answer(&replies, ADA, "SILENCE 3H").await;
    assert!(silenced.body.contains("Silenced for 3h: "), "{silenced:?}");
    let silences = vitrine.get("/api/v2/silences").await.json();
    assert_eq!((&silences[0]["createdBy"], &silences[0]["matchers"][0]["value"]), (&json!(ADA), &json!("DiskFull")));

    let page = vitrine.get("/alerts").await.readable();
    assert!(page.contains(&format!("1 part; queued ({}) · {ADA}: delivered", message.sid)), "{page}");

    whoever_cannot_be_reached_is_followed_by_the_next(&mut twilio, &vitrine).await;
    let stop = twilio.answer(&replies, ADA, "STOP").await;
    assert!(stop.body.contains("<Response></Response>"), "{stop:?}");
    twilio.behave("deliver").await;
    fire(&vitrine, "NetworkDown").await;
    twilio.message(BOB, "FIRING critical: NetworkDown").await;
    let refused = delivery(&vitrine, "ada", "NetworkDown", "is refused", |one| one["state"] == "dead").await;
    assert!(refused["answer"].as_str().unwrap().contains("(error 21610)"), "{refused}");
    vitrine.stop().await;
}

async fn acknowledged(vitrine: &Vitrine) -> Value {
    vitrine.data("/api/v1/acknowledgements").await["acknowledgements"].take()
}

/// What is not signed, or not as it was sent, changes nothing.
async fn nobody_else_reports(twilio: &mut Twilio, vitrine: &Vitrine, callback: &str, replies: &str) {
    let forged = twilio.call(json!({ "url": callback, "fields": { "MessageStatus": "failed", "To": ADA }, "sign": false })).await;
    assert_eq!(forged.status, 403, "{forged:?}");
    let forged = twilio.call(json!({ "url": replies, "from": ADA, "body": "ACK", "sign": false })).await;
    assert_eq!(forged.status, 403, "{forged:?}");
    let unsigned = vitrine.post("/api/v1/callbacks/twilio/ada/reply", &[], &json!({})).await;
    assert_eq!(unsigned.status, 403, "{}", unsigned.body);
    let nobody = vitrine.post("/api/v1/callbacks/twilio/nobody/reply", &[], &json!({})).await;
    assert_eq!(nobody.status, 404, "{}", nobody.body);
    // A late "sent" does not undo "delivered".
    let late =
        twilio.call(json!({ "url": callback, "fields": { "MessageStatus": "sent", "To": ADA, "MessageSid": "SM1" } })).await;
    assert_eq!(late.status, 204, "{late:?}");
    let told = vitrine.data("/api/v1/deliveries").await;
    assert_eq!(told["deliveries"][0]["receipts"][0]["step"], "delivered", "{told}");
    let metrics = vitrine.get("/metrics").await.body;
    for line in
        ["what=\"status\",outcome=\"forged\"} 1", "what=\"reply\",outcome=\"forged\"} 2", "what=\"status\",outcome=\"old\"} 1"]
    {
        assert!(metrics.contains(&format!("vitrine_web_callbacks_total{{{line}")), "{line} is missing");
    }
}

async fn whoever_cannot_be_reached_is_followed_by_the_next(twilio: &mut Twilio, vitrine: &Vitrine) {
    twilio.behave("undelivered").await;
    fire(vitrine, "QueueSlow").await;
    twilio.message(ADA, "FIRING critical: QueueSlow").await;
    twilio.message(BOB, "FIRING critical: QueueSlow").await;
    let lost = delivery(vitrine, "ada", "QueueSlow", "is given up", |one| one["state"] == "dead").await;
    assert_eq!(lost["answer"], "undelivered: the phone cannot be reached (error 30003); `bob` is told instead");
    assert_eq!(lost["receipts"][0]["step"], "failed", "{lost}");
}
