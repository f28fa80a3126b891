//! `vitrine plugin build`: from a folder to a file.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(folder: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let built = vitrine_pack::build(folder, out, &mut |line: &str| eprintln!("{line}"))?;
    writeln!(std::io::stdout(), "{}", built.display())?;
    Ok(ExitCode::SUCCESS)
}
