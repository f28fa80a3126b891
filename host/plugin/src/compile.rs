//! Compiling, bounded: a component is a stranger's, and a small one can cost minutes and gigabytes.
//!
//! A thread that compiles can neither be stopped nor kept from taking memory; a process can. So the host has a program
//! (itself, under another verb) compile, with bounds that the kernel keeps, and takes the result from a pipe.
//! Without such a program (in tests and small tools) a thread of its own does it; its result is waited for as long, and
//! no other begins before it has ended.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::convert;
use crate::runtime::code_config;
use crate::settings::PluginSettings;

/// Plugins compiled at once.
const AT_ONCE: usize = 2;
/// Files remembered as impossible to compile, so that a reload does not try for minutes again.
const REMEMBERED: usize = 64;
/// The most that compiled code may hold.
const CODE_BYTES: u64 = 512 << 20;
/// What the compiler may say of a failure.
const WORDS_BYTES: u64 = 4 << 10;

/// What the compiler made of a component: only ever by this host's own code.
pub(crate) struct Compiled(pub(crate) Vec<u8>);

impl Compiled {
    #[expect(unsafe_code, reason = "wasmtime trusts these bytes; only `Compiler` makes them")]
    pub(crate) fn load(&self, engine: &Engine) -> wasmtime::Result<Component> {
        // SAFETY: `precompile_component` made them, in this process or in one that this process started from its own
        // program, and nobody else had them in between.
        unsafe { Component::deserialize(engine, &self.0) }
    }
}

/// Compiles a component for this machine. What the host's compiling program does with its standard input.
pub fn compile(component: &[u8]) -> Result<Vec<u8>, String> {
    let engine = Engine::new(&code_config()).map_err(|error| format!("the compiler cannot be set up: {error:#}"))?;
    engine.precompile_component(component).map_err(|error| convert::sentence(format!("it does not compile: {error:#}")))
}

/// What one plugin's compiling may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    seconds: u32,
    memory_mib: u32,
}

impl Bounds {
    /// As the program's last two arguments.
    fn arguments(self) -> [String; 2] {
        [self.seconds.to_string(), self.memory_mib.to_string()]
    }

    fn time(self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    fn too_long(self) -> String {
        format!("compiling it took more than {} s and was stopped; raise `plugins.compile_seconds`", self.seconds)
    }

    fn too_much(self, status: ExitStatus) -> String {
        format!(
            "compiling it took more than {} MiB of memory and was stopped ({status}); raise `plugins.compile_memory_mib`",
            self.memory_mib
        )
    }
}

enum Failure {
    /// The component's own doing: it would end so again.
    Refused(String),
    /// This machine's.
    NotDone(String),
}

struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
}

pub(crate) struct Compiler {
    bounds: Bounds,
    program: OnceLock<Program>,
    turns: Arc<Semaphore>,
    refused: Mutex<VecDeque<(String, String)>>,
}

impl Compiler {
    pub(crate) fn new(settings: &PluginSettings) -> Compiler {
        Compiler {
            bounds: Bounds { seconds: settings.compile_seconds, memory_mib: settings.compile_memory_mib },
            program: OnceLock::new(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            refused: Mutex::default(),
        }
    }

    /// Only the first counts.
    pub(crate) fn set_program(&self, path: PathBuf, arguments: &[&str]) {
        let _ = self.program.set(Program { path, arguments: arguments.iter().map(OsString::from).collect() });
    }

    pub(crate) async fn compile(&self, digest: &str, bytes: Arc<[u8]>) -> Result<Compiled, String> {
        if let Some(reason) = self.was_refused(digest) {
            return Err(format!("{reason} (tried before; its file has not changed)"));
        }
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(self.bounds.time(), turn).await;
        let turn = turn.ok().and_then(Result::ok).ok_or("others are being compiled for a long time: try again later")?;
        let outcome = match self.program.get() {
            Some(program) => self.in_process(program, &bytes, turn).await,
            None => self.in_thread(bytes, turn).await,
        };
        outcome.map_err(|failure| match failure {
            Failure::Refused(reason) => {
                self.remember(digest, &reason);
                reason
            }
            Failure::NotDone(reason) => reason,
        })
    }

    async fn in_process(&self, program: &Program, bytes: &[u8], _turn: OwnedSemaphorePermit) -> Result<Compiled, Failure> {
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).args(self.bounds.arguments());
        // It needs nothing of the environment, and gets no secret of it. Half the cores stay with the host.
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        command.env_clear().env("RAYON_NUM_THREADS", cores.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(not_started)?;
        match tokio::time::timeout(self.bounds.time(), talk(&mut child, bytes)).await {
            Err(_) => {
                // Dropping it would do; so it is also gone when this returns.
                let _ = child.kill().await;
                Err(Failure::Refused(self.bounds.too_long()))
            }
            Ok(Err(error)) => Err(Failure::NotDone(format!("the compiler cannot be spoken to: {error}"))),
            Ok(Ok((status, code, _))) if status.success() => Ok(Compiled(code)),
            Ok(Ok((status, _, words))) => Err(Failure::Refused(self.refusal(status, words.trim()))),
        }
    }

    fn refusal(&self, status: ExitStatus, words: &str) -> String {
        match status.code() {
            Some(_) if !words.is_empty() => words.to_owned(),
            _ if out_of_time(status) => self.bounds.too_long(),
            _ => self.bounds.too_much(status),
        }
    }

    async fn in_thread(&self, bytes: Arc<[u8]>, turn: OwnedSemaphorePermit) -> Result<Compiled, Failure> {
        let (send, done) = tokio::sync::oneshot::channel();
        let work = move || {
            // Nobody may be waiting any more.
            let _ = send.send(compile(&bytes));
            drop(turn);
        };
        std::thread::Builder::new().name("compile".to_owned()).spawn(work).map_err(not_started)?;
        match tokio::time::timeout(self.bounds.time(), done).await {
            Ok(Ok(code)) => code.map(Compiled).map_err(Failure::Refused),
            Ok(Err(_)) => Err(Failure::Refused("the compiler failed on it".to_owned())),
            Err(_) => Err(Failure::Refused(self.bounds.too_long())),
        }
    }

    fn was_refused(&self, digest: &str) -> Option<String> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.iter().find(|(known, _)| known == digest).map(|(_, reason)| reason.clone())
    }

    fn remember(&self, digest: &str, reason: &str) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= REMEMBERED {
            refused.pop_front();
        }
        refused.push_back((digest.to_owned(), reason.to_owned()));
    }
}

fn not_started(error: std::io::Error) -> Failure {
    Failure::NotDone(format!("the compiler cannot be started: {error}"))
}

/// Gives it the component and takes what it says, all at once, as neither side may wait for the other.
async fn talk(child: &mut Child, bytes: &[u8]) -> std::io::Result<(ExitStatus, Vec<u8>, String)> {
    let (mut code, mut words) = (Vec::new(), Vec::new());
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let give = async {
        if let Some(mut input) = input {
            // It may have refused before it read all; its own words say why.
            let _ = input.write_all(bytes).await;
        }
    };
    let take = async {
        match output {
            Some(output) => output.take(CODE_BYTES).read_to_end(&mut code).await.map(|_| ()),
            None => Ok(()),
        }
    };
    let listen = async {
        match errors {
            Some(errors) => errors.take(WORDS_BYTES).read_to_end(&mut words).await.map(|_| ()),
            None => Ok(()),
        }
    };
    let ((), taken, listened) = tokio::join!(give, take, listen);
    taken.and(listened)?;
    let status = child.wait().await?;
    Ok((status, code, String::from_utf8_lossy(&words).into_owned()))
}

/// The kernel's own clock was faster than ours.
#[cfg(unix)]
fn out_of_time(status: ExitStatus) -> bool {
    const SIGXCPU: i32 = 24;
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(SIGXCPU)
}

#[cfg(not(unix))]
fn out_of_time(_status: ExitStatus) -> bool {
    false
}
