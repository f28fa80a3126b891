//! Sources and channels: is there such a plugin, are its options right, may it do what it must?

use serde_json::Value;
use vitrine_config::{Finding, Loaded, Path};
use vitrine_model::Span;
use vitrine_model::labels::{NAME, is_label_name};
use vitrine_monitor::schedule::Schedule;
use vitrine_plugin::grant::{GrantSettings, Grants};
use vitrine_plugin::{Capability, Kind, Manifest, Offer};

use super::{ChannelPlan, Notes, SourcePlan};
use crate::catalog::{Catalog, Entry};
use crate::settings::{Settings, SourceEntry};

/// How often a source is polled whose entry does not say.
const EVERY: Span = Span::from_secs(15);

/// What sources and channels have in common.
struct Common<'a> {
    path: Path,
    kind: Kind,
    noun: &'static str,
    name: &'a str,
    plugin: &'a str,
    with: Value,
    grant: &'a GrantSettings,
}

pub(super) fn sources(loaded: &Loaded<Settings>, catalog: &Catalog, notes: &mut Notes) -> Vec<SourcePlan> {
    let mut plans = Vec::new();
    for (name, entry) in &loaded.value.sources {
        let path = Path::new().key("sources").key(name);
        let common = Common {
            path: path.clone(),
            kind: Kind::DataSource,
            noun: "source",
            name,
            plugin: &entry.plugin,
            with: Value::Object(entry.with.clone()),
            grant: &entry.grant,
        };
        let schedule = schedule(name, entry, &path, loaded, notes);
        labels(entry, &path, loaded, notes);
        let Some((found, grants)) = instance(&common, loaded, catalog, notes) else { continue };
        if !found.manifest.offers(Offer::Collector) {
            let reason = format!("plugin `{}` offers no collection, so it cannot be polled", entry.plugin);
            notes.problems.push(loaded.problem(Finding::value(path.key("plugin"), reason)));
            continue;
        }
        let Some(schedule) = schedule else { continue };
        plans.push(SourcePlan {
            name: name.clone(),
            plugin: entry.plugin.clone(),
            schedule,
            with: common.with,
            grants,
            labels: entry.labels.clone().into_iter().collect(),
            version: version(entry, found, &loaded.value),
        });
    }
    plans
}

pub(super) fn channels(loaded: &Loaded<Settings>, catalog: &Catalog, notes: &mut Notes) -> Vec<ChannelPlan> {
    let mut plans = Vec::new();
    for (name, entry) in &loaded.value.channels {
        let common = Common {
            path: Path::new().key("channels").key(name),
            kind: Kind::AlertChannel,
            noun: "channel",
            name,
            plugin: &entry.plugin,
            with: Value::Object(entry.with.clone()),
            grant: &entry.grant,
        };
        let Some((found, grants)) = instance(&common, loaded, catalog, notes) else { continue };
        plans.push(ChannelPlan {
            name: name.clone(),
            plugin: entry.plugin.clone(),
            with: common.with,
            grants,
            version: version(entry, found, &loaded.value),
        });
    }
    plans
}

/// The same text means the same instance.
fn version(entry: &impl serde::Serialize, found: &Entry, settings: &Settings) -> String {
    let entry = serde_json::to_string(entry).unwrap_or_default();
    format!("{entry} {} {:?} {}", found.digest(), settings.plugins, settings.zone_name())
}

/// The plugin and its rights, if nothing is wrong.
fn instance<'a>(
    common: &Common<'_>,
    loaded: &Loaded<Settings>,
    catalog: &'a Catalog,
    notes: &mut Notes,
) -> Option<(&'a Entry, Grants)> {
    let Some(found) = catalog.get(common.plugin).filter(|found| found.manifest.kind == common.kind) else {
        let (reason, hint) = catalog.missing(common.plugin, common.kind);
        notes.problems.push(loaded.problem(Finding::value(common.path.clone().key("plugin"), reason).hint(hint)));
        return None;
    };
    let manifest = &found.manifest;
    let mut problems = loaded.check_value(&common.path.clone().key("with"), &manifest.options_schema());
    match Grants::new(common.grant, manifest) {
        Ok(grants) => {
            let missing = missing_rights(common, manifest, &grants);
            problems.extend(missing.into_iter().map(|finding| loaded.problem(finding)));
            let is_good = problems.is_empty();
            notes.problems.append(&mut problems);
            is_good.then_some((found, grants))
        }
        Err(found) => {
            let grant = common.path.clone().key("grant");
            for problem in found {
                let path = problem.path.iter().fold(grant.clone(), |path, step| match step.parse() {
                    Ok(place) => path.index(place),
                    Err(_) => path.key(step),
                });
                let finding = Finding::value(path, problem.reason);
                problems.push(loaded.problem(match problem.hint {
                    Some(hint) => finding.hint(hint),
                    None => finding,
                }));
            }
            notes.problems.append(&mut problems);
            None
        }
    }
}

/// Rights that the plugin asks for and was not granted, as far as that can be seen before it runs.
fn missing_rights(common: &Common<'_>, manifest: &Manifest, grants: &Grants) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (capability, right) in &manifest.rights {
        if *capability == Capability::Http {
            findings.extend(missing_hosts(common, manifest, grants));
        }
        if !grants.has(*capability) && findings.is_empty() {
            let word = capability.word();
            let reason = format!(
                "{} `{}` asks for the right `{word}`, which is not granted: it {}",
                common.noun, common.name, right.reason
            );
            let hint = match capability {
                Capability::Http => "add `grant: { http: [\"https://…\"] }`".to_owned(),
                _ => format!("add `grant: [{word}]`"),
            };
            findings.push(Finding::key(common.path.clone(), reason).hint(hint));
        }
    }
    findings
}

/// Options that hold an address (`format = "uri"` in the manifest) to which no grant leads.
fn missing_hosts(common: &Common<'_>, manifest: &Manifest, grants: &Grants) -> Vec<Finding> {
    let schema = manifest.options_schema();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let addresses = properties.filter(|(_, property)| property.get("format").and_then(Value::as_str) == Some("uri"));
    let mut findings = Vec::new();
    for (option, _) in addresses {
        let Some(text) = common.with.get(option).and_then(Value::as_str) else { continue };
        let path = common.path.clone().key("with").key(option);
        let Ok(url) = text.parse::<url::Url>() else {
            findings.push(Finding::value(path, format!("`{text}` is not a URL")).hint("write it as `https://host/path`"));
            continue;
        };
        let origin = url.origin().ascii_serialization();
        let method = common.with.get("method").and_then(Value::as_str).unwrap_or("GET");
        if grants.require_http(method, &url).is_err() {
            let reason = format!("{} `{}` asks for a host that is not granted", common.noun, common.name);
            findings.push(Finding::value(path, reason).hint(format!("add `http: [\"{origin}\"]` under `grant`")));
        }
    }
    findings
}

fn schedule(name: &str, entry: &SourceEntry, path: &Path, loaded: &Loaded<Settings>, notes: &mut Notes) -> Option<Schedule> {
    let mut find = |key: &str, reason: String| notes.problems.push(loaded.problem(Finding::value(path.clone().key(key), reason)));
    match (&entry.every, &entry.cron) {
        (Some(_), Some(_)) => {
            find("cron", format!("source `{name}` has both `every` and `cron`: keep one"));
            None
        }
        (_, Some(cron)) => {
            let host_zone = loaded.value.zone_name();
            let zone = entry.time_zone.as_deref().unwrap_or(&host_zone);
            let key = if entry.time_zone.is_some() && jiff::tz::TimeZone::get(zone).is_err() { "time_zone" } else { "cron" };
            Schedule::cron(cron, zone).map_err(|reason| find(key, reason)).ok()
        }
        (every, None) => {
            let period = every.as_deref().map_or(Ok(EVERY), str::parse);
            let period = period.map_err(|error: vitrine_model::duration::NotASpan| find("every", error.to_string())).ok()?;
            Schedule::every(period, name).map_err(|reason| find("every", reason)).ok()
        }
    }
}

fn labels(entry: &SourceEntry, path: &Path, loaded: &Loaded<Settings>, notes: &mut Notes) {
    for name in entry.labels.keys().filter(|name| !is_label_name(name) || *name == NAME) {
        let finding = Finding::key(path.clone().key("labels").key(name), format!("`{name}` is not a label name"));
        notes.problems.push(loaded.problem(finding.hint("use letters, digits and `_`, and begin with a letter")));
    }
}
