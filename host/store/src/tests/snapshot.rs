//! A snapshot beside a store that goes on: it stays as it was, and leaves nothing behind.

use tempfile::TempDir;
use vitrine_model::port::samples::SelectLimits;

use super::open;
use super::samples::{append, named};
use crate::{Settings, Snapshot};

fn found(snapshot: &Snapshot) -> Vec<i64> {
    let series = snapshot.samples().select(&[named("up")], 0, 1 << 40, SelectLimits::NONE).unwrap();
    series.iter().flat_map(|series| series.samples.iter().map(|sample| sample.time)).collect()
}

#[test]
fn it_stays_as_it_was_while_the_host_seals_and_forgets() {
    const WINDOW: i64 = 2 * 3_600_000;
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up", 1, 1.0), ("up", WINDOW + 1, 2.0)]);
    store.settle().unwrap();
    append(&store, &[("up", WINDOW + 2, 3.0)]);
    let snapshot = Snapshot::open(folder.path(), Settings::default()).unwrap();
    let before = found(&snapshot);
    assert_eq!(before, [1, WINDOW + 1, WINDOW + 2]);
    append(&store, &[("up", 40 * WINDOW, 4.0), ("other", 40 * WINDOW, 4.0)]);
    store.settle().unwrap();
    store.samples().forget(20 * WINDOW).unwrap();
    assert_eq!(found(&snapshot), before);
    assert!(snapshot.silences().load().unwrap().is_empty() && snapshot.alerts().load().unwrap().is_empty());
    assert!(snapshot.silences().withdraw(&["a".to_owned()]).is_err());
    drop(snapshot);
    let after = found(&Snapshot::open(folder.path(), Settings::default()).unwrap());
    assert!(after.last() == Some(&(40 * WINDOW)) && after != before, "{after:?}");
    store.close().unwrap();
}

#[test]
fn a_folder_without_databases_or_of_another_version_is_named() {
    let folder = TempDir::new().unwrap();
    let told = |folder: &TempDir| Snapshot::open(folder.path(), Settings::default()).unwrap_err().to_string();
    assert!(told(&folder).contains("holds no samples"));
    drop(open(&folder));
    let connection = rusqlite::Connection::open(folder.path().join("state.db")).unwrap();
    let last = "DELETE FROM refinery_schema_history WHERE version = (SELECT max(version) FROM refinery_schema_history)";
    connection.execute(last, []).unwrap();
    assert!(told(&folder).contains("made by an older version"), "{}", told(&folder));
}
