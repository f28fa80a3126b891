//! Units that were most likely meant to be one that panels know. Any other word is shown as it is.

use serde_json::Value;
use vitrine_config::{Finding, Path, guess};

use super::check::Check;
use crate::dashboard::file::PanelFile;
use crate::draw::unit::{KNOWN, Unit};

/// In shorter words a letter that differs makes another word.
const LEAST_LETTERS: usize = 5;

impl Check<'_> {
    pub(super) fn units(&mut self, file: &PanelFile, path: &Path) {
        if let Some(unit) = &file.unit {
            self.unit(unit, path.clone().key("unit"));
        }
        for (name, option) in &file.options {
            self.within(name, option, path.clone().key("options").key(name.as_str()));
        }
    }

    fn within(&mut self, name: &str, option: &Value, path: Path) {
        match option {
            Value::String(unit) if name == "unit" => self.unit(unit, path),
            Value::Object(map) => {
                for (name, option) in map {
                    self.within(name, option, path.clone().key(name.as_str()));
                }
            }
            Value::Array(list) => {
                for (place, option) in list.iter().enumerate() {
                    self.within("", option, path.clone().index(place));
                }
            }
            _ => {}
        }
    }

    fn unit(&mut self, unit: &str, path: Path) {
        if !matches!(Unit::parse(unit), Unit::Other(_)) || unit.chars().count() < LEAST_LETTERS || unit.contains('$') {
            return;
        }
        let is_rate = unit.contains('/');
        let long = KNOWN.into_iter().filter(|known| known.chars().count() >= LEAST_LETTERS && known.contains('/') == is_rate);
        if let Some(meant) = guess::nearest(unit, long) {
            let finding = Finding::value(path, format!("`{unit}` is no unit that panels know"));
            self.findings.push(finding.hint(guess::did_you_mean(meant)));
        }
    }
}
