//! `vitrine serve`: starts the host and waits for the end.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::host::Host;
use crate::logging;
use crate::plan::{self, Origins};

/// Threads for work that blocks: queries, the store, this machine's metrics.
const BLOCKING_THREADS: usize = 64;

pub(super) fn run(origins: Origins) -> anyhow::Result<ExitCode> {
    let plan = match plan::read(&origins) {
        Ok(plan) => plan,
        Err((problems, files)) => {
            writeln!(std::io::stderr(), "{}", problems.render_among(files, super::color()).trim_end())?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let filter = logging::filter(&plan.settings.log).or_else(|_| logging::filter("info")).map_err(|reason| anyhow!(reason))?;
    logging::start(filter, plan.settings.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name("vitrine")
        .enable_all()
        .build()
        .context("the threads cannot be started")?;
    runtime.block_on(serve(plan, origins))?;
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    Ok(ExitCode::SUCCESS)
}

async fn serve(mut plan: plan::Plan, mut origins: Origins) -> anyhow::Result<()> {
    // First of all the port: nothing is started in vain if it is taken.
    let listener = listen(plan.settings.listen).await?;
    let address = listener.local_addr().unwrap_or(plan.settings.listen);
    // Links name the port that was given, where any would do; at each reload too.
    plan.settings.listen = address;
    origins.flags["listen"] = serde_json::Value::String(address.to_string());
    let mut host = Host::start(plan, origins).await?;
    writeln!(std::io::stdout(), "Vitrine is at http://{address}")?;
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
