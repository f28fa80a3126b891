//! `vitrine plugin install`, `list` and `remove`: what is installed, by digest.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{anyhow, bail};
use vitrine_plugin::{Bounds, fetch};
use vitrine_web::Dashboard;

use crate::catalog::{Catalog, Entry, FILE_BYTES, Places};
use crate::lock::{Lock, Locked};
use crate::oci;
use crate::plan::{self, Origins, Plan};
use crate::settings::Settings;
use crate::shelf::{Shelf, is_digest, not_a_digest};
use crate::signature::{Signer, Trust};

/// Time for a download.
const PATIENCE: Duration = Duration::from_secs(300);

pub(super) fn run(what: &str, origins: &Origins) -> anyhow::Result<ExitCode> {
    let settings = settings(origins)?;
    let (place, pin) = parts(what)?;
    let bytes = bytes(place, pin, &settings)?;
    let digest = vitrine_pack::digest(&bytes);
    if let Some(pin) = pin.filter(|pin| *pin != digest) {
        bail!("{place} has the digest {digest}, and {pin} was asked for: it is another file than the one that was meant");
    }
    let entry = Entry::of(bytes, &Trust::new(&settings.plugins)).map_err(|reason| anyhow!("{place}: {reason}"))?;
    let shelf = Shelf::open(&settings.data_dir).map_err(anyhow::Error::msg)?;
    shelf.put(&entry.bytes()).map_err(anyhow::Error::msg)?;
    let file = Lock::place(&origins.folder);
    let mut lock = Lock::read(&file).map_err(|reason| anyhow!("{}: {reason}", file.display()))?;
    let old = lock.put(Locked {
        name: entry.manifest.name.clone(),
        version: entry.manifest.version.clone(),
        digest: digest.clone(),
        source: source(place),
        signer: match &entry.signer {
            Signer::Nobody => None,
            Signer::Stranger(key) | Signer::Trusted(_, key) => Some(key.to_string()),
        },
    });
    lock.write(&file).map_err(anyhow::Error::msg)?;
    let mut said = std::io::stdout().lock();
    writeln!(said, "{} {}", entry.manifest.name, entry.manifest.version)?;
    writeln!(said, "  digest   {digest}")?;
    writeln!(said, "  signer   {}", entry.signer)?;
    if let Some(old) = old.filter(|old| old.digest != digest) {
        writeln!(said, "  replaces {}", old.version)?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn list(origins: &Origins) -> anyhow::Result<ExitCode> {
    let plan = plan::read(origins).ok();
    let places = plan.as_ref().map_or_else(Places::default, |plan| Places::of(origins, &plan.settings));
    let catalog = Catalog::gather(&places);
    let rows: Vec<[String; 7]> = catalog.iter().map(|entry| row(entry, plan.as_ref())).collect();
    let head = ["name", "kind", "version", "digest", "from", "signer", "state"].map(str::to_owned);
    let width =
        |column: usize| std::iter::once(&head).chain(&rows).map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut said = std::io::stdout().lock();
    for row in std::iter::once(&head).chain(&rows) {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        writeln!(said, "{}", cells.join("  ").trim_end())?;
    }
    let problems: Vec<String> = catalog.problems().collect();
    for problem in &problems {
        eprintln!("error: {problem}");
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row(entry: &Entry, plan: Option<&Plan>) -> [String; 7] {
    let manifest = &entry.manifest;
    let from = match (&entry.source, &entry.file) {
        (Some(source), _) => source.clone(),
        (None, Some(file)) => file.display().to_string(),
        (None, None) => "bundled".to_owned(),
    };
    let users = plan.map(|plan| users(&manifest.name, plan)).unwrap_or_default();
    let state = if users.is_empty() { "not used".to_owned() } else { format!("used by {}", users.join(", ")) };
    let signer = if entry.is_bundled() { "the host".to_owned() } else { entry.signer.to_string() };
    let digest = entry.digest().trim_start_matches("sha256:").chars().take(12).collect();
    [manifest.name.clone(), manifest.kind.to_string(), manifest.version.clone(), digest, from, signer, state]
}

/// The entries and dashboards that name the plugin.
fn users(plugin: &str, plan: &Plan) -> Vec<String> {
    let sources = plan.settings.sources.iter().filter(|(_, entry)| entry.plugin == plugin).map(|(name, _)| name.clone());
    let channels = plan.settings.channels.iter().filter(|(_, entry)| entry.plugin == plugin).map(|(name, _)| name.clone());
    let draws = |dashboard: &&Dashboard| dashboard.rows.iter().flat_map(|row| &row.panels).any(|panel| panel.show == plugin);
    let dashboards = plan.dashboards.iter().filter(draws).map(|dashboard| format!("dashboard {}", dashboard.name));
    sources.chain(channels).chain(dashboards).collect()
}

pub(super) fn remove(name: &str, origins: &Origins) -> anyhow::Result<ExitCode> {
    let file = Lock::place(&origins.folder);
    let mut lock = Lock::read(&file).map_err(|reason| anyhow!("{}: {reason}", file.display()))?;
    let Some(gone) = lock.take(name) else {
        let names: Vec<&str> = lock.plugins.iter().map(|locked| locked.name.as_str()).collect();
        match names.as_slice() {
            [] => bail!("the plugin `{name}` is not installed, and no other is"),
            names => bail!("the plugin `{name}` is not installed: there are {}", names.join(", ")),
        }
    };
    lock.write(&file).map_err(anyhow::Error::msg)?;
    writeln!(std::io::stdout(), "{} {} is no longer installed", gone.name, gone.version)?;
    if let Ok(plan) = plan::read(origins) {
        let users = users(name, &plan);
        if !users.is_empty() && plan.catalog.get(name).is_none() {
            eprintln!("warning: {} still ask for it: remove these entries, or install it again", users.join(", "));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What the settings say; their mistakes are for `vitrine check`, but where they cannot be read nothing is installed.
fn settings(origins: &Origins) -> anyhow::Result<Settings> {
    match plan::read(origins) {
        Ok(plan) => Ok(plan.settings),
        Err((problems, files)) => bail!("{}", problems.render_among(files, super::super::color()).trim_end().to_owned()),
    }
}

/// `PLACE@sha256:…` → place and pin.
fn parts(what: &str) -> anyhow::Result<(&str, Option<&str>)> {
    match what.rsplit_once("@sha256") {
        None => Ok((what, None)),
        Some((place, _)) => {
            let pin = &what[place.len() + 1..];
            if !is_digest(pin) {
                bail!("{}", not_a_digest(pin));
            }
            Ok((place, Some(pin)))
        }
    }
}

fn bytes(place: &str, pin: Option<&str>, settings: &Settings) -> anyhow::Result<Vec<u8>> {
    if place.starts_with("https://") || place.starts_with("http://") {
        return download(place, pin, settings);
    }
    let path = Path::new(place);
    if path.is_dir() {
        if !oci::is_layout(path) {
            bail!(
                "{place} is a folder without an `index.json`: `vitrine plugin pack {place}` makes a file of a plugin's sources"
            );
        }
        return oci::read(path, pin, FILE_BYTES).map_err(anyhow::Error::msg);
    }
    let size = std::fs::metadata(path).map_err(|error| anyhow!("{place} cannot be read: {error}"))?.len();
    if size > FILE_BYTES {
        bail!("{place} is larger than {} MiB", FILE_BYTES >> 20);
    }
    std::fs::read(path).map_err(|error| anyhow!("{place} cannot be read: {error}"))
}

fn download(place: &str, pin: Option<&str>, settings: &Settings) -> anyhow::Result<Vec<u8>> {
    if place.starts_with("http://") && pin.is_none() {
        bail!("{place} is not encrypted: use https, or add `@sha256:…`, so that nobody on the way can change it");
    }
    let bounds = Bounds {
        bytes: usize::try_from(FILE_BYTES).unwrap_or(usize::MAX),
        time: PATIENCE,
        ca_file: settings.plugins.ca_file.as_deref(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(fetch(place, bounds)).map_err(anyhow::Error::msg)
}

/// What the lock names; a path as seen from anywhere.
fn source(place: &str) -> String {
    if place.contains("://") {
        return place.to_owned();
    }
    std::path::absolute(place).map_or_else(|_| place.to_owned(), |path| path.display().to_string())
}
