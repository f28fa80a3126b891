//! Files that are YAML, but not what their type wants.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{document, table};
use crate::path::Path;
use crate::problem::Problems;
use crate::typed;

/// Big enough to hold each kind of mistake.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what is wrong with it is looked at")]
struct Board {
    /// What the page is called.
    title: String,
    #[serde(default)]
    refresh: Option<u32>,
    #[serde(default)]
    panels: Vec<Panel>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    trigger: Option<Trigger>,
    #[serde(default)]
    target: Option<Target>,
    #[serde(default)]
    one_or_many: Option<OneOrMany>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what is wrong with it is looked at")]
struct Panel {
    show: Show,
    /// The PromQL expression to draw. It may be long.
    query: String,
    #[serde(default)]
    #[schemars(range(min = 1, max = 12))]
    width: Option<u8>,
    /// A colour such as `#a0c0ff`.
    #[serde(default)]
    #[schemars(regex(pattern = "^#[0-9a-f]{6}$"))]
    color: Option<String>,
    #[serde(default)]
    stack: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Show {
    Timeseries,
    Gauge,
    /// Documented, so the schema lists it as an alternative of its own.
    Table,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[expect(dead_code, reason = "only what is wrong with it is looked at")]
enum Trigger {
    Every(String),
    Cron { line: String, zone: Option<String> },
    Never,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
#[expect(dead_code, reason = "only what is wrong with it is looked at")]
enum Target {
    Http { url: String },
    Socket { path: String },
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only what is wrong with it is looked at")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

fn answer(text: &str) -> String {
    match typed::read_as::<Board>(&document(text)) {
        Ok(board) => format!("{board:?}"),
        Err(problems) => problems.render(false),
    }
}

#[test]
fn mistakes_are_explained() {
    let cases = [
        ("nothing", ""),
        ("unknown key", "title: A\npanels:\n  - { show: gauge, qurey: up }\n"),
        ("unknown key, far from all", "title: A\ncolour: red\n"),
        ("missing key", "panels: []\n"),
        ("wrong kinds", "title: 12\nrefresh: soon\npanels: none\n"),
        ("quoted number", "title: A\nrefresh: '5'\n"),
        ("fraction", "title: A\nrefresh: 1.5\n"),
        ("truth", "title: A\npanels: [{ show: gauge, query: up, stack: yes }]\n"),
        ("empty value", "title:\n"),
        ("unknown choice", "title: A\npanels: [{ show: tabel, query: up }]\n"),
        ("unknown choice, far from all", "title: A\npanels: [{ show: pie, query: up }]\n"),
        ("bounds and form", "title: A\npanels: [{ show: gauge, query: up, width: 40, color: red }]\n"),
        ("map of text", "title: A\nlabels: { team: web, tier: 1 }\n"),
        ("variant", "title: A\ntrigger: { evry: 15s }\n"),
        ("variant by word", "title: A\ntrigger: nevr\n"),
        ("inside a variant", "title: A\ntrigger: { cron: { line: '* * * * *', zne: UTC } }\n"),
        ("tag", "title: A\ntarget: { type: htp, url: x }\n"),
        ("inside a tagged variant", "title: A\ntarget: { type: http, ulr: x }\n"),
        ("no tag", "title: A\ntarget: { url: x }\n"),
        ("untagged", "title: A\none_or_many: { a: 1 }\n"),
        ("inside untagged", "title: A\none_or_many: [a, 1]\n"),
        (
            "long line",
            "title: A\npanels: [{ show: gauge, query: 'sum by (mode) (rate(node_cpu_seconds_total{mode!=\"idle\",instance=~\"web.*\"}[1m])) / ignoring(mode) group_left sum(rate(node_cpu_seconds_total[1m]))', widht: 3, stack: true }]\n",
        ),
    ];
    insta::assert_snapshot!(table(&cases, answer));
}

#[test]
fn serde_has_the_last_word() {
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Hosts {
        #[expect(dead_code, reason = "only what is wrong with it is looked at")]
        #[schemars(with = "Vec<String>")]
        hosts: Vec<std::net::IpAddr>,
    }
    let problems = typed::read_as::<Hosts>(&document("hosts:\n  - 127.0.0.1\n  - nowhere\n")).unwrap_err();
    insta::assert_snapshot!(problems.render(false));
}

#[test]
fn a_plugin_has_its_part_checked() {
    let schema = json!({
        "type": "object",
        "properties": {
            "url": { "type": "string", "description": "The address to ask." },
            "expect": { "$ref": "#/$defs/expect" },
        },
        "required": ["url"],
        "additionalProperties": false,
        "$defs": { "expect": {
            "type": "object",
            "properties": { "status": { "type": "integer", "minimum": 100, "maximum": 599 } },
            "additionalProperties": false,
        } },
    });
    let document = document(
        "sources:\n  shop:\n    plugin: http-check\n    with:\n      ulr: x\n      expect: { status: 20, stauts: 2 }\n  bare: { plugin: http-check }\n",
    );
    let shop = Path::new().key("sources").key("shop").key("with");
    let bare = Path::new().key("sources").key("bare").key("with");
    let mut problems = typed::check_value(&document, &shop, &schema);
    problems.extend(typed::check_value(&document, &bare, &schema));
    problems.extend(typed::check_value(&document, &bare, &json!({ "type": "wrong" })).into_iter().take(1));
    insta::assert_snapshot!(Problems(problems).render(false));
}

#[test]
fn schemas_are_titled() {
    let schema = crate::schema::schema_of::<Board>("Dashboard");
    assert_eq!(schema["title"], "Dashboard");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["properties"]["title"]["description"], "What the page is called.");
}
