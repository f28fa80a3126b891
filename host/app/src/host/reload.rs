//! Watches the files and the signals: reads anew, and keeps the old where the new is wrong.

use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use vitrine_config::{Problem, Watcher};
use vitrine_model::Millis;

use super::Host;
use crate::settings::Settings;
use crate::{orders, plan};

/// Editors write in several steps; wait until they are done.
const QUIET: Duration = Duration::from_millis(200);

/// When what was not taken, though no file is wrong, is tried again.
const AGAIN: Millis = 60_000;

/// What tells that files have changed. It is there before the files are read that the host starts with: an edit
/// meanwhile is not lost.
pub(super) struct Changes {
    send: mpsc::Sender<()>,
    seen: mpsc::Receiver<()>,
    folders: Vec<PathBuf>,
    /// None where the system cannot watch: signals are heard all the same.
    _watcher: Option<Watcher>,
}

impl Changes {
    pub(super) fn of(folders: Vec<PathBuf>) -> Changes {
        let (send, seen) = mpsc::channel(1);
        let watcher = watcher(&folders, &send);
        Changes { send, seen, folders, _watcher: watcher }
    }

    /// Looks at other folders, if they are others.
    fn follow(&mut self, folders: &[PathBuf]) {
        if self.folders == folders {
            return;
        }
        self._watcher = watcher(folders, &self.send);
        self.folders = folders.to_owned();
        // What came between the reading and the watching would not be seen. A full channel means that it is.
        let _ = self.send.try_send(());
    }
}

fn watcher(folders: &[PathBuf], send: &mpsc::Sender<()>) -> Option<Watcher> {
    let send = send.clone();
    let on_change = move |_files: Vec<PathBuf>| {
        // A full channel means that a reload is coming anyway.
        let _ = send.try_send(());
    };
    let watcher = Watcher::new(folders, QUIET, on_change);
    watcher.inspect_err(|reason| tracing::warn!("changes of files are not seen ({reason}): send SIGHUP to read them anew")).ok()
}

/// Returns when stopped.
pub(super) async fn watch(host: &mut Host, mut changes: Changes, stop: CancellationToken) {
    let mut hangups = signal(SignalKind::hangup()).ok();
    loop {
        changes.follow(&host.watched);
        let hangup = async {
            match &mut hangups {
                Some(hangups) => hangups.recv().await,
                None => std::future::pending().await,
            }
        };
        let may_pass = host.running().notes.values().any(|note| note.may_pass);
        let again = async {
            match may_pass {
                true => host.clock.sleep_until(host.clock.now() + AGAIN).await,
                false => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hangup => {}
            _ = changes.seen.recv() => {}
            () = again => {}
        }
        tokio::select! {
            // What is half done is undone by the end of everything.
            () = stop.cancelled() => return,
            () = reload(host) => {}
        }
    }
}

/// The plan of now, or the one before where the files were broken in between: their mending will be seen.
pub(super) async fn again(origins: &plan::Origins, before: plan::Plan) -> plan::Plan {
    let origins = origins.clone();
    match tokio::task::spawn_blocking(move || plan::read(&origins)).await {
        Ok(Ok(plan)) => plan,
        _ => before,
    }
}

/// Where files lie that say what is to run.
pub(super) fn folders(origins: &plan::Origins, settings: &Settings) -> Vec<PathBuf> {
    let mut paths = vec![origins.folder.clone(), settings.dashboards_dir.clone(), orders::folder(&settings.data_dir)];
    paths.extend(settings.plugins.folder.clone());
    paths
}

pub(super) async fn reload(host: &mut Host) {
    let origins = host.origins.clone();
    let read = tokio::task::spawn_blocking(move || plan::read_and_try(&origins)).await;
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
