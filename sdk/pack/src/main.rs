//! `vitrine-pack build FOLDER… --out FOLDER`: builds plugins before there is a host to do it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: vitrine-pack build FOLDER... --out FOLDER";

fn main() -> ExitCode {
    let result = Arguments::read().and_then(|arguments| {
        let mut progress = |line: &str| say(&format!("  {line}"));
        vitrine_pack::build_all(&arguments.folders, &arguments.out, vitrine_pack::File::Plain, &mut progress)
    });
    match result {
        Ok(built) => {
            let bytes: usize = built.iter().map(|plugin| plugin.bytes).sum();
            say(&format!("{} plugins, {} kB", built.len(), bytes.div_ceil(1000)));
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

struct Arguments {
    folders: Vec<PathBuf>,
    out: PathBuf,
}

impl Arguments {
    fn read() -> anyhow::Result<Arguments> {
        let mut words = std::env::args_os().skip(1);
        anyhow::ensure!(words.next().is_some_and(|word| word == "build"), "{USAGE}");
        let (mut folders, mut out) = (Vec::new(), None);
        while let Some(word) = words.next() {
            match word == "--out" {
                true => out = words.next().map(PathBuf::from),
                false => folders.push(PathBuf::from(word)),
            }
        }
        match out {
            Some(out) if !folders.is_empty() => Ok(Arguments { folders, out }),
            _ => anyhow::bail!("{USAGE}"),
        }
    }
}

/// Writes a line for the person who waits; where nobody reads, there is nobody to tell.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
