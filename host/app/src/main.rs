//! The binary `vitrine`: the only crate that knows all others.

mod catalog;
mod cli;
mod host;
mod logging;
mod memory;
mod plan;
mod process;
mod settings;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // Before anything speaks TLS: mail and checks then agree on one implementation.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    cli::run(cli::Arguments::parse())
}
