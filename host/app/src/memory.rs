//! Gives back what only starting needed: the heap that compiling leaves behind, and the code that has done its work.
//!
//! Most of the code runs once, when files are read and plugins come in; its pages stay resident until somebody asks
//! for them. What runs again comes back from the page cache at its first use.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// When the first ticks, pages and checks after a start are over.
const SETTLED: Duration = Duration::from_secs(10);
/// What came back since, for something that happens seldom, goes again; used code is back after some hundred faults.
const EVERY: Duration = Duration::from_secs(600);

/// Gives back again and again, until stopped.
pub(crate) async fn keep_small(stop: CancellationToken) {
    let mut wait = SETTLED;
    while stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
        wait = EVERY;
        // Reading what is mapped takes milliseconds.
        let _ = tokio::task::spawn_blocking(give_back).await;
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn give_back() {
    let unwritten = unwritten().unwrap_or_default();
    // SAFETY: frees what the allocator holds unused; it takes the allocator's own locks.
    #[expect(unsafe_code, reason = "the allocator has no safe interface")]
    unsafe {
        libc::malloc_trim(0);
    }
    for (begin, length) in unwritten {
        // A refusal leaves all as it was.
        // SAFETY: the pages are mapped from a file, cannot be written to and never were: the kernel reads the same bytes
        // again when they are next used.
        #[expect(unsafe_code, reason = "the kernel has no safe interface")]
        unsafe {
            libc::madvise(std::ptr::without_provenance_mut(begin), length, libc::MADV_DONTNEED);
        }
    }
}

/// Where the program and its libraries are mapped from their files, and were never written to (those parts that the
/// loader relocated were). They stay mapped until the end.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn unwritten() -> Option<Vec<(usize, usize)>> {
    use procfs::process::{MMPermissions, MMapPath, Process};

    let own = std::env::current_exe().ok()?;
    let maps = Process::myself().and_then(|process| process.smaps()).ok()?;
    let kept = maps.iter().filter(|map| {
        let MMapPath::Path(path) = &map.pathname else { return false };
        let library = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.contains(".so"));
        let readable = map.perms.difference(MMPermissions::EXECUTE) == MMPermissions::READ | MMPermissions::PRIVATE;
        readable && (library || *path == own) && map.extension.map.get("Anonymous") == Some(&0)
    });
    let ranges =
        kept.map(|map| Some((usize::try_from(map.address.0).ok()?, usize::try_from(map.address.1 - map.address.0).ok()?)));
    ranges.collect()
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back() {}
