//! Panels: which plugin shows what, and how it looks.

use serde_json::Value;

use super::{list, word};
use crate::import::draft::{Panel, Query};
use crate::import::notes::Notes;
use crate::import::yaml::Yaml;

const KINDS: [(&str, &str); 13] = [
    ("TimeSeriesChart", "timeseries"),
    ("StatChart", "stat"),
    ("GaugeChart", "gauge"),
    ("BarChart", "bar-chart"),
    ("PieChart", "pie"),
    ("HistogramChart", "histogram"),
    ("HeatMapChart", "heatmap"),
    ("Table", "table"),
    ("TimeSeriesTable", "table"),
    ("StatusHistoryChart", "status-history"),
    ("Markdown", "text"),
    ("LogsTable", "logs"),
    ("StateTimelineChart", "state-timeline"),
];
const UNITS: [(&str, &str); 27] = [
    ("percent-decimal", "ratio"),
    ("percent", "percent"),
    ("%", "percent"),
    ("bytes", "bytes"),
    ("decbytes", "bytes"),
    ("bytes/sec", "bytes/s"),
    ("decbytes/sec", "bytes/s"),
    ("bits", "bit"),
    ("decbits", "bit"),
    ("bits/sec", "bits/s"),
    ("decbits/sec", "bits/s"),
    ("nanoseconds", "ns"),
    ("microseconds", "µs"),
    ("milliseconds", "ms"),
    ("seconds", "seconds"),
    ("minutes", "min"),
    ("hours", "h"),
    ("days", "d"),
    ("counts/sec", "/s"),
    ("events/sec", "events/s"),
    ("messages/sec", "messages/s"),
    ("ops/sec", "ops/s"),
    ("packets/sec", "packets/s"),
    ("reads/sec", "reads/s"),
    ("records/sec", "records/s"),
    ("requests/sec", "req/s"),
    ("writes/sec", "writes/s"),
];

pub fn read(source: &Value, origin: &str, notes: &mut Notes) -> Option<Panel> {
    let spec = &source["spec"];
    let theirs = word(&spec["plugin"]["kind"]).unwrap_or_default();
    let mut panel = Panel { origin: origin.to_owned(), ..Panel::default() };
    word(&spec["display"]["name"]).unwrap_or_default().clone_into(&mut panel.title);
    panel.queries = queries(spec, origin, notes);
    if !panel.show_like(&KINDS, theirs, notes) {
        return None;
    }
    if panel.queries.is_empty() && panel.show != "text" {
        notes.add(origin, "the panel is left out: it asks nothing");
        return None;
    }
    panel.links = super::links(&spec["links"], &format!("{origin}.spec.links"));
    if !list(&spec["transforms"]).is_empty() {
        notes.add(format!("{origin}.spec.transforms"), "transformations are written otherwise: see `transform`");
    }
    if word(&spec["display"]["description"]).is_some() {
        notes.add(format!("{origin}.spec.display.description"), "descriptions have no place: write a comment, or a text panel");
    }
    look(&spec["plugin"]["spec"], &format!("{origin}.spec.plugin.spec"), &mut panel, notes);
    Some(panel)
}

fn queries(spec: &Value, origin: &str, notes: &mut Notes) -> Vec<Query> {
    let mut queries = Vec::new();
    for (at, query) in list(&spec["queries"]).iter().enumerate() {
        let origin = format!("{origin}.spec.queries[{at}]");
        let plugin = &query["spec"]["plugin"];
        let kind = word(&plugin["kind"]).unwrap_or("?");
        match word(&plugin["spec"]["query"]).filter(|_| kind == "PrometheusTimeSeriesQuery") {
            Some(text) => {
                let legend = word(&plugin["spec"]["seriesNameFormat"]).map(str::to_owned);
                queries.push(Query { origin, text: text.trim().to_owned(), legend });
            }
            None => notes.add(origin, format!("the query is of the kind `{kind}`: only PromQL is carried")),
        }
    }
    queries
}

fn look(spec: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    if panel.show == "text" {
        return panel.set("text", Yaml::text(spec["text"].as_str().unwrap_or_default().trim_end().replace('\r', "")));
    }
    let axis = &spec["yAxis"];
    let format = [&axis["format"], &spec["format"]].into_iter().find(|format| format.is_object()).unwrap_or(&Value::Null);
    if !matches!(panel.show.as_str(), "status-history" | "state-timeline" | "logs") {
        unit(word(&format["unit"]), &format!("{place}.format.unit"), panel, notes);
    }
    if panel.show == "timeseries" {
        for key in ["min", "max"] {
            axis[key].as_f64().into_iter().for_each(|number| panel.set(key, Yaml::Number(number)));
        }
        lines(spec, panel, notes, place);
    }
    if panel.show == "gauge" {
        gauge(spec, place, panel, notes);
    }
    if matches!(panel.show.as_str(), "stat" | "bar-chart" | "pie") {
        calculation(spec, place, panel, notes);
    }
    if panel.show == "stat" && spec["sparkline"].is_null() {
        panel.set("trend", Yaml::Flag(false));
    }
    if matches!(panel.show.as_str(), "timeseries" | "stat" | "gauge") {
        thresholds(&spec["thresholds"], &format!("{place}.thresholds"), panel, notes);
    }
    for key in ["mappings", "columnSettings", "cellSettings", "tooltip"] {
        if spec[key].as_array().is_some_and(|items| !items.is_empty()) || spec[key].as_object().is_some_and(|map| !map.is_empty())
        {
            notes.add(format!("{place}.{key}"), format!("`{key}` is not carried"));
        }
    }
}

fn unit(id: Option<&str>, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let Some(id) = id.filter(|id| *id != "decimal") else { return };
    if let Some((_, ours)) = UNITS.iter().find(|(theirs, _)| *theirs == id) {
        return panel.set("unit", Yaml::text(*ours));
    }
    if id.len() == 3 && id.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        return panel.set("unit", Yaml::text(id.to_ascii_uppercase()));
    }
    notes.add(place, format!("the unit `{id}` is not known: it is written after the numbers as it is"));
    panel.set("unit", Yaml::text(id));
}

fn lines(spec: &Value, panel: &mut Panel, notes: &mut Notes, place: &str) {
    let visual = &spec["visual"];
    let is_stacked = word(&visual["stack"]).is_some();
    if is_stacked {
        panel.set("stack", Yaml::Flag(true));
    }
    if word(&visual["stack"]) == Some("percent") {
        notes.add(format!("{place}.visual.stack"), "series are stacked as they are, not as percentages");
    }
    if word(&visual["display"]) == Some("bar") {
        panel.set("draw", Yaml::text("bars"));
    } else if !is_stacked && visual["areaOpacity"].as_f64().is_some_and(|opacity| opacity > 0.1) {
        panel.set("draw", Yaml::text("area"));
    }
    if visual["connectNulls"] == true {
        panel.set("nulls", Yaml::text("connect"));
    }
    if spec["yAxis"]["logBase"].is_number() {
        panel.set("log", Yaml::Flag(true));
    }
    let named = list(&spec["legend"]["values"]).iter().filter_map(Value::as_str);
    let figures: Vec<Yaml> = named.filter(|figure| matches!(*figure, "min" | "max" | "mean")).map(Yaml::text).collect();
    if !figures.is_empty() {
        panel.set("statistics", Yaml::List(figures));
    }
    if !list(&spec["querySettings"]).is_empty() {
        notes.add(format!("{place}.querySettings"), "colours of single queries are the theme's");
    }
}

fn gauge(spec: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let knows = matches!(panel.option("unit"), Some(Yaml::Text(unit)) if unit == "ratio" || unit == "percent");
    match spec["max"].as_f64() {
        Some(max) => panel.set("max", Yaml::Number(max)),
        None if knows => {}
        None => {
            panel.set("max", Yaml::Number(100.0));
            notes.add(place, "a gauge needs `max`, and none is given: 100 stands there");
        }
    }
}

fn calculation(spec: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    match word(&spec["calculation"]).unwrap_or("last") {
        "last" | "last-number" | "LastNumber" | "Last" => {}
        word @ ("mean" | "min" | "max" | "sum") => panel.set("reduce", Yaml::text(word)),
        other => {
            notes.add(format!("{place}.calculation"), format!("`{other}` is not there: the last value stands for the series"))
        }
    }
}

/// Steps upwards: the last is bad, the one before it a warning.
fn thresholds(thresholds: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let steps: Vec<f64> = list(&thresholds["steps"]).iter().filter_map(|step| step["value"].as_f64()).collect();
    if word(&thresholds["mode"]) == Some("percent") && !steps.is_empty() {
        return notes.add(place, "thresholds in percent are not carried");
    }
    match steps.as_slice() {
        [] => {}
        [bad] => panel.set("bad", Yaml::Number(*bad)),
        [warn, bad] if warn < bad => {
            panel.set("warn", Yaml::Number(*warn));
            panel.set("bad", Yaml::Number(*bad));
        }
        _ => notes.add(place, "of thresholds there are `warn` and `bad`, and these go another way"),
    }
}
