//! `vitrine plugin pack`: the one file that is handed on, and what there is to say of it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

pub(super) fn run(folder: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let folders: [PathBuf; 1] = [folder.to_owned()];
    let built = vitrine_pack::build_all(&folders, out, vitrine_pack::File::Versioned, &mut |line: &str| eprintln!("{line}"))?;
    let mut said = std::io::stdout().lock();
    for plugin in built {
        let bytes = std::fs::read(&plugin.path).with_context(|| plugin.path.display().to_string())?;
        writeln!(said, "{}", plugin.path.display())?;
        writeln!(said, "  version  {}", plugin.version)?;
        writeln!(said, "  api      {}", vitrine_pack::api_of(&bytes)?)?;
        writeln!(said, "  size     {} kB", plugin.bytes.div_ceil(1_000))?;
        writeln!(said, "  digest   {}", plugin.digest)?;
    }
    Ok(ExitCode::SUCCESS)
}
