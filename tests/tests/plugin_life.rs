//! The life of a plugin: written, built, tested, packed, signed, installed, run, and removed.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use vitrine_tests::{
    Behaviour, Files, LONG, Ran, Start, Target, Vitrine, guests, repository, run, target_folder, wait_until, with_manifest,
};

/// A bundled plugin's file, as somebody might hand it on.
fn bundled(name: &str) -> PathBuf {
    repository().join("host/app/bundled").join(name).with_extension("wasm")
}

async fn good(files: &Files, verb: &[&str]) -> Ran {
    let ran = run(files.path(), verb).await;
    assert_eq!(ran.code, Some(0), "{verb:?}: {}{}", ran.out, ran.err);
    ran
}

async fn bad(files: &Files, verb: &[&str]) -> String {
    let ran = run(files.path(), verb).await;
    assert_eq!(ran.code, Some(1), "{verb:?}: {}{}", ran.out, ran.err);
    ran.err
}

/// A line's value of what a verb said.
fn value(ran: &Ran, key: &str) -> String {
    let lines = ran.out.lines().filter_map(|line| line.trim().strip_prefix(key));
    lines.map(|rest| rest.trim().to_owned()).next().unwrap_or_else(|| panic!("no `{key}` in {}", ran.out))
}

const DATABASE_FAULTS: [&str; 7] = [
    "a database that refuses the connection",
    "a database that is too slow",
    "a database with too many rows",
    "an answer without rows",
    "NULL where a value is expected",
    "values of another type",
    "an answer with other columns",
];

#[tokio::test]
async fn the_bundled_plugins_keep_the_contract() {
    let files = Files::new();
    let list = good(&files, &["plugin", "list"]).await.out;
    let names: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 9, "{list}");
    for name in names {
        let ran = run(files.path(), &["plugin", "test", name, "--json"]).await;
        let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{name}: {}{}", ran.out, ran.err));
        let failed: Vec<&Value> = report["items"].as_array().unwrap().iter().filter(|item| item["passed"] == false).collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
        assert_eq!((ran.code, &report["score"]), (Some(0), &report["of"]), "{name}");
        assert!(report["of"].as_u64().unwrap() >= 18, "{name}: {report}");
        if name == "sql" {
            let named = |wanted: &str| report["items"].as_array().unwrap().iter().any(|item| item["name"] == wanted);
            for fault in DATABASE_FAULTS {
                assert!(named(&format!("bears {fault}")) && named(&format!("answers or says why beside {fault}")), "{fault}");
            }
        }
    }
}

#[tokio::test]
async fn whoever_trusts_a_database_loses_points() {
    let files = Files::new();
    let manifest = std::fs::read_to_string(repository().join("tests/misbehaving/plugin.toml")).unwrap();
    let manifest = format!("{manifest}\n[rights.sql]\nreason = 'believes whatever a database answers'\n");
    let guest = with_manifest(&std::fs::read(guests().join("misbehaving.wasm")).unwrap(), &manifest);
    std::fs::write(files.path().join("trusting.wasm"), guest).unwrap();
    let ran = run(files.path(), &["plugin", "test", "./trusting.wasm", "--with", r#"{"deed":"trust"}"#, "--json"]).await;
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    let items = report["items"].as_array().unwrap();
    let passed = |fault: &str| {
        let name = format!("bears {fault}");
        items.iter().find(|item| item["name"] == name).unwrap_or_else(|| panic!("{name}: {report:#}"))["passed"].clone()
    };
    // It hands on what the database says, and falls over what it answers.
    let fared: Vec<Value> = DATABASE_FAULTS.into_iter().map(passed).collect();
    assert_eq!(fared, [true, true, true, false, false, false, false], "{report:#}");
    let again = items.iter().find(|item| item["name"] == "works again once the database does").unwrap();
    assert_eq!(again["passed"], true, "{report:#}");
}

#[tokio::test]
async fn what_breaks_the_contract_loses_points_and_is_told_why() {
    let files = Files::new();
    let guest = repository().join("tests/components/misbehaving.wasm");
    let guest = guest.to_str().unwrap();
    let ran = run(files.path(), &["plugin", "test", guest, "--with", r#"{"deed":"panic"}"#]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    for part in ["FAIL  collects", "this was on purpose", "-> a call must never trap"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let lenient = run(files.path(), &["plugin", "test", guest, "--with", r#"{"deed":"panic"}"#, "--threshold", "10"]).await;
    assert_eq!(lenient.code, Some(0), "{}", lenient.out);
    let wrong = run(files.path(), &["plugin", "test", guest, "--with", "[]"]).await;
    assert!(wrong.code == Some(2) && wrong.err.contains("no JSON object"), "{}", wrong.err);
}

#[tokio::test]
async fn a_test_reaches_nobody_but_its_own_server() {
    let files = Files::new();
    let stranger = Target::start(Behaviour::Answer(200)).await;
    let with = format!("{{\"url\": \"{}/\"}}", stranger.url());
    let ran = run(files.path(), &["plugin", "test", "http-check", "--with", &with]).await;
    assert!(ran.code == Some(1) && ran.out.contains("only to the test's own server"), "{}", ran.out);
    assert_eq!(stranger.connections(), 0);
}

/// From nothing to samples, with nothing of the repository at hand but the binary.
#[tokio::test]
async fn a_plugin_is_written_built_tested_signed_installed_run_and_removed() {
    let folder = workshop();
    let files = Files::new();
    let into = folder.to_str().unwrap();
    good(&files, &["plugin", "new", "source", "weather", "--into", into]).await;
    let plugin = folder.join("weather");
    let plugin = plugin.to_str().unwrap();
    let again = bad(&files, &["plugin", "new", "source", "weather", "--into", into]).await;
    assert!(again.contains("is there already"), "{again}");

    let tested = vitrine(&files, &["plugin", "test", plugin, "--json"]).await;
    let report: Value = serde_json::from_str(&tested.out).unwrap_or_else(|_| panic!("{}{}", tested.out, tested.err));
    assert_eq!(report["score"], report["of"], "{report:#}");

    let out = files.path().to_str().unwrap().to_owned();
    let packed = vitrine(&files, &["plugin", "pack", plugin, "--out", &out]).await;
    assert_eq!(packed.code, Some(0), "{}", packed.err);
    let file = packed.out.lines().next().unwrap().to_owned();
    assert!(file.ends_with("weather-0.1.0.vitrine.wasm"), "{file}");
    let first = std::fs::read(&file).unwrap();
    let repeated = vitrine(&files, &["plugin", "pack", plugin, "--out", &out]).await;
    assert_eq!((value(&repeated, "digest"), std::fs::read(&file).unwrap() == first), (value(&packed, "digest"), true));

    std::fs::create_dir(files.path().join("plugins")).unwrap();
    let public = good(&files, &["plugin", "key", "new"]).await.out.trim().to_owned();
    assert_eq!(good(&files, &["plugin", "key", "show"]).await.out.trim(), public);
    good(&files, &["plugin", "sign", &file]).await;
    let target = document().await;
    files.write(
        "config/vitrine.yaml",
        &format!("plugins: {{ folder: plugins, require_signature: true, trust: [{{ name: me, key: '{public}' }}] }}\n"),
    );
    assert!(good(&files, &["plugin", "verify", &file]).await.out.contains("signed by me ("));
    let installed = good(&files, &["plugin", "install", &file]).await;
    assert!(value(&installed, "signer").starts_with("me ("), "{}", installed.out);

    let sources = format!(
        "sources:\n  roof: {{ plugin: weather, every: 1s, with: {{ url: '{target}/' }}, grant: {{ http: ['{target}'] }} }}\n"
    );
    files.write("config/sources.yaml", &sources);
    let host = Vitrine::start(&files).await;
    let read = async || host.value("weather_value{source='roof',name='temperature'}").await;
    assert_eq!(wait_until("the sample is there", LONG, read).await, 21.5);
    let list = good(&files, &["plugin", "list"]).await.out;
    assert!(list.lines().any(|line| line.starts_with("weather") && line.contains("used by roof")), "{list}");

    hot_swap(&files, &host, Path::new(plugin)).await;
    files.write("config/sources.yaml", "sources: {}\n");
    good(&files, &["plugin", "remove", "weather"]).await;
    let gone = async || host.source("roof").await.is_none().then_some(());
    wait_until("the source is gone", LONG, gone).await;
    assert!(!good(&files, &["plugin", "list"]).await.out.contains("weather"));
    host.stop().await;
}

/// A change of the source, built into the host's folder: the file there wins over the installed one.
async fn hot_swap(files: &Files, host: &Vitrine, plugin: &Path) {
    let source = plugin.join("src/lib.rs");
    let text = std::fs::read_to_string(&source).unwrap();
    let changed = text.replace("weather_value", "weather_reading").replace(
        "let mut samples = Samples::new();",
        "vitrine_sdk::log::info(\"the second build collects\");\n        let mut samples = Samples::new();",
    );
    std::fs::write(&source, changed).unwrap();
    files.write("config/vitrine.yaml", "plugins: { folder: plugins }\n");
    let ran = vitrine(files, &["plugin", "dev", plugin.to_str().unwrap(), "--once"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let read = async || host.value("weather_reading{source='roof',name='temperature'}").await;
    assert_eq!(wait_until("the new build collects", LONG, read).await, 21.5);
    let plugins = host.data("/api/v1/plugins").await;
    let card = plugins["plugins"].as_array().unwrap().iter().find(|card| card["name"] == "weather").unwrap();
    let lines = card["instances"][0]["lines"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["text"] == "the second build collects"), "{lines:?}");
    std::fs::write(&source, text.replace("Samples::new()", "Samples::old()")).unwrap();
    let ran = vitrine(files, &["plugin", "dev", plugin.to_str().unwrap(), "--once"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("no function or associated item named `old`"), "{}", ran.err);
    std::fs::remove_file(files.path().join("plugins/weather.wasm")).unwrap();
}

/// The same folder each time, so that cargo need not begin anew.
fn workshop() -> PathBuf {
    let folder = target_folder().join("workshop");
    let _ = std::fs::remove_dir_all(folder.join("weather"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A verb that compiles: what it makes along the way lies with the tests' own.
async fn vitrine(files: &Files, verb: &[&str]) -> Ran {
    let target = target_folder();
    Start::bare(files).environment("CARGO_TARGET_DIR", target.to_str().unwrap()).patient().run(verb).await
}

/// A web server with one JSON document; it ends with the test.
async fn document() -> String {
    serving("{\"temperature\": 21.5}".as_bytes().to_vec()).await
}

async fn serving(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 2_048];
            let _ = stream.read(&mut request).await;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_plugin_is_installed_from_a_file_a_url_and_an_oci_folder() {
    let files = Files::new();
    let file = bundled("text");
    let bytes = std::fs::read(&file).unwrap();
    let (path, digest) = (file.to_str().unwrap(), digest(&bytes));

    let installed = good(&files, &["plugin", "install", path]).await;
    assert_eq!(value(&installed, "digest"), digest);
    let lock = std::fs::read_to_string(files.path().join("config/plugins.lock")).unwrap();
    assert!(lock.contains(&digest) && lock.contains("name = \"text\"") && lock.contains(path), "{lock}");
    assert!(good(&files, &["check"]).await.out.contains("no problems"));

    let url = format!("{}/text.wasm", serving(bytes.clone()).await);
    assert!(bad(&files, &["plugin", "install", &url]).await.contains("is not encrypted"));
    good(&files, &["plugin", "install", &format!("{url}@{digest}")]).await;
    let other = format!("{url}@sha256:{}", "0".repeat(64));
    assert!(bad(&files, &["plugin", "install", &other]).await.contains("another file than the one that was meant"));
    assert!(bad(&files, &["plugin", "install", &format!("{url}@sha256:12")]).await.contains("is not a digest"));
    let missing = Target::start(Behaviour::Answer(404)).await;
    let missing = format!("{}/x.wasm@{digest}", missing.url());
    assert!(bad(&files, &["plugin", "install", &missing]).await.contains("404"));

    oci(&files.path().join("image"), &bytes);
    good(&files, &["plugin", "install", "image"]).await;
    let list = good(&files, &["plugin", "list"]).await.out;
    let row = list.lines().find(|line| line.starts_with("text ")).unwrap();
    assert!(row.contains(&digest["sha256:".len()..][..12]) && row.contains("image"), "{row}");

    good(&files, &["plugin", "remove", "text"]).await;
    assert!(bad(&files, &["plugin", "remove", "text"]).await.contains("is not installed"));
    let list = good(&files, &["plugin", "list"]).await.out;
    assert!(list.lines().any(|line| line.starts_with("text ") && line.contains("bundled")), "{list}");
}

fn digest(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bytes");
    std::fs::write(&file, bytes).unwrap();
    let out = std::process::Command::new("sha256sum").arg(&file).output().unwrap();
    format!("sha256:{}", String::from_utf8(out.stdout).unwrap().split(' ').next().unwrap())
}

/// An image layout with the one layer.
fn oci(folder: &Path, layer: &[u8]) {
    let blobs = folder.join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    let blob = |kind: &str, bytes: &[u8]| {
        let digest = digest(bytes);
        std::fs::write(blobs.join(&digest["sha256:".len()..]), bytes).unwrap();
        serde_json::json!({ "mediaType": kind, "digest": digest, "size": bytes.len() })
    };
    let layer = blob("application/wasm", layer);
    let manifest = serde_json::json!({ "schemaVersion": 2, "layers": [layer] }).to_string();
    let manifest = blob("application/vnd.oci.image.manifest.v1+json", manifest.as_bytes());
    let index = serde_json::json!({ "schemaVersion": 2, "manifests": [manifest] }).to_string();
    std::fs::write(folder.join("index.json"), index).unwrap();
    std::fs::write(folder.join("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}").unwrap();
}

#[tokio::test]
async fn an_installed_file_that_was_changed_is_refused_with_the_remedy() {
    let files = Files::new();
    files.write("config/sources.yaml", "sources:\n  here: { plugin: system, grant: [system] }\n");
    let file = bundled("system");
    good(&files, &["plugin", "install", file.to_str().unwrap()]).await;
    let shelf = files.data().join("plugins");
    let kept = std::fs::read_dir(shelf).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_file()).unwrap();
    let mut bytes = std::fs::read(&kept).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&kept, bytes).unwrap();
    let problems = bad(&files, &["check"]).await;
    assert!(problems.contains("the installed plugin `system` (config/plugins.lock) cannot be used"), "{problems}");
    assert!(problems.contains("install it again from"), "{problems}");
}

#[tokio::test]
async fn a_plugin_that_is_unsigned_untrusted_or_altered_is_refused_where_that_is_asked_for() {
    let files = Files::new();
    std::fs::create_dir(files.path().join("plugins")).unwrap();
    let file = files.path().join("plugins/text.wasm");
    std::fs::copy(bundled("text"), &file).unwrap();
    let settings = |trust: &str| {
        let text = format!("plugins: {{ folder: plugins, require_signature: true, trust: [{trust}] }}\n");
        files.write("config/vitrine.yaml", &text);
    };
    settings("");
    let problems = bad(&files, &["check"]).await;
    assert!(problems.contains("plugins/text.wasm") && problems.contains("it is not signed"), "{problems}");

    let public = good(&files, &["plugin", "key", "new", "--out", "my.key"]).await.out.trim().to_owned();
    good(&files, &["plugin", "sign", "plugins/text.wasm", "--key", "my.key"]).await;
    let problems = bad(&files, &["check"]).await;
    assert!(problems.contains(&public) && problems.contains("`plugins.trust`"), "{problems}");
    settings(&format!("{{ name: me, key: '{public}' }}"));
    good(&files, &["check"]).await;
    good(&files, &["plugin", "verify", "plugins/text.wasm", "--key", &public]).await;

    let mut bytes = std::fs::read(&file).unwrap();
    let place = bytes.windows(8).position(|window| window == b"Markdown").unwrap();
    bytes[place] = b'm';
    std::fs::write(&file, bytes).unwrap();
    let problems = bad(&files, &["check"]).await;
    assert!(problems.contains("plugins/text.wasm") && problems.contains("it has been altered since"), "{problems}");
    assert!(bad(&files, &["plugin", "verify", "plugins/text.wasm"]).await.contains("altered"));

    settings("{ name: me, key: 'ed25519:12' }");
    let problems = bad(&files, &["check"]).await;
    assert!(problems.contains("is not a public key") && problems.contains("config/vitrine.yaml:1:"), "{problems}");
}
