//! Gives back what only starting needed: the heap that compiling leaves behind, and the code that has done its work.
//!
//! Most of the code runs once, when files are read and plugins come in; its pages stay resident until somebody asks
//! for them. What runs again comes back from the page cache at its first use.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn give_back() {
    use procfs::process::{MMPermissions, MMapPath, Process};

    // SAFETY: frees what the allocator holds unused; it takes the allocator's own locks.
    #[expect(unsafe_code, reason = "the allocator has no safe interface")]
    unsafe {
        libc::malloc_trim(0);
    }
    let Ok(own) = std::env::current_exe() else { return };
    let Ok(maps) = Process::myself().and_then(|process| process.maps()) else { return };
    let code = MMPermissions::READ | MMPermissions::EXECUTE | MMPermissions::PRIVATE;
    for map in maps.iter().filter(|map| map.perms == code && map.pathname == MMapPath::Path(own.clone())) {
        let (start, end) = map.address;
        let (Ok(begin), Ok(length)) = (usize::try_from(start), usize::try_from(end - start)) else { continue };
        // A refusal leaves all as it was.
        // SAFETY: the pages are the executable's own code, mapped from its file and never written to: the kernel reads
        // the same bytes again when they are next used.
        #[expect(unsafe_code, reason = "the kernel has no safe interface")]
        unsafe {
            libc::madvise(std::ptr::without_provenance_mut(begin), length, libc::MADV_DONTNEED);
        }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back() {}
