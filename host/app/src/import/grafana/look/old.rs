//! Graphs, single figures and tables as they were before `fieldConfig`.

use serde_json::Value;

use super::{THEME, bounds, reduce, threshold, unit_of};
use crate::import::draft::Panel;
use crate::import::grafana::{is_nothing, list, number, word};
use crate::import::notes::Notes;
use crate::import::yaml::Yaml;

/// Keys of old panels that are read here, or are of looks alone.
pub const OLD: [&str; 55] = [
    "aliasColors",
    "bars",
    "dashLength",
    "dashes",
    "fill",
    "fillGradient",
    "hiddenSeries",
    "legend",
    "lines",
    "linewidth",
    "nullPointMode",
    "percentage",
    "pointradius",
    "points",
    "seriesOverrides",
    "spaceLength",
    "stack",
    "steppedLine",
    "thresholds",
    "timeRegions",
    "tooltip",
    "xaxis",
    "yaxes",
    "yaxis",
    "grid",
    "decimals",
    "format",
    "colorBackground",
    "colorValue",
    "colors",
    "gauge",
    "mappingType",
    "mappingTypes",
    "nullText",
    "postfix",
    "postfixFontSize",
    "prefix",
    "prefixFontSize",
    "rangeMaps",
    "sparkline",
    "tableColumn",
    "valueFontSize",
    "valueMaps",
    "valueName",
    "columns",
    "fontSize",
    "scroll",
    "showHeader",
    "sort",
    "styles",
    "transform",
    "leftYAxisLabel",
    "content",
    "mode",
    "colorPostfix",
];

pub fn read(source: &Value, panel: &mut Panel, notes: &mut Notes) {
    let origin = panel.origin.clone();
    match word(&source["type"]).unwrap_or_default() {
        "graph" => graph(source, &origin, panel, notes),
        "table" | "table-old" => table(source, &origin, panel, notes),
        _ => figure(source, &origin, panel, notes),
    }
    let looks = ["aliasColors", "fillGradient", "dashes", "steppedLine", "decimals"];
    for key in looks.into_iter().filter(|key| !is_nothing(&source[*key]) && source[*key] != 0) {
        notes.add(format!("{origin}.{key}"), THEME);
    }
}

fn graph(source: &Value, origin: &str, panel: &mut Panel, notes: &mut Notes) {
    let axis = &source["yaxes"][0];
    unit_of(&axis["format"], &format!("{origin}.yaxes[0].format"), panel, notes);
    bounds(&axis["min"], &axis["max"], panel);
    if number(&axis["logBase"]).is_some_and(|base| base > 1.0) {
        panel.set("log", Yaml::Flag(true));
    }
    if source["stack"] == true {
        panel.set("stack", Yaml::Flag(true));
    }
    if source["bars"] == true {
        panel.set("draw", Yaml::text("bars"));
    } else if source["points"] == true && source["lines"] == false {
        panel.set("draw", Yaml::text("points"));
    } else if source["stack"] != true && number(&source["fill"]).is_some_and(|fill| fill > 1.0) {
        panel.set("draw", Yaml::text("area"));
    }
    match word(&source["nullPointMode"]) {
        Some("connected") => panel.set("nulls", Yaml::text("connect")),
        Some("null as zero") => {
            notes.add(format!("{origin}.nullPointMode"), "what is not there is no zero: write `or vector(0)`")
        }
        _ => {}
    }
    if source["percentage"] == true {
        notes.add(format!("{origin}.percentage"), "series are stacked as they are, not as percentages");
    }
    threshold::lines(&source["thresholds"], &format!("{origin}.thresholds"), panel, notes);
    legend(&source["legend"], panel);
    second_axis(source, origin, panel, notes);
    for (at, _) in list(&source["timeRegions"]).iter().enumerate() {
        notes.add(format!("{origin}.timeRegions[{at}]"), "stretches of time are not marked");
    }
}

fn legend(legend: &Value, panel: &mut Panel) {
    let names = [("min", "min"), ("max", "max"), ("avg", "mean"), ("total", "total")];
    let shown = names.into_iter().filter(|(key, _)| legend["values"] == true && legend[*key] == true);
    let figures: Vec<Yaml> = shown.map(|(_, ours)| Yaml::text(ours)).collect();
    if !figures.is_empty() {
        panel.set("statistics", Yaml::List(figures));
    }
}

/// Series whose `yaxis` is 2, and what that axis counts.
fn second_axis(source: &Value, origin: &str, panel: &mut Panel, notes: &mut Notes) {
    let mut series = Vec::new();
    for (at, entry) in list(&source["seriesOverrides"]).iter().enumerate() {
        let place = format!("{origin}.seriesOverrides[{at}]");
        let Some(alias) = word(&entry["alias"]).filter(|alias| !alias.starts_with('/')) else {
            notes.add(place, "only series of `timeseries` that are named in full can look otherwise");
            continue;
        };
        let mut fields = vec![("name".to_owned(), Yaml::text(alias))];
        if number(&entry["yaxis"]) == Some(2.0) {
            fields.push(("axis".to_owned(), Yaml::text("right")));
        }
        if entry["dashes"] == true {
            fields.push(("stroke".to_owned(), Yaml::text("dashed")));
        }
        if entry["bars"] == true {
            fields.push(("draw".to_owned(), Yaml::text("bars")));
        }
        if let Some(stack) = entry["stack"].as_bool() {
            fields.push(("stack".to_owned(), Yaml::Flag(stack)));
        }
        let known = ["alias", "yaxis", "dashes", "bars", "stack"];
        if entry.as_object().is_some_and(|map| map.keys().any(|key| !known.contains(&key.as_str()))) {
            notes.add(place, THEME);
        }
        if fields.len() > 1 {
            series.push(Yaml::Map(fields));
        }
    }
    let on_right = series.iter().any(|one| matches!(one, Yaml::Map(fields) if fields.iter().any(|(key, _)| key == "axis")));
    if on_right {
        let mut other = Panel::default();
        unit_of(&source["yaxes"][1]["format"], &format!("{origin}.yaxes[1].format"), &mut other, notes);
        bounds(&source["yaxes"][1]["min"], &source["yaxes"][1]["max"], &mut other);
        panel.set("right", Yaml::Map(other.options));
    }
    if !series.is_empty() {
        panel.set("series", Yaml::List(series));
    }
}

fn figure(source: &Value, origin: &str, panel: &mut Panel, notes: &mut Notes) {
    unit_of(&source["format"], &format!("{origin}.format"), panel, notes);
    if source["gauge"]["show"] == true {
        bounds(&source["gauge"]["minValue"], &source["gauge"]["maxValue"], panel);
    } else if panel.show == "stat" {
        reduce(word(&source["valueName"]).or(Some("avg")), &format!("{origin}.valueName"), panel, notes);
        if source["sparkline"]["show"] != true {
            panel.set("trend", Yaml::Flag(false));
        }
        if source["colorBackground"] == true {
            panel.set("color", Yaml::text("ground"));
        }
    }
    if source["colorBackground"] == true || source["colorValue"] == true || source["gauge"]["show"] == true {
        let values = word(&source["thresholds"]).unwrap_or_default();
        threshold::old(values, &source["colors"], &format!("{origin}.thresholds"), panel, notes);
    }
    for key in ["prefix", "postfix"] {
        if word(&source[key]).is_some() {
            notes.add(format!("{origin}.{key}"), "what stands around a number is its unit");
        }
    }
    for key in ["valueMaps", "rangeMaps"] {
        let is_usual = list(&source[key]).iter().all(|map| map["value"] == "null" || map["from"] == "null");
        if !is_usual {
            notes.add(format!("{origin}.{key}"), format!("`{}` shows numbers, and no words for them", panel.show));
        }
    }
}

fn table(source: &Value, origin: &str, panel: &mut Panel, notes: &mut Notes) {
    for key in ["styles", "columns"] {
        if !is_nothing(&source[key]) {
            notes.add(format!("{origin}.{key}"), "columns of old tables are not carried: see `options.columns` of the table");
        }
    }
    if source["sort"]["desc"] == true {
        panel.set("sort", Yaml::text("-value"));
        notes.add(format!("{origin}.sort"), "the table is sorted by its value");
    }
}
