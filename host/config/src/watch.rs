//! Tells when settings change on disk.
//!
//! Watches folders rather than files, since editors replace a file instead of writing into it, and the nearest folder
//! that exists where a watched one does not yet. One thread owns the watches and sets them anew as folders come and go.

mod target;

use std::path::{Path as FilePath, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use notify_debouncer_full::notify::event::EventKind;
use notify_debouncer_full::notify::{self, RecommendedWatcher};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};

use target::{Armed, Target};

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    stop: mpsc::Sender<Message>,
}

enum Message {
    Events(DebounceEventResult),
    Stop,
}

impl Watcher {
    /// Calls `on_change` with the paths that changed, spelled as in `paths`, once nothing has changed for `quiet`.
    /// `paths` are files or folders (with all in them); they need not exist yet. The error says what to do.
    pub fn new(paths: &[PathBuf], quiet: Duration, on_change: impl Fn(Vec<PathBuf>) + Send + 'static) -> Result<Watcher, String> {
        let mut targets = Vec::new();
        for path in paths {
            targets.push(Target::new(path)?);
        }
        let (sender, messages) = mpsc::channel();
        let events = sender.clone();
        let forward = move |result: DebounceEventResult| {
            // A closed channel means that the watcher is gone: nobody is left to tell.
            let _ = events.send(Message::Events(result));
        };
        let debouncer = new_debouncer(quiet, None, forward).map_err(|error| cannot_watch(&error))?;
        let mut watch = Watch { debouncer, armed: Armed::default(), targets };
        watch.arm().map_err(|error| cannot_watch(&error))?;
        std::thread::Builder::new()
            .name("settings-watch".to_owned())
            .spawn(move || watch.run(&messages, on_change))
            .map_err(|error| format!("cannot start the thread that watches files: {error}"))?;
        Ok(Watcher { stop: sender })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // The thread may have ended already; either way it is no longer there.
        let _ = self.stop.send(Message::Stop);
    }
}

fn cannot_watch(error: &notify::Error) -> String {
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "the system allows no more file watches: raise it with `sysctl fs.inotify.max_user_watches=524288`".to_owned()
        }
        _ => format!("cannot watch for changes: {error}"),
    }
}

struct Watch {
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    armed: Armed,
    targets: Vec<Target>,
}

impl Watch {
    fn run(mut self, messages: &mpsc::Receiver<Message>, on_change: impl Fn(Vec<PathBuf>)) {
        while let Ok(Message::Events(result)) = messages.recv() {
            let mut changed = match result {
                Ok(events) => self.changed(&events),
                // Events were lost: anything may have changed.
                Err(_) => self.everything(),
            };
            // A watch that cannot be set now is tried again at the next event; what is watched stays watched.
            let _ = self.arm();
            changed.sort();
            changed.dedup();
            if !changed.is_empty() {
                on_change(changed);
            }
        }
    }

    fn changed(&mut self, events: &[notify_debouncer_full::DebouncedEvent]) -> Vec<PathBuf> {
        let mut changed = Vec::new();
        for event in events {
            if event.need_rescan() {
                return self.everything();
            }
            if matches!(event.kind, EventKind::Access(_)) {
                continue;
            }
            for path in &event.paths {
                changed.extend(self.targets.iter().filter_map(|target| target.changed_by(path)));
                if !matches!(
                    event.kind,
                    EventKind::Modify(notify::event::ModifyKind::Data(_) | notify::event::ModifyKind::Metadata(_))
                ) {
                    self.disarm(path);
                }
            }
        }
        changed
    }

    fn everything(&self) -> Vec<PathBuf> {
        self.targets.iter().map(|target| target.given().to_owned()).collect()
    }

    /// Forgets the watch of a folder that came, went or was replaced, so that it is set anew.
    fn disarm(&mut self, path: &FilePath) {
        if self.armed.forget(path) {
            // The system has dropped the watch of a removed folder by itself.
            let _ = self.debouncer.unwatch(path);
        }
    }

    fn arm(&mut self) -> notify::Result<()> {
        for (folder, mode) in self.armed.lacking(&self.targets) {
            self.debouncer.watch(&folder, mode)?;
            self.armed.set(folder, mode);
        }
        Ok(())
    }
}
