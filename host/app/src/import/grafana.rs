//! Grafana's dashboards: JSON of schema 16 to the current one and of schema v2, bare, exported for sharing (`__inputs`) or as its API gives it.

mod layout;
mod look;
mod modern;
mod panel;
mod query;
mod text;
mod threshold;
mod unit;
mod variable;

use std::collections::BTreeMap;

use serde_json::Value;

use super::draft::{Draft, Link};
use super::notes::Notes;

/// Older ones have no grid; those with `rows` are read all the same.
const OLDEST: i64 = 16;
/// What says nothing about what is shown.
const MEANINGLESS: [&str; 21] = [
    "__elements",
    "__inputs",
    "__requires",
    "apiVersion",
    "editable",
    "fiscalYearStartMonth",
    "gnetId",
    "graphTooltip",
    "hideControls",
    "id",
    "iteration",
    "kind",
    "liveNow",
    "preload",
    "revision",
    "schemaVersion",
    "sharedCrosshair",
    "style",
    "timepicker",
    "uid",
    "version",
];
const READ: [&str; 11] =
    ["annotations", "links", "panels", "refresh", "rows", "templating", "time", "timezone", "title", "weekStart", "description"];

/// What a file for sharing asks for: data sources, and constants.
#[derive(Debug, Default)]
struct Inputs {
    /// Plugins of data sources by the name that stands for them.
    sources: BTreeMap<String, String>,
    constants: BTreeMap<String, String>,
}

pub fn read(tree: &Value) -> Result<Draft, String> {
    let (dashboard, prefix) = unwrap(tree)?;
    if modern::is_one(dashboard) {
        return Ok(modern::read(dashboard, prefix));
    }
    let inputs = inputs(dashboard);
    let dashboard = &filled(dashboard, &inputs);
    let mut draft = Draft { title: word(&dashboard["title"]).unwrap_or("Imported").to_owned(), prefix, ..Draft::default() };
    let schema = dashboard["schemaVersion"].as_i64().unwrap_or(OLDEST);
    if schema < OLDEST {
        let reason = format!("schema {schema} is older than {OLDEST}: what it says otherwise may be missed");
        draft.notes.add("schemaVersion", reason);
    }
    times(dashboard, &mut draft);
    variable::read(dashboard, &inputs, &mut draft);
    layout::read(dashboard, &inputs, &mut draft);
    draft.links = links(&dashboard["links"], "links", &mut draft.notes);
    others(dashboard, &mut draft.notes);
    Ok(draft)
}

/// The dashboard itself, and the path to it.
fn unwrap(tree: &Value) -> Result<(&Value, &'static str), String> {
    let found = match tree {
        Value::Object(map) if map.contains_key("dashboard") && tree["dashboard"].is_object() => {
            (&tree["dashboard"], "dashboard.")
        }
        Value::Object(map) if map.contains_key("spec") => (&tree["spec"], "spec."),
        other => (other, ""),
    };
    if !modern::is_one(found.0) && !found.0["panels"].is_array() && !found.0["rows"].is_array() {
        return Err(
            "this is no dashboard of Grafana: it has neither `panels` nor `rows`, nor `elements` with a `layout`; export one from Share, Export".to_owned()
        );
    }
    Ok(found)
}

fn inputs(dashboard: &Value) -> Inputs {
    let mut inputs = Inputs::default();
    for input in list(&dashboard["__inputs"]) {
        let Some(name) = word(&input["name"]) else { continue };
        match word(&input["type"]) {
            Some("datasource") => {
                inputs.sources.insert(name.to_owned(), word(&input["pluginId"]).unwrap_or("prometheus").to_owned());
            }
            _ => drop(inputs.constants.insert(name.to_owned(), word(&input["value"]).unwrap_or_default().to_owned())),
        }
    }
    inputs
}

/// The tree with constants in place of their names.
fn filled(tree: &Value, inputs: &Inputs) -> Value {
    match tree {
        Value::String(text) => {
            let fill = |text: String, (name, value): (&String, &String)| text.replace(&format!("${{{name}}}"), value);
            Value::String(inputs.constants.iter().fold(text.clone(), fill))
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, inputs)).collect()),
        Value::Object(map) => Value::Object(map.iter().map(|(key, value)| (key.clone(), filled(value, inputs))).collect()),
        other => other.clone(),
    }
}

fn times(dashboard: &Value, draft: &mut Draft) {
    let (from, to) = (word(&dashboard["time"]["from"]), word(&dashboard["time"]["to"]).unwrap_or("now"));
    match from.map(|from| (from.strip_prefix("now-"), from)) {
        None => {}
        Some((Some(span), _)) if to == "now" && !span.contains('/') => draft.range = Some(text::span(span)),
        Some((_, from)) => draft.notes.add("time", format!("a dashboard shows the last so much, and not {from} to {to}")),
    }
    draft.refresh = word(&dashboard["refresh"]).filter(|text| *text != "auto").map(str::to_owned);
    let zone = word(&dashboard["timezone"]).filter(|zone| *zone != "browser");
    draft.time_zone = zone.map(|zone| if zone == "utc" { "UTC" } else { zone }.to_owned());
}

/// Links of a dashboard or a panel; those to lists of dashboards have no counterpart.
fn links(source: &Value, place: &str, notes: &mut Notes) -> Vec<Link> {
    let mut links = Vec::new();
    for (at, link) in list(source).iter().enumerate() {
        let origin = format!("{place}[{at}]");
        let scope = if link["includeVars"] == true || link["keepTime"] == true { "$__scope" } else { "" };
        match (word(&link["type"]).unwrap_or("link"), word(&link["url"])) {
            ("link" | "absolute", Some(url)) => {
                let sign = if scope.is_empty() {
                    ""
                } else if url.contains('?') {
                    "&"
                } else {
                    "?"
                };
                let to = format!("{}{sign}{scope}", text::variables(url).replace(' ', "%20"));
                links.push(Link { origin, title: text::variables(word(&link["title"]).unwrap_or("Link")), to });
            }
            ("link" | "absolute", None) => notes.add(origin, "the link has no address"),
            _ => notes.add(origin, "lists of dashboards by their tags are not there: the menu lists all"),
        }
    }
    links
}

fn others(dashboard: &Value, notes: &mut Notes) {
    for (at, annotation) in list(&dashboard["annotations"]["list"]).iter().enumerate() {
        // Each dashboard has this one: it draws nothing by itself.
        if annotation["builtIn"].as_i64() != Some(1) {
            notes.add(
                format!("annotations.list[{at}]"),
                "annotations are not carried: write queries and alerts under `annotations`",
            );
        }
    }
    if word(&dashboard["description"]).is_some() {
        notes.add("description", "descriptions have no place: write a comment, or a text panel");
    }
    if !list(&dashboard["tags"]).is_empty() {
        notes.add("tags", "dashboards have folders and no tags");
    }
    let Value::Object(map) = dashboard else { return };
    for (key, value) in map {
        let is_known = key == "tags" || MEANINGLESS.contains(&key.as_str()) || READ.contains(&key.as_str());
        if !is_known && !is_nothing(value) {
            notes.add(key, "it is not known what this means");
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text that is not empty.
fn word(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// A number, also one that is written as a text.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}
