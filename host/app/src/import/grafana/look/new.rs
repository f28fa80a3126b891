//! `fieldConfig.defaults` and `options`, as panels have them since Grafana 7.

use serde_json::{Map, Value};

use super::{THEME, bounds, overrides, reduce, threshold, unit_of};
use crate::import::draft::Panel;
use crate::import::grafana::{is_nothing, list, number, word};
use crate::import::notes::Notes;
use crate::import::yaml::Yaml;

/// What every export says of looks, and means nothing by it.
const USUAL: [(&str, &str); 24] = [
    ("axisBorderShow", "false"),
    ("axisCenteredZero", "false"),
    ("axisColorMode", "text"),
    ("axisLabel", ""),
    ("axisPlacement", "auto"),
    ("barAlignment", "0"),
    ("barWidthFactor", "0.6"),
    ("gradientMode", "none"),
    ("insertNulls", "false"),
    ("lineInterpolation", "linear"),
    ("lineWidth", "1"),
    ("pointSize", "5"),
    ("showPoints", "auto"),
    ("showPoints", "never"),
    ("align", "auto"),
    ("inspect", "false"),
    ("fillOpacity", "0"),
    ("fillOpacity", "10"),
    ("fillOpacity", "70"),
    ("fillOpacity", "80"),
    ("lineWidth", "0"),
    ("spanNulls", "false"),
    ("drawStyle", "line"),
    ("showValues", "false"),
];
/// Read here.
const READ: [&str; 9] = [
    "drawStyle",
    "stacking",
    "thresholdsStyle",
    "spanNulls",
    "scaleDistribution",
    "hideFrom",
    "cellOptions",
    "displayMode",
    "fillOpacity",
];

pub fn read(source: &Value, panel: &mut Panel, notes: &mut Notes) {
    let (origin, defaults) = (panel.origin.clone(), &source["fieldConfig"]["defaults"]);
    let place = format!("{origin}.fieldConfig.defaults");
    unit_of(&defaults["unit"], &format!("{place}.unit"), panel, notes);
    bounds(&defaults["min"], &defaults["max"], panel);
    let custom = &defaults["custom"];
    let is_drawn = word(&custom["thresholdsStyle"]["mode"]).is_some_and(|mode| mode != "off");
    let takes = matches!(panel.show.as_str(), "stat" | "gauge" | "bar-gauge" | "table" | "state-timeline" | "status-history");
    let is_tinted = panel.show != "table" || word(&custom["cellOptions"]["type"]).is_some_and(|kind| kind.starts_with("color"));
    if (takes && is_tinted) || is_drawn {
        let range = (number(&defaults["min"]), number(&defaults["max"]));
        threshold::read(&defaults["thresholds"], range, &format!("{place}.thresholds"), panel, notes);
    }
    mappings(&defaults["mappings"], &format!("{place}.mappings"), panel, notes);
    if panel.show == "timeseries" {
        lines(custom, panel);
    }
    if let Value::Object(custom) = custom {
        looks(custom, &format!("{place}.custom"), notes);
    }
    for key in ["displayName", "noValue", "links", "actions", "fieldMinMax"] {
        if !is_nothing(&defaults[key]) {
            notes.add(format!("{place}.{key}"), format!("`{key}` has no counterpart"));
        }
    }
    if number(&defaults["decimals"]).is_some() {
        notes.add(format!("{place}.decimals"), "numbers have three digits that count");
    }
    options(&source["options"], &format!("{origin}.options"), panel, notes);
    overrides::read(&source["fieldConfig"]["overrides"], &format!("{origin}.fieldConfig.overrides"), panel, notes);
}

fn lines(custom: &Value, panel: &mut Panel) {
    let is_stacked = word(&custom["stacking"]["mode"]).is_some_and(|mode| mode != "none");
    match word(&custom["drawStyle"]) {
        Some("bars") => panel.set("draw", Yaml::text("bars")),
        Some("points") => panel.set("draw", Yaml::text("points")),
        _ if !is_stacked && number(&custom["fillOpacity"]).is_some_and(|opacity| opacity > 10.0) => {
            panel.set("draw", Yaml::text("area"));
        }
        _ => {}
    }
    if is_stacked {
        panel.set("stack", Yaml::Flag(true));
    }
    if word(&custom["scaleDistribution"]["type"]) == Some("log") {
        panel.set("log", Yaml::Flag(true));
    }
    if custom["spanNulls"] == true || custom["spanNulls"].is_number() {
        panel.set("nulls", Yaml::text("connect"));
    }
}

fn looks(custom: &Map<String, Value>, place: &str, notes: &mut Notes) {
    for (key, value) in custom {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let is_usual = USUAL.iter().any(|(known, usual)| known == key && *usual == text);
        let line = key == "lineStyle" && word(&value["fill"]) == Some("solid");
        if !is_usual && !line && !READ.contains(&key.as_str()) && !is_nothing(value) {
            notes.add(format!("{place}.{key}"), THEME);
        }
    }
    if word(&custom.get("stacking").unwrap_or(&Value::Null)["mode"]) == Some("percent") {
        notes.add(format!("{place}.stacking"), "series are stacked as they are, not as percentages");
    }
}

/// Words for values.
fn mappings(mappings: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let mut map = Vec::new();
    for (at, mapping) in list(mappings).iter().enumerate() {
        let options = &mapping["options"];
        match (word(&mapping["type"]), options) {
            (Some("value"), Value::Object(options)) => {
                for (value, result) in options {
                    let Ok(value) = value.parse::<f64>() else { continue };
                    map.push(mapped(vec![("value".to_owned(), Yaml::Number(value))], result));
                }
            }
            (Some("range"), options) => {
                let ends = [("from", number(&options["from"])), ("to", number(&options["to"]))];
                let ends = ends.into_iter().filter_map(|(key, end)| Some((key.to_owned(), Yaml::Number(end?))));
                map.push(mapped(ends.collect(), &options["result"]));
            }
            _ => notes.add(format!("{place}[{at}]"), "values are named one by one, or from one to another"),
        }
    }
    if map.is_empty() {
        return;
    }
    if matches!(panel.show.as_str(), "state-timeline" | "status-history") {
        panel.set("map", Yaml::List(map.into_iter().flatten().collect()));
    } else {
        notes.add(place, format!("`{}` shows numbers, and no words for them", panel.show));
    }
}

fn mapped(mut fields: Vec<(String, Yaml)>, result: &Value) -> Option<Yaml> {
    fields.push(("text".to_owned(), Yaml::text(word(&result["text"])?)));
    let color = word(&result["color"]).unwrap_or_default();
    let state = ["green", "yellow", "orange", "red"].into_iter().find(|known| color.contains(known));
    let state = state.map(|color| match color {
        "green" => "good",
        "red" => "bad",
        _ => "warning",
    });
    fields.extend(state.map(|state| ("state".to_owned(), Yaml::text(state))));
    Some(Yaml::Map(fields))
}

fn options(options: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let reduced = matches!(panel.show.as_str(), "stat" | "gauge" | "bar-gauge" | "bar-chart" | "pie");
    if reduced {
        let calculation = list(&options["reduceOptions"]["calcs"]).first().and_then(Value::as_str);
        let calculation_place = format!("{place}.reduceOptions.calcs");
        match panel.show.as_str() {
            "gauge" if calculation.is_some_and(|id| !id.starts_with("last")) => {
                notes.add(calculation_place, "a gauge shows the last value");
            }
            "gauge" => {}
            _ => reduce(calculation, &calculation_place, panel, notes),
        }
        if options["reduceOptions"]["values"] == true {
            notes.add(format!("{place}.reduceOptions.values"), "each series has one number, not each row");
        }
    }
    match panel.show.as_str() {
        "stat" => stat(options, panel),
        "timeseries" => legend(&options["legend"], &format!("{place}.legend"), panel, notes),
        "bar-chart" if word(&options["orientation"]) == Some("horizontal") => panel.set("horizontal", Yaml::Flag(true)),
        "pie" if word(&options["pieType"]) == Some("donut") => panel.set("hollow", Yaml::Flag(true)),
        "table" => sort(&options["sortBy"], &format!("{place}.sortBy"), panel, notes),
        "logs" if word(&options["sortOrder"]) == Some("Ascending") => panel.set("order", Yaml::text("oldest")),
        _ => {}
    }
}

fn stat(options: &Value, panel: &mut Panel) {
    if word(&options["graphMode"]) == Some("none") {
        panel.set("trend", Yaml::Flag(false));
    }
    match word(&options["colorMode"]) {
        Some("background" | "background_solid") => panel.set("color", Yaml::text("ground")),
        Some("none") => panel.set("color", Yaml::text("none")),
        _ => {}
    }
}

/// What the legend says of each series.
fn legend(legend: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let mut figures = Vec::new();
    for calculation in list(&legend["calcs"]).iter().filter_map(Value::as_str) {
        match calculation {
            "min" | "max" | "mean" => figures.push(Yaml::text(calculation)),
            "sum" | "total" => figures.push(Yaml::text("total")),
            "last" | "lastNotNull" => {}
            other => notes.add(format!("{place}.calcs"), format!("the legend cannot say `{other}` of a series")),
        }
    }
    if !figures.is_empty() {
        panel.set("statistics", Yaml::List(figures));
    }
    if legend["showLegend"] == false || word(&legend["displayMode"]) == Some("hidden") {
        notes.add(place, "legends are always shown");
    }
}

fn sort(by: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let Some(first) = list(by).first() else { return };
    let Some(column) = word(&first["displayName"]) else { return };
    let ours = if column == "Value" || column.starts_with("Value #") { "value" } else { column };
    if ours != "value" && !column.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        return notes.add(place, format!("it is not known which column `{column}` is here"));
    }
    let sign = if first["desc"] == true { "-" } else { "" };
    panel.set("sort", Yaml::text(format!("{sign}{ours}")));
}
