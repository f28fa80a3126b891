//! Holds a draft against what `vitrine check` asks of a file, and takes out what would not pass, with the reason.

use std::collections::BTreeSet;

use anyhow::{Context, bail};
use vitrine_config::typed::findings;
use vitrine_config::{Finding, Path, Step};
use vitrine_plugin::Kind;
use vitrine_web::dashboard::builtin;
use vitrine_web::dashboard::file::MOST_PANELS;
use vitrine_web::dashboard::template::Template;
use vitrine_web::{Dashboard, DashboardFile, Known};

use super::Surroundings;
use super::draft::{Draft, Row};
use super::yaml::Yaml;

/// What is taken out may be missed elsewhere; each round can only make the draft smaller.
const ROUNDS: usize = 40;

pub fn mend(draft: &mut Draft, surroundings: &Surroundings<'_>) -> anyhow::Result<()> {
    let panels = surroundings.catalog.names(Kind::Panel);
    let known = Known { panels: &panels, sources: surroundings.sources };
    kinds(draft, &panels);
    for _ in 0..ROUNDS {
        let file: DashboardFile = serde_json::from_value(draft.tree().value()).context("the draft is no dashboard")?;
        match Dashboard::check("imported", &DashboardFile { order: order(draft), ..file }, &known) {
            Err(found) => act(draft, &found),
            Ok(_) if options(draft, surroundings) => {}
            Ok(_) => {
                headings(draft);
                return Ok(());
            }
        }
    }
    bail!("the dashboard cannot be made to pass `vitrine check`: please report it, with the file")
}

fn order(draft: &Draft) -> Vec<String> {
    draft.variables.iter().map(|variable| variable.name.clone()).collect()
}

/// Nothing stands under them any more.
fn headings(draft: &mut Draft) {
    let (kept, empty): (Vec<Row>, Vec<Row>) = std::mem::take(&mut draft.rows).into_iter().partition(|row| !row.panels.is_empty());
    draft.rows = kept;
    for row in empty {
        draft.notes.add(row.origin, "the row is left out: it has no panels");
    }
}

/// A plugin that this host does not have is stood in for by one that shows the same numbers.
fn kinds(draft: &mut Draft, known: &[String]) {
    let mut notes = std::mem::take(&mut draft.notes);
    for panel in draft.all() {
        if known.contains(&panel.show) {
            continue;
        }
        let instead = match panel.show.as_str() {
            "bar-gauge" | "pie" | "bar-chart" => "stat",
            "histogram" | "heatmap" | "state-timeline" | "status-history" => "timeseries",
            _ => "table",
        };
        notes.add(&panel.origin, format!("there is no panel plugin `{}` here: `{instead}` shows it instead", panel.show));
        instead.clone_into(&mut panel.show);
    }
    draft.notes = notes;
}

/// From the last to the first, so that places before stay what they are.
fn act(draft: &mut Draft, found: &[Finding]) {
    let mut found: Vec<&Finding> = found.iter().collect();
    found.sort_by(|one, other| other.path.cmp(&one.path));
    found.dedup_by(|one, other| one.path == other.path);
    for finding in found {
        one(draft, finding);
    }
}

fn one(draft: &mut Draft, finding: &Finding) {
    let reason = told(finding);
    let Some((Step::Key(first), rest)) = finding.path.0.split_first() else { return truncate(draft) };
    match (first.as_str(), rest) {
        ("title", _) if draft.title.trim().is_empty() => "Imported".clone_into(&mut draft.title),
        ("title", _) => draft.title = escaped(&draft.title.clone(), &order(draft)),
        ("range", _) => draft.notes.add("time", lost(draft.range.take(), &reason)),
        ("refresh", _) => draft.notes.add("refresh", lost(draft.refresh.take(), &reason)),
        ("time_zone", _) => draft.notes.add("timezone", lost(draft.time_zone.take(), &reason)),
        ("links", [Step::Index(place), ..]) if *place < draft.links.len() => {
            let link = draft.links.remove(*place);
            draft.notes.add(link.origin, format!("the link is left out: {reason}"));
        }
        ("variables", [Step::Key(name), rest @ ..]) => variable(draft, name, rest, &reason),
        ("variables", _) => {
            let last = draft.variables.pop();
            draft.notes.add(last.map(|variable| variable.origin).unwrap_or_default(), reason);
        }
        ("panels", [Step::Index(place), rest @ ..]) => panel(draft, None, *place, rest, &reason),
        ("rows", [Step::Index(row), Step::Key(_), Step::Index(place), rest @ ..]) => {
            panel(draft, Some(*row), *place, rest, &reason);
        }
        ("rows", [Step::Index(row), Step::Key(key)]) => heading(draft, *row, key, &reason),
        _ => truncate(draft),
    }
}

fn told(finding: &Finding) -> String {
    let hint = finding.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!("{}{hint}", finding.reason)
}

fn lost(what: Option<String>, reason: &str) -> String {
    format!("`{}` is left out: {reason}", what.unwrap_or_default())
}

fn truncate(draft: &mut Draft) {
    let mut room = MOST_PANELS;
    let mut cut: Vec<String> = Vec::new();
    let lists = std::iter::once(&mut draft.panels).chain(draft.rows.iter_mut().map(|row| &mut row.panels));
    for list in lists {
        let kept = list.len().min(room);
        cut.extend(list.split_off(kept).into_iter().map(|panel| panel.origin));
        room -= kept;
    }
    for origin in cut {
        draft.notes.add(origin, format!("the panel is left out: a dashboard has at most {MOST_PANELS}"));
    }
}

fn variable(draft: &mut Draft, name: &str, rest: &[Step], reason: &str) {
    let Some(at) = draft.variables.iter().position(|variable| variable.name == name) else { return };
    if let [Step::Key(key), ..] = rest
        && matches!(key.as_str(), "default" | "multi" | "all")
    {
        let variable = &mut draft.variables[at];
        variable.fields.retain(|(known, _)| known != key);
        return draft.notes.add(&variable.origin, format!("`{key}` of the variable `{name}` is left out: {reason}"));
    }
    let variable = draft.variables.remove(at);
    draft.notes.add(variable.origin, format!("the variable `{name}` is left out: {reason}"));
}

fn heading(draft: &mut Draft, row: usize, key: &str, reason: &str) {
    let names = order(draft);
    let Some(row) = draft.rows.get_mut(row) else { return };
    if key == "repeat" {
        row.repeat = None;
        draft.notes.add(&row.origin, format!("the row is not repeated: {reason}"));
    } else {
        row.title = escaped(&row.title, &names);
    }
}

fn panel(draft: &mut Draft, row: Option<usize>, place: usize, rest: &[Step], reason: &str) {
    let names = order(draft);
    let list = match row {
        None => Some(&mut draft.panels),
        Some(row) => draft.rows.get_mut(row).map(|row| &mut row.panels),
    };
    let Some(list) = list.filter(|list| place < list.len()) else { return };
    let panel = &mut list[place];
    match rest {
        [Step::Key(key)] if key == "title" => panel.title = escaped(&panel.title, &names),
        [Step::Key(key)] if key == "repeat" => {
            panel.repeat = None;
            draft.notes.add(&panel.origin, format!("the panel is not repeated: {reason}"));
        }
        [Step::Key(key)] if key == "range" || key == "shift" => {
            let text = if key == "range" { panel.range.take() } else { panel.shift.take() };
            draft.notes.add(&panel.origin, lost(text, reason));
        }
        [Step::Key(key), Step::Index(at), ..] if key == "links" && *at < panel.links.len() => {
            let link = panel.links.remove(*at);
            draft.notes.add(link.origin, format!("the link is left out: {reason}"));
        }
        [Step::Key(key), ..] if key == "thresholds" && !panel.thresholds.is_empty() => {
            panel.thresholds.clear();
            draft.notes.add(&panel.origin, format!("thresholds are left out: {reason}"));
        }
        [.., Step::Key(key)] if key == "legend" => {
            for query in &mut panel.queries {
                query.legend = query.legend.as_ref().map(|legend| escaped(legend, &names));
            }
        }
        [Step::Key(key), rest @ ..] if key == "query" || key == "queries" => {
            let at = rest.iter().find_map(|step| if let Step::Index(at) = step { Some(*at) } else { None }).unwrap_or(0);
            if at >= panel.queries.len() {
                return;
            }
            let query = panel.queries.remove(at);
            draft.notes.add(query.origin, format!("the query is left out: {reason}"));
            if panel.queries.is_empty() {
                let panel = list.remove(place);
                draft.notes.add(panel.origin, "the panel is left out: none of its queries could be carried");
            }
        }
        [Step::Key(key), ..] if panel.option(key).is_some() => {
            panel.options.retain(|(known, _)| known != key);
            draft.notes.add(&panel.origin, format!("`{key}` is left out: {reason}"));
        }
        _ => {
            let panel = list.remove(place);
            draft.notes.add(panel.origin, format!("the panel is left out: {reason}"));
        }
    }
}

/// Whether an option was taken out that its plugin does not take.
fn options(draft: &mut Draft, surroundings: &Surroundings<'_>) -> bool {
    let mut notes = std::mem::take(&mut draft.notes);
    let mut changed = false;
    for panel in draft.all() {
        let Some(entry) = surroundings.catalog.get(&panel.show) else { continue };
        let options = Yaml::Map(panel.options.clone()).value();
        for finding in findings(&options, &Path::new(), &entry.manifest.options_schema()) {
            let Some(Step::Key(key)) = finding.path.0.first() else { continue };
            if panel.option(key).is_some() {
                panel.options.retain(|(known, _)| known != key);
                notes.add(&panel.origin, format!("`{key}` is left out: {}", told(&finding)));
                changed = true;
            } else if key == "text" {
                // A text panel without a text.
                panel.set("text", Yaml::text(""));
                changed = true;
            }
        }
    }
    draft.notes = notes;
    changed
}

/// Dollars before what is no variable are made plain ones.
fn escaped(text: &str, names: &[String]) -> String {
    let Ok(template) = Template::parse(text) else { return text.replace('$', "$$").replace("$$$$", "$$") };
    let is_known = |name: &str| names.iter().any(|known| known == name) || builtin::NAMES.contains(&name);
    let unknown: BTreeSet<usize> = template.uses().filter(|used| !is_known(&used.name)).map(|used| used.place.start).collect();
    let mut escaped = String::new();
    for (at, letter) in text.char_indices() {
        if unknown.contains(&at) {
            escaped.push('$');
        }
        escaped.push(letter);
    }
    escaped
}
