//! Variables: `templating.list`.

use serde_json::Value;
use vitrine_model::Span;

use super::{Inputs, is_nothing, list, text, word};
use crate::import::draft::{Draft, Variable};
use crate::import::yaml::Yaml;

const ALL: &str = "$__all";

pub fn read(dashboard: &Value, _: &Inputs, draft: &mut Draft) {
    for (at, source) in list(&dashboard["templating"]["list"]).iter().enumerate() {
        let origin = format!("templating.list[{at}]");
        let Some(name) = word(&source["name"]).filter(|name| text::is_name(name)) else {
            draft.notes.add(origin, "the variable has no name that queries could use");
            continue;
        };
        match fields(source) {
            Ok((fields, notes)) => {
                for note in notes {
                    draft.notes.add(&origin, format!("variable `{name}`: {note}"));
                }
                let several = source["multi"] == true || source["includeAll"] == true;
                draft.variables.push(Variable { origin, name: name.to_owned(), several, fields });
            }
            Err(reason) => draft.notes.add(origin, format!("the variable `{name}` is left out: {reason}")),
        }
    }
}

type Fields = Vec<(String, Yaml)>;

fn fields(source: &Value) -> Result<(Fields, Vec<String>), String> {
    let mut fields = Fields::new();
    let mut notes = Vec::new();
    let mut put = |key: &str, value: Yaml| fields.push((key.to_owned(), value));
    let kind = word(&source["type"]).unwrap_or("query");
    match kind {
        "query" => {
            let (query, label) = question(source, &mut notes)?;
            put("query", Yaml::text(query));
            label.into_iter().for_each(|label| put("label", Yaml::Text(label)));
        }
        "custom" => put("values", values(word(&source["query"]).unwrap_or_default())),
        "constant" => put("constant", Yaml::text(word(&source["query"]).unwrap_or_default())),
        "textbox" => {
            put("text", Yaml::text(current(source).first().or(word(&source["query"]).as_ref()).copied().unwrap_or_default()))
        }
        "interval" => put("interval", Yaml::List(spans(source, &mut notes).iter().map(Yaml::text).collect())),
        "datasource" => return Err("all samples are in one store here: queries need no data source".to_owned()),
        "adhoc" => return Err("filters that viewers add to all queries are not there".to_owned()),
        other => return Err(format!("variables of the kind `{other}` are not there")),
    }
    if let Some(title) = word(&source["label"]).filter(|label| Some(*label) != word(&source["name"])) {
        put("title", Yaml::text(title));
    }
    if matches!(kind, "query" | "custom" | "interval") {
        choosing(source, kind, &mut put);
    }
    if source["hide"] == 2 && kind != "constant" {
        put("hidden", Yaml::Flag(true));
    }
    Ok((fields, notes))
}

fn choosing(source: &Value, kind: &str, put: &mut dyn FnMut(&str, Yaml)) {
    if source["multi"] == true && kind != "interval" {
        put("multi", Yaml::Flag(true));
    }
    if source["includeAll"] == true && kind != "interval" {
        put("all", word(&source["allValue"]).map_or(Yaml::Flag(true), Yaml::text));
    }
    let chosen = current(source);
    let is_all = source["includeAll"] == true && chosen.iter().any(|value| *value == ALL || *value == "All");
    // What was chosen of an answer belongs to the host that gave it.
    let own: Vec<Yaml> = chosen.iter().filter(|_| kind != "query").map(|value| Yaml::text(*value)).collect();
    match (is_all, own.as_slice()) {
        (true, _) => put("default", Yaml::text("all")),
        (false, []) => {}
        (false, [one]) => put("default", one.clone()),
        (false, _) => put("default", Yaml::List(own)),
    }
}

fn current(source: &Value) -> Vec<&str> {
    match &source["current"]["value"] {
        Value::String(text) if !text.is_empty() && !text.starts_with("$__auto") => vec![text],
        Value::Array(items) => items.iter().filter_map(word).collect(),
        _ => Vec::new(),
    }
}

/// What is asked for values, and of which label where the query does not say.
fn question(source: &Value, notes: &mut Vec<String>) -> Result<(String, Option<String>), String> {
    let query = match &source["query"] {
        Value::String(text) => text.as_str(),
        object => word(&object["query"]).or_else(|| word(&object["qryValue"])).unwrap_or_default(),
    };
    let query = if query.is_empty() { word(&source["definition"]).unwrap_or_default() } else { query };
    let query = text::variables(query.trim());
    let pattern = word(&source["regex"]);
    if let Some(inner) = query.strip_prefix("query_result(").and_then(|rest| rest.strip_suffix(')')) {
        let label = pattern.and_then(label_of).ok_or("its pattern does not name the label whose values are taken")?;
        return Ok((inner.trim().to_owned(), Some(label)));
    }
    if let Some(inner) = query.strip_prefix("metrics(").and_then(|rest| rest.strip_suffix(')')) {
        let inner = inner.trim().trim_matches('"').replace('\\', "\\\\").replace('"', "\\\"");
        return Ok((format!("label_values({{__name__=~\".*{inner}.*\"}}, __name__)"), None));
    }
    if !query.starts_with("label_values(") {
        return Err(format!("`{query}` is no question that can be asked here: write `label_values(metric, label)`"));
    }
    if !is_nothing(&source["regex"]) {
        notes.push(format!("values are not filtered by a pattern ({}): put it into the query", pattern.unwrap_or_default()));
    }
    Ok((query, None))
}

/// `/.*instance="([^"]*)".*/` takes the values of `instance`.
fn label_of(pattern: &str) -> Option<String> {
    let before = pattern.split_once("=\"(")?.0;
    let start = before.rfind(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').map_or(0, |at| at + 1);
    Some(before[start..].to_owned()).filter(|label| text::is_name(label))
}

/// `a, Text : b, c\,d`
fn values(query: &str) -> Yaml {
    let mut parts = vec![String::new()];
    let mut letters = query.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => parts.last_mut().into_iter().for_each(|last| last.extend(letters.next())),
            ',' => parts.push(String::new()),
            other => parts.last_mut().into_iter().for_each(|last| last.push(other)),
        }
    }
    let one = |part: &String| match part.split_once(" : ") {
        Some((title, value)) => {
            Yaml::Map(vec![("value".to_owned(), Yaml::text(value.trim())), ("title".to_owned(), Yaml::text(title.trim()))])
        }
        None => Yaml::text(part.trim()),
    };
    Yaml::List(parts.iter().filter(|part| !part.trim().is_empty()).map(one).collect())
}

fn spans(source: &Value, notes: &mut Vec<String>) -> Vec<String> {
    let all = word(&source["query"]).unwrap_or_default().split(',').map(|span| text::span(span.trim().trim_matches('"')));
    let (good, bad): (Vec<String>, Vec<String>) =
        all.filter(|span| !span.is_empty()).partition(|span| span.parse::<Span>().is_ok());
    if source["auto"] == true || bad.iter().any(|span| span == "auto") {
        notes.push("there is no automatic choice: write `$__interval` in the query".to_owned());
    }
    for span in bad.iter().filter(|span| *span != "auto") {
        notes.push(format!("`{span}` is not a duration"));
    }
    good
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_in_patterns() {
        assert_eq!(label_of("/.*instance=\"([^\"]*)\".*/").as_deref(), Some("instance"));
        assert_eq!(label_of("/(.*)/"), None);
    }

    #[test]
    fn lists_are_cut_at_their_commas() {
        let list = values(r"a, Two : 2, c\,d");
        assert_eq!(list.value(), serde_json::json!(["a", { "value": "2", "title": "Two" }, "c,d"]));
    }
}
