//! Rule files: `config/alerts/*.yaml`.

use std::path::Path;

use vitrine_config::typed::read_as;
use vitrine_config::{Document, Part, Path as At, Problem};
use vitrine_model::Span;
use vitrine_monitor::alert::file::RuleFile;
use vitrine_monitor::alert::{Group, rule};

use super::{Notes, Origins, yaml_files};
use crate::settings::Settings;

/// A file with a problem is left out as a whole: half a rule file is worse than none.
pub(super) fn read(origins: &Origins, settings: &Settings, notes: &mut Notes) -> Vec<Group> {
    let every = every(settings);
    let mut groups = Vec::new();
    for file in yaml_files(&origins.folder.join("alerts")) {
        notes.files += 1;
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match one(&file, &stem, every) {
            Ok(found) => groups.extend(found),
            Err(problems) => {
                notes.broken_rules.push(stem);
                notes.problems.extend(problems);
            }
        }
    }
    groups
}

/// How often groups are evaluated that do not say.
pub(super) fn every(settings: &Settings) -> Span {
    settings.alerts.evaluate_every.parse().unwrap_or(Span::from_secs(15))
}

fn one(file: &Path, stem: &str, every: Span) -> Result<Vec<Group>, Vec<Problem>> {
    let document = Document::read(file).map_err(|problem| vec![problem])?;
    let rules: RuleFile = read_as(&document).map_err(|problems| problems.0)?;
    let placed = |findings: Vec<_>| findings.into_iter().map(|finding| document.problem(finding)).collect::<Vec<_>>();
    let mut groups = rule::check(stem, &rules, every).map_err(placed)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    for (place, group) in groups.iter_mut().enumerate() {
        let rules = At::new().key("groups").index(place).key("rules");
        let line = |rule: usize| document.place(&rules.clone().index(rule), Part::Value).line;
        let placed = (0..group.rules.len()).map(|rule| format!("config/alerts/{name}:{}", line(rule)));
        group.places = placed.collect();
    }
    Ok(groups)
}
