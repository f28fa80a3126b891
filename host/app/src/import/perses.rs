//! Perses's dashboards: the kind `Dashboard`, in YAML or JSON.

mod panel;
mod variable;

use serde_json::Value;

use super::draft::{Draft, Link, Panel, Row};
use super::notes::Notes;

/// Pixels of a row of Perses's grid, and of ours, each with the gap below.
const THEIR_PIXELS: f64 = 38.0;
const OUR_PIXELS: f64 = 72.0;

pub fn read(tree: &Value) -> Result<Draft, String> {
    match tree["kind"].as_str() {
        Some("Dashboard") if tree["spec"].is_object() => {}
        Some(other) if other != "Dashboard" => {
            return Err(format!("this is a `{other}` of Perses: only a `Dashboard` can be carried"));
        }
        _ => return Err("this is no dashboard of Perses: it has no `kind: Dashboard` with a `spec`".to_owned()),
    }
    let spec = &tree["spec"];
    let title = word(&spec["display"]["name"]).or_else(|| word(&tree["metadata"]["name"])).unwrap_or("Imported");
    let mut draft = Draft { title: title.to_owned(), ..Draft::default() };
    draft.range = word(&spec["duration"]).map(str::to_owned);
    draft.refresh = word(&spec["refreshInterval"]).filter(|text| *text != "0s").map(str::to_owned);
    variable::read(&spec["variables"], &mut draft);
    draft.links = links(&spec["links"], "spec.links");
    for (at, layout) in list(&spec["layouts"]).iter().enumerate() {
        section(layout, &format!("spec.layouts[{at}]"), &spec["panels"], &mut draft);
    }
    unplaced(&spec["panels"], &mut draft);
    others(spec, &mut draft.notes);
    Ok(draft)
}

fn section(layout: &Value, origin: &str, panels: &Value, draft: &mut Draft) {
    let spec = &layout["spec"];
    let mut items: Vec<(usize, &Value)> = list(&spec["items"]).iter().enumerate().collect();
    let at = |item: &Value, key: &str| item[key].as_f64().unwrap_or(0.0);
    items.sort_by(|(_, one), (_, other)| {
        (at(one, "y") * 100.0 + at(one, "x")).total_cmp(&(at(other, "y") * 100.0 + at(other, "x")))
    });
    let mut read = Vec::new();
    for (number, item) in items {
        let name = word(&item["content"]["$ref"]).and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        if panels[name].is_null() {
            draft.notes.add(format!("{origin}.spec.items[{number}]"), format!("there is no panel `{name}`"));
            continue;
        }
        if let Some(panel) = panel::read(&panels[name], &format!("spec.panels.{name}"), &mut draft.notes) {
            let width = ((at(item, "x") + at(item, "width")) / 2.0).round() - (at(item, "x") / 2.0).round();
            let height = (at(item, "height") * THEIR_PIXELS / OUR_PIXELS).round();
            read.push(Panel { width: width.clamp(1.0, 12.0) as u8, height: height.clamp(1.0, 12.0) as u8, ..panel });
        }
    }
    if spec["display"]["collapse"]["open"] == false {
        draft.notes.add(format!("{origin}.spec.display.collapse"), "rows are always open");
    }
    let repeat = word(&spec["repeatVariable"]).map(str::to_owned);
    match word(&spec["display"]["title"]) {
        None if draft.rows.is_empty() && repeat.is_none() => draft.panels.extend(read),
        title => {
            draft.rows.push(Row { origin: origin.to_owned(), title: title.unwrap_or_default().to_owned(), repeat, panels: read })
        }
    }
}

/// Panels that no layout shows.
fn unplaced(panels: &Value, draft: &mut Draft) {
    let Value::Object(map) = panels else { return };
    let shown: Vec<String> = draft.all().map(|panel| panel.origin.clone()).collect();
    for name in map.keys() {
        let origin = format!("spec.panels.{name}");
        let is_told = draft.notes.reasons().any(|line| line.contains(&origin));
        if !shown.contains(&origin) && !is_told {
            draft.notes.add(origin, "no layout shows the panel");
        }
    }
}

fn others(spec: &Value, notes: &mut Notes) {
    const READ: [&str; 7] = ["links", "display", "duration", "refreshInterval", "variables", "panels", "layouts"];
    if word(&spec["display"]["description"]).is_some() {
        notes.add("spec.display.description", "descriptions have no place: write a comment, or a text panel");
    }
    let Value::Object(map) = spec else { return };
    for (key, value) in map {
        let is_empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty) || list_is_empty(value);
        if READ.contains(&key.as_str()) || is_empty {
            continue;
        }
        let reason = match key.as_str() {
            "datasources" => "all samples are in one store here: queries need no data source",
            _ => "it is not known what this means",
        };
        notes.add(format!("spec.{key}"), reason);
    }
}

fn links(source: &Value, place: &str) -> Vec<Link> {
    let one = |(at, link): (usize, &Value)| {
        let to = word(&link["url"])?.replace(' ', "%20");
        let title = word(&link["name"]).unwrap_or("Link").to_owned();
        Some(Link { origin: format!("{place}[{at}]"), title, to })
    };
    list(source).iter().enumerate().filter_map(one).collect()
}

fn list_is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text that is not empty.
fn word(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}
