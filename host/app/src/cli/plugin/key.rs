//! `vitrine plugin key new` and `key show`: a pair of keys for signing.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use crate::signature::SigningKey;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum KeyVerb {
    /// Make a pair of keys: the file signs, the line on the screen is for those who trust you
    #[command(after_help = "EXAMPLE:
  vitrine plugin key new --out ~/team.key")]
    New {
        /// The file to write; only you will be able to read it
        #[arg(long, value_name = "FILE", default_value = "vitrine.key")]
        out: PathBuf,
    },
    /// Print the key that checks, for those who trust you
    #[command(after_help = "EXAMPLE:
  vitrine plugin key show ~/team.key")]
    Show {
        /// The file that signs
        #[arg(value_name = "FILE", default_value = "vitrine.key")]
        key: PathBuf,
    },
}

pub(super) fn run(verb: &KeyVerb) -> anyhow::Result<ExitCode> {
    match verb {
        KeyVerb::New { out } => new(out),
        KeyVerb::Show { key } => show(key),
    }
}

fn show(key: &Path) -> anyhow::Result<ExitCode> {
    let key = SigningKey::read(key).map_err(anyhow::Error::msg)?;
    writeln!(std::io::stdout(), "{}", key.public())?;
    Ok(ExitCode::SUCCESS)
}

fn new(out: &Path) -> anyhow::Result<ExitCode> {
    let key = SigningKey::generate().map_err(anyhow::Error::msg)?;
    key.write(out).map_err(anyhow::Error::msg)?;
    writeln!(std::io::stdout(), "{}", key.public())?;
    writeln!(
        std::io::stderr(),
        "{} signs; keep it to yourself. Who trusts you adds to config/vitrine.yaml, under `plugins`:\n  trust: [{{ name: NAME, key: \"{}\" }}]",
        out.display(),
        key.public()
    )?;
    Ok(ExitCode::SUCCESS)
}
