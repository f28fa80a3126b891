//! Variables: lists and texts.

use serde_json::Value;

use super::{list, word};
use crate::import::draft::{Draft, Variable};
use crate::import::yaml::Yaml;

type Fields = Vec<(String, Yaml)>;

pub fn read(variables: &Value, draft: &mut Draft) {
    for (at, source) in list(variables).iter().enumerate() {
        let origin = format!("spec.variables[{at}]");
        let spec = &source["spec"];
        let name = word(&spec["name"]).unwrap_or_default();
        let fields = match word(&source["kind"]) {
            Some("TextVariable") => Ok(text(spec)),
            Some("ListVariable") => choices(spec),
            other => Err(format!("variables of the kind `{}` are not there", other.unwrap_or("?"))),
        };
        match fields {
            Ok(fields) => {
                for key in ["capturingRegexp", "sort"] {
                    if word(&spec[key]).is_some_and(|text| text != "none") {
                        draft.notes.add(format!("{origin}.spec.{key}"), "values are shown as they are");
                    }
                }
                let several = spec["allowMultiple"] == true || spec["allowAllValue"] == true;
                draft.variables.push(Variable { origin, name: name.to_owned(), several, fields });
            }
            Err(reason) => draft.notes.add(origin, format!("the variable `{name}` is left out: {reason}")),
        }
    }
}

fn text(spec: &Value) -> Fields {
    let key = if spec["constant"] == true { "constant" } else { "text" };
    let mut fields = vec![(key.to_owned(), Yaml::text(spec["value"].as_str().unwrap_or_default()))];
    title(spec, &mut fields);
    fields
}

fn title(spec: &Value, fields: &mut Fields) {
    let title = word(&spec["display"]["name"]).filter(|title| Some(*title) != word(&spec["name"]));
    fields.extend(title.map(|title| ("title".to_owned(), Yaml::text(title))));
    if spec["display"]["hidden"] == true {
        fields.push(("hidden".to_owned(), Yaml::Flag(true)));
    }
}

fn choices(spec: &Value) -> Result<Fields, String> {
    let plugin = &spec["plugin"]["spec"];
    let kind = word(&spec["plugin"]["kind"]).unwrap_or_default();
    let mut fields = Fields::new();
    match kind {
        "PrometheusLabelValuesVariable" => {
            let label = word(&plugin["labelName"]).ok_or("it has no `labelName`")?;
            let query = match list(&plugin["matchers"]) {
                [] => format!("label_values({label})"),
                [one] => format!("label_values({}, {label})", word(one).unwrap_or_default()),
                _ => return Err("of selectors there can be one".to_owned()),
            };
            fields.push(("query".to_owned(), Yaml::text(query)));
        }
        "PrometheusPromQLVariable" => {
            fields.push(("query".to_owned(), Yaml::text(word(&plugin["expr"]).ok_or("it has no `expr`")?)));
            fields.push(("label".to_owned(), Yaml::text(word(&plugin["labelName"]).ok_or("it has no `labelName`")?)));
        }
        "StaticListVariable" => {
            fields.push(("values".to_owned(), Yaml::List(list(&plugin["values"]).iter().filter_map(value).collect())))
        }
        other => return Err(format!("variables of the kind `{other}` are not there")),
    }
    title(spec, &mut fields);
    if spec["allowMultiple"] == true {
        fields.push(("multi".to_owned(), Yaml::Flag(true)));
    }
    if spec["allowAllValue"] == true {
        fields.push(("all".to_owned(), word(&spec["customAllValue"]).map_or(Yaml::Flag(true), Yaml::text)));
    }
    let one = |text: &str| Yaml::text(if text == "$__all" { "all" } else { text });
    match &spec["defaultValue"] {
        Value::String(text) if !text.is_empty() => fields.push(("default".to_owned(), one(text))),
        Value::Array(items) if !items.is_empty() => {
            fields.push(("default".to_owned(), Yaml::List(items.iter().filter_map(Value::as_str).map(one).collect())));
        }
        _ => {}
    }
    Ok(fields)
}

fn value(source: &Value) -> Option<Yaml> {
    if let Some(text) = source.as_str() {
        return Some(Yaml::text(text));
    }
    let value = word(&source["value"])?;
    let title = word(&source["label"]).unwrap_or(value);
    Some(Yaml::Map(vec![("value".to_owned(), Yaml::text(value)), ("title".to_owned(), Yaml::text(title))]))
}
