//! `openmetricstest CASE_FOLDER…`: does our parser take what OpenMetrics takes, and refuse what it refuses?
//!
//! A case is a folder with `test.json` and the file that it names, as in OpenMetrics' own test data; a folder of such
//! folders stands for all of them. Each failed case is told with file and line.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its words are for who runs it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use vitrine_exposition::{Error, Format, Parser};

/// What a case is said to be in.
const ABOUT: &str = "test.json";

/// How deep folders may lie in folders.
const DEPTH: usize = 8;

/// A case as `test.json` has it; what else is there is for people.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    #[serde(default = "metrics")]
    file: PathBuf,
    should_parse: bool,
}

fn metrics() -> PathBuf {
    PathBuf::from("metrics")
}

fn main() -> ExitCode {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if folders.is_empty() {
        eprintln!("usage: openmetricstest CASE_FOLDER…");
        return ExitCode::from(2);
    }
    let (mut passed, mut failed) = (0, 0);
    let mut tell = |outcome: Result<(), String>| match outcome {
        Ok(()) => passed += 1,
        Err(reason) => {
            println!("{reason}");
            failed += 1;
        }
    };
    for folder in &folders {
        match cases(folder, DEPTH) {
            Ok(cases) if cases.is_empty() => {
                tell(Err(format!("{}:1: there is no case: no `{ABOUT}` is in it", folder.display())))
            }
            Ok(cases) => cases.iter().for_each(|case| tell(judge(case))),
            Err(error) => tell(Err(format!("{}:1: {error:#}", folder.display()))),
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The folder where it is a case, else all cases in it, in order.
fn cases(folder: &Path, depth: usize) -> Result<Vec<PathBuf>> {
    if folder.join(ABOUT).is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    ensure!(depth > 0, "folders lie too deep in each other");
    let entries = fs::read_dir(folder).context("cannot read the folder")?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| path.is_dir()) {
        found.extend(cases(path, depth - 1)?);
    }
    Ok(found)
}

/// The sentence about a failed case begins with file and line.
fn judge(folder: &Path) -> Result<(), String> {
    let about = folder.join(ABOUT);
    let case = fs::read(&about).map_err(|error| error.to_string());
    let case = case.and_then(|text| serde_json::from_slice::<Case>(&text).map_err(|error| error.to_string()));
    let case = case.map_err(|error| format!("{}:1: cannot be read: {error}", about.display()))?;
    let path = folder.join(&case.file);
    let text = fs::read(&path).map_err(|error| format!("{}:1: cannot be read: {error}", path.display()))?;
    match (read(&text), case.should_parse) {
        (Ok(_), true) | (Err(_), false) => Ok(()),
        (Err(error), true) => {
            Err(format!("{}:{}:{}: is refused, and should be read: {}", path.display(), error.line, error.column, error.reason))
        }
        (Ok(lines), false) => Err(format!("{}:{lines}: is read to the end, and should be refused", path.display())),
    }
}

/// All of a text; answers how many lines it has.
fn read(text: &[u8]) -> Result<u32, Error> {
    let mut parser = Parser::of_bytes(text, Format::OpenMetrics)?;
    while parser.next()?.is_some() {}
    Ok(parser.line())
}
