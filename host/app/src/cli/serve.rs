//! `vitrine serve`: starts the host and waits for the end.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use tokio::net::TcpListener;
use tokio::runtime::{Handle, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use vitrine_model::port::samples::Samples;
use vitrine_monitor::clock::SystemClock;

use crate::cli::compile;
use crate::host::{Host, Surroundings};
use crate::logging;
use crate::plan::{self, Origins};

/// Threads for work that blocks: queries, the store, this machine's metrics.
const BLOCKING_THREADS: usize = 64;

/// What is left running once all has been stopped in order may take so long to see that it is.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// What is shown instead of the host's own.
pub(super) struct Shown {
    pub(super) samples: Arc<dyn Samples>,
    /// The page to open.
    pub(super) path: String,
}

pub(super) fn run(origins: Origins) -> anyhow::Result<ExitCode> {
    show(origins, None)
}

pub(super) fn show(origins: Origins, shown: Option<Shown>) -> anyhow::Result<ExitCode> {
    let plan = match plan::read_and_try(&origins) {
        Ok(plan) => plan,
        Err((problems, files)) => {
            writeln!(std::io::stderr(), "{}", problems.render_among(files, super::color()).trim_end())?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let filter = logging::filter(&plan.settings.log).or_else(|_| logging::filter("info")).map_err(|reason| anyhow!(reason))?;
    logging::start(filter, plan.settings.log_format);
    let collecting = threads("collect", collectors())?;
    let runtime = threads("vitrine", cores())?;
    let outcome = runtime.block_on(serve(plan, origins, collecting.handle().clone(), shown));
    // Also after a mistake: whoever drops a runtime waits for all that blocks in it.
    collecting.shutdown_timeout(LAST_WAIT);
    runtime.shutdown_timeout(LAST_WAIT);
    outcome?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn threads(name: &str, workers: usize) -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name(name)
        .enable_all()
        .build()
        .context("the threads cannot be started")
}

pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Polling mostly waits. On one thread, those due in the same moment are served one after the other without waking
/// others; a large machine has work for more.
fn collectors() -> usize {
    cores().div_ceil(4)
}

async fn serve(plan: plan::Plan, mut origins: Origins, collecting: Handle, shown: Option<Shown>) -> anyhow::Result<()> {
    // First of all the port: nothing is started in vain if it is taken.
    let listener = listen(plan.settings.listen).await?;
    let address = listener.local_addr().unwrap_or(plan.settings.listen);
    origins.bound = Some(address);
    let (samples, path) = shown.map(|shown| (shown.samples, shown.path)).unzip();
    let compiler = Some(compile::program());
    let around = Surroundings { clock: Arc::new(SystemClock), collecting, compiler, samples, alerts: None };
    let mut host = Box::pin(Host::start(plan, origins, around)).await?;
    // That nobody reads it any more is no reason to stop.
    let _ = writeln!(std::io::stdout(), "Vitrine is at http://{address}{}", path.unwrap_or_default());
    let stop = CancellationToken::new();
    let signals = tokio::spawn(wait_for_signal(stop.clone()));
    let served = {
        let stop = stop.clone();
        let web = host.web();
        tokio::spawn(async move {
            let outcome = vitrine_web::serve(listener, web, stop.clone().cancelled_owned()).await;
            stop.cancel();
            outcome
        })
    };
    host.run(stop.clone()).await;
    served.await.context("the web server failed")?.context("the web server failed")?;
    host.stop().await?;
    signals.abort();
    tracing::info!("stopped");
    Ok(())
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let remedy = match error.kind() {
            std::io::ErrorKind::AddrInUse => "another program has it: stop that one, or choose another port with `--listen`",
            std::io::ErrorKind::PermissionDenied => "ports below 1024 are for root: choose another with `--listen`",
            std::io::ErrorKind::AddrNotAvailable => "this machine has no such address: choose another with `--listen`",
            _ => "choose another address with `--listen`",
        };
        anyhow!("cannot listen on {address}: {error}; {remedy}")
    })
}

async fn wait_for_signal(stop: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    stop.cancel();
}
