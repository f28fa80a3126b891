//! `vitrine plugin build` and `vitrine plugin inspect`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use vitrine_plugin::Manifest;

use crate::catalog::{Catalog, Entry};
use crate::plan::{self, Origins};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Compile a plugin to one file, its manifest inside
    ///
    /// Needs Rust; the WebAssembly target is installed if it is missing and can be.
    Build {
        /// Folder with Cargo.toml and plugin.toml
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Folder to put the file in
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
    },
    /// Say what a plugin is: kind, version, rights asked and granted, digest
    Inspect {
        /// A file, or the name of a plugin
        plugin: String,
    },
}

pub(super) fn run(verb: Verb, origins: &Origins) -> anyhow::Result<ExitCode> {
    match verb {
        Verb::Build { folder, out } => build(&folder, &out),
        Verb::Inspect { plugin } => inspect(&plugin, origins),
    }
}

fn build(folder: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let built = vitrine_pack::build(folder, out, &mut |line: &str| eprintln!("{line}"))?;
    writeln!(std::io::stdout(), "{}", built.display())?;
    Ok(ExitCode::SUCCESS)
}

fn inspect(plugin: &str, origins: &Origins) -> anyhow::Result<ExitCode> {
    // Grants are shown if the files can be read; a plugin can be looked at without any.
    let plan = plan::read(origins).ok();
    let entry = if plugin.ends_with(".wasm") || plugin.contains('/') {
        Entry::read(Path::new(plugin)).map_err(anyhow::Error::msg).with_context(|| plugin.to_owned())?
    } else {
        let catalog = plan.as_ref().map_or_else(|| Catalog::gather(None), |plan| plan.catalog.clone());
        let Some(entry) = catalog.get(plugin) else {
            let names: Vec<&str> = catalog.iter().map(|entry| entry.manifest.name.as_str()).collect();
            bail!("there is no plugin `{plugin}`: give a file, or one of {}", names.join(", "));
        };
        entry.clone()
    };
    let mut out = std::io::stdout().lock();
    describe(&mut out, &entry)?;
    if let Some(plan) = &plan {
        grants(&mut out, &entry.manifest, plan)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(out: &mut impl Write, entry: &Entry) -> std::io::Result<()> {
    let manifest = &entry.manifest;
    let place = entry.file.as_ref().map_or("bundled".to_owned(), |file| file.display().to_string());
    writeln!(out, "{} {}: {}", manifest.name, manifest.version, manifest.title)?;
    writeln!(out, "{}", manifest.description)?;
    writeln!(out)?;
    writeln!(out, "  kind     {}", manifest.kind)?;
    writeln!(out, "  api      {}", manifest.api)?;
    writeln!(out, "  from     {place}")?;
    writeln!(out, "  size     {} kB", entry.bytes().len().div_ceil(1_000))?;
    writeln!(out, "  digest   {}", entry.digest())?;
    if !manifest.offers.is_empty() {
        let offers: Vec<&str> = manifest.offers.iter().map(|offer| offer.word()).collect();
        writeln!(out, "  offers   {}", offers.join(", "))?;
    }
    writeln!(out, "\nRights asked")?;
    if manifest.rights.is_empty() {
        writeln!(out, "  none")?;
    }
    for (right, why) in &manifest.rights {
        let hosts = if why.hosts.is_empty() { String::new() } else { format!(" ({})", why.hosts.join(", ")) };
        writeln!(out, "  {:<8} {}{hosts}", right.word(), why.reason)?;
    }
    options(out, manifest)
}

fn options(out: &mut impl Write, manifest: &Manifest) -> std::io::Result<()> {
    if manifest.options.is_empty() {
        return Ok(());
    }
    let schema = manifest.options_schema();
    let required = |name: &str| schema["required"].as_array().is_some_and(|list| list.iter().any(|entry| entry == name));
    writeln!(out, "\nOptions")?;
    let width = manifest.options.keys().map(String::len).max().unwrap_or(0);
    for name in manifest.options.keys() {
        let description = schema["properties"][name]["description"].as_str().unwrap_or_default();
        let mark = if required(name) { " (required)" } else { "" };
        writeln!(out, "  {name:<width$}  {description}{mark}")?;
    }
    Ok(())
}

fn grants(out: &mut impl Write, manifest: &Manifest, plan: &plan::Plan) -> std::io::Result<()> {
    let sources = plan.sources.iter().map(|source| ("source", &source.name, &source.plugin, &source.grants));
    let channels = plan.channels.iter().map(|channel| ("channel", &channel.name, &channel.plugin, &channel.grants));
    let own: Vec<_> = sources.chain(channels).filter(|(_, _, plugin, _)| **plugin == manifest.name).collect();
    if own.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nRights granted")?;
    for (noun, name, _, grants) in own {
        let text = grants.to_string();
        writeln!(out, "  {noun} {name}: {}", if text.is_empty() { "none" } else { &text })?;
    }
    Ok(())
}
