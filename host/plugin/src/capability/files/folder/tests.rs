#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use super::*;

/// `granted/` with something of everything in it, and `secret` beside it.
struct Tree {
    top: tempfile::TempDir,
    _socket: UnixListener,
}

impl Tree {
    fn new() -> Tree {
        let top = tempfile::tempdir().unwrap();
        let granted = top.path().join("granted");
        std::fs::create_dir_all(granted.join("deep/er")).unwrap();
        std::fs::write(top.path().join("secret"), "secret").unwrap();
        std::fs::write(granted.join("plain.txt"), "0123456789").unwrap();
        std::fs::write(granted.join("deep/er/leaf"), "leaf").unwrap();
        let link = |to: &str, name: &str| symlink(to, granted.join(name)).unwrap();
        link("plain.txt", "good-link");
        link("deep/../plain.txt", "winding-link");
        link("../secret", "escape");
        link("..", "up");
        link("/etc/passwd", "absolute");
        link("/proc/self/root/etc/passwd", "magic");
        link("/proc/self/fd/0", "handle");
        link("self", "self");
        link("nowhere", "dangling");
        let socket = UnixListener::bind(granted.join("socket")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, granted.join("pipe"), rustix::fs::FileType::Fifo, 0o644.into(), 0).unwrap();
        Tree { top, _socket: socket }
    }

    fn folder(&self) -> PathBuf {
        self.top.path().join("granted")
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Trouble> {
        read(&self.folder(), Path::new(path), 0, READ_BYTES)
    }

    fn names(&self, path: &str) -> Result<Vec<String>, Trouble> {
        Ok(entries(&self.folder(), Path::new(path))?.into_iter().map(|entry| entry.name).collect())
    }
}

fn word(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Leads(_) => "leads",
        Trouble::Wrong(_) => "wrong",
        Trouble::Failed(_) => "failed",
    }
}

#[test]
fn what_lies_within_is_read_and_nothing_else() {
    let tree = Tree::new();
    let cases = [
        ("plain.txt", Ok("0123456789")),
        ("./deep//er/leaf", Ok("leaf")),
        ("good-link", Ok("0123456789")),
        ("winding-link", Ok("0123456789")),
        ("up/granted/plain.txt", Err("leads")),
        ("escape", Err("leads")),
        ("../secret", Err("leads")),
        ("deep/../../secret", Err("leads")),
        ("absolute", Err("leads")),
        ("magic", Err("leads")),
        ("handle", Err("leads")),
        ("/etc/passwd", Err("leads")),
        ("self", Err("leads")),
        ("dangling", Err("failed")),
        ("nowhere", Err("failed")),
        ("deep", Err("wrong")),
        ("", Err("wrong")),
        ("plain.txt/leaf", Err("wrong")),
        ("pipe", Err("wrong")),
        ("socket", Err("wrong")),
        ("plain\0.txt", Err("wrong")),
    ];
    for (path, wanted) in cases {
        let found = tree.read(path);
        let shown = found.as_ref().map(|bytes| std::str::from_utf8(bytes).unwrap()).map_err(word);
        assert_eq!(shown, wanted, "{path:?}: {found:?}");
    }
}

#[test]
fn lists_show_what_can_be_read() {
    let tree = Tree::new();
    assert_eq!(tree.names("").unwrap(), ["deep", "good-link", "plain.txt", "winding-link"]);
    assert_eq!(tree.names("deep").unwrap(), ["er"]);
    for (path, wanted) in
        [("up", "leads"), ("..", "leads"), ("/", "leads"), ("plain.txt", "wrong"), ("pipe", "wrong"), ("no", "failed")]
    {
        assert_eq!(word(&tree.names(path).unwrap_err()), wanted, "{path}");
    }
    let listed = entries(&tree.folder(), Path::new("")).unwrap();
    assert!(listed[0].folder && listed[0].size == 0);
    assert!(!listed[1].folder && listed[1].size == 10 && listed[1].modified > 1_600_000_000_000, "{:?}", listed[1]);
}

#[test]
fn devices_and_processes_are_closed() {
    for (folder, path, wanted) in [
        ("/dev", "zero", "wrong"),
        ("/dev", "tty", "wrong"),
        ("/proc", "self/environ", "leads"),
        ("/proc", "self/mem", "leads"),
        ("/proc", "self/root/etc/passwd", "leads"),
        ("/proc", "self/exe", "leads"),
        ("/proc", "meminfo", "leads"),
    ] {
        let found = read(Path::new(folder), Path::new(path), 0, 10);
        assert_eq!(word(&found.unwrap_err()), wanted, "{folder}/{path}");
    }
}

#[test]
fn a_part_is_read_from_anywhere() {
    let tree = Tree::new();
    let part = |offset, length| String::from_utf8(read(&tree.folder(), Path::new("plain.txt"), offset, length).unwrap()).unwrap();
    for (offset, length, wanted) in
        [(0, 4, "0123"), (8, 4, "89"), (10, 4, ""), (99, 1, ""), (0, 0, ""), (u64::MAX, 4, ""), (i64::MAX as u64, 4, "")]
    {
        assert_eq!(part(offset, length), wanted, "{offset} {length}");
    }
}

#[test]
fn a_huge_file_comes_in_pieces() {
    let tree = Tree::new();
    let file = std::fs::File::create(tree.folder().join("huge")).unwrap();
    // Mostly a hole: it takes no room.
    file.set_len(1 << 40).unwrap();
    file.write_at(b"end", (1 << 40) - 3).unwrap();
    let piece = |offset, length| read(&tree.folder(), Path::new("huge"), offset, length).unwrap();
    assert_eq!(piece(0, u32::MAX).len(), READ_BYTES as usize);
    assert_eq!(piece((1 << 40) - 3, u32::MAX), b"end");
    // It shrinks while it is read.
    file.set_len(5).unwrap();
    assert_eq!(piece(0, u32::MAX).len(), 5);
    assert!(piece(1 << 30, 1).is_empty());
}

#[test]
fn a_folder_made_again_is_the_new_one_and_one_that_is_gone_is_told() {
    let tree = Tree::new();
    std::fs::rename(tree.folder(), tree.top.path().join("granted.1")).unwrap();
    let gone = tree.read("plain.txt").unwrap_err();
    assert!(matches!(&gone, Trouble::Failed(why) if why.contains("the granted folder")), "{gone:?}");
    std::fs::create_dir(tree.folder()).unwrap();
    std::fs::write(tree.folder().join("plain.txt"), "new").unwrap();
    assert_eq!(tree.read("plain.txt").unwrap(), b"new");
}

#[test]
fn a_folder_with_too_many_entries_is_not_listed() {
    let tree = Tree::new();
    let crowded = tree.folder().join("deep");
    for number in 0..=ENTRIES {
        std::fs::write(crowded.join(number.to_string()), "").unwrap();
    }
    let refused = tree.names("deep").unwrap_err();
    assert!(matches!(&refused, Trouble::Wrong(why) if why.contains("10000")), "{refused:?}");
}
