//! Panels: which plugin shows what, and what is not carried.

use serde_json::Value;

use super::{Inputs, is_nothing, list, look, query, text, word};
use crate::import::draft::Panel;
use crate::import::notes::Notes;
use crate::import::yaml::Yaml;

/// Their kinds and ours.
const KINDS: [(&str, &str); 21] = [
    ("timeseries", "timeseries"),
    ("graph", "timeseries"),
    ("trend", "timeseries"),
    ("stat", "stat"),
    ("singlestat", "stat"),
    ("grafana-singlestat-panel", "stat"),
    ("gauge", "gauge"),
    ("bargauge", "bar-gauge"),
    ("barchart", "bar-chart"),
    ("piechart", "pie"),
    ("grafana-piechart-panel", "pie"),
    ("histogram", "histogram"),
    ("heatmap", "heatmap"),
    ("table", "table"),
    ("table-old", "table"),
    ("state-timeline", "state-timeline"),
    ("status-history", "status-history"),
    ("logs", "logs"),
    ("text", "text"),
    ("nodeGraph", "node-graph"),
    ("alertlist", "alert-list"),
];
/// What is read elsewhere, or says nothing.
const READ: [&str; 28] = [
    "title",
    "type",
    "targets",
    "gridPos",
    "fieldConfig",
    "options",
    "id",
    "datasource",
    "pluginVersion",
    "repeat",
    "timeFrom",
    "timeShift",
    "span",
    "height",
    "collapsed",
    "panels",
    "editable",
    "error",
    "isNew",
    "renderer",
    "scopedVars",
    "hideTimeOverride",
    "transparent",
    "repeatPanelId",
    "repeatIteration",
    "repeatedByRow",
    "transformations",
    "links",
];
/// What has no counterpart, and why.
const LOST: [(&str, &str); 11] = [
    ("alert", "alert rules are files of their own: see config/alerts"),
    ("description", "descriptions have no place: write a comment, or a text panel"),
    ("libraryPanel", "shared panels are files here: see `include`"),
    ("cacheTimeout", "what was asked is kept as long as it stays true"),
    ("queryCachingTTL", "what was asked is kept as long as it stays true"),
    ("interval", "the host chooses the step from the range"),
    ("maxDataPoints", "the host chooses the step from the range"),
    ("repeatDirection", "repeated panels stand beside each other"),
    ("maxPerRow", "repeated panels stand beside each other"),
    ("minSpan", "repeated panels stand beside each other"),
    ("soloMode", "it is not known what this means"),
];

pub fn read(source: &Value, origin: &str, inputs: &Inputs, notes: &mut Notes) -> Option<Panel> {
    let theirs = word(&source["type"]).unwrap_or_default();
    let mut panel = Panel { origin: origin.to_owned(), title: title(source), width: 6, height: 4, ..Panel::default() };
    panel.queries = query::read(source, origin, inputs, notes);
    if !panel.show_like(&KINDS, theirs, notes) {
        return None;
    }
    if theirs == "singlestat" && source["gauge"]["show"] == true {
        "gauge".clone_into(&mut panel.show);
    }
    if panel.queries.is_empty() && !matches!(panel.show.as_str(), "text" | "alert-list") {
        let what =
            if source["libraryPanel"].is_object() { "what a shared panel shows is not in the file" } else { "it asks nothing" };
        notes.add(origin, format!("the panel is left out: {what}"));
        return None;
    }
    panel.links = super::links(&source["links"], &format!("{origin}.links"), notes);
    panel.repeat = word(&source["repeat"]).map(str::to_owned);
    panel.range = word(&source["timeFrom"]).map(|span| text::span(span.trim_start_matches("now-")));
    panel.shift = word(&source["timeShift"]).map(text::span);
    if panel.show == "text" {
        words(source, origin, &mut panel, notes);
    } else {
        look::read(source, &mut panel, notes);
    }
    others(source, origin, theirs, notes);
    Some(panel)
}

fn title(source: &Value) -> String {
    text::variables(word(&source["title"]).unwrap_or_default().trim())
}

/// The text of a text panel.
fn words(source: &Value, origin: &str, panel: &mut Panel, notes: &mut Notes) {
    let options = if source["options"]["content"].is_string() { &source["options"] } else { source };
    let content = options["content"].as_str().unwrap_or_default();
    if word(&options["mode"]) == Some("html") {
        notes.add(format!("{origin}.options.content"), "HTML is shown as text: write Markdown");
    }
    panel.set("text", Yaml::text(text::variables(content.trim_end()).replace('\r', "").replace('\t', "    ")));
}

fn others(source: &Value, origin: &str, theirs: &str, notes: &mut Notes) {
    let Value::Object(map) = source else { return };
    for (key, _) in map.iter().filter(|(_, value)| !is_nothing(value)) {
        let place = format!("{origin}.{key}");
        if let Some((_, reason)) = LOST.iter().find(|(lost, _)| lost == key) {
            notes.add(place, *reason);
        } else if !(READ.contains(&key.as_str()) || look::OLD.contains(&key.as_str()) || theirs == "text" && is_text(key)) {
            notes.add(place, "it is not known what this means");
        }
    }
    for (at, step) in list(&source["transformations"]).iter().enumerate() {
        let id = word(&step["id"]).unwrap_or("?");
        notes.add(format!("{origin}.transformations[{at}]"), format!("`{id}` is not carried: see `transform`"));
    }
}

fn is_text(key: &str) -> bool {
    matches!(key, "content" | "mode")
}
