//! What panels ask.

use serde_json::Value;

use super::{Inputs, list, text, word};
use crate::import::draft::Query;
use crate::import::notes::Notes;

/// The queries of a panel that are PromQL.
pub fn read(panel: &Value, origin: &str, inputs: &Inputs, notes: &mut Notes) -> Vec<Query> {
    let mut queries = Vec::new();
    for (at, target) in list(&panel["targets"]).iter().enumerate() {
        let origin = format!("{origin}.targets[{at}]");
        let source = if target["datasource"].is_null() { &panel["datasource"] } else { &target["datasource"] };
        if let Some(plugin) = foreign(source, inputs) {
            notes.add(origin, format!("the query is for `{plugin}`: only PromQL is carried"));
            continue;
        }
        let Some(expr) = word(&target["expr"]).filter(|expr| !expr.trim().is_empty()) else {
            if target["expr"].is_null() {
                notes.add(origin, "the query is not PromQL");
            }
            continue;
        };
        if target["hide"] == true {
            notes.add(origin, "the query is hidden: nothing shows it");
            continue;
        }
        if target["exemplar"] == true {
            notes.add(&origin, "exemplars are not shown");
        }
        let legend = word(&target["legendFormat"]).filter(|legend| *legend != "__auto").map(text::variables);
        queries.push(Query { origin: format!("{origin}.expr"), text: text::variables(expr.trim()), legend });
    }
    queries
}

/// The plugin of a data source that does not speak PromQL.
fn foreign<'a>(source: &'a Value, inputs: &'a Inputs) -> Option<&'a str> {
    const PROMQL: [&str; 6] =
        ["prometheus", "mimir", "thanos", "cortex", "victoriametrics-datasource", "victoriametrics-metrics-datasource"];
    let plugin = match source {
        // A name says nothing of what it names, but for those that the file itself tells of.
        Value::String(name) => inputs.sources.get(name.trim_start_matches("${").trim_end_matches('}'))?.as_str(),
        object => word(&object["type"]).or_else(|| {
            let name = word(&object["uid"])?.trim_start_matches("${").trim_end_matches('}');
            inputs.sources.get(name).map(String::as_str)
        })?,
    };
    let known = plugin == "datasource" || PROMQL.contains(&plugin) || plugin.contains("prometheus");
    (!known).then_some(plugin)
}
