//! `fieldConfig.overrides`: how single series are drawn.

use serde_json::Value;

use super::super::{list, number, unit, word};
use crate::import::draft::Panel;
use crate::import::notes::Notes;
use crate::import::yaml::Yaml;

type Fields = Vec<(String, Yaml)>;

pub fn read(overrides: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let mut series = Vec::new();
    let mut right = Fields::new();
    for (at, entry) in list(overrides).iter().enumerate() {
        let place = format!("{place}[{at}]");
        let name = word(&entry["matcher"]["options"]).filter(|_| word(&entry["matcher"]["id"]) == Some("byName"));
        let Some(name) = name.filter(|_| panel.show == "timeseries") else {
            notes.add(place, "only series of `timeseries` that are named in full can look otherwise");
            continue;
        };
        let mut fields = Fields::new();
        for (at, property) in list(&entry["properties"]).iter().enumerate() {
            let on_right = list(&entry["properties"]).iter().any(is_right);
            if !one(property, on_right, &mut fields, &mut right) {
                let id = word(&property["id"]).unwrap_or("?");
                notes.add(format!("{place}.properties[{at}]"), format!("`{id}` of a single series is not carried"));
            }
        }
        if !fields.is_empty() {
            fields.insert(0, ("name".to_owned(), Yaml::text(name)));
            series.push(Yaml::Map(fields));
        }
    }
    if !right.is_empty() {
        panel.set("right", Yaml::Map(right));
    }
    if !series.is_empty() {
        panel.set("series", Yaml::List(series));
    }
}

fn is_right(property: &Value) -> bool {
    word(&property["id"]) == Some("custom.axisPlacement") && word(&property["value"]) == Some("right")
}

/// Whether a property could be carried.
fn one(property: &Value, on_right: bool, fields: &mut Fields, right: &mut Fields) -> bool {
    let value = &property["value"];
    let mut put = |key: &str, text: &str| fields.push((key.to_owned(), Yaml::text(text)));
    match word(&property["id"]).unwrap_or_default() {
        "custom.axisPlacement" if on_right => put("axis", "right"),
        "custom.axisPlacement" => put("axis", "left"),
        "custom.drawStyle" if matches!(word(value), Some("line" | "bars" | "points")) => {
            put("draw", word(value).unwrap_or_default())
        }
        "custom.lineStyle" => match word(&value["fill"]) {
            Some("dash") => put("stroke", "dashed"),
            Some("dot") => put("stroke", "dotted"),
            _ => put("stroke", "solid"),
        },
        "custom.stacking" => {
            let stacked = word(&value["mode"]).is_some_and(|mode| mode != "none");
            fields.push(("stack".to_owned(), Yaml::Flag(stacked)));
        }
        "unit" if on_right => {
            let (ours, _) = unit::unit(word(value).unwrap_or_default());
            right.extend(ours.map(|unit| ("unit".to_owned(), Yaml::Text(unit))));
        }
        key @ ("min" | "max") if on_right => {
            right.extend(number(value).map(|number| (key.to_owned(), Yaml::Number(number))));
        }
        _ => return false,
    }
    true
}
