//! Buttons that have a source do something: what a file says of one, filled in, and where it leads. Who presses one is shown
//! what would be done, and asked, by `page/act`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::dashboard::link::escape;
use crate::dashboard::template::Template;
use crate::dashboard::values::Values;

/// An action of a source, with what it is given; as written or filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionLink {
    pub title: String,
    pub source: String,
    pub action: String,
    /// A text may have variables, and `{{column}}` in a table's row.
    pub with: BTreeMap<String, Value>,
}

/// One as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    pub title: String,
    pub address: String,
}

impl ActionLink {
    /// With its variables.
    pub fn fill(&self, values: &Values) -> ActionLink {
        let text = |text: &str| Template::parse(text).map_or_else(|_| text.to_owned(), |template| template.fill(values));
        let filled = |value: &Value| match value {
            Value::String(template) => Value::String(text(template)),
            other => other.clone(),
        };
        ActionLink {
            title: text(&self.title),
            source: text(&self.source),
            action: self.action.clone(),
            with: self.with.iter().map(|(name, value)| (name.clone(), filled(value))).collect(),
        }
    }

    /// What the page shows, with what a row has in its columns; or the column that it has not.
    pub fn button(&self, cell: &dyn Fn(&str) -> Option<String>) -> Result<Button, String> {
        let mut with = serde_json::Map::new();
        for (name, value) in &self.with {
            let value = match value {
                Value::String(template) => Value::String(columns(template, cell)?),
                other => other.clone(),
            };
            with.insert(name.clone(), value);
        }
        let (source, action) = (escape(&self.source), escape(&self.action));
        let address = match with.is_empty() {
            true => format!("/sources/{source}/actions/{action}"),
            false => format!("/sources/{source}/actions/{action}?with={}", escape(&Value::Object(with).to_string())),
        };
        Ok(Button { title: columns(&self.title, cell)?, address })
    }
}

/// The text with `{{column}}` filled in.
fn columns(template: &str, cell: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let Some((name, more)) = after.split_once("}}") else { return Ok(text + "{{" + after) };
        text.push_str(&cell(name.trim()).ok_or_else(|| name.trim().to_owned())?);
        rest = more;
    }
    Ok(text + rest)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dashboard::values::Value as Chosen;

    fn restart() -> ActionLink {
        let with = [("service", json!("{{ service }} of $shop")), ("hard", json!(true))];
        ActionLink {
            title: "Restart {{service}}".to_owned(),
            source: "$shop".to_owned(),
            action: "restart".to_owned(),
            with: with.map(|(name, value)| (name.to_owned(), value)).into(),
        }
    }

    #[test]
    fn variables_and_cells_are_filled_in_and_stay_values() {
        let mut values = Values::default();
        values.set("shop", Chosen::of(["one/../two"]));
        let cell = |name: &str| (name == "service").then(|| "a\",\"hard\":false,\"b\":\"&x=".to_owned());
        let button = restart().fill(&values).button(&cell);
        let with = r#"{"hard":true,"service":"a\",\"hard\":false,\"b\":\"&x= of one/../two"}"#;
        let expected = Button {
            title: "Restart a\",\"hard\":false,\"b\":\"&x=".to_owned(),
            address: format!("/sources/one%2F..%2Ftwo/actions/restart?with={}", escape(with)),
        };
        assert_eq!(button, Ok(expected));
        assert_eq!(restart().button(&|_| None), Err("service".to_owned()));
    }
}
