//! The store with real files, each test in a folder of its own.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod backup;
mod databases;
mod hot;
mod keep;
mod merging;
mod moments;
mod notices;
mod receipts;
mod rollups;
mod samples;
mod snapshot;
mod state;

use tempfile::TempDir;

use crate::{Settings, Store};

fn open(folder: &TempDir) -> Store {
    Store::open(folder.path()).unwrap()
}

#[test]
fn a_folder_is_made_and_has_one_owner() {
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("new/data");
    let store = Store::open(&folder).unwrap();
    let refused = Store::open(&folder).unwrap_err().to_string();
    assert!(refused.contains("in use by another vitrine") && refused.contains("new/data"), "{refused}");
    drop(store);
    Store::open(&folder).unwrap().close().unwrap();
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("samples.db"), "these are notes, not pages; ".repeat(200)).unwrap();
    let refused = Store::open(folder.path()).unwrap_err().to_string();
    assert!(refused.contains("samples.db` is not a database") && refused.contains("move it away"), "{refused}");
}

#[test]
fn a_folder_that_is_a_file_is_named() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("data");
    std::fs::write(&file, "").unwrap();
    let refused = Store::open(&file).unwrap_err().to_string();
    assert!(refused.contains("cannot create the data folder") && refused.contains("--data-dir"), "{refused}");
}

#[test]
fn a_newer_database_is_left_alone() {
    let folder = TempDir::new().unwrap();
    drop(open(&folder));
    let connection = rusqlite::Connection::open(folder.path().join("state.db")).unwrap();
    connection
        .execute(
            "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
             SELECT 9000, 'later', applied_on, '1' FROM refinery_schema_history LIMIT 1",
            [],
        )
        .unwrap();
    drop(connection);
    let refused = Store::open(folder.path()).unwrap_err().to_string();
    assert!(refused.contains("made by a newer version"), "{refused}");
}

#[test]
fn its_metrics_say_what_it_holds() {
    let folder = TempDir::new().unwrap();
    let store = Store::open_with(folder.path(), Settings { readers: 1, ..Settings::default() }).unwrap();
    samples::append(&store, &[("up", 1, 1.0), ("down", 1, 1.0)]);
    let mut registry = prometheus_client::registry::Registry::default();
    store.metrics(&mut registry);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    for line in ["vitrine_store_series 2", "vitrine_store_appended_samples_total 2", "vitrine_store_append_seconds_count 1"] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(text.contains("vitrine_store_file_bytes{file=\"state.db\"}"), "{text}");
}
