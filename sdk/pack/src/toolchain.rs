//! How to compile Rust to `wasm32-unknown-unknown` on this machine.
//!
//! Each way is tried in order: the toolchain at hand; rustup, asked for the target; Debian's own toolchain, which
//! builds the standard library from source. Where none works, the error says why each failed and what to run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Set to `rustup` or `debian` to try that way only.
pub const FORCE: &str = "VITRINE_WASM_TOOLCHAIN";

const ADD_TARGET: [&str; 4] = ["rustup", "target", "add", TARGET];
const INSTALL: [&str; 7] = ["apt-get", "install", "-y", "rustc-web", "cargo-web", "rust-web-src", "lld"];
const RUSTUP_PATIENCE: Duration = Duration::from_secs(120);
const APT_PATIENCE: Duration = Duration::from_secs(600);

/// A way to compile guests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toolchain {
    /// The cargo at hand knows the target.
    Installed { cargo: PathBuf },
    /// Debian's rustc, cargo and wasm-ld, with the standard library from source.
    Debian,
}

impl Toolchain {
    /// Finds one, or explains what to do.
    pub fn find(progress: &mut dyn FnMut(&str)) -> Result<Toolchain> {
        let force = std::env::var(FORCE).unwrap_or_default();
        let mut failures = Vec::new();
        if matches!(force.as_str(), "" | "rustup") {
            match installed(progress) {
                Ok(toolchain) => return Ok(toolchain),
                Err(reasons) => failures.extend(reasons),
            }
        }
        if matches!(force.as_str(), "" | "debian") {
            match debian(progress) {
                Ok(toolchain) => return Ok(toolchain),
                Err(reason) => failures.push(reason),
            }
        }
        if failures.is_empty() {
            bail!("{FORCE} is `{force}`: set it to rustup or debian, or unset it");
        }
        bail!(
            "nothing here compiles to WebAssembly\n  - {}\nrun one of these, then try again\n    {}\n    sudo {}",
            failures.join("\n  - "),
            ADD_TARGET.join(" "),
            INSTALL.join(" "),
        );
    }

    /// Any cargo command with this toolchain.
    pub fn cargo(&self) -> Command {
        match self {
            Toolchain::Installed { cargo } => Command::new(cargo),
            Toolchain::Debian => {
                let mut command = Command::new("/usr/bin/cargo");
                let path = std::env::var("PATH").unwrap_or_default();
                command.env("PATH", format!("/usr/bin:{path}"));
                command.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld");
                // A wrapper or a toolchain chosen for the host's compiler is not for this one.
                command.env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC_WRAPPER").env_remove("RUSTDOC");
                command
            }
        }
    }

    /// `cargo build` for the target.
    pub fn build(&self) -> Command {
        let mut command = self.cargo();
        command.args(["build", "--target", TARGET]);
        if *self == Toolchain::Debian {
            command.args(["-Z", "build-std=std,panic_abort"]);
        }
        command
    }

    /// Two compilers must not share their results.
    pub(crate) fn subfolder(&self) -> &'static str {
        match self {
            Toolchain::Installed { .. } => "guests",
            Toolchain::Debian => "guests/debian",
        }
    }
}

fn installed(progress: &mut dyn FnMut(&str)) -> Result<Toolchain, Vec<String>> {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    if has_target() {
        return Ok(Toolchain::Installed { cargo });
    }
    let absent = format!("rustc has no {TARGET}: `rustc --print target-libdir --target {TARGET}` names no folder");
    progress(&ADD_TARGET.join(" "));
    match run(&ADD_TARGET, RUSTUP_PATIENCE) {
        Ok(()) if has_target() => Ok(Toolchain::Installed { cargo }),
        Ok(()) => Err(vec![absent, format!("`{}` succeeded, but rustc still has no such target", ADD_TARGET.join(" "))]),
        Err(reason) => Err(vec![absent, reason]),
    }
}

fn has_target() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let answer = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).stderr(Stdio::null()).output();
    answer.is_ok_and(|answer| answer.status.success() && Path::new(String::from_utf8_lossy(&answer.stdout).trim()).is_dir())
}

fn debian(progress: &mut dyn FnMut(&str)) -> Result<Toolchain, String> {
    if debian_is_complete() {
        return Ok(Toolchain::Debian);
    }
    let command = INSTALL.join(" ");
    if !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!("`{command}` is for Debian, and there is no apt-get here"));
    }
    if !is_root() {
        return Err(format!("`{command}` needs root"));
    }
    progress(&command);
    run(&INSTALL, APT_PATIENCE)?;
    match debian_is_complete() {
        true => Ok(Toolchain::Debian),
        false => Err(format!("`{command}` succeeded, but rustc, cargo, its sources or wasm-ld are not under /usr")),
    }
}

fn debian_is_complete() -> bool {
    let tools = ["/usr/bin/rustc", "/usr/bin/cargo", "/usr/bin/wasm-ld"].iter().all(|tool| Path::new(tool).exists());
    let sysroot = Command::new("/usr/bin/rustc").args(["--print", "sysroot"]).stderr(Stdio::null()).output();
    tools
        && sysroot.is_ok_and(|answer| {
            let sysroot = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
            Path::new(&sysroot).join("lib/rustlib/src/rust/library").exists()
        })
}

fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").output();
    answer.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

/// Runs a command in silence, and ends it when its time is up. The error says how to run it by hand.
fn run(command: &[&str], patience: Duration) -> Result<(), String> {
    let words = command.join(" ");
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("`{words}` cannot be started: {error}"))?;
    let deadline = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("`{words}` failed ({status}): run it to see why")),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(100)),
            Ok(None) => {
                // Both fail only where it has just ended.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("`{words}` took longer than {} s and was ended", patience.as_secs()));
            }
            Err(error) => return Err(format!("`{words}` cannot be waited for: {error}")),
        }
    }
}
