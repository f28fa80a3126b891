//! Lists the bundled plugins, so that the binary carries them. Makes nothing: `make plugins` does.

use std::fmt::Write;
use std::path::PathBuf;

fn main() -> Result<(), String> {
    // Asked now and not when this was compiled: several checkouts may share a target folder.
    let folder =
        std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).ok_or("cargo sets CARGO_MANIFEST_DIR")?.join("bundled");
    println!("cargo:rerun-if-changed=bundled");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .map(|entries| {
            entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "wasm")).collect()
        })
        .unwrap_or_default();
    files.sort();
    if files.is_empty() {
        return Err(format!("no bundled plugins in {}: run `make plugins`", folder.display()));
    }
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(list, "    ({name:?}, include_bytes!({:?})),", file.display().to_string()).map_err(|error| error.to_string())?;
    }
    list.push_str("]\n");
    let target = std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or("cargo sets OUT_DIR")?;
    std::fs::write(target.join("bundled.rs"), list).map_err(|error| error.to_string())
}
