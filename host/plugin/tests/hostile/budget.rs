//! What all guests share: who asks beyond it is told that the host is busy, and is not blamed.

use std::sync::Arc;

use vitrine_model::Fault;
use vitrine_model::port::source::Source;
use vitrine_plugin::settings::PluginSettings;
use vitrine_plugin::{PluginSource, Standing};

use crate::text::Text;
use crate::world::{Sandbox, settings};

const GROW: &str = "(if (i32.eq (memory.grow (i32.const 48)) (i32.const -1)) (then unreachable))";
/// Holds its guest until the test ends: nobody else's wait ends before.
const SLEEP: &str = "(call $block (call $timer (i64.const 15000000000)))";
const TIMER: &str = r#"(import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $timer (param i64) (result i32)))
    (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))"#;

/// Guests at work, until all of them are dropped.
async fn at_work(sandbox: &Sandbox, code: &str, count: usize) -> Vec<tokio::task::JoinHandle<()>> {
    let plugin = sandbox.plugin(Text::source().at("imports", TIMER).at("collect", format!("{code} {SLEEP}")).file()).await;
    let before = sandbox.metric("vitrine_plugin_guests");
    let work = (0..count).map(|number| {
        let source = PluginSource::new(sandbox.named(&plugin, &format!("busy-{number}")));
        tokio::spawn(async move { drop(source.collect().await) })
    });
    let work = work.collect();
    while sandbox.metric("vitrine_plugin_guests") < before + count as f64 {
        tokio::task::yield_now().await;
    }
    work
}

fn is_busy(outcome: Result<vitrine_model::sample::Batch, Fault>, key: &str) {
    let fault = outcome.unwrap_err();
    assert!(matches!(&fault, Fault::Busy(reason) if reason.contains(key)), "{fault:?}");
}

#[tokio::test]
async fn who_finds_no_room_is_told_so_and_not_blamed() {
    let sandbox = Sandbox::with(PluginSettings { total_memory_mib: 8, ..settings() });
    // Two with 3 MiB each and a little: a third finds no 3 MiB more.
    let work = at_work(&sandbox, GROW, 2).await;
    while sandbox.metric("vitrine_plugin_total_memory_bytes") < 6.0 * 1024.0 * 1024.0 {
        tokio::task::yield_now().await;
    }
    let third = sandbox.source(&Text::source().at("collect", GROW)).await;
    for _ in 0..20 {
        is_busy(third.collect().await, "plugins.total_memory_mib");
    }
    let large = sandbox.source(&Text::source().pages(100)).await;
    is_busy(large.collect().await, "plugins.total_memory_mib");
    assert_eq!(third.instance().usage().standing, Standing::Well);
    assert!(sandbox.metric("vitrine_plugin_faults_total") >= 21.0);
    for task in &work {
        task.abort();
    }
    for task in work {
        assert!(task.await.unwrap_err().is_cancelled());
    }
    assert!(third.collect().await.is_ok(), "there is room again");
}

#[tokio::test]
async fn who_finds_no_place_is_told_so_and_idle_ones_make_room() {
    let sandbox = Sandbox::with(PluginSettings { max_guests: 8, ..settings() });
    let plugin = sandbox.plugin(Text::source().file()).await;
    let idle: Vec<Arc<_>> = (0..8).map(|number| sandbox.named(&plugin, &format!("idle-{number}"))).collect();
    for instance in &idle {
        instance.warm_up().await.unwrap();
    }
    assert_eq!(sandbox.metric("vitrine_plugin_guests"), 8.0);
    // The pool is full of guests that only wait: some of them go.
    let newcomer = PluginSource::new(sandbox.named(&plugin, "newcomer"));
    newcomer.collect().await.unwrap();
    assert!(sandbox.metric("vitrine_plugin_guests") < 9.0);
    drop((idle, newcomer));
    // Full of guests at work: nobody can go.
    let work = at_work(&sandbox, "", 8).await;
    let late = PluginSource::new(sandbox.named(&plugin, "late"));
    is_busy(late.collect().await, "plugins.max_guests");
    assert_eq!(late.instance().usage().standing, Standing::Well);
    for task in work {
        task.abort();
    }
}

#[tokio::test]
async fn an_instance_has_only_its_own_places() {
    let wall_ms = vitrine_plugin::settings::WallTimes { collect: Some(1_000), ..Default::default() };
    let sandbox = Sandbox::with(PluginSettings { concurrency: Some(1), wall_ms, ..settings() });
    let plugin = sandbox.plugin(Text::source().at("imports", TIMER).at("query", SLEEP).file()).await;
    let source = Arc::new(PluginSource::new(sandbox.named(&plugin, "one")));
    let range = vitrine_model::frame::TimeRange { start: 0, end: 1, step: 1 };
    let asking = Arc::clone(&source);
    let asking = tokio::spawn(async move { asking.query(&[], range).await });
    while sandbox.metric("vitrine_plugin_guests") < 1.0 {
        tokio::task::yield_now().await;
    }
    is_busy(source.collect().await, "raise `concurrency`");
    asking.abort();
}

#[tokio::test]
async fn what_is_used_is_shown_beside_what_may_be_used() {
    let sandbox = Sandbox::new();
    let source = sandbox.source(&Text::source()).await;
    source.collect().await.unwrap();
    let usage = source.instance().usage();
    let shown = |key: &str| usage.limits.iter().find(|limit| limit.key == key).unwrap().clone();
    assert_eq!((shown("memory_mib").used.as_deref(), shown("memory_mib").allowed.as_str()), (Some("128 KiB"), "8 MiB"));
    assert_eq!((shown("concurrency").used.as_deref(), shown("concurrency").allowed.as_str()), (Some("0"), "2"));
    assert!(shown("wall_ms.collect").used.is_some());
    assert_eq!(sandbox.metric("vitrine_plugin_total_memory_bytes"), 131_072.0);
    assert_eq!(sandbox.metric("vitrine_plugin_total_memory_limit_bytes"), 2_147_483_648.0);
    assert_eq!(sandbox.metric("vitrine_plugin_guests_limit"), 64.0);
    let spinning = sandbox.source(&Text::source().at("collect", "(loop $on (br $on))")).await;
    let _ = spinning.collect().await;
    let usage = spinning.instance().usage();
    assert_eq!(usage.limits.iter().find(|limit| limit.key == "cpu_ms").unwrap().reached, 1);
    assert!(usage.standing == Standing::Resting && usage.reason.contains("processor time"), "{usage:?}");
    assert_eq!(sandbox.metric("vitrine_plugin_limits_reached_total"), 1.0);
}
