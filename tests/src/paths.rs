//! Where things lie: the repository, the binary, the guests, the neighbours.

use std::path::{Path, PathBuf};

/// The top of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_owned()
}

/// Cargo's target folder, of which the running test is a part: `…/debug/deps/features-…`.
pub fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a file");
    test.ancestors().nth(3).expect("a test's file lies in target/debug/deps").to_owned()
}

/// The host's binary, built beside the running test.
pub(crate) fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a file");
    let binary = test.ancestors().nth(2).expect("a test's file lies in target/debug/deps").join("vitrine");
    assert!(binary.is_file(), "{} is missing: run `make test`, or `cargo build --package vitrine`", binary.display());
    binary
}

/// A source of the host that was changed after its binary was built: the test may have run the old one.
pub(crate) fn newer_source() -> Option<PathBuf> {
    let built = binary().metadata().ok()?.modified().ok()?;
    let mut folders = vec![repository().join("host")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.ends_with("node_modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && path.metadata().ok()?.modified().ok()? > built {
                return Some(path);
            }
        }
    }
    None
}

/// The folder with the guests that misbehave.
pub fn guests() -> PathBuf {
    let folder = repository().join("tests/components");
    assert!(folder.join("misbehaving.wasm").is_file(), "{} has no guests: run `make guests`", folder.display());
    folder
}

/// The folder with the weather station in three languages.
pub fn stations() -> PathBuf {
    let folder = repository().join("tests/components/stations");
    for language in ["rust", "js", "python"] {
        let file = folder.join(format!("weather-station-{language}.wasm"));
        assert!(file.is_file(), "{} is missing: run `make stations`", file.display());
    }
    folder
}

/// The guest that asks by plain `fetch`. It has no manifest, so it lies apart from the plugins.
pub fn fetch_guest() -> PathBuf {
    let file = repository().join("tests/components/bare/fetch-guest.wasm");
    assert!(file.is_file(), "{} is missing: run `make fetch-guest`", file.display());
    file
}

/// Where `vitrine plugin test` keeps compiled code: in the user's cache, where components and toolchains are, too.
pub(crate) fn code() -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    cache.expect("there is a home").join("vitrine/code")
}

/// The folder with the npm package of neighbours.
pub(crate) fn peers() -> PathBuf {
    let folder = repository().join("tests/peers");
    assert!(folder.join("node_modules").is_dir(), "the mail server is missing: run `make tests/peers/node_modules`");
    folder
}

/// axe-core, which came with the browser's files.
pub(crate) fn axe() -> PathBuf {
    let file = repository().join("host/web/assets/node_modules/axe-core/axe.min.js");
    assert!(file.is_file(), "{} is missing: run `npm ci --ignore-scripts` in host/web/assets", file.display());
    file
}

/// The browser, by the names that distributions give it.
pub(crate) fn chromium() -> PathBuf {
    let found = program(&["chromium", "chromium-browser", "google-chrome"]);
    found.expect("Chromium is missing: run `make browser`, or `apt-get install chromium`")
}

/// Debian's node exporter.
pub(crate) fn node_exporter() -> PathBuf {
    let found = program(&["prometheus-node-exporter"]);
    found.expect("the node exporter is missing: run `make exporter`, or `apt-get install --no-install-recommends prometheus-node-exporter`")
}

/// Debian's Prometheus, or a tool that comes with it.
pub(crate) fn prometheus(name: &str) -> PathBuf {
    let found = program(&[name]);
    found.unwrap_or_else(|| {
        panic!("{name} is missing: run `make prometheus`, or `apt-get install --no-install-recommends prometheus`")
    })
}

/// Debian's Alertmanager, which has this name there.
pub(crate) fn alertmanager() -> PathBuf {
    let found = program(&["prometheus-alertmanager", "alertmanager"]);
    found.expect(
        "Alertmanager is missing: run `make alertmanager`, or `apt-get install --no-install-recommends prometheus-alertmanager`",
    )
}

pub(crate) fn amtool() -> PathBuf {
    program(&["amtool"]).unwrap_or_else(|| {
        panic!("amtool is missing: run `make alertmanager`, or `apt-get install --no-install-recommends prometheus-alertmanager`")
    })
}

/// The first of these that is somewhere on the path.
fn program(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let mut places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.find(|place| place.is_file())
}
