//! `vitrine backup` and `vitrine restore`: a copy of all that is kept, and the way back.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use vitrine_model::Clock;
use vitrine_store::backup::{self, Record};

use crate::plan::{self, Origins};
use vitrine_monitor::clock::SystemClock;

pub(super) fn back_up(origins: &Origins, target: &Path) -> anyhow::Result<ExitCode> {
    let record = backup::back_up(&plan::data_dir(origins)?, target, SystemClock.now()).map_err(|error| anyhow!(error))?;
    tell(&record, &format!("backed up to {}", target.display()))
}

pub(super) fn restore(origins: &Origins, source: &Path, replace: bool) -> anyhow::Result<ExitCode> {
    let data = plan::data_dir(origins)?;
    let record = backup::restore(source, &data, replace).map_err(|error| anyhow!(error))?;
    tell(&record, &format!("restored into {}", data.display()))
}

fn tell(record: &Record, what: &str) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    for file in &record.files {
        writeln!(out, "{:<10} {:>12} bytes  sha256:{}", file.name, file.bytes, file.sha256)?;
    }
    writeln!(out, "{what}")?;
    Ok(ExitCode::SUCCESS)
}
