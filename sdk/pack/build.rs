//! Lists what `vitrine plugin new` writes: the templates, and the SDK's own sources, so that a plugin can be written with
//! nothing at hand but the binary.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What tools leave behind in folders with sources.
const LEFT: [&str; 7] = ["node_modules", "dist", "build", "__pycache__", "target", ".venv", ".vitrine"];

/// What plugins are not made of: the SDKs' own tests would run among the plugin's.
const OWN: [&str; 2] = ["test", "tests"];

fn main() -> Result<(), String> {
    let pack = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?);
    let target = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let sdk = pack.parent().ok_or("sdk/pack lies in sdk")?;
    write(&target.join("templates.rs"), &[("", pack.join("templates"))], &LEFT)?;
    // `wit` is a link in the repository, and a folder in what is written.
    let places = ["src", "exposition/src", "examples/hello.rs", "wit", "js", "python"].map(|name| (name, sdk.join(name)));
    write(&target.join("sources.rs"), &places, &[&LEFT[..], &OWN[..]].concat())
}

/// A list of paths and contents.
fn write(list: &Path, places: &[(&str, PathBuf)], skipped: &[&str]) -> Result<(), String> {
    let mut text = String::from("&[\n");
    for (name, place) in places.iter().filter(|(_, place)| place.exists()) {
        println!("cargo:rerun-if-changed={}", place.display());
        for file in files(place, skipped)? {
            let inside = file.strip_prefix(place).map_err(|error| error.to_string())?;
            // Nothing is inside a file: its name is all there is.
            let place = if inside == Path::new("") { Path::new(name).to_owned() } else { Path::new(name).join(inside) };
            let place = place.display().to_string();
            writeln!(text, "    ({place:?}, include_bytes!({:?})),", file.display().to_string())
                .map_err(|error| error.to_string())?;
        }
    }
    text.push_str("]\n");
    std::fs::write(list, text).map_err(|error| format!("{}: {error}", list.display()))
}

fn files(folder: &Path, skipped: &[&str]) -> Result<Vec<PathBuf>, String> {
    if folder.is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let is_skipped = path.file_name().is_some_and(|name| skipped.iter().any(|skipped| name == *skipped));
        match path.is_dir() {
            true if is_skipped => {}
            true => found.extend(files(&path, skipped)?),
            false => found.push(path),
        }
    }
    Ok(found)
}
