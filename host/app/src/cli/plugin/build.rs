//! `vitrine plugin build`: from folders to files.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) fn run(folders: &[PathBuf], out: &Path) -> anyhow::Result<ExitCode> {
    let built = vitrine_pack::build_all(folders, out, vitrine_pack::File::Plain, &mut |line: &str| eprintln!("{line}"))?;
    for plugin in built {
        writeln!(std::io::stdout(), "{}", plugin.path.display())?;
    }
    Ok(ExitCode::SUCCESS)
}
