//! What breaks the contract, and what only looks as if it did.

use serde_json::json;
use vitrine_model::Fault;
use vitrine_model::port::panel::Panel;
use vitrine_model::port::source::Source;
use vitrine_plugin::grant::GrantSettings;
use vitrine_plugin::settings::InstanceLimits;
use vitrine_plugin::{PluginPanel, PluginSource};

use crate::text::{Text, manifest, root, with_manifest};
use crate::world::{Sandbox, is_told, request};

fn store(at: u32, value: i64) -> String {
    format!("(i32.store (i32.const {at}) (i32.const {value}))")
}

#[tokio::test]
async fn answers_that_point_outside_or_mean_nothing_end_the_guest() {
    let sandbox = Sandbox::new();
    let outside = [
        ("beyond the end", store(52, 0xFFFF_FF00) + &store(56, 16)),
        ("longer than there is", store(52, 1_024) + &store(56, 0x7FFF_FFFF)),
        ("as long as can be", store(28, 8) + &store(32, 0xFFFF_FFFF)),
        ("not aligned", store(52, 1_025) + &store(56, 1)),
        ("neither ok nor error", store(16, 7)),
        ("no such fault", store(16, 1) + &store(20, 9)),
        ("no such kind", store(20, 1_024) + &store(24, 1) + &store(1_032, 77)),
        ("not UTF-8", store(28, 1_024) + &store(32, 1) + &store(1_024, 2_048) + &store(1_028, 2) + &store(2_048, 0xFEFF)),
    ];
    for (what, code) in outside {
        let outcome = sandbox.source(&Text::source().at("collect", code)).await.collect().await;
        is_told(what, outcome, &["`collect` trapped"]);
        assert!(sandbox.is_empty(), "{what}");
    }
    let nowhere = Text::source().at("collect", "(return (i32.const -4))");
    is_told("no answer", sandbox.source(&nowhere).await.collect().await, &["`collect` trapped"]);
}

#[tokio::test]
async fn traps_at_every_place_end_the_guest() {
    let sandbox = Sandbox::new();
    for (place, doing) in
        [("realloc", "`configure`"), ("configure", "`configure`"), ("collect", "`collect`"), ("after", "`collect`")]
    {
        let outcome = sandbox.source(&Text::source().at(place, "unreachable")).await.collect().await;
        is_told(place, outcome, &[doing, "trapped", "unreachable"]);
        assert!(sandbox.is_empty(), "{place}");
    }
    for (what, answer) in [("nowhere", "(return (i32.const -1))"), ("at the end", "(return (i32.const 131072))")] {
        let outcome = sandbox.source(&Text::source().at("realloc", answer)).await.collect().await;
        is_told(what, outcome, &["`configure` trapped"]);
    }
    // Asking the host while the host asks for room.
    let write = r#"(import "vitrine:plugin/log@0.1.0" "write" (func $write (param i32 i32 i32)))"#;
    let text = Text::source().at("imports", write).at("realloc", "(call $write (i32.const 1) (i32.const 0) (i32.const 1))");
    is_told("asking back", sandbox.source(&text).await.collect().await, &["`configure` trapped"]);
    let starting = Text::source().at("fields", "(func $start unreachable) (start $start)");
    is_told("start", sandbox.source(&starting).await.collect().await, &["`start-up` trapped"]);
    assert!(sandbox.is_empty());
}

#[tokio::test]
async fn times_without_sense_are_refused() {
    let sandbox = Sandbox::new();
    // One series `up` with a time of its own.
    let up = r#"(data (i32.const 2048) "__name__up") (data (i32.const 2000) "\00\08\00\00\08\00\00\00\08\08\00\00\02\00\00\00")
        (data (i32.const 1900) "\00\00\00\00\01\00\00\00") (data (i32.const 1908) "\02\00\00\00")"#;
    let answer = |time: i64| {
        let lists = [(28, 2_000, 2), (36, 1_900, 2), (44, 1_908, 1), (52, 1_600, 1), (60, 1_608, 1)];
        let lists: String = lists.iter().map(|(place, at, count)| store(*place, *at) + &store(place + 4, *count)).collect();
        format!("{lists} (i64.store (i32.const 1608) (i64.const {time}))")
    };
    for time in [-1, i64::MIN, i64::MAX, 253_402_300_800_000] {
        let text = Text::source().at("fields", up).at("collect", answer(time));
        is_told("time", sandbox.source(&text).await.collect().await, &["between the years 1970 and 9999"]);
    }
    let good = sandbox.source(&Text::source().at("fields", up).at("collect", answer(1_234))).await.collect().await.unwrap();
    assert_eq!((good.samples[0].0.to_string().as_str(), good.samples[0].1.time), ("up", 1_234));
}

#[tokio::test]
async fn values_that_are_no_numbers_are_values() {
    let sandbox = Sandbox::new();
    let with = json!({ "deed": "nan" });
    let source = sandbox.misbehaving(with, &GrantSettings::default(), &InstanceLimits::default()).await;
    let values: Vec<f64> = source.collect().await.unwrap().samples.iter().map(|(_, sample)| sample.value).collect();
    assert!(values.iter().any(|value| value.is_nan()) && values.contains(&f64::INFINITY) && values.contains(&f64::NEG_INFINITY));
}

#[tokio::test]
async fn a_kind_that_is_another_is_told_so() {
    let sandbox = Sandbox::new();
    let claimed = with_manifest(&Text::source().component(), &manifest("panel", ""));
    let reason = sandbox.refusal(&claimed).await;
    assert!(reason.contains("says `panel`, but it does not export `vitrine:plugin/rendering`"), "{reason}");
    let panel = sandbox.instance(&Text::panel()).await;
    let fault = PluginSource::new(panel).collect().await.unwrap_err();
    assert!(matches!(&fault, Fault::Invalid(reason) if reason.contains("does not offer collection")), "{fault:?}");
    let source = sandbox.instance(&Text::source()).await;
    let fault = PluginPanel(source).render(request("{}")).await.unwrap_err();
    assert!(matches!(&fault, Fault::Invalid(reason) if reason.contains("does not render")), "{fault:?}");
}

#[tokio::test]
async fn what_it_cannot_import_is_named() {
    let sandbox = Sandbox::new();
    let source = manifest("data-source", "offers = [\"collector\"]\n");
    for (import, wanted) in [
        ("acme:db/store@1.2.0", "acme:db/store@1.2.0"),
        ("vitrine:plugin/teleport@0.1.0", "vitrine:plugin/teleport@0.1.0"),
        ("vitrine:plugin/http@9.0.0", "version 9.0.0 of vitrine:plugin"),
    ] {
        let log = "(import \"vitrine:plugin/log@0.1.0\" (instance))";
        let other = format!("(import \"{import}\" (instance (export \"get\" (func))))");
        let component = wat::parse_str(format!("(component {log} {other})")).unwrap();
        let reason = sandbox.refusal(&with_manifest(&component, &source)).await;
        assert!(reason.contains(wanted) && reason.contains("0.1.0"), "{reason}");
    }
    // A panel may not even import what others may.
    let http =
        wat::parse_str("(component (import \"vitrine:plugin/clock@0.1.0\" (instance (export \"now\" (func (result s64))))))");
    let reason = sandbox.refusal(&with_manifest(&http.unwrap(), &manifest("panel", ""))).await;
    assert!(reason.contains("a panel may import nothing but `vitrine:plugin/log`"), "{reason}");
}

#[tokio::test]
async fn what_is_no_component_is_refused_wherever_it_ends() {
    let sandbox = Sandbox::new();
    let whole = Text::source().component();
    let about = manifest("data-source", "offers = [\"collector\"]\n");
    let step = whole.len() / 40;
    for end in (0..whole.len() - 1).step_by(step) {
        let reason = sandbox.refusal(&with_manifest(&whole[..end], &about)).await;
        assert!(!reason.is_empty(), "the first {end} bytes are a plugin");
    }
    for place in (8..whole.len()).step_by(step) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        // Some bytes may be others; none may break the host.
        let _ = sandbox.runtime.load(with_manifest(&bytes, &about).into()).await;
    }
    let module = wat::parse_str("(module)").unwrap();
    let reason = sandbox.refusal(&with_manifest(&module, &about)).await;
    assert!(reason.contains("not a WebAssembly component"), "{reason}");
    let bundled = std::fs::read(root().join("host/app/bundled/system.wasm")).unwrap();
    assert!(!sandbox.refusal(&bundled[..bundled.len() / 2]).await.is_empty());
}
