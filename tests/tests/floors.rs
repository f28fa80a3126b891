//! The house's order, as a test: who may know whom, where heavy dependencies live, what has no place here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use vitrine_tests::repository;

/// The arrows of the house: a crate, and which of ours it may know.
const ARROWS: [(&str, &[&str]); 17] = [
    ("vitrine-model", &[]),
    ("vitrine-config", &[]),
    ("vitrine-exposition", &[]),
    ("vitrine-sdk", &["vitrine-exposition"]),
    ("vitrine-pack", &[]),
    ("vitrine-store", &["vitrine-model"]),
    ("vitrine-query", &["vitrine-model"]),
    ("vitrine-access", &["vitrine-model"]),
    ("vitrine-plugin", &["vitrine-model", "vitrine-pack"]),
    ("vitrine-monitor", &["vitrine-model", "vitrine-config", "vitrine-query", "vitrine-exposition"]),
    ("vitrine-web", &["vitrine-model", "vitrine-config", "vitrine-monitor", "vitrine-access", "vitrine-query"]),
    (
        "vitrine",
        &[
            "vitrine-model",
            "vitrine-config",
            "vitrine-pack",
            "vitrine-store",
            "vitrine-query",
            "vitrine-access",
            "vitrine-plugin",
            "vitrine-monitor",
            "vitrine-web",
        ],
    ),
    // The engine by itself, for the cases of Prometheus: the rest is tested as the binary.
    ("vitrine-tests", &["vitrine-model", "vitrine-query", "vitrine-exposition"]),
    ("vitrine-misbehaving", &["vitrine-sdk"]),
    ("vitrine-caller", &["vitrine-sdk"]),
    ("vitrine-weather-station", &["vitrine-sdk"]),
    ("vitrine-echo-guest", &["vitrine-sdk"]),
];

/// Heavy dependencies and their only homes.
const HOMES: [(&str, &[&str]); 23] = [
    ("wasmtime", &["vitrine-plugin"]),
    ("wasmtime-wasi", &["vitrine-plugin"]),
    ("wasmtime-wasi-http", &["vitrine-plugin"]),
    ("lettre", &["vitrine-plugin"]),
    ("aws-lc-rs", &["vitrine", "vitrine-plugin"]),
    ("hyper", &["vitrine-plugin", "vitrine-web", "vitrine-tests"]),
    ("rusqlite", &["vitrine-store"]),
    ("refinery", &["vitrine-store"]),
    ("tokio-postgres", &["vitrine-store"]),
    ("cap-std", &["vitrine-plugin"]),
    ("axum", &["vitrine-web"]),
    ("tower-http", &["vitrine-web"]),
    ("memory-serve", &["vitrine-web"]),
    ("ammonia", &["vitrine-web"]),
    ("resvg", &["vitrine-web"]),
    ("krilla", &["vitrine-web"]),
    ("krilla-svg", &["vitrine-web"]),
    ("minijinja", &["vitrine-monitor", "vitrine-web"]),
    ("cron", &["vitrine-monitor"]),
    ("figment", &["vitrine-config"]),
    ("notify", &["vitrine-config"]),
    ("clap", &["vitrine", "vitrine-pack"]),
    ("chromiumoxide", &["vitrine-tests"]),
];

/// What must not be in the graph, not even far below.
const FORBIDDEN: [(&str, &str); 5] = [
    ("ring", "aws-lc-rs is the one implementation of cryptography"),
    ("openssl-sys", "rustls is the one TLS"),
    ("native-tls", "rustls is the one TLS"),
    ("serde_yaml", "nobody keeps it; serde-saphyr reads YAML"),
    ("libssh2-sys", "nothing here speaks SSH"),
];

const ONE_VERSION: [&str; 6] = ["wasmtime", "rusqlite", "libsqlite3-sys", "rustls", "tokio", "hyper"];

/// A Rust file's length at which it should have been split.
const LONGEST_FILE: usize = 400;

fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| {
        let mut command = MetadataCommand::new();
        command.manifest_path(repository().join("Cargo.toml")).other_options(["--locked".to_owned()]).exec().unwrap()
    })
}

fn is_bundled(package: &Package) -> bool {
    package.manifest_path.starts_with(metadata().workspace_root.join("plugins"))
}

/// Names of what a package depends on, tests aside.
fn dependencies(package: &Package) -> BTreeSet<&str> {
    let real = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    real.map(|dependency| dependency.name.as_str()).collect()
}

#[test]
fn arrows_point_down() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let ours: BTreeSet<&str> = metadata().workspace_packages().iter().map(|package| package.name.as_str()).collect();
    for package in metadata().workspace_packages() {
        let name = package.name.as_str();
        let allowed: &[&str] = match arrows.get(name) {
            Some(allowed) => allowed,
            None if is_bundled(package) => &["vitrine-sdk"],
            None => unreachable!("`{name}` has no floor: give it one in ARROWS"),
        };
        let known: Vec<&str> = dependencies(package).into_iter().filter(|name| ours.contains(name)).collect();
        for known in known {
            assert!(allowed.contains(&known), "`{name}` must not know `{known}`");
        }
    }
}

#[test]
fn each_heavy_dependency_has_one_home() {
    for package in metadata().workspace_packages() {
        for name in dependencies(package) {
            if let Some((_, homes)) = HOMES.iter().find(|(heavy, _)| *heavy == name) {
                assert!(homes.contains(&package.name.as_str()), "`{name}` lives in {homes:?}, not in `{}`", package.name);
            }
        }
    }
}

#[test]
fn the_graph_is_clean() {
    let versions = graph();
    for (name, reason) in FORBIDDEN {
        assert!(!versions.contains_key(name), "`{name}` is in the graph: {reason}");
    }
    for name in ONE_VERSION {
        assert_eq!(versions.get(name).map(BTreeSet::len), Some(1), "`{name}`: {:?}", versions.get(name));
    }
}

/// Names and versions of everything that is built for any target. `cargo metadata` would count what no feature asks for.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = ["tree", "--workspace", "--locked", "--target=all", "--edges=normal,build,dev", "--prefix=none", "--format={p}"];
    let output = Command::new(cargo).args(tree).current_dir(repository()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        if let [name, version, ..] = line.split_whitespace().collect::<Vec<_>>()[..] {
            versions.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
    }
    versions
}

#[test]
fn plugins_are_alike() {
    let folder = repository().join("plugins");
    let plugins: Vec<PathBuf> = entries(&folder).into_iter().filter(|path| path.is_dir()).collect();
    assert!(plugins.len() >= 9, "{plugins:?}");
    for plugin in plugins {
        let names: Vec<String> = entries(&plugin).iter().map(|path| name(path)).collect();
        assert_eq!(names, ["Cargo.toml", "README.md", "plugin.toml", "src"], "{}", plugin.display());
        assert!(plugin.join("src/lib.rs").is_file(), "{}", plugin.display());
    }
}

#[test]
fn files_are_short_and_say_what_they_own() {
    let mut wrong = Vec::new();
    for file in ["host", "plugins", "sdk", "tests"].iter().flat_map(|folder| rust_files(&repository().join(folder))) {
        let text = std::fs::read_to_string(&file).unwrap();
        let shown = file.strip_prefix(repository()).unwrap().display().to_string();
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            wrong.push(format!("{shown} has {lines} lines: split it by noun"));
        }
        // Tests beside the code are named by it; the example is printed in the README as it is.
        let speaks_for_itself = ["tests.rs", "hello.rs"].contains(&name(&file).as_str());
        if !text.starts_with("//!") && !speaks_for_itself {
            wrong.push(format!("{shown} does not open with what it owns"));
        }
        if name(&file) == "mod.rs" {
            wrong.push(format!("{shown} should be named after its folder and lie beside it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let skipped = ["node_modules", "target"];
    let mut found = Vec::new();
    for path in entries(folder).into_iter().filter(|path| !skipped.contains(&name(path).as_str())) {
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}
