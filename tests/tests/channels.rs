//! One alert over every channel that speaks HTTP, to one receiver that first asks each to wait: what is sent when it fires
//! and when it is over, by which keys, with which secrets, and that these are seen nowhere else.

mod receiver;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vitrine_tests::{Files, LONG, Start, Vitrine, wait_until};

use receiver::{Got, Receiver};

const SERVICES: [&str; 8] = ["webhook", "slack", "ntfy", "telegram", "pagerduty", "matrix", "teams", "discord"];

const SUMMARY: &str = "disk <full> & *slow* on web-1";

fn secret(service: &str) -> String {
    format!("S3cret-of-{service}")
}

fn files(receiver: &Receiver) -> Files {
    let url = receiver.url();
    let files = Files::new().with_shared_code();
    let mut text = "public_url: http://vitrine.test\nchannels:\n".to_owned();
    for (service, with, secret, rights) in [
        ("webhook", format!("url: '{url}/webhook', sign: true, format: alertmanager"), "signing-key", ""),
        ("slack", format!("url: '{url}/slack', channel: C0123456789"), "token", ", state: true"),
        ("ntfy", format!("url: '{url}/ntfy', topic: alerts, auth: bearer"), "token", ""),
        ("telegram", format!("url: '{url}/telegram', chat: -1001234567890"), "token", ", state: true"),
        ("pagerduty", format!("url: '{url}/pagerduty'"), "routing-key", ""),
        ("matrix", format!("homeserver: '{url}/matrix', room: '!ops:shop.test'"), "token", ", state: true"),
        ("teams", format!("url: '{url}/teams/invoke?api-version=1&sv=1.0'"), "signature", ""),
        ("discord", format!("url: '{url}/discord'"), "webhook", ""),
    ] {
        let grant = format!("http: ['{url}'], secrets: {{ {secret}: {service} }}{rights}");
        text.push_str(&format!("  {service}: {{ plugin: {service}, with: {{ {with} }}, grant: {{ {grant} }} }}\n"));
        files.write(&format!("{service}.txt"), &self::secret(service));
    }
    text.push_str("secrets:\n");
    for service in SERVICES {
        text.push_str(&format!("  {service}: {{ file: {service}.txt, hosts: ['{url}'] }}\n"));
    }
    files.write("config/vitrine.yaml", &text);
    let routes = format!(
        "route: {{ receiver: all, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }}
receivers: [{{ name: all, channels: [{}] }}]\n",
        SERVICES.join(", ")
    );
    files.write("config/routes.yaml", &routes);
    files
}

async fn bring(vitrine: &Vitrine, ends_at: Option<&str>) {
    let mut alert = json!({
        "labels": { "alertname": "DiskFull", "instance": "web-1", "severity": "critical" },
        "annotations": { "summary": SUMMARY },
    });
    if let Some(moment) = ends_at {
        alert["endsAt"] = json!(moment);
    }
    let answer = vitrine.post("/api/v2/alerts", &[], &json!([alert])).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// So many requests of each service; the first of each was refused.
async fn requests(receiver: &Receiver, count: usize) {
    for service in SERVICES {
        let what = format!("{service} has got {count} requests");
        wait_until(&what, LONG, async || (receiver.of(service).len() >= count).then_some(())).await;
    }
}

#[tokio::test]
async fn every_channel_tells_its_service_what_fires_and_what_is_over() {
    let receiver = Receiver::start().await;
    let files = files(&receiver);
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    bring(&vitrine, None).await;
    requests(&receiver, 2).await;
    bring(&vitrine, Some("2026-01-01T00:00:00Z")).await;
    requests(&receiver, 3).await;
    for service in SERVICES {
        let got = receiver.of(service);
        assert_eq!(got.len(), 3, "{service}: {got:#?}");
        // Signatures hold the time, and nothing else differs between tries.
        assert_eq!((&got[0].path, got[0].json()), (&got[1].path, got[1].json()), "{service}");
        let key = |got: &Got| got.headers.get("idempotency-key").cloned();
        assert!(key(&got[0]) == key(&got[1]) && key(&got[1]) != key(&got[2]) || service == "matrix", "{service}: {got:#?}");
        let (fires, over) = (got[1].json().to_string(), got[2].json().to_string());
        assert!(fires.contains("slow") && fires.contains("http://vitrine.test/alerts"), "{service}: {fires}");
        assert_ne!(fires, over, "{service}");
    }
    webhook(&receiver.of("webhook"));
    chats(&receiver);
    phones(&receiver);
    secrets_stay(&vitrine).await;
    vitrine.stop().await;
}

fn webhook(got: &[Got]) {
    for one in got {
        let time = &one.headers["x-vitrine-timestamp"];
        let signed = [time.as_bytes(), b".", &one.body].concat();
        assert_eq!(one.headers["x-vitrine-signature"], format!("v1={}", hmac(secret("webhook").as_bytes(), &signed)));
    }
    let (fires, over) = (got[1].json(), got[2].json());
    assert_eq!((&fires["version"], &fires["status"], &over["status"]), (&json!("4"), &json!("firing"), &json!("resolved")));
    assert_eq!(fires["alerts"][0]["annotations"]["summary"], SUMMARY);
}

fn chats(receiver: &Receiver) {
    let bearer = |got: &Got, service: &str| assert_eq!(got.headers["authorization"], format!("Bearer {}", secret(service)));
    let slack = receiver.of("slack");
    bearer(&slack[1], "slack");
    assert_eq!(slack[1].path, "/slack/chat.postMessage");
    assert_eq!(slack[1].json()["text"], "🔴 [firing] disk &lt;full&gt; &amp; *slow* on web-1");
    let over = slack[2].json();
    assert_eq!((&over["thread_ts"], &over["reply_broadcast"]), (&json!("1795177800.000100"), &json!(true)));

    let telegram = receiver.of("telegram");
    assert_eq!(telegram[1].path, format!("/telegram/bot{}/sendMessage", secret("telegram")));
    assert_eq!(telegram[1].json()["chat_id"], "-1001234567890");
    let text = telegram[1].json()["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("<b>🔴 [firing] disk &lt;full&gt; &amp; *slow* on web-1</b>\n\n<a href="), "{text}");
    assert_eq!(telegram[2].json()["reply_parameters"]["message_id"], 42);

    let matrix = receiver.of("matrix");
    bearer(&matrix[1], "matrix");
    let room = "/matrix/_matrix/client/v3/rooms/%21ops%3Ashop.test/send/m.room.message/";
    assert!(matrix.iter().all(|got| got.method == "PUT" && got.path.starts_with(room)), "{matrix:#?}");
    assert_ne!(matrix[1].path, matrix[2].path, "another delivery is another transaction");
    assert_eq!(matrix[2].json()["m.relates_to"]["event_id"], "$first:shop.test");

    let teams = receiver.of("teams");
    assert_eq!(teams[1].path, format!("/teams/invoke?api-version=1&sv=1.0&sig={}", secret("teams")));
    let card = |got: &Got| got.json()["attachments"][0]["content"]["body"][0]["inlines"][0].clone();
    assert_eq!(card(&teams[1])["text"], format!("🔴 [firing] {SUMMARY}"));
    assert_eq!(card(&teams[2])["color"], "Good");

    let discord = receiver.of("discord");
    assert_eq!(discord[1].path, format!("/discord/{}?wait=true", secret("discord")));
    let (fires, over) = (discord[1].json(), discord[2].json());
    assert_eq!(fires["content"], r"🔴 **\[firing\] disk \<full\> & \*slow\* on web\-1**");
    assert_eq!((&fires["allowed_mentions"], &over["embeds"][0]["color"]), (&json!({ "parse": [] }), &json!(0x2e_7d32)));
}

fn phones(receiver: &Receiver) {
    let ntfy = receiver.of("ntfy");
    assert_eq!(ntfy[1].headers["authorization"], format!("Bearer {}", secret("ntfy")));
    let told = |got: &Got| (got.json()["priority"].clone(), got.json()["tags"][0].clone());
    assert_eq!(told(&ntfy[1]), (json!(5), json!("rotating_light")));
    assert_eq!(told(&ntfy[2]), (json!(2), json!("white_check_mark")));

    let pagerduty = receiver.of("pagerduty");
    let event = |got: &Got| -> [Value; 3] { ["routing_key", "event_action", "dedup_key"].map(|key| got.json()[key].clone()) };
    let ([key, fires, group], [_, over, same]) = (event(&pagerduty[1]), event(&pagerduty[2]));
    assert_eq!((key, fires, over, &group), (json!(secret("pagerduty")), json!("trigger"), json!("resolve"), &same));
    assert!(group.as_str().unwrap().starts_with("vitrine/"), "{group}");
}

async fn secrets_stay(vitrine: &Vitrine) {
    let what = "all deliveries are done";
    wait_until(what, LONG, async || {
        let metrics = vitrine.get("/metrics").await.body;
        let done =
            |line: &&str| line.starts_with("vitrine_deliveries_total") && line.contains("\"delivered\"") && line.ends_with(" 2");
        (metrics.lines().filter(done).count() == SERVICES.len()).then_some(())
    })
    .await;
    let mut places = vec![("the log", vitrine.log())];
    for path in ["/alerts", "/plugins", "/metrics", "/api/v1/plugins", "/api/v1/alerts"] {
        places.push((path, vitrine.get(path).await.readable().to_owned()));
    }
    for (place, text) in places {
        let leak = SERVICES.iter().find(|service| text.contains(&secret(service)));
        assert_eq!(leak, None, "{place} shows its secret");
    }
}

/// HMAC-SHA256 by the book (RFC 2104), for keys shorter than a block.
fn hmac(key: &[u8], text: &[u8]) -> String {
    let padded = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::digest([&padded(0x36), text].concat());
    let outer = Sha256::digest([&padded(0x5c), inner.as_slice()].concat());
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}
