//! Every limit of one guest, attacked.

use serde_json::json;
use vitrine_model::alert::EventKind;
use vitrine_model::frame::{Column, Frame, TimeRange, Values};
use vitrine_model::notification::{Failure, Notification};
use vitrine_model::port::channel::Channel;
use vitrine_model::port::panel::Panel;
use vitrine_model::port::source::Source;
use vitrine_model::{Fault, Labels};
use vitrine_plugin::grant::GrantSettings;
use vitrine_plugin::settings::{InstanceLimits, WallTimes};
use vitrine_plugin::{PluginChannel, PluginPanel};

use crate::text::Text;
use crate::world::{Sandbox, is_told, request};

const FOREVER: &str = "(loop $on (br $on))";
const CPU: [&str; 2] = ["used its 200 ms of processor time", "raise `cpu_ms` under `limits` of its entry"];

#[tokio::test]
async fn a_loop_without_end_is_stopped_wherever_it_is() {
    let sandbox = Sandbox::new();
    let starting = Text::source().at("fields", format!("(func $start {FOREVER}) (start $start)"));
    is_told("start", sandbox.source(&starting).await.collect().await, &["`start-up`", CPU[0], CPU[1]]);
    for (place, doing) in
        [("configure", "`configure`"), ("realloc", "`configure`"), ("collect", "`collect`"), ("after", "`collect`")]
    {
        let outcome = sandbox.source(&Text::source().at(place, FOREVER)).await.collect().await;
        is_told(place, outcome, &[doing, CPU[0], CPU[1]]);
    }
    is_told("check", sandbox.source(&Text::source().at("check", FOREVER)).await.check().await, &["`check`", CPU[0]]);
    let range = TimeRange { start: 0, end: 1, step: 1 };
    let asked = sandbox.source(&Text::source().at("query", FOREVER)).await.query(&["a".to_owned()], range).await;
    is_told("query", asked, &["`query`", CPU[0]]);
    let panel = PluginPanel(sandbox.instance(&Text::panel().at("render", FOREVER)).await);
    is_told("render", panel.render(request("{}")).await, &["`render`", CPU[0], "`plugins.cpu_ms`"]);
    let channel = PluginChannel(sandbox.instance(&Text::channel().at("deliver", FOREVER)).await);
    let failure = channel.deliver(&notification(), "key").await.unwrap_err();
    let Failure::Retry(fault) = failure else { panic!("{failure:?}") };
    is_told("deliver", Err::<(), _>(fault), &["`deliver`", CPU[0]]);
    assert!(sandbox.is_empty());
}

#[tokio::test]
async fn what_a_source_is_asked_is_bounded_like_its_polls() {
    let sandbox = Sandbox::new();
    let deed = async |deed: &str| {
        sandbox.misbehaving(json!({ "deed": deed }), &GrantSettings::default(), &InstanceLimits::default()).await
    };
    let range = TimeRange { start: 0, end: 1, step: 1 };
    is_told("query", deed("spin").await.query(&["a".to_owned()], range).await, &["`query`", CPU[0]]);
    is_told("act", deed("spin").await.act("any", "{}", "anyone").await, &["`act`", CPU[0], CPU[1]]);
    is_told("logs", deed("spin").await.logs(None, 1).await, &["`logs`", CPU[0], CPU[1]]);
    is_told("too many lines", deed("many").await.logs(None, 5).await, &["6 log lines came where 5 were asked for"]);
    let panics = deed("panic").await;
    is_told("a trap", panics.act("any", "{}", "anyone").await, &["`act` trapped", "this was on purpose"]);
    // It rests after a fault, whatever it was asked.
    is_told("resting", panics.collect().await, &["resting for another", "`act` trapped"]);
    assert_eq!(panics.instance().usage().faults, 1);
    let large = "x".repeat(2 << 20);
    let refused = deed("nothing").await.act("any", &large, "anyone").await.unwrap_err();
    assert!(refused.whose() == "invalid" && refused.reason().contains("may cross to a plugin in one call"), "{refused}");
}

fn notification() -> Notification {
    Notification {
        status: EventKind::Firing,
        title: "a disk is full".to_owned(),
        group: "disk".to_owned(),
        group_labels: Labels::new(),
        alerts: Vec::new(),
        host: "http://host".to_owned(),
        time_zone: "UTC".to_owned(),
    }
}

#[tokio::test]
async fn growth_without_end_is_stopped() {
    let sandbox = Sandbox::new();
    let grow = "(loop $on (br_if $on (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable";
    let memory = ["wanted more than its 8 MiB of memory", "raise `memory_mib`"];
    is_told("memory", sandbox.source(&Text::source().at("collect", grow)).await.collect().await, &memory);
    is_told("a large start", sandbox.source(&Text::source().pages(129)).await.collect().await, &memory);
    let grow = "(loop $on (br_if $on (i32.ne (table.grow $table (ref.null func) (i32.const 100)) (i32.const -1)))) unreachable";
    let tables = Text::source().at("fields", "(table $table 1 funcref)").at("collect", grow);
    is_told("table", sandbox.source(&tables).await.collect().await, &["its 10000 table entries", "raise `table_entries`"]);
    let two = Text::source().at("fields", "(memory 1)").file();
    assert!(sandbox.refusal(&two).await.contains("memories"), "a second memory");
    assert!(sandbox.is_empty());
}

#[tokio::test]
async fn calls_without_end_reach_the_end_of_the_stack() {
    let sandbox = Sandbox::new();
    let deep = "(func $deep (param i32) (result i32) (i32.add (call $deep (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))";
    let text = Text::source().at("fields", deep).at("collect", "(drop (call $deep (i32.const 0)))");
    let wanted = ["deeper than its 512 KiB of stack", "raise `plugins.stack_kib`"];
    is_told("recursion", sandbox.source(&text).await.collect().await, &wanted);
    assert!(sandbox.is_empty());
}

#[tokio::test]
async fn handles_without_end_are_refused() {
    let sandbox = Sandbox::new();
    let new = r#"(import "[export]test:hostile/things" "[resource-new]thing" (func $new (param i32) (result i32)))"#;
    let own = Text::source().at("imports", new).at("collect", "(loop $on (drop (call $new (i32.const 1))) (br $on))");
    let wanted = ["wanted more than its 100 handles", "raise `handles`"];
    is_told("its own", sandbox.source(&own).await.collect().await, &wanted);
    let timer = r#"(import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $timer (param i64) (result i32)))"#;
    let timers = Text::source().at("imports", timer).at("collect", "(loop $on (drop (call $timer (i64.const 1))) (br $on))");
    is_told("the host's", sandbox.source(&timers).await.collect().await, &wanted);
    assert!(sandbox.is_empty());
}

/// Writes how many, and where, into the answer's list at `place`.
fn list(place: u32, at: u32, count: u32) -> String {
    format!("(i32.store (i32.const {place}) (i32.const {at})) (i32.store (i32.const {}) (i32.const {count}))", place + 4)
}

#[tokio::test]
async fn more_than_may_cross_does_not_cross() {
    let sandbox = Sandbox::new();
    let wanted = ["more than the 1 MiB that may cross the border in one call", "raise `crossing_kib`"];
    // Two mebibytes of doubles, all there.
    let doubles = Text::source().pages(60).at("collect", list(52, 65_536, 262_144));
    is_told("doubles", sandbox.source(&doubles).await.collect().await, &wanted);
    // A gibibyte out of 128 KiB: eight thousand texts, all of them the same bytes.
    let fill = "(local.set $at (i32.const 1024)) (loop $on
        (i32.store (local.get $at) (i32.const 0)) (i32.store offset=4 (local.get $at) (i32.const 131072))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $on (i32.lt_u (local.get $at) (i32.const 65536))))";
    let texts = Text::source().at("collect", format!("{fill} {}", list(28, 1_024, 8_000)));
    is_told("a gibibyte", sandbox.source(&texts).await.collect().await, &wanted);
    // A line for the log.
    let write = r#"(import "vitrine:plugin/log@0.1.0" "write" (func $write (param i32 i32 i32)))"#;
    let line = "(call $write (i32.const 1) (i32.const 0) (i32.const 3000000))";
    let log = Text::source().pages(60).at("imports", write).at("collect", line);
    is_told("a line", sandbox.source(&log).await.collect().await, &wanted);
    assert!(sandbox.is_empty());
}

#[tokio::test]
async fn what_is_too_much_for_a_guest_is_not_its_fault() {
    let sandbox = Sandbox::new();
    let numbers = Column { name: "a".to_owned(), labels: Labels::new(), unit: None, values: Values::Numbers(vec![1.0; 200_000]) };
    let frame = Frame { name: String::new(), columns: vec![numbers] };
    let panel = PluginPanel(sandbox.instance(&Text::panel()).await);
    let fault = panel.render(vitrine_model::port::panel::RenderRequest { frames: vec![frame], ..request("{}") }).await;
    let fault = fault.unwrap_err();
    assert!(matches!(&fault, Fault::Invalid(reason) if reason.contains("plugins.crossing_kib")), "{fault:?}");
    let range = TimeRange { start: 0, end: 1, step: 1 };
    let asked = sandbox.source(&Text::source()).await.query(&["a".repeat(2 << 20)], range).await.unwrap_err();
    assert!(matches!(asked, Fault::Invalid(_)), "{asked:?}");
}

#[tokio::test]
async fn a_flood_of_log_lines_costs_processor_time_and_few_lines() {
    let sandbox = Sandbox::new();
    let write = r#"(import "vitrine:plugin/log@0.1.0" "write" (func $write (param i32 i32 i32)))"#;
    let flood = "(loop $on (call $write (i32.const 1) (i32.const 0) (i32.const 60000)) (br $on))";
    let text = Text::source().at("imports", write).at("collect", flood);
    is_told("flood", sandbox.source(&text).await.collect().await, &[CPU[0]]);
    assert!(sandbox.is_empty());
}

#[tokio::test]
async fn more_samples_than_allowed_are_refused() {
    let sandbox = Sandbox::new();
    let many = Text::source().pages(10).at("collect", list(44, 65_536, 20_001) + &list(52, 65_536, 20_001));
    is_told("samples", sandbox.source(&many).await.collect().await, &["more than its 20000 samples", "raise `samples`"]);
}

/// Short wall times, for those who wait.
fn short() -> InstanceLimits {
    let wall_ms = WallTimes { collect: Some(1_000), ..WallTimes::default() };
    InstanceLimits { wall_ms, ..InstanceLimits::default() }
}

#[tokio::test]
async fn a_sleep_in_a_host_call_ends_with_its_time() {
    let sandbox =
        Sandbox::with(vitrine_plugin::settings::PluginSettings { wall_ms: short().wall_ms, ..crate::world::settings() });
    let imports = r#"(import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $timer (param i64) (result i32)))
        (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))"#;
    let sleep = "(call $block (call $timer (i64.const 3600000000000)))";
    let text = Text::source().at("imports", imports).at("collect", sleep);
    let wanted = ["`collect` was stopped after 1 s", "raise `wall_ms: { collect: … }`"];
    is_told("sleep", sandbox.source(&text).await.collect().await, &wanted);
    assert!(sandbox.is_empty());
}

#[tokio::test]
async fn a_server_that_drips_or_is_silent_is_the_far_sides_fault_and_ends_in_time() {
    use tokio::io::AsyncWriteExt;

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut open = tokio::task::JoinSet::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            open.spawn(async move {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
                while stream.write_all(b".").await.is_ok() {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            });
        }
    });
    let sandbox = Sandbox::new();
    let grant: GrantSettings = serde_json::from_value(json!({ "http": [url] })).unwrap();
    let source = sandbox.misbehaving(json!({ "deed": "sleep", "url": url }), &grant, &short()).await;
    let fault = source.collect().await.unwrap_err();
    assert!(matches!(&fault, Fault::Upstream(reason) if reason.contains("no complete answer within")), "{fault:?}");
    // The other side's silence is not the guest's fault: it lives.
    assert_eq!(sandbox.metric("vitrine_plugin_guests"), 1.0);
    serving.abort();
}

#[tokio::test]
async fn random_bytes_come_in_small_portions() {
    let sandbox = Sandbox::new();
    let import = r#"(import "wasi:random/random@0.2.0" "get-random-bytes" (func $random (param i64 i32)))"#;
    let text = Text::source().at("imports", import).at("collect", "(call $random (i64.const 1000000000) (i32.const 900))");
    is_told("random", sandbox.source(&text).await.collect().await, &["`collect` trapped"]);
    assert!(sandbox.is_empty());
}
