//! Dashboards: every YAML file below the folder; subfolders become part of the name. What begins with `_` is for others to
//! include.

mod include;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use vitrine_config::typed::{findings, read_as};
use vitrine_config::{Document, Finding, Part, Path as Place, Problem, Source};
use vitrine_model::Span;
use vitrine_monitor::alert::{Group, rule};
use vitrine_plugin::{Kind, Offer};
use vitrine_web::{Dashboard, DashboardFile, Known};

use super::{Notes, yaml_files};
use crate::catalog::Catalog;
use crate::settings::Settings;
use include::Whole;

/// How deep folders may lie in each other.
const DEPTH: usize = 4;

/// A file with a problem is left out.
pub(super) fn read(settings: &Settings, catalog: &Catalog, notes: &mut Notes) -> Vec<Dashboard> {
    let panels = catalog.names(Kind::Panel);
    let sources: Vec<(String, String)> =
        settings.sources.iter().map(|(name, source)| (name.clone(), source.plugin.clone())).collect();
    let known = Known { panels: &panels, sources: &sources };
    let folder = &settings.dashboards_dir;
    let mut dashboards = Vec::new();
    let mut taken: HashMap<String, PathBuf> = HashMap::new();
    let mut included: Option<HashSet<PathBuf>> = Some(HashSet::new());
    for file in files(folder, DEPTH) {
        notes.files += 1;
        if let Some(other) = taken.insert(name(folder, &file), file.clone()) {
            notes.problems.push(twice(&other, &file));
            continue;
        }
        match one(folder, &file, &known, catalog) {
            Ok((dashboard, parts)) => {
                dashboards.push(dashboard);
                included = included.map(|files| files.into_iter().chain(parts).collect());
            }
            Err(problems) => {
                // What it includes is not known as long as it is wrong.
                included = None;
                notes.broken_dashboards.push(name(folder, &file));
                notes.broken_rules.push(rules_file(&name(folder, &file)));
                notes.problems.extend(problems);
            }
        }
    }
    if let Some(included) = included {
        notes.remarks.extend(lonely(folder, &included));
    }
    dashboards
}

/// Files to include that nobody includes: one of them may have been meant to be.
fn lonely(folder: &Path, included: &HashSet<PathBuf>) -> Vec<Problem> {
    let shown: HashSet<PathBuf> = files(folder, DEPTH).into_iter().collect();
    let parts = all(folder, DEPTH).into_iter().filter(|file| !shown.contains(file) && !included.contains(file));
    let remark = |file: PathBuf| Problem::of(Source::File(file), "no dashboard includes this file").hint(LONELY);
    parts.map(remark).collect()
}

const LONELY: &str = "name it in an `include:`, or remove it";

/// Every file, those to include among them.
fn all(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let mut found = yaml_files(folder);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_shown =
        |path: &PathBuf| path.is_dir() && !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let mut folders: Vec<PathBuf> = if depth == 0 { Vec::new() } else { entries.filter(is_shown).collect() };
    folders.sort();
    found.extend(folders.iter().flat_map(|folder| all(folder, depth - 1)));
    found
}

/// The first of two files keeps the name, so that what was shown stays.
fn twice(first: &Path, second: &Path) -> Problem {
    let text = format!("{} would be the same dashboard as {}", second.display(), first.display());
    Problem::of(Source::File(second.to_owned()), text).hint("rename one of them")
}

fn files(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let begins_with = |path: &Path, sign: char| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(sign));
    let mut found = yaml_files(folder);
    found.retain(|file| !begins_with(file, '_'));
    if depth == 0 {
        return found;
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_shown = |path: &PathBuf| path.is_dir() && !begins_with(path, '.') && !begins_with(path, '_');
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_shown).collect();
    folders.sort();
    found.extend(folders.iter().flat_map(|folder| files(folder, depth - 1)));
    found
}

fn one(folder: &Path, file: &Path, known: &Known<'_>, catalog: &Catalog) -> Result<(Dashboard, Vec<PathBuf>), Vec<Problem>> {
    let document = Document::read(file).map_err(|problem| vec![problem])?;
    let mut read: DashboardFile = read_as(&document).map_err(|problems| problems.0)?;
    let mut order: Vec<String> = read.variables.keys().cloned().collect();
    order.sort_by_key(|name| document.place(&Place::new().key("variables").key(name.as_str()), Part::Key));
    read.order = order;
    let whole = include::resolve(folder, document, read)?;
    let name = name(folder, file);
    let placed = |findings: Vec<Finding>| findings.into_iter().map(|finding| whole.problem(finding)).collect::<Vec<_>>();
    let dashboard = Dashboard::check(&name, &whole.file, known).map_err(placed)?;
    let mut wrong = options(&dashboard, &whole, catalog);
    wrong.extend(offers(&dashboard, &whole, known, catalog));
    if wrong.is_empty() { Ok((dashboard, whole.included().map(Path::to_owned).collect())) } else { Err(wrong) }
}

/// The rules of the alerts in dashboards' panels. They were checked with these.
pub(super) fn rules(dashboards: &[Dashboard], every: Span) -> Vec<Group> {
    let of = |dashboard: &Dashboard| rule::check(&rules_file(&dashboard.name), &dashboard.rules()?, every).ok();
    dashboards.iter().filter_map(of).flatten().collect()
}

/// What the identity of a dashboard's rules is built on: no rule file is named so.
fn rules_file(dashboard: &str) -> String {
    format!("dashboards/{dashboard}")
}

/// The rules of a dashboard's alerts, in a file by itself.
pub fn rules_of(file: &Path, every: Span) -> Result<Vec<Group>, Vec<Problem>> {
    let catalog = Catalog::gather(&crate::catalog::Places::default());
    let panels = catalog.names(Kind::Panel);
    let folder = file.parent().unwrap_or(Path::new(""));
    let (dashboard, _) = one(folder, file, &Known { panels: &panels, sources: &[] }, &catalog)?;
    Ok(rules(&[dashboard], every))
}

/// `machine`, `shop/orders`: the file's path below the folder, without its ending.
pub(super) fn name(folder: &Path, file: &Path) -> String {
    file.strip_prefix(folder).unwrap_or(file).with_extension("").to_string_lossy().into_owned()
}

/// Panels' options against their plugins' manifests.
fn options(dashboard: &Dashboard, whole: &Whole, catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (panel, path) in dashboard.panels().zip(paths(&whole.file)) {
        let Some(entry) = catalog.get(&panel.show) else { continue };
        let Ok(options) = serde_json::from_str::<Value>(&panel.options) else { continue };
        for finding in findings(&options, &Place::new(), &entry.manifest.options_schema()) {
            // An option stands in the panel itself or under `options`.
            let own = path.clone().join(&finding.path);
            let path = if whole.holds(&own) { own } else { path.clone().key("options").join(&finding.path) };
            problems.push(whole.problem(Finding { path, ..finding }));
        }
    }
    problems
}

/// Buttons for what the source's plugin cannot do at all.
fn offers(dashboard: &Dashboard, whole: &Whole, known: &Known<'_>, catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (panel, path) in dashboard.panels().zip(paths(&whole.file)) {
        for (key, actions) in [("actions", &panel.actions), ("row_actions", &panel.row_actions)] {
            for (place, action) in actions.iter().enumerate() {
                let plugin = known.sources.iter().find(|(name, _)| *name == action.source).map(|(_, plugin)| plugin);
                let Some((plugin, entry)) = plugin.and_then(|plugin| Some((plugin, catalog.get(plugin)?))) else { continue };
                if !entry.manifest.offers(Offer::Actions) {
                    let path = path.clone().key(key).index(place).key("source");
                    let reason = format!("the plugin `{plugin}` of `{}` offers no actions", action.source);
                    problems.push(whole.problem(Finding::value(path, reason)));
                }
            }
        }
    }
    problems
}

/// Where each panel stands, in the order in which the dashboard has them.
fn paths(read: &DashboardFile) -> impl Iterator<Item = Place> + '_ {
    let plain = (0..read.panels.len()).map(|panel| Place::new().key("panels").index(panel));
    let in_rows = read.rows.iter().enumerate().flat_map(|(row, entry)| {
        (0..entry.panels.len()).map(move |panel| Place::new().key("rows").index(row).key("panels").index(panel))
    });
    plain.chain(in_rows)
}
