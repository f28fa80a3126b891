//! A marked secret, and a guest that tries everything to see it: nothing that the host writes or shows holds the mark.

pub(crate) mod echo;

use std::path::Path;

use vitrine_tests::{Files, LONG, Start, Vitrine, guests, run, wait_until};

use echo::Echo;

/// With letters that every way of writing treats differently.
const MARK: &str = "Zq7/mark+of the \"secret\" & more=42";

/// How many ways the guest tries.
const TRIES: usize = 20;

fn files(bound: &Echo, other: &Echo) -> Files {
    let (url, other_url, guests) = (bound.url(), other.url(), guests());
    let files = Files::new();
    let config = format!(
        "plugins: {{ folder: '{}' }}
log: debug
sources:
  seeker:
    plugin: echo-guest
    every: 2s
    with: {{ url: '{url}', other: '{other_url}' }}
    grant: {{ http: ['{url}', '{other_url}'], state: true, secrets: {{ key: planted }} }}
channels:
  hook:
    plugin: webhook
    with: {{ url: '{url}/echo', auth: bearer }}
    grant: {{ http: ['{url}'], secrets: {{ token: planted }} }}
alerts: {{ notify: [hook], evaluate_every: 1s }}
secrets:
  planted: {{ file: planted.txt, hosts: ['{url}'] }}
",
        guests.display(),
    );
    files.write("config/vitrine.yaml", &config);
    files.write("config/alerts/always.yaml", "groups: [{ name: a, rules: [{ alert: Always, expr: vector(1) }] }]\n");
    files.write("dashboards/seen.yaml", "title: Seen\npanels: [{ title: Seen, show: table, query: echo_guest_seen }]\n");
    files.write("planted.txt", &format!("{MARK}\n"));
    files
}

#[tokio::test]
async fn a_planted_secret_is_used_and_seen_nowhere() {
    let (bound, other) = (Echo::start(MARK).await, Echo::start(MARK).await);
    let files = files(&bound, &other);
    let vitrine = Start::new(&files).serve().await;

    let seen = wait_until("the guest has told what it saw", LONG, async || {
        let series = vitrine.query("echo_guest_seen").await;
        (series.len() == TRIES).then_some(series)
    });
    let seen = seen.await;
    let told = |name: &str| seen.iter().find(|(labels, _)| labels["try"] == name).unwrap().0["seen"].clone();
    for name in ["header", "prefixed", "bearer", "basic", "query", "json", "form", "long", "back", "compressed"] {
        let text = told(name);
        let expected = if name == "compressed" { "came compressed" } else { "***" };
        assert!(text.contains(expected), "{name}: {text}");
    }
    for (name, part) in [
        ("part", "cannot ask for a part"),
        ("own-host-header", "the host writes that header"),
        ("broken-json", "no JSON"),
        ("redirected-query", "to which it is not bound"),
        ("not-followed", "k=***"),
        ("unbound", "is not bound to"),
        ("elsewhere", "the secret `elsewhere` is not granted"),
        ("unknown", "the secret `unknown` is not granted"),
    ] {
        assert!(told(name).contains(part), "{name}: {}", told(name));
    }
    assert!(told("redirected-plain").contains(&format!("url {}/echo", other.url())), "{}", told("redirected-plain"));
    wait_until("the alert was told", LONG, async || bound.has("POST /echo", "idempotency-key").then_some(())).await;

    // It was really there, in every place but where it must not go.
    for name in ["x-key", "Token ", "Bearer ", "Basic ", "GET /echo?a=1&key=", "\"auth\":{\"key\":", "a=1&key="] {
        assert!(bound.got_secret_with(name), "nothing came with `{name}`");
    }
    assert!(other.requests() > 0 && !other.got_secret(), "the other server got the secret");
    is_counted(&vitrine).await;
    // What the guest keeps, and reads back, is what it saw.
    let kept = vitrine.query("echo_guest_kept").await;
    assert_eq!(kept.len(), TRIES);
    assert!(kept.iter().any(|(labels, _)| labels["try"] == "bearer" && labels["kept"].contains("***")), "{kept:?}");
    nothing_shows_it(&vitrine, &files).await;
    vitrine.stop().await;
    // What was only in memory is on disk by now.
    search_folder(&files.data());
    search_state(&files.data());
}

/// Each secret's uses and refusals, by the plugin's own name for it.
async fn is_counted(vitrine: &Vitrine) {
    let data = vitrine.data("/api/v1/plugins").await;
    let plugins = data["plugins"].as_array().unwrap();
    let seeker = plugins.iter().flat_map(|plugin| plugin["instances"].as_array().unwrap()).find(|one| one["name"] == "seeker");
    let rights = seeker.unwrap()["rights"].as_array().unwrap();
    for (secret, is_asked, is_used) in [("key", true, true), ("elsewhere", true, false), ("unknown", false, false)] {
        let wanted = format!("secret {secret}");
        let right = rights.iter().find(|right| right["right"] == wanted.as_str()).unwrap_or_else(|| panic!("{rights:#?}"));
        assert_eq!((right["asked"] == is_asked, right["used"].as_u64().unwrap() > 0), (true, is_used), "{right}");
        assert!(right["refused"].as_u64().unwrap() > 0, "{right}");
    }
}

/// What the guest kept, value by value: none is written in a way that a search of the file would miss.
fn search_state(folder: &Path) {
    let state = rusqlite::Connection::open(folder.join("state.db")).unwrap();
    let mut rows = state.prepare("SELECT key, value FROM kept").unwrap();
    let kept = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    let mut keys = 0;
    for (key, value) in kept.map(Result::unwrap) {
        search("a key in state.db", key.as_bytes());
        search(&format!("`{key}` in state.db"), &value);
        keys += 1;
    }
    assert!(keys >= TRIES, "{keys} values are kept");
}

async fn nothing_shows_it(vitrine: &Vitrine, files: &Files) {
    for path in [
        "/",
        "/d/seen",
        "/sources",
        "/plugins",
        "/alerts",
        "/metrics",
        "/api/sources",
        "/api/v1/alerts",
        "/api/v1/query?query=%7B__name__%3D~%22.%2B%22%7D",
        "/api/v1/query_range?query=echo_guest_seen&start=0&end=1&step=1",
    ] {
        let answer = vitrine.get(path).await;
        search(path, answer.body.as_bytes());
        search(path, answer.readable().as_bytes());
    }
    let what = "the page shows what the guest saw";
    wait_until(what, LONG, async || vitrine.get("/d/seen").await.readable().contains("***").then_some(())).await;
    search("/d/seen", vitrine.get("/d/seen").await.body.as_bytes());
    let log = vitrine.log();
    assert!(log.contains("***") && log.contains("refused: "), "the log has what the guest saw:\n{log}");
    search("the log", log.as_bytes());
    search_folder(&files.data());
}

/// Every file that the host wrote.
fn search_folder(folder: &Path) {
    let mut files = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // A write-ahead log may be folded in meanwhile.
            let Ok(bytes) = std::fs::read(&path) else { continue };
            search(&path.display().to_string(), &bytes);
            files += 1;
        }
    }
    assert!(files > 2, "{} holds {files} files", folder.display());
}

fn search(place: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    if let Some(form) = echo::forms(MARK).into_iter().find(|form| text.contains(&form.to_ascii_lowercase())) {
        panic!("{place} holds the secret as `{form}`");
    }
}

#[tokio::test]
async fn a_check_tells_what_is_wrong_with_secrets() {
    let files = Files::new();
    let entry = |name: &str, grant: &str, url: &str| {
        format!("  {name}: {{ plugin: webhook, with: {{ url: '{url}/' }}, grant: {{ http: ['{url}'], secrets: {grant} }} }}\n")
    };
    let mut text = "channels:\n".to_owned();
    text.push_str(&entry("unknown", "{ token: nobody }", "https://a.example"));
    text.push_str(&entry("unasked", "[pager]", "https://a.example"));
    text.push_str(&entry("unbound", "{ token: pager }", "https://b.example"));
    text.push_str(&entry("good", "{ token: pager }", "https://a.example"));
    text.push_str("secrets:\n");
    text.push_str("  pager: { command: [uname], hosts: ['https://a.example'] }\n");
    text.push_str("  unset: { env: SURELY_NOT_SET, hosts: ['https://a.example'] }\n");
    text.push_str("  missing: { file: /none/such, hosts: ['https://a.example'] }\n");
    text.push_str("  failing: { command: [sh, -c, 'exit 3'], hosts: ['https://a.example'] }\n");
    text.push_str("  twice: { env: A, file: b, hosts: ['https://a.example'] }\n");
    text.push_str("  everywhere: { command: [uname], hosts: ['https://*'] }\n");
    text.push_str("  nowhere: { command: [uname], hosts: [a.example] }\n");
    files.write("config/vitrine.yaml", &text);
    let ran = run(files.path(), &["check"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    insta::assert_snapshot!(ran.err);
}
