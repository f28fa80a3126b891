//! The binary `vitrine`: the only crate that knows all others.

mod approval;
mod catalog;
mod cli;
mod contract;
mod host;
mod import;
mod lock;
mod logging;
mod memory;
mod oci;
mod orders;
mod plan;
mod process;
mod seal;
mod settings;
mod shelf;
mod signature;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // Before anything speaks TLS: mail and checks then agree on one implementation.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    cli::run(cli::Arguments::parse())
}
