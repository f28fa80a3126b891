//! Guests that misbehave beside others that do not: each is stopped within its limit, the others miss nothing.

use serde_json::Value;
use vitrine_tests::{Behaviour, Files, LONG, Start, Target, Vitrine, guests, run, wait_until, with_manifest};

/// Processor time of one call, in milliseconds.
const CPU_MS: u32 = 300;
const GOOD: [&str; 3] = ["good-1", "good-2", "good-3"];
/// Ticks that the good ones must keep beside the bad ones.
const TICKS: f64 = 12.0;

#[tokio::test]
async fn misbehaving_guests_are_stopped_and_the_others_miss_no_tick() {
    let forbidden = Target::start(Behaviour::Answer(200)).await;
    let asleep = Target::start(Behaviour::Hang).await;
    let files = files(&forbidden, &asleep);
    let vitrine = Start::new(&files).alone().serve().await;

    for (name, whose, reasons) in [
        ("spin", "internal", ["`collect` was stopped", "300 ms of processor time"]),
        ("hoard", "internal", ["`collect` was stopped", "64 MiB of memory"]),
        ("panic", "internal", ["this was on purpose", "src/lib.rs:"]),
        ("sneak", "denied", ["127.0.0.1", "grant"]),
        ("sleep", "upstream", ["no complete answer", "within 9.5 s"]),
    ] {
        let fault = fault(&vitrine, name).await;
        assert_eq!(fault["whose"], whose, "{name}: {fault}");
        let reason = fault["reason"].as_str().unwrap();
        assert!(reasons.iter().all(|part| reason.contains(part)), "{name}: {reason}");
    }
    in_time(&vitrine).await;
    good_ones_go_on(&vitrine).await;

    assert_eq!(forbidden.connections(), 0, "a request without a grant left the host");
    assert!(asleep.connections() > 0);
    let log = vitrine.log();
    for part in ["this was on purpose", "log lines of a plugin were dropped"] {
        assert!(log.contains(part), "`{part}` is missing in the log");
    }
    let flooded = log.lines().filter(|line| line.contains("\"plugin.instance\":\"flood\"")).count();
    assert!(flooded < 5_000, "{flooded} lines of one plugin are in the log");
    vitrine.stop().await;
}

fn files(forbidden: &Target, asleep: &Target) -> Files {
    let (forbidden, asleep) = (forbidden.url(), asleep.url());
    let guests = guests();
    let mut text = format!("plugins: {{ folder: '{}', cpu_ms: {CPU_MS} }}\nsources:\n", guests.display());
    let mut add = |name: &str, with: &str, grant: &str| {
        let line =
            format!("  {name}: {{ plugin: misbehaving, every: 1s, with: {{ {with} }}, grant: {{ http: ['{grant}'] }} }}\n");
        text.push_str(&line);
    };
    for deed in ["spin", "hoard", "panic", "flood"] {
        add(deed, &format!("deed: {deed}"), "https://shop.test");
    }
    add("sneak", &format!("deed: sneak, url: '{forbidden}/'"), "https://shop.test");
    add("sleep", &format!("deed: sleep, url: '{asleep}/'"), &asleep);
    for name in GOOD {
        add(name, "deed: nothing", "https://shop.test");
    }
    let files = Files::new();
    files.write("config/sources.yaml", &text);
    files
}

async fn fault(vitrine: &Vitrine, name: &str) -> Value {
    let find = async || vitrine.source(name).await.map(|source| source["fault"].clone()).filter(|fault| !fault.is_null());
    wait_until(&format!("{name} is stopped"), LONG, find).await
}

/// The longest call of each, by the host's own measure; a loaded machine stretches wall time, so the bounds are wide.
async fn in_time(vitrine: &Vitrine) {
    for (name, seconds) in [("spin", 6.0), ("hoard", 6.0), ("panic", 3.0), ("sneak", 3.0), ("sleep", 15.0)] {
        let longest = vitrine.value(&format!("max_over_time(scrape_duration_seconds{{source='{name}'}}[10m])")).await;
        assert!(longest.is_some_and(|longest| longest < seconds), "{name}: {longest:?} s");
    }
}

async fn good_ones_go_on(vitrine: &Vitrine) {
    let count = async |name: &str| vitrine.value(&format!("count_over_time(misbehaving_runs{{source='{name}'}}[10m])")).await;
    for name in GOOD {
        let before = count(name).await.unwrap_or(0.0);
        let what = format!("{name} has run {TICKS} more times");
        wait_until(&what, LONG, async || (count(name).await? >= before + TICKS).then_some(())).await;
    }
    for name in GOOD {
        let source = vitrine.source(name).await.unwrap();
        assert_eq!((&source["missed"], &source["fault"]), (&Value::from(0), &Value::Null), "{source}");
        let gap = vitrine.value(&format!("max_over_time(scrape_duration_seconds{{source='{name}'}}[10m])")).await;
        assert!(gap.is_some_and(|gap| gap < 1.0), "{name} took {gap:?} s");
        assert_eq!(vitrine.value(&format!("min_over_time(up{{source='{name}'}}[10m])")).await, Some(1.0));
    }
}

/// A component with these functions.
fn component(name: &str, functions: &str) -> Vec<u8> {
    let import = "(import \"vitrine:plugin/log@0.1.0\" (instance))";
    let file = wat::parse_str(format!("(component {import} (core module {functions}))")).unwrap();
    let manifest = format!(
        "name = '{name}'\nkind = 'data-source'\nversion = '0.1.0'\ntitle = 'Costly'\n\
         description = 'Costs the compiler much.'\noffers = ['collector']\n"
    );
    with_manifest(&file, &manifest)
}

/// A component that is small, and costs the compiler minutes.
fn endless_to_compile() -> Vec<u8> {
    const DEPTH: usize = 200_000;
    component("endless", &format!("(func {} {})", "block ".repeat(DEPTH), "end ".repeat(DEPTH)))
}

/// One that costs it gigabytes: very many values, all of them needed to the end.
fn hungry_to_compile() -> Vec<u8> {
    const VALUES: usize = 400_000;
    let values = format!("{} {}", "local.get 0 call 0 ".repeat(VALUES), "i32.xor ".repeat(VALUES - 1));
    let same = "(func (param i32) (result i32) local.get 0)";
    component("hungry", &format!("{same} (func (param i32) (result i32) {values})"))
}

#[tokio::test]
async fn what_compiles_to_gigabytes_is_stopped_by_its_bound() {
    let files = Files::new();
    files.write("config/vitrine.yaml", "plugins: { compile_memory_mib: 256 }\n");
    let [hungry, lean] =
        [("hungry.wasm", hungry_to_compile()), ("lean.wasm", component("lean", "(func)"))].map(|(name, bytes)| {
            let path = files.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path.display().to_string()
        });
    // In another process than the test's own: it ends, and the verb goes on and says why.
    let ran = run(files.path(), &["plugin", "test", &hungry]).await;
    let reason = "compiling it took more than 256 MiB of memory and was stopped";
    assert!(ran.code == Some(1) && ran.out.contains("FAIL  loads") && ran.out.contains(reason), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("plugins.compile_memory_mib"), "{}", ran.out);
    // The bound is not what refuses one that is small.
    let ran = run(files.path(), &["plugin", "test", &lean]).await;
    assert!(ran.out.contains("does not export `vitrine:plugin/lifecycle`"), "{}{}", ran.out, ran.err);
}

#[tokio::test]
async fn what_compiles_without_end_is_refused_and_nobody_waits_for_it() {
    let files = Files::new();
    let plugins = files.path().join("plugins");
    std::fs::create_dir_all(&plugins).unwrap();
    std::fs::copy(guests().join("misbehaving.wasm"), plugins.join("misbehaving.wasm")).unwrap();
    let good = format!(
        "plugins: {{ folder: '{}', compile_seconds: 3 }}\nsources:\n  good-1: {{ plugin: misbehaving, every: 1s, \
         with: {{ deed: nothing }}, grant: {{ http: ['https://shop.test'] }} }}\n",
        plugins.display()
    );
    files.write("config/sources.yaml", &good);
    let vitrine = Start::new(&files).alone().serve().await;
    let runs = async || vitrine.value("count_over_time(misbehaving_runs[10m])").await;
    wait_until("the good one runs", LONG, async || runs().await.filter(|runs| *runs > 0.0)).await;
    std::fs::write(plugins.join("endless.wasm"), endless_to_compile()).unwrap();
    files.write("config/sources.yaml", &format!("{good}  bad: {{ plugin: endless, every: 1s }}\n"));
    let refused = "compiling it took more than 3 s and was stopped; raise `plugins.compile_seconds`";
    wait_until("it is refused", LONG, async || vitrine.log().contains(refused).then_some(())).await;
    let good = vitrine.source("good-1").await.unwrap();
    assert_eq!((&good["missed"], &good["fault"]), (&Value::from(0), &Value::Null), "{good}");
    assert!(vitrine.source("bad").await.is_none());
    vitrine.stop().await;
}
