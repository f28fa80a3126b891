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
        let _ = tokio::task::spawn_blocking(|| give_back(true)).await;
    }
}

/// Compiled plugins go too once the start has settled: before that, they are about to be used.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn give_back(settled: bool) {
    let parts = parts(settled).unwrap_or_default();
    // SAFETY: frees what the allocator holds unused; it takes the allocator's own locks.
    #[expect(unsafe_code, reason = "the allocator has no safe interface")]
    unsafe {
        libc::malloc_trim(0);
    }
    for Part { begin, length, advice } in parts {
        // A refusal leaves all as it was.
        // SAFETY: what is dropped is mapped from a file until the end, cannot be written to and never was: the kernel reads
        // the same bytes again. What is paged out keeps its content, whatever is mapped there by now.
        #[expect(unsafe_code, reason = "the kernel has no safe interface")]
        unsafe {
            libc::madvise(std::ptr::without_provenance_mut(begin), length, advice);
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
struct Part {
    begin: usize,
    length: usize,
    advice: libc::c_int,
}

/// Where the program and its libraries are mapped from their files and were never written to (those parts that the loader
/// relocated were), and where compiled plugins are, which may go at any time.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn parts(settled: bool) -> Option<Vec<Part>> {
    use procfs::process::{MMPermissions, MMapPath, Process};

    let own = std::env::current_exe().ok()?;
    let maps = Process::myself().and_then(|process| process.smaps()).ok()?;
    let parts = maps.iter().filter_map(|map| {
        let MMapPath::Path(path) = &map.pathname else { return None };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let readable = map.perms.difference(MMPermissions::EXECUTE) == MMPermissions::READ | MMPermissions::PRIVATE;
        let advice = match name {
            _ if !readable || map.extension.map.get("Anonymous") != Some(&0) => return None,
            _ if name.contains(".so") || *path == own => libc::MADV_DONTNEED,
            _ if settled && name.ends_with(".cwasm") => libc::MADV_PAGEOUT,
            _ => return None,
        };
        Some((map.address, advice))
    });
    let part = |((begin, end), advice): ((u64, u64), libc::c_int)| {
        Some(Part { begin: usize::try_from(begin).ok()?, length: usize::try_from(end - begin).ok()?, advice })
    };
    parts.map(part).collect()
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back(_: bool) {}
