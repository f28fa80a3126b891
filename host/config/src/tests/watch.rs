//! Real files in a real folder, changed as editors and people change them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::watch::Watcher;

const QUIET: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(20);

fn watch(paths: &[&Path]) -> (Watcher, Receiver<Vec<PathBuf>>) {
    let (sender, changes) = channel();
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    let watcher = Watcher::new(&paths, QUIET, move |changed| {
        let _ = sender.send(changed);
    });
    (watcher.unwrap(), changes)
}

/// Waits until `path` is reported; other paths may come first.
fn expect(changes: &Receiver<Vec<PathBuf>>, path: &Path) {
    loop {
        let changed = changes.recv_timeout(LONG).unwrap_or_else(|_| panic!("{} was not reported", path.display()));
        if changed.iter().any(|one| one == path) {
            return;
        }
    }
}

#[test]
fn writes_and_editors_renames_are_seen_and_leftovers_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sources.yaml");
    fs::write(&file, "a: 1").unwrap();
    let (_watcher, changes) = watch(&[folder.path()]);
    // What is ignored comes first: were it reported, it would be the first report.
    fs::write(folder.path().join(".sources.yaml.swp"), "x").unwrap();
    fs::write(folder.path().join("sources.yaml~"), "x").unwrap();
    fs::write(&file, "a: 2").unwrap();
    let first = changes.recv_timeout(LONG).unwrap();
    assert_eq!(first, [file.as_path()]);
    fs::write(folder.path().join("sources.tmp"), "a: 3").unwrap();
    fs::rename(folder.path().join("sources.tmp"), &file).unwrap();
    expect(&changes, &file);
    fs::remove_file(&file).unwrap();
    expect(&changes, &file);
    let nested = folder.path().join("conf.d/local.yaml");
    fs::create_dir(folder.path().join("conf.d")).unwrap();
    expect(&changes, &folder.path().join("conf.d"));
    fs::write(&nested, "a: 4").unwrap();
    expect(&changes, &nested);
}

#[test]
fn folders_may_come_later_and_come_again() {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("etc/dashboards");
    let (_watcher, changes) = watch(&[&folder]);
    for _ in 0..2 {
        fs::create_dir_all(&folder).unwrap();
        expect(&changes, &folder);
        let file = folder.join("machine.yaml");
        // Between its coming and its watch a folder may be filled unseen: it was reported, and is read as a whole.
        fs::write(&file, "title: A").unwrap();
        expect_either(&changes, &file, &folder);
        fs::remove_dir_all(&folder).unwrap();
        expect(&changes, &folder);
    }
}

fn expect_either(changes: &Receiver<Vec<PathBuf>>, one: &Path, other: &Path) {
    let changed = changes.recv_timeout(LONG).unwrap();
    assert!(changed.iter().any(|path| path == one || path == other), "{changed:?}");
}

#[test]
fn a_single_file_is_watched_through_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vitrine.yaml");
    let (watcher, changes) = watch(&[&file]);
    fs::write(folder.path().join("other.yaml"), "x").unwrap();
    fs::write(&file, "a: 1").unwrap();
    let first = changes.recv_timeout(LONG).unwrap();
    assert_eq!(first, [file.as_path()]);
    drop(watcher);
    // The callback, and with it the sender, goes with the watcher.
    while changes.recv_timeout(LONG).is_ok() {}
    assert_eq!(changes.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected));
}
