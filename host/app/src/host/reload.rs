//! Watches the files and the signals: reads anew, and keeps the old where the new is wrong.

use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use vitrine_config::{Problem, Watcher};

use super::Host;
use crate::plan;

/// Editors write in several steps; wait until they are done.
const QUIET: Duration = Duration::from_millis(200);

/// Returns when stopped.
pub(super) async fn watch(host: &mut Host, stop: CancellationToken) {
    let (send, mut changes) = mpsc::channel::<()>(1);
    // Without a watcher nobody sends, and signals must still be heard.
    let _open = send.clone();
    let on_change = move |_files: Vec<PathBuf>| {
        // A full channel means that a reload is coming anyway.
        let _ = send.try_send(());
    };
    let paths = folders(host);
    let watcher = Watcher::new(&paths, QUIET, on_change);
    if let Err(reason) = &watcher {
        tracing::warn!("changes of files are not seen ({reason}): send SIGHUP to read them anew");
    }
    let mut hangups = signal(SignalKind::hangup()).ok();
    loop {
        let hangup = async {
            match &mut hangups {
                Some(hangups) => hangups.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hangup => {}
            change = changes.recv() => if change.is_none() { return stop.cancelled().await },
        }
        reload(host).await;
    }
}

fn folders(host: &Host) -> Vec<PathBuf> {
    let mut paths = vec![host.origins.folder.clone()];
    if let Ok(plan) = plan::read(&host.origins) {
        paths.push(plan.settings.dashboards_dir);
        paths.extend(plan.settings.plugins.folder);
    }
    paths
}

async fn reload(host: &mut Host) {
    let origins = host.origins.clone();
    let read = tokio::task::spawn_blocking(move || plan::read(&origins)).await;
    match read {
        Ok(Ok(plan)) => {
            tracing::info!(files.count = plan.files, "files were read anew");
            host.build(plan).await;
        }
        Ok(Err((problems, _))) => {
            let lines: Vec<String> = problems.sorted().into_iter().map(Problem::one_line).collect();
            for line in &lines {
                tracing::error!("not taken, the old settings stay: {line}");
            }
            host.show_problems(lines);
        }
        Err(error) => tracing::error!("reading the files failed, the old settings stay: {error}"),
    }
}
