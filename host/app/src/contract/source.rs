//! Sources: polled while the world behaves, while it does not, and while the clock jumps.

use std::time::Duration;

use vitrine_model::port::source::Source;
use vitrine_model::{Clock, Fault};
use vitrine_plugin::{Capability, Offer, PluginSource};

use super::clock::{START, STEPS};
use super::database;
use super::report::{Report, Verdict};
use super::web::{Behaviour, FAULTS};
use super::world::World;
use super::{asked, judge, sane};

/// Calls over which memory must not grow, and those before that may fill caches.
const CALLS: usize = 200;
const WARM: usize = 50;
/// Growth that is no leak.
const SLACK_BYTES: u64 = 128 << 10;

pub async fn run(world: &World, report: &mut Report) {
    let manifest = &world.manifest;
    report.add("checks itself", check(world).await);
    if manifest.offers(Offer::Collector) {
        collecting(world, report).await;
    }
    asked::run(world, report).await;
}

async fn check(world: &World) -> Verdict {
    match PluginSource::new(world.instance()).check().await {
        Ok(sentence) if sentence.trim().is_empty() => {
            Verdict::bad("its check answers an empty sentence", "say in one sentence what works")
        }
        Ok(_) => Verdict::Good,
        Err(fault) => judge(&fault, &[]),
    }
}

async fn collecting(world: &World, report: &mut Report) {
    report.add("collects", collect(world).await);
    report.add("collects the same series each time", same_series(world).await);
    report.add("says so where it has no rights", without_rights(world).await);
    if world.asks_for(Capability::Http) {
        report.add("bears a server that is not there", judged(&PluginSource::new(world.instance_at_closed_port()), world).await);
        for (name, behaviour) in FAULTS {
            world.web.behave(behaviour);
            let source = PluginSource::new(world.instance());
            report.add(format!("bears {name}"), judged(&source, world).await);
            world.web.behave(Behaviour::Well);
        }
        report.add("works again once the server does", recovers(world).await);
    }
    if world.asks_for(Capability::Sql) {
        databases(world, report).await;
    }
    for (name, moment) in STEPS {
        let source = PluginSource::new(world.instance());
        let before = source.collect().await;
        world.clock.jump(moment);
        let verdict = judged(&source, world).await;
        world.clock.jump(START);
        let verdict = verdict.and(|| before.map_or_else(|fault| judge(&fault, &["upstream"]), |_| Verdict::Good));
        report.add(format!("bears a clock that jumps to {name}"), verdict);
    }
    report.add("goes on after a call that was given up", cancelled(world).await);
    report.add("does not grow over 200 calls", growth(world).await);
}

async fn databases(world: &World, report: &mut Report) {
    for (name, mood, allowed) in database::FAULTS {
        world.database.be(mood);
        let source = PluginSource::new(world.instance());
        report.add(format!("bears {name}"), allowing(&source, world, allowed).await);
        world.database.be(database::Mood::Well);
    }
    let source = PluginSource::new(world.instance());
    world.database.be(database::Mood::Away);
    let _away = source.collect().await;
    world.database.be(database::Mood::Well);
    report.add("works again once the database does", allowing(&source, world, &[]).await);
}

/// Collects, and takes an answer that is sane or a fault of the far side.
async fn judged(source: &PluginSource, world: &World) -> Verdict {
    allowing(source, world, &["upstream"]).await
}

async fn allowing(source: &PluginSource, world: &World, allowed: &[&str]) -> Verdict {
    match source.collect().await {
        Ok(batch) => sane::batch(&batch, world.clock.now()),
        Err(fault) => judge(&fault, allowed),
    }
}

async fn collect(world: &World) -> Verdict {
    for sample in &world.samples {
        let source = PluginSource::new(world.instance_with(&world.filled(sample)));
        let verdict = match source.collect().await {
            Ok(batch) if batch.samples.is_empty() => {
                Verdict::bad("it brings no sample", "give the test's server something to answer under `[[test.http]]`")
            }
            Ok(batch) => sane::batch(&batch, START),
            Err(fault) => judge(&fault, &[]),
        };
        if verdict != Verdict::Good {
            return verdict.at(&sample.to_string());
        }
    }
    Verdict::Good
}

async fn same_series(world: &World) -> Verdict {
    let (one, other) = (PluginSource::new(world.instance()), PluginSource::new(world.instance()));
    let (first, again, fresh) = (one.collect().await, one.collect().await, other.collect().await);
    let (Ok(first), Ok(again), Ok(fresh)) = (first, again, fresh) else {
        return Verdict::bad("it does not collect three times in a row", "see above");
    };
    let (first, again, fresh) = (sane::series(&first), sane::series(&again), sane::series(&fresh));
    for other in [&again, &fresh] {
        if let Some(series) = first.symmetric_difference(other).next() {
            return Verdict::bad(
                format!("the series {series} is not there each time"),
                "keep what changes (times, counters, texts) out of labels",
            );
        }
    }
    Verdict::Good
}

async fn without_rights(world: &World) -> Verdict {
    match PluginSource::new(world.instance_without_rights()).collect().await {
        Ok(batch) => sane::batch(&batch, START),
        Err(fault) => judge(&fault, &["denied"]),
    }
}

async fn recovers(world: &World) -> Verdict {
    let source = PluginSource::new(world.instance());
    world.web.behave(Behaviour::Status(500));
    let during = source.collect().await;
    world.web.behave(Behaviour::Well);
    match (during, source.collect().await) {
        (_, Err(fault)) => judge(&fault, &[]),
        _ => Verdict::Good,
    }
}

async fn cancelled(world: &World) -> Verdict {
    let source = PluginSource::new(world.instance());
    world.web.behave(Behaviour::Silent);
    world.database.be(database::Mood::Slow);
    // Given up at once, and a little later: before it asks anybody, and while it waits.
    for wait in [Duration::ZERO, Duration::from_millis(50)] {
        let _ = tokio::time::timeout(wait, source.collect()).await;
    }
    world.web.behave(Behaviour::Well);
    world.database.be(database::Mood::Well);
    match source.collect().await {
        Ok(batch) => sane::batch(&batch, START),
        Err(fault) => judge(&fault, &[]),
    }
}

async fn growth(world: &World) -> Verdict {
    let instance = world.instance();
    let source = PluginSource::new(std::sync::Arc::clone(&instance));
    let mut before = 0;
    for call in 0..CALLS {
        if let Err(fault @ (Fault::Internal(_) | Fault::Invalid(_))) = source.collect().await {
            return judge(&fault, &[]);
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
