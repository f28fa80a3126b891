//! `kill -9` at any moment: no acknowledged sample is lost, and no alert stays untold.

use std::collections::BTreeMap;

use vitrine_tests::{Behaviour, Files, LONG, Relay, Smtp, Target, Vitrine, wait_until};

use crate::shop;

const KILLS: usize = 10;

/// Samples that the API has shown: source and moment.
type Shown = BTreeMap<(String, u64), f64>;

#[tokio::test]
async fn acknowledged_samples_survive() {
    let target = Target::start(Behaviour::Answer(200)).await;
    let files = three_sources(&target);
    let mut vitrine = Vitrine::start(&files).await;
    let mut shown = Shown::new();
    for round in 0..KILLS {
        let before = shown.len();
        // Killed at once, in the middle of the next tick: after one new sample, after four, after two, …
        wait_until("new samples show", LONG, async || {
            look(&vitrine, &mut shown).await;
            (shown.len() > before + round * 3 % 5).then_some(())
        })
        .await;
        vitrine.kill9().await;
        vitrine.restart().await;
    }
    for ((source, millis), value) in &shown {
        let moment = *millis as f64 / 1000.0;
        let query = format!("scrape_samples_scraped{{source='{source}'}}");
        let stored = vitrine.query_at(&query, moment).await;
        let when = vitrine.query_at(&format!("timestamp({query})"), moment).await;
        assert_eq!(stored.first().map(|(_, value)| *value), Some(*value), "{source} at {moment}");
        assert_eq!(when.first().map(|(_, when)| (when * 1000.0).round() as u64), Some(*millis), "{source} at {moment}");
    }
    assert!(shown.len() >= KILLS, "only {} samples were looked at", shown.len());
    vitrine.stop().await;
}

fn three_sources(target: &Target) -> Files {
    let url = target.url();
    let files = Files::new();
    let mut text = String::from("sources:\n  machine: { plugin: system, every: 1s, grant: [system] }\n");
    for name in ["shop", "till"] {
        text.push_str(&format!(
            "  {name}: {{ plugin: http-check, every: 1s, with: {{ url: '{url}/{name}' }}, grant: {{ http: ['{url}'] }} }}\n"
        ));
    }
    files.write("config/sources.yaml", &text);
    files
}

/// Writes down the newest sample of each source.
async fn look(vitrine: &Vitrine, shown: &mut Shown) {
    let times = vitrine.query("timestamp(scrape_samples_scraped)").await;
    for (labels, seconds) in times {
        let millis = (seconds * 1000.0).round() as u64;
        let source = labels["source"].clone();
        let query = format!("scrape_samples_scraped{{source='{source}'}}");
        if let Some((_, value)) = vitrine.query_at(&query, seconds).await.first() {
            shown.insert((source, millis), *value);
        }
    }
}

/// At which moment the host dies.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// The alert has just fired; it may or may not be planned.
    Fired,
    /// The mail server has been asked and does not answer.
    Hanging,
    /// The mail server has said to try again later.
    PutOff,
    /// The mail server has the message, but the host does not know.
    Taken,
}

#[tokio::test]
async fn a_mail_survives_a_kill_when_the_alert_has_fired() {
    mail_survives(Moment::Fired).await;
}

#[tokio::test]
async fn a_mail_survives_a_kill_while_the_relay_hangs() {
    mail_survives(Moment::Hanging).await;
}

#[tokio::test]
async fn a_mail_survives_a_kill_after_it_was_put_off() {
    mail_survives(Moment::PutOff).await;
}

#[tokio::test]
async fn a_mail_survives_a_kill_before_the_relay_has_confirmed_it() {
    mail_survives(Moment::Taken).await;
}

async fn mail_survives(moment: Moment) {
    let target = Target::start(Behaviour::Answer(500)).await;
    let relay = match moment {
        Moment::Fired | Moment::Hanging => Relay::Hang,
        Moment::PutOff => Relay::Later,
        Moment::Taken => Relay::Swallow,
    };
    let mut smtp = Smtp::start(relay).await;
    let files = shop::files(&target, &smtp);
    let mut vitrine = Vitrine::start(&files).await;

    reach(moment, &vitrine, &smtp).await;
    vitrine.kill9().await;
    smtp.behave(Relay::Normal).await;
    vitrine.restart().await;
    told(&vitrine, &smtp, "firing").await;

    target.behave(Behaviour::Answer(200));
    vitrine.alert_is("ShopDown", "").await;
    told(&vitrine, &smtp, "resolved").await;
    same_message_same_name(moment, &smtp);
    vitrine.stop().await;
}

async fn reach(moment: Moment, vitrine: &Vitrine, smtp: &Smtp) {
    let (what, event) = match moment {
        Moment::Fired => return vitrine.alert_is("ShopDown", "firing").await,
        Moment::Hanging => ("the relay has been asked", "hanging"),
        Moment::PutOff => ("the relay has put the mail off", "put-off"),
        Moment::Taken => ("the relay has the mail", "mail"),
    };
    wait_until(what, LONG, async || (smtp.count(event) > 0).then_some(())).await;
}

/// Waits until the host itself knows that the mail is delivered, so that nothing more can come.
async fn told(vitrine: &Vitrine, smtp: &Smtp, kind: &str) {
    smtp.mail(&format!("[{kind}]")).await;
    let delivered = if kind == "firing" { 1 } else { 2 };
    wait_until("the delivery is recorded", LONG, async || {
        let page = vitrine.get("/alerts").await.body;
        (page.matches(">delivered<").count() == delivered).then_some(())
    })
    .await;
}

/// A message that had to be sent again has the name it had, so that mail programs show it once.
fn same_message_same_name(moment: Moment, smtp: &Smtp) {
    let mails = smtp.mails();
    let of = |kind: &str| mails.iter().filter(|mail| mail.subject.starts_with(kind)).collect::<Vec<_>>();
    let (firing, resolved) = (of("[firing]"), of("[resolved]"));
    let repeated = if matches!(moment, Moment::Taken) { 2 } else { 1 };
    assert_eq!((firing.len(), resolved.len()), (repeated, 1), "{moment:?}");
    assert!(firing.iter().all(|mail| mail.message_id == firing[0].message_id), "{moment:?}: {firing:?}");
    assert_ne!(firing[0].message_id, resolved[0].message_id);
}
