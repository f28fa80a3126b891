//! `vitrine import`: dashboards of other programs become files of this host.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::catalog::{Catalog, Places};
use crate::import::{self, Imported, Surroundings};
use crate::plan::{self, Origins};

#[derive(Debug, Subcommand)]
pub(super) enum From {
    /// A dashboard of Grafana: its JSON, of schema 16 to the current classic one
    ///
    /// Panels with PromQL, rows, variables, thresholds, units, legends, links, range and refresh are carried. What is not
    /// is told with its place in the JSON and the reason, and stands as comments at the top of the new file. What was
    /// chosen of a query variable stays behind: it belongs to the old host. The new file passes `vitrine check`.
    #[command(after_help = "EXAMPLE:
  vitrine import grafana shop.json --out dashboards/shop.yaml")]
    Grafana(Carried),
    /// A dashboard of Perses, in YAML or JSON
    ///
    /// As for Grafana: what is not carried is told, and stands as comments at the top of the new file.
    #[command(after_help = "EXAMPLE:
  vitrine import perses shop.yaml --out dashboards/shop.yaml")]
    Perses(Carried),
}

#[derive(Debug, Args)]
pub(super) struct Carried {
    /// The file to read; at most 4 MiB
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file to write, which must not be there yet [default: standard output]
    #[arg(long, value_name = "FILE.yaml")]
    out: Option<PathBuf>,
}

/// Reads a file of somebody else's.
type Reading = fn(&Path, &Surroundings<'_>) -> anyhow::Result<Imported>;

pub(super) fn run(from: &From, origins: &Origins) -> anyhow::Result<ExitCode> {
    let (carried, read): (&Carried, Reading) = match from {
        From::Grafana(carried) => (carried, import::grafana),
        From::Perses(carried) => (carried, import::perses),
    };
    // Without settings that can be read, the bundled panels are what there is.
    let (catalog, sources) = match plan::read(origins) {
        Ok(plan) => {
            let sources = plan.settings.sources.iter().map(|(name, source)| (name.clone(), source.plugin.clone()));
            (plan.catalog, sources.collect::<Vec<_>>())
        }
        Err(_) => (Catalog::gather(&Places::default()), Vec::new()),
    };
    let imported = read(&carried.file, &Surroundings { catalog: &catalog, sources: &sources })?;
    match &carried.out {
        Some(out) => write(out, &imported.text)?,
        None => write!(std::io::stdout(), "{}", imported.text)?,
    }
    tell(&imported)?;
    Ok(ExitCode::SUCCESS)
}

/// Never over a file that is there: it may hold somebody's work.
fn write(out: &Path, text: &str) -> anyhow::Result<()> {
    let made = std::fs::OpenOptions::new().write(true).create_new(true).open(out);
    match made {
        Ok(mut file) => file.write_all(text.as_bytes()).with_context(|| format!("{} cannot be written", out.display())),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{} is there already: remove it, or choose another name", out.display())
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be made", out.display())),
    }
}

fn tell(imported: &Imported) -> anyhow::Result<()> {
    let mut out = std::io::stderr().lock();
    for line in imported.notes.reasons() {
        writeln!(out, "note: {line}")?;
    }
    let count = imported.notes.count();
    match count {
        0 => writeln!(out, "everything was carried")?,
        1 => writeln!(out, "1 thing was not carried as it was")?,
        _ => writeln!(out, "{count} things were not carried as they were")?,
    }
    Ok(())
}
