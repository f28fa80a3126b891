//! A backup is whole, also of a store that is written to, and comes back as it was.

use tempfile::TempDir;

use super::open;
use super::samples::{append, named, selected};
use crate::backup::{back_up, restore, verify};

#[test]
fn a_backup_is_made_beside_appends_and_restored() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up", 1, 1.0)]);
    store.close().unwrap();
    append(&store, &[("up", 2, 2.0)]);
    let target = folder.path().join("backup");
    std::thread::scope(|scope| {
        scope.spawn(|| (3..200).for_each(|time| drop(append(&store, &[("up", time, 1.0)]))));
        let record = back_up(folder.path(), &target, 7).unwrap();
        assert_eq!((record.made, record.files.len()), (7, 2));
    });
    let refused = back_up(folder.path(), &target, 8).unwrap_err().to_string();
    assert!(refused.contains("is there already"), "{refused}");
    append(&store, &[("up", 999, 1.0)]);

    // While the host has the folder, nothing is put into it.
    assert!(restore(&target, folder.path(), true).unwrap_err().to_string().contains("in use"));
    drop(store);
    assert!(restore(&target, folder.path(), false).unwrap_err().to_string().contains("--replace"));
    restore(&target, folder.path(), true).unwrap();
    let store = open(&folder);
    let found = selected(&store, &[named("up")], 0, 1_000);
    assert!(found[0].starts_with("up 1=1 2=2") && !found[0].contains("999"), "{found:?}");
    assert!(folder.path().join("replaced/samples.db").exists());

    let other = TempDir::new().unwrap();
    restore(&target, &other.path().join("new"), false).unwrap();
    assert_eq!(selected(&crate::Store::open(&other.path().join("new")).unwrap(), &[named("up")], 0, 1_000), found);
}

#[test]
fn a_backup_that_was_changed_is_not_restored() {
    let folder = TempDir::new().unwrap();
    append(&open(&folder), &[("up", 1, 1.0)]);
    let target = folder.path().join("backup");
    back_up(folder.path(), &target, 7).unwrap();
    verify(&target).unwrap();
    let path = target.join("samples.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let refused = restore(&target, &folder.path().join("new"), false).unwrap_err().to_string();
    assert!(refused.contains("samples.db` is not as it was backed up"), "{refused}");
    assert!(!folder.path().join("new/samples.db").exists());
    std::fs::remove_file(target.join("backup.json")).unwrap();
    assert!(verify(&target).unwrap_err().to_string().contains("is no backup"));
    let refused = back_up(&folder.path().join("nowhere"), &folder.path().join("other"), 7).unwrap_err().to_string();
    assert!(refused.contains("holds no samples"), "{refused}");
}
