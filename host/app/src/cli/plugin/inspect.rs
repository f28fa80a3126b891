//! `vitrine plugin inspect`: what a plugin is, and what it may do.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use vitrine_plugin::Manifest;

use crate::catalog::{Catalog, Entry, Places};
use crate::plan::{self, Origins};

pub(super) fn run(plugin: &str, origins: &Origins) -> anyhow::Result<ExitCode> {
    // Grants are shown if the files can be read; a plugin can be looked at without any.
    let plan = plan::read(origins).ok();
    let entry = if plugin.ends_with(".wasm") || plugin.contains('/') {
        Entry::read(Path::new(plugin)).map_err(anyhow::Error::msg).with_context(|| plugin.to_owned())?
    } else {
        let catalog = plan.as_ref().map_or_else(|| Catalog::gather(&Places::default()), |plan| plan.catalog.clone());
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
