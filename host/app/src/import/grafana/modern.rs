//! Grafana's schema v2 (`dashboard.grafana.app/v2…`): parts by name under `elements`, and a `layout` that says where they
//! stand. A part is read as what it is in the older schema; only where things stand in the file is another matter.

mod layout;

use serde_json::{Map, Value, json};

use super::{Inputs, is_nothing, links, list, others, panel, times, variable, word};
use crate::import::draft::{Draft, Panel};
use crate::import::notes::Notes;

/// What is read, here or as what it was before, and what says nothing about what is shown.
const KNOWN: [&str; 14] = [
    "title",
    "description",
    "tags",
    "elements",
    "layout",
    "variables",
    "links",
    "annotations",
    "timeSettings",
    "cursorSync",
    "editable",
    "liveNow",
    "preload",
    "revision",
];
const KNOWN_OF_PANELS: [&str; 8] = ["id", "title", "description", "links", "data", "vizConfig", "transparent", "subtitle"];
/// Kinds of variables, and what they were called.
const VARIABLES: [(&str, &str); 8] = [
    ("QueryVariable", "query"),
    ("CustomVariable", "custom"),
    ("ConstantVariable", "constant"),
    ("TextVariable", "textbox"),
    ("IntervalVariable", "interval"),
    ("DatasourceVariable", "datasource"),
    ("AdhocVariable", "adhoc"),
    ("GroupByVariable", "groupby"),
];
/// Where in the older schema stood what, and where it stands in this one.
const PLACES: [(&str, &str); 9] = [
    ("templating.list[", "variables["),
    ("annotations.list[", "annotations["),
    (".targets[", ".data.spec.queries["),
    (".transformations[", ".data.spec.transformations["),
    (".fieldConfig", ".vizConfig.spec.fieldConfig"),
    (".options", ".vizConfig.spec.options"),
    (".maxDataPoints", ".data.spec.queryOptions.maxDataPoints"),
    (".interval", ".data.spec.queryOptions.interval"),
    (".cacheTimeout", ".data.spec.queryOptions.cacheTimeout"),
];

pub fn is_one(dashboard: &Value) -> bool {
    dashboard["elements"].is_object() && dashboard["layout"].is_object()
}

pub fn read(dashboard: &Value, prefix: &'static str) -> Draft {
    let title = word(&dashboard["title"]).unwrap_or("Imported").to_owned();
    let mut draft = Draft { title, prefix, ..Draft::default() };
    let before = before(dashboard);
    times(&before, &mut draft);
    variable::read(&before, &Inputs::default(), &mut draft);
    layout::read(dashboard, &mut draft);
    draft.links = links(&before["links"], "links", &mut draft.notes);
    others(&before, &mut draft.notes);
    unknown(dashboard, &KNOWN, "", &mut draft.notes);
    replace(&mut draft);
    draft
}

/// The dashboard without its panels, as the older schema has it.
fn before(dashboard: &Value) -> Value {
    let time = &dashboard["timeSettings"];
    let annotation = |one: &Value| match one["spec"]["builtIn"] == true {
        true => json!({ "builtIn": 1 }),
        false => one["spec"].clone(),
    };
    json!({
        "time": { "from": time["from"], "to": time["to"] },
        "refresh": time["autoRefresh"],
        "timezone": time["timezone"],
        "links": dashboard["links"],
        "tags": dashboard["tags"],
        "description": dashboard["description"],
        "templating": { "list": list(&dashboard["variables"]).iter().map(variable).collect::<Vec<_>>() },
        "annotations": { "list": list(&dashboard["annotations"]).iter().map(annotation).collect::<Vec<_>>() },
    })
}

fn variable(source: &Value) -> Value {
    let mut fields = object(&source["spec"]);
    let kind = word(&source["kind"]).unwrap_or_default();
    let known = VARIABLES.iter().find(|(theirs, _)| *theirs == kind);
    fields.insert("type".to_owned(), json!(known.map_or(kind, |(_, before)| *before)));
    if fields.get("hide").is_some_and(|hide| hide == "hideVariable") {
        fields.insert("hide".to_owned(), json!(2));
    }
    // The question lies as deep as that of a panel; some are kept as the text that they once were.
    if let Some(question) = fields.get("query").filter(|query| query.is_object()).map(|query| query["spec"].clone()) {
        let text = word(&question["query"]).or_else(|| word(&question["__legacyStringValue"]));
        fields.insert("query".to_owned(), text.map_or_else(|| question.clone(), |text| json!(text)));
    }
    Value::Object(fields)
}

/// The panel of an element; `repeat` is the variable that the layout repeats it by.
fn element(source: &Value, origin: &str, repeat: Option<&str>, notes: &mut Notes) -> Option<Panel> {
    let spec = &source["spec"];
    let origin = format!("{origin}.spec");
    match word(&source["kind"]).unwrap_or("Panel") {
        "Panel" => {}
        "LibraryPanel" => {
            notes.add(origin, "the panel is left out: what a shared panel shows is not in the file");
            return None;
        }
        other => {
            notes.add(origin, format!("`{other}` is not known: it is left out"));
            return None;
        }
    }
    let (look, asked) = (&spec["vizConfig"], &spec["data"]["spec"]);
    // Later versions name the plugin in `group`, the first one in `kind`.
    let kind = word(&look["group"]).or_else(|| word(&look["kind"]));
    let more = &asked["queryOptions"];
    let panel = json!({
        "type": kind,
        "title": spec["title"],
        "description": spec["description"],
        "links": spec["links"],
        "repeat": repeat,
        "targets": list(&asked["queries"]).iter().map(target).collect::<Vec<_>>(),
        "transformations": list(&asked["transformations"]).iter().map(transformation).collect::<Vec<_>>(),
        "fieldConfig": look["spec"]["fieldConfig"],
        "options": look["spec"]["options"],
        "timeFrom": more["timeFrom"],
        "timeShift": more["timeShift"],
        "interval": more["interval"],
        "maxDataPoints": more["maxDataPoints"],
        "cacheTimeout": more["cacheTimeout"],
        "queryCachingTTL": more["queryCachingTTL"],
    });
    unknown(spec, &KNOWN_OF_PANELS, &format!("{origin}."), notes);
    panel::read(&panel, &origin, &Inputs::default(), notes)
}

fn target(source: &Value) -> Value {
    let (spec, query) = (&source["spec"], &source["spec"]["query"]);
    let mut fields = object(&query["spec"]);
    // Later versions name the plugin in `group`, the first one in `kind`.
    let plugin = word(&query["group"]).or_else(|| word(&query["kind"]).filter(|kind| *kind != "DataQuery"));
    let plugin = plugin.or_else(|| word(&spec["datasource"]["type"]));
    fields.insert("datasource".to_owned(), json!({ "type": plugin }));
    fields.insert("hide".to_owned(), spec["hidden"].clone());
    Value::Object(fields)
}

fn transformation(source: &Value) -> Value {
    let id = [&source["spec"]["id"], &source["group"], &source["kind"]].into_iter().find_map(word);
    json!({ "id": id })
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn unknown(source: &Value, known: &[&str], place: &str, notes: &mut Notes) {
    for (key, value) in source.as_object().into_iter().flatten() {
        if !known.contains(&key.as_str()) && !is_nothing(value) {
            notes.add(format!("{place}{key}"), "it is not known what this means");
        }
    }
}

/// Tells where things stand in this schema.
fn replace(draft: &mut Draft) {
    draft.notes.rename(moved);
    for variable in &mut draft.variables {
        variable.origin = moved(&variable.origin);
    }
    for panel in draft.all() {
        panel.origin = moved(&panel.origin);
        for query in &mut panel.queries {
            query.origin = moved(&query.origin);
        }
    }
}

fn moved(place: &str) -> String {
    if place == "time" {
        return "timeSettings".to_owned();
    }
    let mut place = PLACES.iter().fold(place.to_owned(), |place, (before, now)| place.replacen(before, now, 1));
    if place.contains(".data.spec.queries[") {
        place = match place.strip_suffix(".expr") {
            Some(query) => format!("{query}.spec.query.spec.expr"),
            None => place,
        };
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_file() {
        for (before, now) in [
            ("time", "timeSettings"),
            ("templating.list[2]", "variables[2]"),
            ("elements.panel-1.spec.targets[0].expr", "elements.panel-1.spec.data.spec.queries[0].spec.query.spec.expr"),
            ("elements.panel-1.spec.options.legend", "elements.panel-1.spec.vizConfig.spec.options.legend"),
            ("layout.spec.items[0]", "layout.spec.items[0]"),
        ] {
            assert_eq!(moved(before), now);
        }
    }

    #[test]
    fn both_spellings_of_a_query_are_read() {
        let expr = |query: Value| target(&json!({ "kind": "PanelQuery", "spec": { "hidden": false, "query": query } }));
        let new = expr(json!({ "kind": "DataQuery", "group": "prometheus", "version": "v0", "spec": { "expr": "up" } }));
        let old = expr(json!({ "kind": "prometheus", "spec": { "expr": "up" } }));
        assert_eq!(new, old);
        assert_eq!(new, json!({ "expr": "up", "datasource": { "type": "prometheus" }, "hide": false }));
    }
}
