//! The files of a settings folder, and what two of them may not both set.

use std::path::{Path as FilePath, PathBuf};

use serde_json::Value;

use crate::document::{self, Document};
use crate::path::Path;
use crate::problem::{Finding, Part, Problem, Source};

/// More files in one folder are no settings folder.
const FILES_MOST: usize = 1_000;

/// The folder whose files go over those beside it.
const OVERRIDES: &str = "conf.d";

/// The settings files directly in a folder, and those in its `conf.d`, each sorted by name.
pub(crate) struct Listing {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) overrides: Vec<PathBuf>,
}

pub(crate) fn list(folder: &FilePath) -> Result<Listing, Problem> {
    let over = folder.join(OVERRIDES);
    let overrides = if over.is_dir() { files_in(&over)? } else { Vec::new() };
    Ok(Listing { files: files_in(folder)?, overrides })
}

/// A YAML file that is neither hidden nor an editor's leftover.
pub(crate) fn is_settings_file(file: &FilePath) -> bool {
    let hidden = file.file_name().and_then(|name| name.to_str()).is_none_or(|name| name.starts_with('.'));
    let yaml = file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    yaml && !hidden
}

fn files_in(folder: &FilePath) -> Result<Vec<PathBuf>, Problem> {
    let unreadable = |error: std::io::Error| {
        let reason = format!("the folder cannot be read: {}", document::plain(&error));
        Problem::of(Source::File(folder.to_owned()), reason).hint("create it, or mend the path that names it")
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if is_settings_file(&file) && file.is_file() {
            files.push(file);
        }
    }
    if files.len() > FILES_MOST {
        let reason = format!("the folder holds more than {FILES_MOST} settings files");
        return Err(Problem::of(Source::File(folder.to_owned()), reason).hint("name the folder that holds the settings only"));
    }
    files.sort();
    Ok(files)
}

/// The settings of a file: a map, where a key that is set to nothing counts as left out.
pub(crate) fn settings(document: &Document) -> Result<serde_json::Map<String, Value>, Problem> {
    match document.json() {
        Value::Null => Ok(serde_json::Map::new()),
        Value::Object(mut map) => {
            map.retain(|_, value| !value.is_null());
            Ok(map)
        }
        _ => {
            let finding = Finding::value(Path::new(), "a settings file must hold keys and their values");
            Err(document.problem(finding.hint("write `key: value`")))
        }
    }
}

/// What two files of one layer both set. Sections (the keys at the top) may be spread over files as long as they are
/// maps; their entries may not, so that nobody's source silently replaces another of the same name.
pub(crate) fn collisions(documents: &[(&Document, &serde_json::Map<String, Value>)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, (later, settings)) in documents.iter().enumerate() {
        for (section, value) in settings.iter() {
            let path = Path::new().key(section);
            for (earlier, others) in &documents[..index] {
                match (value, others.get(section)) {
                    (_, None) => {}
                    (Value::Object(entries), Some(Value::Object(taken))) => {
                        let both = entries.keys().filter(|entry| taken.contains_key(*entry));
                        problems.extend(both.map(|entry| collision(earlier, later, path.clone().key(entry))));
                    }
                    _ => problems.push(collision(earlier, later, path.clone())),
                }
            }
        }
    }
    problems
}

fn collision(earlier: &Document, later: &Document, path: Path) -> Problem {
    let first = earlier.place(&path, Part::Key);
    let finding = Finding::key(path.clone(), format!("`{path}` is already set at {first}"));
    later.problem(finding.hint(format!("keep one of the two, or move the one that should win to {OVERRIDES}/")))
}
