//! How panels look: `fieldConfig` and `options` of today's, and what graphs and single figures had before.

mod new;
mod old;
mod overrides;

use serde_json::Value;

use super::{number, threshold, unit, word};
use crate::import::draft::Panel;
use crate::import::notes::Notes;
use crate::import::yaml::Yaml;
pub use old::OLD;

/// What is said of looks that only the theme decides here.
const THEME: &str = "finer points of looks are the theme's, or the plugin's";

pub fn read(source: &Value, panel: &mut Panel, notes: &mut Notes) {
    if source["fieldConfig"].is_object() {
        new::read(source, panel, notes);
    } else {
        old::read(source, panel, notes);
    }
    if panel.show == "gauge" {
        maximum(panel, notes);
    }
    // What has no scale has no ends of one.
    if !matches!(panel.show.as_str(), "timeseries" | "gauge" | "bar-gauge") {
        panel.options.retain(|(key, _)| !matches!(key.as_str(), "min" | "max"));
    }
    if matches!(panel.show.as_str(), "state-timeline" | "status-history") {
        panel.options.retain(|(key, _)| key != "unit");
    }
}

fn unit_of(id: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let (unit, note) = unit::unit(word(id).unwrap_or_default());
    if let Some(unit) = unit {
        panel.set("unit", Yaml::Text(unit));
    }
    if let Some(note) = note {
        notes.add(place, note);
    }
}

/// An arc needs an end; theirs takes the greatest value there is.
fn maximum(panel: &mut Panel, notes: &mut Notes) {
    let knows = matches!(panel.option("unit"), Some(Yaml::Text(unit)) if unit == "ratio" || unit == "percent");
    if !knows && panel.option("max").is_none() {
        panel.set("max", Yaml::Number(100.0));
        notes.add(&panel.origin, "a gauge needs `max`, and none is given: 100 stands there");
    }
}

/// What of a series counts.
fn reduce(id: Option<&str>, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let word = match id.unwrap_or("lastNotNull") {
        "lastNotNull" | "last" | "current" => return,
        "mean" | "avg" => "mean",
        "max" => "max",
        "min" => "min",
        "sum" | "total" => "sum",
        other => return notes.add(place, format!("`{other}` is not there: the last value stands for the series")),
    };
    panel.set("reduce", Yaml::text(word));
}

fn bounds(min: &Value, max: &Value, panel: &mut Panel) {
    for (key, value) in [("min", number(min)), ("max", number(max))] {
        if let Some(value) = value {
            panel.set(key, Yaml::Number(value));
        }
    }
}
