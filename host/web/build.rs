//! Embeds what `make assets` has bundled; says so where it is missing. Never runs npm itself.

use std::path::Path;

fn main() {
    for name in ["dist/app.js", "dist/style.css", "fonts/latin-400.ttf"] {
        let file = Path::new("assets").join(name);
        println!("cargo::rerun-if-changed={}", file.display());
        if !file.is_file() {
            println!("cargo::error=host/web/{} is missing: run `make assets`", file.display());
            return;
        }
    }
    memory_serve::load_directory("assets/dist");
}
