//! `vitrine plugin inspect`: what a plugin is, what it may do, and, where a host runs, what it did.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use vitrine_plugin::grant::Grants;
use vitrine_plugin::{Capability, Manifest};

use super::super::ask;
use crate::catalog::{Catalog, Entry, Places};
use crate::plan::{self, InstancePlan, Origins, Plan};

pub(super) fn run(plugin: &str, as_json: bool, host: Option<&str>, origins: &Origins) -> anyhow::Result<ExitCode> {
    // Grants are shown if the files can be read; a plugin can be looked at without any.
    let plan = plan::read(origins).ok();
    let entry = entry(plugin, plan.as_ref())?;
    let running = host.map(|host| running(host, &entry.manifest.name)).transpose()?;
    let mut out = std::io::stdout().lock();
    if as_json {
        let report = report(&entry, plan.as_ref(), running);
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    describe(&mut out, &entry)?;
    granted(&mut out, &entry.manifest, plan.as_ref())?;
    options(&mut out, &entry.manifest)?;
    if let Some(running) = &running {
        used(&mut out, running)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A file, or what the folder and the binary have under that name.
pub(super) fn entry(plugin: &str, plan: Option<&Plan>) -> anyhow::Result<Entry> {
    if plugin.ends_with(".wasm") || plugin.contains('/') {
        return Entry::read(Path::new(plugin)).map_err(anyhow::Error::msg).with_context(|| plugin.to_owned());
    }
    let catalog = plan.map_or_else(|| Catalog::gather(&Places::default()), |plan| plan.catalog.clone());
    let Some(entry) = catalog.get(plugin) else {
        let names: Vec<&str> = catalog.iter().map(|entry| entry.manifest.name.as_str()).collect();
        bail!("there is no plugin `{plugin}`: give a file, or one of {}", names.join(", "));
    };
    Ok(entry.clone())
}

/// The instances of a plugin, by what a running host says.
fn running(host: &str, name: &str) -> anyhow::Result<Vec<Value>> {
    let answer = ask::get(host, "/api/v1/plugins")?;
    let plugins = answer["data"]["plugins"].as_array().cloned().unwrap_or_default();
    let own = plugins.into_iter().find(|plugin| plugin["name"] == name);
    Ok(own.and_then(|mut plugin| plugin["instances"].as_array_mut().map(std::mem::take)).unwrap_or_default())
}

fn place(entry: &Entry) -> String {
    entry.file.as_ref().map_or("bundled".to_owned(), |file| file.display().to_string())
}

/// Rights and secrets asked: word, reason, places.
fn asked(manifest: &Manifest) -> Vec<(String, &str, &[String])> {
    let rights = manifest.rights.iter().map(|(right, why)| (right.word().to_owned(), why.reason.as_str(), why.hosts.as_slice()));
    let secrets = manifest.secrets.iter();
    let secrets = secrets.map(|(name, secret)| (format!("secret {name}"), secret.reason.as_str(), secret.hosts.as_slice()));
    rights.chain(secrets).collect()
}

/// The entries that name this plugin.
fn instances<'a>(plan: Option<&'a Plan>, name: &'a str) -> impl Iterator<Item = &'a InstancePlan> {
    let sources = plan.into_iter().flat_map(|plan| plan.sources.iter().map(|source| &source.instance));
    let channels = plan.into_iter().flat_map(|plan| plan.channels.iter());
    sources.chain(channels).filter(move |instance| instance.plugin == name)
}

fn describe(out: &mut impl Write, entry: &Entry) -> std::io::Result<()> {
    let manifest = &entry.manifest;
    writeln!(out, "{} {}: {}", manifest.name, manifest.version, manifest.title)?;
    writeln!(out, "{}", manifest.description)?;
    writeln!(out)?;
    writeln!(out, "  kind     {}", manifest.kind)?;
    writeln!(out, "  api      {}", manifest.api)?;
    writeln!(out, "  from     {}", place(entry))?;
    writeln!(out, "  size     {} kB", entry.bytes().len().div_ceil(1_000))?;
    writeln!(out, "  digest   {}", entry.digest())?;
    if !manifest.offers.is_empty() {
        let offers: Vec<&str> = manifest.offers.iter().map(|offer| offer.word()).collect();
        writeln!(out, "  offers   {}", offers.join(", "))?;
    }
    writeln!(out, "\nRights asked")?;
    let asked = asked(manifest);
    if asked.is_empty() {
        writeln!(out, "  none")?;
    }
    for (right, reason, places) in asked {
        let places = if places.is_empty() { String::new() } else { format!(" ({})", places.join(", ")) };
        writeln!(out, "  {right:<8} {reason}{places}")?;
    }
    Ok(())
}

fn granted(out: &mut impl Write, manifest: &Manifest, plan: Option<&Plan>) -> std::io::Result<()> {
    let own: Vec<&InstancePlan> = instances(plan, &manifest.name).collect();
    if own.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nRights granted")?;
    for instance in own {
        let text = match instance.judge(manifest) {
            Ok(grants) if grants == Grants::default() => "none".to_owned(),
            Ok(grants) => grants.to_string(),
            Err(reason) => format!("not yet: {reason}"),
        };
        writeln!(out, "  {} {}: {text}", instance.noun, instance.name)?;
    }
    Ok(())
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

/// What a running host saw.
fn used(out: &mut impl Write, instances: &[Value]) -> std::io::Result<()> {
    writeln!(out, "\nRunning")?;
    if instances.is_empty() {
        writeln!(out, "  nothing")?;
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for instance in instances {
        let build = match &instance["build"] {
            Value::Null => "nothing runs".to_owned(),
            build => format!("build {} ({})", text(&build["version"]), text(&build["digest"])),
        };
        let (kind, name, state) = (text(&instance["kind"]), text(&instance["name"]), text(&instance["state"]));
        writeln!(out, "  {kind} {name}: {state}, {build}")?;
        for key in ["reason", "remedy", "trouble"] {
            if let Some(line) = instance[key].as_str() {
                writeln!(out, "    {line}")?;
            }
        }
        for right in instance["rights"].as_array().into_iter().flatten() {
            let last = |key: &str| right[key].as_str().map(|moment| format!(", last {moment}")).unwrap_or_default();
            let (used, refused) = (&right["used"], &right["refused"]);
            let (last_used, last_refused) = (last("lastUsed"), last("lastRefused"));
            writeln!(out, "    {:<8} used {used}{last_used}; refused {refused}{last_refused}", text(&right["right"]))?;
        }
        for refusal in instance["refusals"].as_array().into_iter().flatten() {
            writeln!(out, "    refused {} ×: {}: {}", refusal["count"], text(&refusal["right"]), text(&refusal["reason"]))?;
        }
    }
    Ok(())
}

fn report(entry: &Entry, plan: Option<&Plan>, running: Option<Vec<Value>>) -> Value {
    let manifest = &entry.manifest;
    let rights = asked(manifest);
    let asked: Vec<Value> =
        rights.iter().map(|(right, reason, places)| json!({ "right": right, "reason": reason, "places": places })).collect();
    let instance = |instance: &InstancePlan| {
        let judged = instance.judge(manifest);
        let held = |right: &Capability| judged.as_ref().is_ok_and(|grants| grants.has(*right));
        let granted: serde_json::Map<String, Value> = Capability::ALL
            .iter()
            .filter(|right| held(right))
            .map(|right| {
                (right.word().to_owned(), json!(judged.as_ref().map(|grants| grants.details(*right)).unwrap_or_default()))
            })
            .collect();
        json!({
            "kind": instance.noun.word(), "name": instance.name, "granted": granted, "missing": judged.as_ref().err(),
        })
    };
    json!({
        "name": manifest.name,
        "version": manifest.version,
        "title": manifest.title,
        "description": manifest.description,
        "kind": manifest.kind.word(),
        "api": manifest.api,
        "from": place(entry),
        "bytes": entry.bytes().len(),
        "digest": entry.digest(),
        "offers": manifest.offers.iter().map(|offer| offer.word()).collect::<Vec<_>>(),
        "asked": asked,
        "options": manifest.options_schema(),
        "instances": instances(plan, &manifest.name).map(instance).collect::<Vec<_>>(),
        "running": running,
    })
}
