//! `vitrine completions SHELL`.

use std::process::ExitCode;

use clap::CommandFactory;

pub(super) fn run(shell: clap_complete::Shell) -> anyhow::Result<ExitCode> {
    clap_complete::generate(shell, &mut super::Arguments::command(), "vitrine", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}
