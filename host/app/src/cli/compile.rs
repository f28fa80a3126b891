//! `vitrine compile-plugin`: not for people. The host has its own program compile a plugin, in a process with bounds.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

/// The verb, as the host calls it.
pub const VERB: &str = "compile-plugin";

/// This program, also after its file has been replaced by a newer one.
pub fn program() -> PathBuf {
    if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe().unwrap_or_else(|_| "vitrine".into()) }
}

#[derive(Debug, Args)]
pub(super) struct Bounds {
    /// Seconds of processor time on each core
    seconds: u32,
    /// Address space in MiB
    memory_mib: u32,
}

/// Reads a component, writes compiled code.
pub(super) fn run(bounds: &Bounds) -> anyhow::Result<ExitCode> {
    bind(bounds);
    let mut component = Vec::new();
    std::io::stdin().lock().read_to_end(&mut component).context("the component cannot be read")?;
    match vitrine_plugin::compile(&component) {
        Ok(code) => {
            std::io::stdout().lock().write_all(&code).context("the code cannot be written")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(reason) => {
            // Nothing else: the host shows it as it is.
            eprint!("{reason}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The kernel ends what goes beyond; where it cannot be asked, the host's own clock still ends it.
#[cfg(target_os = "linux")]
fn bind(bounds: &Bounds) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let seconds = u64::from(bounds.seconds) * cores;
    for (which, most) in
        [(libc::RLIMIT_AS, u64::from(bounds.memory_mib) << 20), (libc::RLIMIT_CPU, seconds), (libc::RLIMIT_CORE, 0)]
    {
        let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
        // SAFETY: the kernel reads the struct and changes nothing here but the limit.
        #[expect(unsafe_code, reason = "the kernel has no safe interface")]
        unsafe {
            libc::setrlimit(which, &raw const limit);
        }
    }
    // SAFETY: only this process's own priority changes: those who wait for their tick come first.
    #[expect(unsafe_code, reason = "the kernel has no safe interface")]
    unsafe {
        libc::nice(10);
    }
}

#[cfg(not(target_os = "linux"))]
fn bind(_bounds: &Bounds) {}
