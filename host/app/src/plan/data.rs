//! Databases and folders: are they there, and does what an entry names agree with what it is granted?

use serde_json::Value;
use vitrine_config::{Finding, Loaded, Path};
use vitrine_plugin::grant::Grants;
use vitrine_plugin::{Capability, Manifest};

use super::Notes;
use crate::settings::Settings;

/// The entries under `databases`.
pub(super) fn databases(loaded: &Loaded<Settings>, notes: &mut Notes) {
    for (name, entry) in &loaded.value.databases {
        let path = Path::new().key("databases").key(name);
        for (key, reason, hint) in entry.mistakes() {
            let reason = format!("database `{name}`: {reason}");
            let finding = match key {
                "" => Finding::key(path.clone(), reason),
                key => Finding::value(path.clone().key(key), reason),
            };
            notes.problems.push(loaded.problem(finding.hint(hint)));
        }
    }
}

/// What is granted and is not there. `path` leads to the grant.
pub(super) fn grants(path: &Path, grants: &Grants, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, name) in grants.databases().iter().enumerate() {
        if !settings.databases.contains_key(name) {
            let path = path.clone().key("sql").index(place);
            let known: Vec<&str> = settings.databases.keys().map(String::as_str).collect();
            let hint = match known.is_empty() {
                true => format!("add it: `databases: {{ {name}: {{ sqlite: FILE }} }}`"),
                false => format!("there are: {}", known.join(", ")),
            };
            findings.push(Finding::value(path, format!("there is no database `{name}`")).hint(hint));
        }
    }
    for (place, folder) in grants.folders().iter().enumerate() {
        let shown = folder.display();
        let reason = match std::fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => continue,
            Ok(_) => format!("`{shown}` is not a folder"),
            Err(error) => format!("the folder `{shown}` cannot be granted: {error}"),
        };
        let path = path.clone().key("files").index(place);
        findings.push(Finding::value(path, reason).hint("make the folder, or write its right path"));
    }
    findings
}

/// Options that name a database or a file (`format = "database"`, `format = "path"` in the manifest) that is not granted.
/// `path` leads to the entry.
pub(super) fn options(capability: Capability, path: &Path, with: &Value, manifest: &Manifest, grants: &Grants) -> Vec<Finding> {
    let format = match capability {
        Capability::Sql => "database",
        Capability::Files => "path",
        _ => return Vec::new(),
    };
    let schema = manifest.options_schema();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let named = properties.filter(|(_, property)| property.get("format").and_then(Value::as_str) == Some(format));
    let mut findings = Vec::new();
    for (option, _) in named {
        let Some(text) = with.get(option).and_then(Value::as_str) else { continue };
        let (verdict, what, remedy) = match capability {
            Capability::Sql => (grants.require_database(text), "the database", format!("add `sql: [{text}]` under `grant`")),
            _ => {
                let folder = std::path::Path::new(text).parent().map(|folder| folder.display().to_string()).unwrap_or_default();
                (grants.require_file(text).map(drop), "the file", format!("add `files: [\"{folder}\"]` under `grant`"))
            }
        };
        if verdict.is_err() {
            let path = path.clone().key("with").key(option);
            findings.push(Finding::value(path, format!("{what} `{text}` is not granted")).hint(remedy));
        }
    }
    findings
}
