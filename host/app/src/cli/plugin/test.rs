//! `vitrine plugin test`: the contract, item by item, and a score.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use serde_json::Value;
use vitrine_plugin::settings::PluginSettings;

use crate::catalog::{Catalog, Entry, Places};
use crate::contract::{self, Subject};
use crate::plan::{self, Origins};

#[derive(Debug, Args)]
pub(in crate::cli) struct Test {
    /// A folder with a plugin.toml, a file, or the name of a plugin
    #[arg(default_value = ".")]
    plugin: String,
    /// A configuration (of a panel: options) as JSON, in place of those of `[test]` in plugin.toml; `{server}` in it is
    /// the test's web server
    #[arg(long, value_name = "JSON", value_parser = json)]
    with: Option<Value>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Percent of the items that must pass
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100))]
    threshold: u8,
}

pub(super) fn run(test: &Test, origins: &Origins) -> anyhow::Result<ExitCode> {
    let entry = find(&test.plugin, origins)?;
    let subject = Subject {
        bytes: entry.bytes(),
        digest: entry.digest().to_owned(),
        manifest: entry.manifest.clone(),
        with: test.with.clone(),
        settings: settings(origins),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let report = runtime.block_on(contract::run(&subject)).map_err(anyhow::Error::msg)?;
    // What a server still writes to is nobody's any more.
    runtime.shutdown_background();
    match test.json {
        true => writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&report.json())?)?,
        false => writeln!(std::io::stdout(), "{report}")?,
    }
    Ok(if report.percent() >= usize::from(test.threshold) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The sandbox's usual limits, so that a score means the same everywhere; but what compiling may cost is this machine's.
fn settings(origins: &Origins) -> PluginSettings {
    let usual = PluginSettings::default();
    let Ok(own) = plan::read(origins).map(|plan| plan.settings.plugins) else { return usual };
    PluginSettings { compile_seconds: own.compile_seconds, compile_memory_mib: own.compile_memory_mib, ..usual }
}

fn json(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("it is no JSON object: write `{\"url\": \"…\"}`".to_owned()),
        Err(error) => Err(format!("it is no JSON: {error}")),
    }
}

fn find(plugin: &str, origins: &Origins) -> anyhow::Result<Entry> {
    let path = Path::new(plugin);
    if path.is_dir() {
        return built(path);
    }
    if plugin.ends_with(".wasm") || plugin.contains('/') {
        return Entry::read(path).map_err(|reason| anyhow!("{plugin}: {reason}"));
    }
    let places = plan::read(origins).map_or_else(|_| Places::default(), |plan| Places::of(origins, &plan.settings));
    let catalog = Catalog::gather(&places);
    match catalog.get(plugin) {
        Some(entry) => Ok(entry.clone()),
        None => {
            let names: Vec<&str> = catalog.iter().map(|entry| entry.manifest.name.as_str()).collect();
            bail!("there is no plugin `{plugin}`: give a folder, a file, or one of {}", names.join(", "))
        }
    }
}

fn built(folder: &Path) -> anyhow::Result<Entry> {
    let out = tempfile::Builder::new().prefix("vitrine-test-").tempdir()?;
    let path: PathBuf = vitrine_pack::build(folder, out.path(), &mut |line: &str| eprintln!("{line}"))?;
    Entry::read(&path).map_err(anyhow::Error::msg).with_context(|| folder.display().to_string())
}
