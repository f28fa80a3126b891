//! Channels: told things while the world takes them, and while it does not.

use std::time::Duration;

use vitrine_model::Labels;
use vitrine_model::alert::EventKind;
use vitrine_model::notification::{Failure, Notification, NotifiedAlert, Receipt};
use vitrine_model::port::channel::Channel;
use vitrine_plugin::{Capability, PluginChannel};

use super::clock::START;
use super::database;
use super::judge;
use super::relay::Mood;
use super::report::{Report, Verdict};
use super::web::{Behaviour, FAULTS};
use super::world::World;

const CALLS: usize = 200;
const WARM: usize = 50;
const SLACK_BYTES: u64 = 128 << 10;
/// As many as one notification may carry.
const ALERTS: usize = 100;

pub async fn run(world: &World, report: &mut Report) {
    report.add("delivers", delivers(world).await);
    report.add("delivers what is over, and what there is much of", odd_ones(world).await);
    report.add("hands the key on, the same at each try", key(world).await);
    report.add("says so where it has no rights", without_rights(world).await);
    if world.asks_for(Capability::Http) {
        let channel = PluginChannel(world.instance_at_closed_port());
        report.add("asks for another try where the server is not there", to_be_tried_again(tell(&channel).await));
        for (name, behaviour) in FAULTS {
            world.web.behave(behaviour);
            let outcome = tell(&PluginChannel(world.instance())).await;
            world.web.behave(Behaviour::Well);
            report.add(format!("bears {name}"), far_side(behaviour, outcome));
        }
    }
    if world.asks_for(Capability::Sql) {
        databases(world, report).await;
    }
    if world.asks_for(Capability::Mail) {
        mail(world, report).await;
    }
    report.add("goes on after a call that was given up", cancelled(world).await);
    report.add("does not grow over 200 calls", growth(world).await);
}

async fn tell(channel: &PluginChannel) -> Result<Receipt, Failure> {
    channel.deliver(&notification(EventKind::Firing, 1), "contract-key-1").await
}

fn notification(status: EventKind, alerts: usize) -> Notification {
    let alert = |number: usize| NotifiedAlert {
        status,
        labels: Labels::from_pairs([("alertname", "DiskFull".to_owned()), ("instance", format!("web-{number}"))]),
        annotations: Labels::from_pairs([("summary", "the disk is full <b>&amp;</b> \u{1F4BE}\nsee the runbook")]),
        starts_at: START - 60_000,
        ends_at: (status == EventKind::Resolved).then_some(START),
        value: if number.is_multiple_of(2) { 0.91 } else { f64::NAN },
        fingerprint: format!("{number:016x}"),
        link: "http://host.example/alerts".to_owned(),
    };
    Notification {
        status,
        title: "[firing] disk space on web-1: 91 %".to_owned(),
        group: "disk/full".to_owned(),
        group_labels: Labels::from_pairs([("alertname", "DiskFull")]),
        alerts: (0..alerts).map(alert).collect(),
        host: "http://host.example".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
    }
}

async fn delivers(world: &World) -> Verdict {
    for sample in &world.samples {
        let channel = PluginChannel(world.instance_with(&world.filled(sample)));
        if let Err(failure) = tell(&channel).await {
            return judge(failure.fault(), &[]).at(&sample.to_string());
        }
    }
    Verdict::Good
}

async fn odd_ones(world: &World) -> Verdict {
    let channel = PluginChannel(world.instance());
    for (status, alerts) in [(EventKind::Resolved, 1), (EventKind::Firing, 0), (EventKind::Firing, ALERTS)] {
        if let Err(failure) = channel.deliver(&notification(status, alerts), "contract-key-2").await {
            return judge(failure.fault(), &[]).at(&format!("{alerts} alerts, {}", status.word()));
        }
    }
    Verdict::Good
}

/// Whoever gets a message twice can tell only by the key.
async fn key(world: &World) -> Verdict {
    let channel = PluginChannel(world.instance());
    let (_, _) = (world.web.take_requests(), world.relay.take_messages());
    for key in ["contract-key-3", "contract-key-3", "contract-key-4"] {
        if let Err(failure) = channel.deliver(&notification(EventKind::Firing, 1), key).await {
            return judge(failure.fault(), &[]);
        }
    }
    let requests = world.web.take_requests().into_iter().map(|request| String::from_utf8_lossy(&request).into_owned());
    let requests: Vec<String> = requests.filter(|request| request.contains("contract-key")).collect();
    let messages: Vec<String> = world.relay.take_messages().iter().filter_map(|message| message_id(message)).collect();
    let has_key = |key: &str| requests.iter().filter(|request| request.contains(key)).count();
    let by_mail = matches!(messages.as_slice(), [one, same, other] if one == same && one != other);
    if by_mail || (has_key("contract-key-3") == 2 && has_key("contract-key-4") == 1) {
        return Verdict::Good;
    }
    Verdict::bad(
        "what it sends does not hold the key",
        "pass `key` on, as a header (`idempotency-key`), in the body, or as the message's key",
    )
}

fn message_id(message: &str) -> Option<String> {
    message.lines().find(|line| line.to_lowercase().starts_with("message-id:")).map(str::to_owned)
}

async fn without_rights(world: &World) -> Verdict {
    match tell(&PluginChannel(world.instance_without_rights())).await {
        Ok(_) => Verdict::bad("it says that it delivered, without any right to", "answer a receipt only for what was taken"),
        Err(failure) => judge(failure.fault(), &["denied"]),
    }
}

/// A notification must not be lost because somebody is away for a minute.
fn to_be_tried_again(outcome: Result<Receipt, Failure>) -> Verdict {
    match outcome {
        Ok(_) => Verdict::bad("it says that it delivered", "answer a receipt only for what was taken"),
        Err(Failure::Permanent(fault)) => judge(&fault, &["upstream"])
            .and(|| Verdict::bad("it gives up for good", "answer `Failure::Retry` where it may work later")),
        Err(failure) => judge(failure.fault(), &["upstream"]),
    }
}

fn far_side(behaviour: Behaviour, outcome: Result<Receipt, Failure>) -> Verdict {
    match (behaviour, outcome) {
        (Behaviour::Silent | Behaviour::Resets | Behaviour::Gibberish | Behaviour::Status(500), outcome) => {
            to_be_tried_again(outcome)
        }
        (Behaviour::Status(_), Ok(_)) => {
            Verdict::bad("it takes a refusal for a receipt", "look at the status: 200 to 299 is a yes")
        }
        (_, Ok(_)) => Verdict::Good,
        (_, Err(failure)) => judge(failure.fault(), &["upstream"]),
    }
}

async fn databases(world: &World, report: &mut Report) {
    for (name, mood, allowed) in database::FAULTS {
        world.database.be(mood);
        let outcome = tell(&PluginChannel(world.instance())).await;
        world.database.be(database::Mood::Well);
        let verdict = match (mood, outcome) {
            (database::Mood::Away | database::Mood::Slow, outcome) => to_be_tried_again(outcome),
            (_, Ok(_)) => Verdict::Good,
            (_, Err(failure)) => judge(failure.fault(), allowed),
        };
        report.add(format!("bears {name}"), verdict);
    }
}

async fn mail(world: &World, report: &mut Report) {
    if let Err(reason) = world.set_relay(false) {
        report.add("asks for another try where the relay is not there", Verdict::bad(reason, "see `mail` in the settings"));
        return;
    }
    let outcome = tell(&PluginChannel(world.instance())).await;
    report.add("asks for another try where the relay is not there", to_be_tried_again(outcome));
    if let Err(reason) = world.set_relay(true) {
        report.add("delivers once the relay is there", Verdict::bad(reason, "see `mail` in the settings"));
        return;
    }
    for (name, mood) in [("says `later`", Mood::Busy), ("says nothing", Mood::Silent)] {
        world.relay.be(mood);
        let outcome = tell(&PluginChannel(world.instance())).await;
        world.relay.be(Mood::Takes);
        report.add(format!("asks for another try where the relay {name}"), to_be_tried_again(outcome));
    }
    world.relay.be(Mood::Refuses);
    let outcome = tell(&PluginChannel(world.instance())).await;
    world.relay.be(Mood::Takes);
    let verdict = match outcome {
        Ok(_) => Verdict::bad("it takes a refusal for a receipt", "answer the relay's error"),
        Err(failure) => judge(failure.fault(), &["upstream", "invalid"]),
    };
    report.add("bears a relay that refuses the message", verdict);
}

async fn cancelled(world: &World) -> Verdict {
    let channel = PluginChannel(world.instance());
    world.web.behave(Behaviour::Silent);
    world.relay.be(Mood::Silent);
    world.database.be(database::Mood::Slow);
    for wait in [Duration::ZERO, Duration::from_millis(50)] {
        let _ = tokio::time::timeout(wait, tell(&channel)).await;
    }
    world.web.behave(Behaviour::Well);
    world.relay.be(Mood::Takes);
    world.database.be(database::Mood::Well);
    tell(&channel).await.map_or_else(|failure| judge(failure.fault(), &[]), |_| Verdict::Good)
}

async fn growth(world: &World) -> Verdict {
    let instance = world.instance();
    let channel = PluginChannel(std::sync::Arc::clone(&instance));
    let mut before = 0;
    for call in 0..CALLS {
        if let Err(failure) = tell(&channel).await {
            return judge(failure.fault(), &[]);
        }
        if call == WARM {
            before = instance.usage().memory_bytes;
        }
    }
    let after = instance.usage().memory_bytes;
    if after > before + before / 10 + SLACK_BYTES {
        return Verdict::bad(
            format!("its memory grows from {} kB after {WARM} calls to {} kB after {CALLS}", before / 1_000, after / 1_000),
            "bound what it keeps between calls",
        );
    }
    Verdict::Good
}
