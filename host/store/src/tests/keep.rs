//! Kept values: they survive a restart, stay within their owner's room, and go when nobody asks for them any more.

use tempfile::TempDir;
use vitrine_model::port::keep::{Kept, Room};

use super::open;

const WIDE: Room = Room { keys: 100, bytes: 1_000 };

#[test]
fn values_are_kept_by_owner_and_key() {
    let folder = TempDir::new().unwrap();
    let keep = open(&folder).keep();
    keep.set("plugin", "cursor/a", b"1", WIDE).unwrap();
    keep.set("plugin", "cursor/b", &[0, 255], WIDE).unwrap();
    keep.set("plugin", "cursor%", b"", WIDE).unwrap();
    keep.set("other", "cursor/a", b"3", WIDE).unwrap();
    keep.set("plugin", "cursor/a", b"2", WIDE).unwrap();
    drop(keep);
    let keep = open(&folder).keep();
    assert_eq!(keep.get("plugin", "cursor/a").unwrap(), Some(b"2".to_vec()));
    assert_eq!(keep.get("plugin", "cursor/b").unwrap(), Some(vec![0, 255]));
    assert_eq!(keep.keys("plugin", "cursor/").unwrap(), ["cursor/a", "cursor/b"]);
    assert_eq!(keep.keys("plugin", "").unwrap().len(), 3);
    keep.delete("plugin", "cursor/a").unwrap();
    keep.delete("plugin", "cursor/a").unwrap();
    assert_eq!(keep.get("plugin", "cursor/a").unwrap(), None);
    assert_eq!(keep.get("other", "cursor/a").unwrap(), Some(b"3".to_vec()));
}

#[test]
fn an_owner_has_so_much_room_and_no_more() {
    let folder = TempDir::new().unwrap();
    let keep = open(&folder).keep();
    let most = Room { keys: 2, bytes: 10 };
    // Keys count in bytes: `ä` has two.
    assert_eq!(keep.set("a", "ä", b"1234", most).unwrap(), Kept::Yes(Room { keys: 1, bytes: 6 }));
    assert_eq!(keep.set("a", "b", b"12345", most).unwrap(), Kept::Full(Room { keys: 1, bytes: 6 }));
    assert_eq!(keep.get("a", "b").unwrap(), None);
    assert_eq!(keep.set("a", "b", b"123", most).unwrap(), Kept::Yes(Room { keys: 2, bytes: 10 }));
    assert_eq!(keep.set("a", "c", b"", most).unwrap(), Kept::Full(Room { keys: 2, bytes: 10 }));
    // What is replaced makes room for what replaces it.
    assert_eq!(keep.set("a", "ä", b"4321", most).unwrap(), Kept::Yes(Room { keys: 2, bytes: 10 }));
    assert_eq!(keep.set("b", "c", b"12345678", most).unwrap(), Kept::Yes(Room { keys: 1, bytes: 9 }));
    assert_eq!(keep.delete("a", "ä").unwrap(), Room { keys: 1, bytes: 4 });
    assert_eq!(keep.used("a").unwrap(), Room { keys: 1, bytes: 4 });
    assert_eq!(keep.used("nobody").unwrap(), Room::default());
}

#[test]
fn what_nobody_asks_for_goes_after_a_time() {
    let folder = TempDir::new().unwrap();
    let keep = open(&folder).keep();
    for owner in ["here", "gone"] {
        keep.set(owner, "a", b"1", WIDE).unwrap();
    }
    let here = ["here".to_owned()];
    assert!(keep.prune(&here, 1_000, 500).unwrap().is_empty());
    assert!(keep.prune(&here, 1_500, 500).unwrap().is_empty());
    assert_eq!(keep.prune(&here, 1_501, 500).unwrap(), ["gone"]);
    assert_eq!(keep.get("gone", "a").unwrap(), None);
    assert_eq!(keep.get("here", "a").unwrap(), Some(b"1".to_vec()));
    // Whoever comes back in time begins to count anew.
    keep.set("gone", "a", b"1", WIDE).unwrap();
    assert!(keep.prune(&here, 2_000, 500).unwrap().is_empty());
    assert!(keep.prune(&["gone".to_owned(), "here".to_owned()], 2_400, 500).unwrap().is_empty());
    assert!(keep.prune(&here, 2_800, 500).unwrap().is_empty());
}
