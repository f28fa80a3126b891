//! What a plugin may do: asked, granted, used, refused; and what becomes of a build that asks for more.

use std::time::Duration;

use serde_json::Value;
use vitrine_tests::{Behaviour, Files, LONG, Start, Target, Vitrine, guests, wait_until, with_manifest};

const A: &str = "https://a.test";
const B: &str = "https://b.test";

/// A build of the plugin `probe`: it asks for these hosts.
fn build(version: &str, hosts: &[&str]) -> Vec<u8> {
    let guest = std::fs::read(guests().join("misbehaving.wasm")).unwrap();
    let hosts = if hosts.is_empty() { String::new() } else { format!("hosts = {hosts:?}\n") };
    let manifest = format!(
        "name = 'probe'\nkind = 'data-source'\nversion = '{version}'\ntitle = 'Probe'\ndescription = 'x'\noffers = ['collector']\n\
         [rights.http]\nreason = 'asks the shop'\n{hosts}\
         [options.deed]\ntype = 'string'\ndescription = 'what it does'\nrequired = true\n\
         [options.url]\ntype = 'string'\ndescription = 'where to'\n"
    );
    with_manifest(&guest, &manifest)
}

/// As careful tools do it: a file beside it, then a rename.
fn put(files: &Files, bytes: &[u8]) {
    let folder = files.path().join("plugins");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("probe.new"), bytes).unwrap();
    std::fs::rename(folder.join("probe.new"), folder.join("probe.wasm")).unwrap();
}

fn entry(grant: &str) -> String {
    format!("{{ plugin: probe, every: 1s, with: {{ deed: nothing }}, grant: {grant} }}")
}

/// `shop` with this grant, and `other`, which nothing here is about.
fn write(files: &Files, shop: &str) {
    let other = entry("{ http: ['https://a.test'] }");
    files.write("config/sources.yaml", &format!("plugins: {{ folder: plugins }}\nsources:\n  shop: {shop}\n  other: {other}\n"));
}

async fn instance(vitrine: &Vitrine, name: &str) -> Option<Value> {
    let data = vitrine.data("/api/v1/plugins").await;
    let plugins = data["plugins"].as_array().unwrap();
    let mut instances = plugins.iter().flat_map(|plugin| plugin["instances"].as_array().unwrap());
    instances.find(|one| one["name"] == name).cloned()
}

/// Waits until an instance is in a state and runs a build.
async fn is(vitrine: &Vitrine, name: &str, state: &str, version: &str) -> Value {
    wait_until(&format!("{name} is {state} with build {version}"), LONG, async || {
        instance(vitrine, name).await.filter(|one| one["state"] == state && one["build"]["version"] == version)
    })
    .await
}

async fn logged(vitrine: &Vitrine, line: &str) {
    wait_until(&format!("`{line}` is in the log"), LONG, async || vitrine.log().contains(line).then_some(())).await;
}

async fn goes_on(vitrine: &Vitrine, name: &str) {
    let count = async || vitrine.value(&format!("sum_over_time(up{{source='{name}'}}[10m])")).await;
    let before = count().await.unwrap_or(0.0);
    wait_until(&format!("{name} goes on"), LONG, async || (count().await? > before + 1.0).then_some(())).await;
}

#[tokio::test]
async fn a_build_that_asks_for_more_waits_while_the_old_one_runs_on() {
    let files = Files::new();
    put(&files, &build("0.1.0", &[A]));
    // Wider than asked: what was never asked for must not become effective by a new file alone.
    write(&files, &entry("{ http: ['https://a.test', 'https://b.test'] }"));
    let mut vitrine = Vitrine::start(&files).await;
    is(&vitrine, "shop", "running", "0.1.0").await;

    put(&files, &build("0.2.0", &[A, B]));
    let waiting = is(&vitrine, "shop", "needs-grant", "0.1.0").await;
    assert_eq!(waiting["waiting"]["more"], serde_json::json!(["http https://b.test"]));
    assert_eq!(waiting["waiting"]["version"], "0.2.0");
    assert_eq!(waiting["rights"][0]["granted"], serde_json::json!(["https://a.test"]), "nothing is wider than before");
    goes_on(&vitrine, "shop").await;
    let page = vitrine.get("/plugins").await.readable();
    for part in ["needs a grant", "0.2.0", "https://b.test", "vitrine plugin grant source/shop"] {
        assert!(page.contains(part), "{part} is not on the page:\n{page}");
    }
    let metrics = vitrine.get("/metrics").await.body;
    assert!(metrics.contains("vitrine_plugin_needs_grant{kind=\"source\",instance=\"shop\"} 1"), "{metrics}");
    logged(&vitrine, "source `shop` waits for a grant: build 0.2.0 asks for more than was granted: http https://b.test").await;

    // It waits after a crash too, and the build that was approved is still to be had.
    vitrine.kill9().await;
    vitrine.restart().await;
    is(&vitrine, "shop", "needs-grant", "0.1.0").await;
    goes_on(&vitrine, "shop").await;

    // One that asks no more than was approved needs nobody.
    put(&files, &build("0.1.1", &[A]));
    is(&vitrine, "shop", "running", "0.1.1").await;
    is(&vitrine, "other", "running", "0.1.1").await;

    // An admin says yes, to this build alone.
    put(&files, &build("0.2.0", &[A, B]));
    is(&vitrine, "shop", "needs-grant", "0.1.1").await;
    let wrong = Start::bare(&files).run(&["plugin", "grant", "shop", "--digest", "sha256:0"]).await;
    assert!(wrong.code == Some(1) && wrong.err.contains("the build that is there now is sha256:"), "{}", wrong.err);
    let granted = Start::bare(&files).run(&["plugin", "grant", "shop"]).await;
    assert_eq!((granted.code, granted.err.as_str()), (Some(0), ""));
    let running = is(&vitrine, "shop", "running", "0.2.0").await;
    assert_eq!(running["rights"][0]["granted"], serde_json::json!(["https://a.test", "https://b.test"]));
    // The other one's entry does not grant the second host, and nobody has said yes for it.
    is(&vitrine, "other", "needs-grant", "0.1.1").await;
    vitrine.stop().await;
}

#[tokio::test]
async fn an_edit_of_the_grant_is_a_yes_and_a_digest_holds_a_build() {
    let files = Files::new();
    put(&files, &build("0.1.0", &[A]));
    write(&files, &entry("{ http: ['https://a.test'] }"));
    let vitrine = Vitrine::start(&files).await;
    let first = is(&vitrine, "shop", "running", "0.1.0").await;
    put(&files, &build("0.2.0", &[A, B]));
    is(&vitrine, "shop", "needs-grant", "0.1.0").await;
    write(&files, &entry("{ http: ['https://a.test', 'https://b.test'] }"));
    is(&vitrine, "shop", "running", "0.2.0").await;

    // The build that the grant names runs, though the file is another; and no other does.
    let digest = first["build"]["digest"].as_str().unwrap();
    write(&files, &entry(&format!("{{ http: ['https://a.test'], digest: '{digest}' }}")));
    is(&vitrine, "shop", "needs-grant", "0.1.0").await;
    put(&files, &build("0.3.0", &[A]));
    let held = wait_until("the newest build is seen", LONG, async || {
        instance(&vitrine, "shop").await.filter(|one| one["waiting"]["version"] == "0.3.0")
    });
    assert_eq!(held.await["build"]["version"], "0.1.0");
    vitrine.stop().await;
}

/// A build that is only half there, one that cannot be configured, one whose options do not fit: the old one runs on.
#[tokio::test]
async fn what_cannot_be_taken_leaves_the_old_one_running() {
    let files = Files::new();
    put(&files, &build("0.1.0", &[A]));
    write(&files, &entry("{ http: ['https://a.test'] }"));
    let vitrine = Vitrine::start(&files).await;
    is(&vitrine, "shop", "running", "0.1.0").await;
    let new = build("0.2.0", &[A]);
    let file = files.path().join("plugins/probe.wasm");
    std::fs::write(&file, &new[..new.len() / 2]).unwrap();
    let trouble = wait_until("the half file is told", LONG, async || {
        instance(&vitrine, "shop").await?["trouble"].as_str().map(str::to_owned)
    });
    assert!(trouble.await.contains("what was before runs on"));
    let counted = "vitrine_plugin_not_taken{kind=\"source\",instance=\"shop\"} 1";
    let told = async || vitrine.get("/metrics").await.body.contains(counted).then_some(());
    wait_until("it is counted", LONG, told).await;
    goes_on(&vitrine, "shop").await;
    std::fs::write(&file, &new).unwrap();
    // The two are swapped one after the other.
    is(&vitrine, "shop", "running", "0.2.0").await;
    let since = is(&vitrine, "other", "running", "0.2.0").await["since"].clone();
    write(&files, "{ plugin: probe, every: 1s, with: { deed: unheard }, grant: { http: ['https://a.test'] } }");
    wait_until("the wrong deed is told", LONG, async || {
        let shop = instance(&vitrine, "shop").await?;
        shop["trouble"].as_str().is_some_and(|trouble| trouble.contains("unheard")).then_some(())
    })
    .await;
    goes_on(&vitrine, "shop").await;
    assert_eq!(instance(&vitrine, "other").await.unwrap()["since"], since, "the other one was not touched");
    vitrine.stop().await;
}

#[tokio::test]
async fn a_refusal_is_an_event_with_its_reason() {
    let files = Files::new();
    put(&files, &build("0.1.0", &[]));
    let sneak =
        "{ plugin: probe, every: 1s, with: { deed: sneak, url: 'https://b.test/' }, grant: { http: ['https://a.test'] } }";
    write(&files, sneak);
    let vitrine = Vitrine::start(&files).await;
    let refused = wait_until("it is refused twice", LONG, async || {
        instance(&vitrine, "shop").await.filter(|one| one["refusals"][0]["count"].as_u64() > Some(1))
    })
    .await;
    assert_eq!(refused["refusals"].as_array().unwrap().len(), 1, "the same again only counts");
    let reason = refused["refusals"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("https://b.test are not granted: add `http: [\"https://b.test\"]`"), "{reason}");
    assert_eq!((&refused["rights"][0]["right"], &refused["rights"][0]["used"]), (&"http".into(), &0.into()));
    assert!(refused["rights"][0]["refused"].as_u64() > Some(1) && refused["rights"][0]["lastRefused"].is_string());
    assert!(vitrine.get("/plugins").await.readable().contains("requests to https://b.test are not granted"));
    assert!(vitrine.get("/metrics").await.body.contains("vitrine_plugin_refusals_total{instance=\"shop\",right=\"http\"}"));

    let ran = Start::bare(&files).run(&["plugin", "inspect", "probe", "--host", vitrine.address()]).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for part in ["Rights asked", "asks the shop", "source shop: http https://a.test", "used 0; refused ", "are not granted: add"]
    {
        assert!(ran.out.contains(part), "{part} is not in\n{}", ran.out);
    }
    let ran = Start::bare(&files).run(&["plugin", "inspect", "plugins/probe.wasm", "--json"]).await;
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["asked"][0]["reason"], "asks the shop");
    assert_eq!(report["instances"][0]["granted"]["http"], serde_json::json!(["https://a.test"]));
    vitrine.stop().await;
}

/// One that has failed five times in a minute rests for ten minutes, unless an admin says otherwise.
#[tokio::test]
async fn an_admin_ends_a_quarantine() {
    let files = Files::new();
    put(&files, &build("0.1.0", &[A]));
    write(&files, "{ plugin: probe, every: 1s, with: { deed: panic }, grant: { http: ['https://a.test'] } }");
    let vitrine = Vitrine::start(&files).await;
    let reason = async || vitrine.source("shop").await?["fault"]["reason"].as_str().map(str::to_owned);
    // `resting for another 583 s after …`: pauses after single faults are shorter.
    let rests = |reason: String| reason.split(' ').find_map(|word| word.parse::<u64>().ok()).filter(|seconds| *seconds > 100);
    wait_until("it is in quarantine", LONG, async || reason().await.and_then(rests)).await;
    let card = is(&vitrine, "shop", "quarantined", "0.1.0").await;
    assert!(card["reason"].as_str().is_some_and(|reason| reason.contains("trapped")), "{card}");
    // The end is a moment, the same whenever somebody looks.
    let again = instance(&vitrine, "shop").await.unwrap();
    assert!(card["until"].is_string() && card["until"] == again["until"], "{card} {again}");
    assert!(card["limits"].as_array().unwrap().iter().any(|limit| limit["name"] == "memory_mib"), "{card}");
    let ran = Start::bare(&files).run(&["plugin", "enable", "source/shop"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let again = async || reason().await.filter(|reason| rests(reason.clone()).is_none());
    wait_until("it is called again", LONG, again).await;
    let read = || vitrine.log().matches("files were read anew").count();
    let before = read();
    vitrine.hang_up();
    wait_until("the files are read again, though none has changed", LONG, async || (read() > before).then_some(())).await;
    let ran = Start::bare(&files).run(&["plugin", "enable", "nobody"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("source/shop"), "{}", ran.err);
    vitrine.stop().await;
}

/// Moment of the next tick and ticks missed so far; all ticks before that moment are stored or counted.
async fn beat(vitrine: &Vitrine, name: &str) -> (i64, u64) {
    let source = vitrine.source(name).await.unwrap();
    let next: jiff::Timestamp = source["nextRun"].as_str().unwrap().parse().unwrap();
    (next.as_millisecond(), source["missed"].as_u64().unwrap())
}

#[tokio::test]
async fn no_tick_is_lost_or_comes_twice_however_often_it_is_swapped() {
    let files = Files::new();
    put(&files, &build("0.1.0", &[A]));
    let shop = |round: u32| {
        format!(
            "{{ plugin: probe, every: 1s, with: {{ deed: nothing, url: 'u{round}' }}, grant: {{ http: ['https://a.test'] }} }}"
        )
    };
    write(&files, &shop(0));
    let vitrine = Vitrine::start(&files).await;
    for name in ["shop", "other"] {
        goes_on(&vitrine, name).await;
    }
    let since = instance(&vitrine, "other").await.unwrap()["since"].clone();
    let begin = [beat(&vitrine, "shop").await, beat(&vitrine, "other").await];
    for round in 1..=20 {
        write(&files, &shop(round));
        let what = format!("swap {round} is done");
        let swaps = format!("vitrine_plugin_swaps_total{{outcome=\"swapped\"}} {round}");
        wait_until(&what, LONG, async || vitrine.get("/metrics").await.body.contains(&swaps).then_some(())).await;
    }
    goes_on(&vitrine, "shop").await;
    assert_eq!(instance(&vitrine, "other").await.unwrap()["since"], since, "the other one was not touched");
    for (name, (first, missed_before)) in ["shop", "other"].into_iter().zip(begin) {
        let (next, missed) = beat(&vitrine, name).await;
        let counted = async |until: i64| {
            let query = format!("count_over_time(up{{source='{name}'}}[1h])");
            #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are below 2^52")]
            let series = vitrine.query_at(&query, (until - 1) as f64 / 1_000.0).await;
            series[0].1
        };
        #[expect(clippy::cast_precision_loss, reason = "a few dozen ticks")]
        let ticks = ((next - first) / 1_000) as f64 - (missed - missed_before) as f64;
        assert!(ticks >= 5.0, "{ticks} ticks are no test");
        assert_eq!(counted(next).await - counted(first).await, ticks, "{name}: a tick was lost, or came twice");
    }
    vitrine.stop().await;
}

/// A check that says that the other side is down hinders no swap; one that does not come back holds up no stop.
#[tokio::test]
async fn a_far_side_that_is_down_hinders_neither_swap_nor_stop() {
    let target = Target::start(Behaviour::Answer(200)).await;
    let files = Files::new();
    let entry = |path: &str| {
        let url = target.url();
        files.write(
            "config/sources.yaml",
            &format!(
                "sources:\n  shop: {{ plugin: http-check, every: 1s, with: {{ url: '{url}/{path}' }}, grant: {{ http: ['{url}'] }} }}\n"
            ),
        );
    };
    entry("one");
    let vitrine = Vitrine::start(&files).await;
    let says = async |good: bool| instance(&vitrine, "shop").await.filter(|one| one["check"]["good"] == good);
    wait_until("the first check says that all is well", LONG, async || says(true).await).await;
    target.behave(Behaviour::Answer(500));
    entry("two");
    let swapped = wait_until("it is swapped, and its check failed", LONG, async || says(false).await).await;
    assert_eq!((&swapped["state"], &swapped["trouble"]), (&Value::from("running"), &Value::Null));

    target.behave(Behaviour::Hang);
    let reloads = || vitrine.log().matches("files were read anew").count();
    let before = reloads();
    entry("three");
    wait_until("the check is under way", LONG, async || (reloads() > before).then_some(())).await;
    vitrine.stop().await;
}

#[tokio::test]
async fn settings_that_wait_for_a_restart_say_so_and_others_are_taken() {
    let files = Files::new();
    put(&files, &build("0.1.0", &[A]));
    write(&files, &entry("{ http: ['https://a.test'] }"));
    files.write("config/host.yaml", "log: info\n");
    let vitrine = Vitrine::start(&files).await;
    is(&vitrine, "shop", "running", "0.1.0").await;
    files.write("config/host.yaml", "log: debug\nmax_viewers: 7\nquery: { max_series: 1 }\n");
    let told = "`max_viewers` was changed: that takes effect when the host is started again";
    wait_until("the page says so", LONG, async || vitrine.get("/").await.readable().contains(told).then_some(())).await;
    logged(&vitrine, "`max_viewers` was changed").await;
    let refused = async || vitrine.get("/api/v1/query?query=up").await.body.contains("more than 1 series").then_some(());
    // Two sources have two series of it.
    wait_until("the new limit holds", Duration::from_secs(30), refused).await;
    files.write("config/host.yaml", "log: info\n");
    let gone = async || (!vitrine.get("/").await.readable().contains(told)).then_some(());
    wait_until("it is as it was, and nothing waits", LONG, gone).await;
    vitrine.stop().await;
}

#[tokio::test]
async fn check_tells_what_is_wrong_with_a_grant() {
    let files = Files::new();
    put(&files, &build("0.1.0", &[A]));
    write(&files, &entry("{ http: ['https://a.test'], system: true, digest: 'sha256:12' }"));
    let ran = Start::bare(&files).run(&["check"]).await;
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(ran.err);
}
