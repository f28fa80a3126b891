//! Actions as people write them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use vitrine_config::{Finding, Path, guess};

use super::check::{Check, with};
use crate::dashboard::action::ActionLink;

/// In one place, and parameters of one.
const MOST: usize = 10;
const MOST_PARAMETERS: usize = 30;

/// A button that has a source do something, once its viewer has said yes to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionFile {
    /// What the button says; the action's name where left out.
    #[serde(default)]
    pub title: Option<String>,
    /// The source that does it.
    pub source: String,
    /// The action, by the name that the source gives it: its plugin's README has them.
    pub action: String,
    /// What it is given: `{ service: "$service" }`, in a table's row also `"{{column}}"`.
    #[serde(default)]
    pub with: BTreeMap<String, Value>,
}

impl Check<'_> {
    /// Those of a list under `key`.
    pub(super) fn actions(&mut self, files: &[ActionFile], path: &Path, key: &str) -> Vec<ActionLink> {
        let path = path.clone().key(key);
        if files.len() > MOST {
            let reason = format!("{} are more than the {MOST} there may be", files.len());
            self.findings.push(Finding::value(path.clone(), reason));
        }
        files
            .iter()
            .enumerate()
            .map(|(place, file)| self.action(file, &path.clone().index(place), key == "row_actions"))
            .collect()
    }

    fn action(&mut self, file: &ActionFile, path: &Path, in_row: bool) -> ActionLink {
        let title = file.title.clone().unwrap_or_else(|| file.action.clone());
        self.filled(&title, &path.clone().key("title"), in_row);
        self.known_source(&file.source, &path.clone().key("source"));
        if file.action.trim().is_empty() {
            let finding = Finding::value(path.clone().key("action"), "the action has no name");
            self.findings.push(finding.hint("the source's plugin says what it can do"));
        }
        if file.with.len() > MOST_PARAMETERS {
            let reason = format!("{} are more than the {MOST_PARAMETERS} parameters there may be", file.with.len());
            self.findings.push(Finding::value(path.clone().key("with"), reason));
        }
        for (name, value) in &file.with {
            if let Value::String(text) = value {
                self.filled(text, &path.clone().key("with").key(name.as_str()), in_row);
            }
        }
        ActionLink { title, source: file.source.clone(), action: file.action.clone(), with: file.with.clone() }
    }

    /// Columns are a row's: nothing else has some.
    fn filled(&mut self, text: &str, path: &Path, in_row: bool) {
        self.text(text, path);
        if let Some(byte) = text.find("{{").filter(|_| !in_row) {
            let reason = "there are no columns here";
            let finding = Finding::value(path.clone(), reason).within(Some((byte, reason.to_owned())));
            self.findings.push(finding.hint("move the action under `row_actions`, or use a variable: `$name`"));
        }
    }

    /// A source by its name, which may be a variable's value.
    fn known_source(&mut self, name: &str, path: &Path) {
        let Some(template) = self.template(name, path) else { return };
        self.uses(&template, path);
        let known: Vec<&str> = self.known.sources.iter().map(|(name, _)| name.as_str()).collect();
        if template.is_plain() && !known.contains(&template.text()) {
            let finding = Finding::value(path.clone(), format!("there is no source `{name}`"));
            self.findings.push(with(finding, guess::hint(name, &known, "there are")));
        }
    }
}
