//! `vitrine plugin …`: one file per verb.

mod build;
mod inspect;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::plan::Origins;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Compile a plugin to one file, its manifest inside
    ///
    /// Needs Rust; the WebAssembly target is installed if it is missing and can be.
    Build {
        /// Folder with Cargo.toml and plugin.toml
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Folder to put the files in
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
    },
    /// Say what a plugin is: kind, version, rights asked and granted, digest
    Inspect {
        /// A file, or the name of a plugin
        plugin: String,
    },
}

pub(super) fn run(verb: Verb, origins: &Origins) -> anyhow::Result<ExitCode> {
    match verb {
        Verb::Build { folder, out } => build::run(&folder, &out),
        Verb::Inspect { plugin } => inspect::run(&plugin, origins),
    }
}
