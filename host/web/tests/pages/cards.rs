//! Plugins in every state that an admin may find them in.

use vitrine_web::plugins::{AskedRight, Build, InstanceCard, LimitUse, PluginCard, Refused, RightUse, State};

use super::NOW;

const DIGEST: &str = "sha256:4f1c0ffee2d2b7a1c9e04f1c0ffee2d2b7a1c9e04f1c0ffee2d2b7a1c9e04f1c";
const OTHER: &str = "sha256:9b2f7d31a0c4e58f6b1d9b2f7d31a0c4e58f6b1d9b2f7d31a0c4e58f6b1d9b2f";

fn card(name: &str, kind: &str, title: &str, instances: Vec<InstanceCard>) -> PluginCard {
    PluginCard {
        name: name.to_owned(),
        kind: kind.to_owned(),
        version: "0.2.0".to_owned(),
        api: "0.1.0".to_owned(),
        title: title.to_owned(),
        digest: DIGEST.to_owned(),
        from: "bundled".to_owned(),
        instances,
        ..PluginCard::default()
    }
}

fn instance(noun: &str, name: &str, state: State) -> InstanceCard {
    InstanceCard {
        noun: noun.to_owned(),
        name: name.to_owned(),
        state,
        build: Some(Build { version: "0.2.0".to_owned(), digest: DIGEST.to_owned() }),
        since: Some(NOW - 7_200_000),
        calls: 12_345,
        faults: 2,
        memory_bytes: 1_310_720,
        limits: vec![
            LimitUse { name: "memory".to_owned(), used: Some("1.25 MiB".to_owned()), allowed: "64 MiB".to_owned(), reached: 0 },
            LimitUse {
                name: "processor time of a call".to_owned(),
                used: Some("30 ms".to_owned()),
                allowed: "2 s".to_owned(),
                reached: 3,
            },
        ],
        ..InstanceCard::default()
    }
}

fn right(word: &str, reason: &str, places: &[&str], granted: Option<&[&str]>, used: u64, refused: u64) -> RightUse {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    RightUse {
        right: word.to_owned(),
        asked: Some(AskedRight { right: word.to_owned(), reason: reason.to_owned(), places: texts(places) }),
        granted: granted.map(texts),
        used,
        last_used: (used > 0).then_some(NOW - 4_000),
        refused,
        last_refused: (refused > 0).then_some(NOW - 61_000),
    }
}

/// One of each kind of trouble, and those that are well.
pub fn cards() -> Vec<PluginCard> {
    let check = "asks the address that is configured for each check";
    let http = |refused| right("http", check, &[], Some(&["https://shop.example", "network 10.0.0.0/8"]), 12_345, refused);
    let well = InstanceCard { rights: vec![http(0)], ..instance("source", "shop", State::Running) };
    let refused = Refused {
        right: "http".to_owned(),
        reason: "requests to https://evil.example are not granted: add `http: [\"https://evil.example\"]` under `grant`"
            .to_owned(),
        count: 17,
        first: NOW - 3_600_000,
        last: NOW - 61_000,
    };
    let curious = InstanceCard {
        rights: vec![http(17)],
        refusals: vec![refused],
        check: Some(Err("https://warehouse.example does not answer: connection refused".to_owned())),
        ..instance("source", "warehouse", State::BackingOff)
    };
    let curious =
        InstanceCard { until: Some(NOW + 12_000), reason: Some("`collect` was stopped after 10 s".to_owned()), ..curious };
    let waiting = InstanceCard {
        reason: Some("build 0.3.0 asks for more than was granted".to_owned()),
        remedy: Some("add it under `grant`, or run `vitrine plugin grant source/orders`".to_owned()),
        waiting: Some((
            Build { version: "0.3.0".to_owned(), digest: OTHER.to_owned() },
            vec!["http https://collect.example".to_owned(), "mail".to_owned()],
        )),
        rights: vec![right("sql", "reads how many orders are open", &[], Some(&["shop"]), 480, 0)],
        ..instance("source", "orders", State::NeedsGrant)
    };
    let disabled = InstanceCard {
        reason: Some("it failed too often: `deliver` trapped: wasm `unreachable` instruction executed".to_owned()),
        remedy: Some("change its entry or its file, or run `vitrine plugin enable channel/on-call`".to_owned()),
        rights: vec![right("http", "sends the message", &["https://api.twilio.com"], Some(&["https://api.twilio.com"]), 3, 0)],
        ..instance("channel", "on-call", State::Disabled)
    };
    let failed = InstanceCard {
        noun: "channel".to_owned(),
        name: "web-mail".to_owned(),
        state: State::Failed,
        reason: Some("channel `web-mail` asks for the right `mail`, which is not granted: it sends messages".to_owned()),
        rights: vec![right("mail", "sends messages through the host's relay", &[], None, 0, 0)],
        ..InstanceCard::default()
    };
    let newer = PluginCard {
        version: "0.3.0".to_owned(),
        digest: OTHER.to_owned(),
        from: "plugins/orders.wasm".to_owned(),
        ..card("orders", "source", "Open orders", vec![waiting])
    };
    let idle = PluginCard {
        asked: vec![AskedRight { right: "http".to_owned(), reason: "posts what happened".to_owned(), ..AskedRight::default() }],
        ..card("webhook", "channel", "Webhook", Vec::new())
    };
    vec![
        card("http-check", "source", "HTTP check", vec![well, curious]),
        newer,
        card("sms-twilio", "channel", "SMS", vec![disabled]),
        card("email", "channel", "Mail", vec![failed]),
        card(
            "system",
            "source",
            "This machine",
            vec![InstanceCard {
                rights: vec![right("system", "reads processors, memory, disks and network", &[], Some(&[]), 48_211, 0)],
                check: Some(Ok("reads web-1, Linux 6.12.9".to_owned())),
                ..instance("source", "this-machine", State::Running)
            }],
        ),
        card("timeseries", "panel", "Time series", vec![instance("panel", "timeseries", State::Running)]),
        idle,
    ]
}
