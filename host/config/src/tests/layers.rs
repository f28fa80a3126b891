//! Who wins, who said so, and who may not contradict whom.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::layers::{Layers, Loaded};
use crate::path::Path;
use crate::problem::{Finding, Part, Problems};
use crate::secret::Secret;

#[derive(Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct Settings {
    listen: String,
    #[serde(default)]
    workers: u32,
    #[serde(default)]
    mail: Mail,
    #[serde(default)]
    sources: BTreeMap<String, Source>,
}

#[derive(Debug, Default, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct Mail {
    #[serde(default)]
    relay: Option<String>,
    #[serde(default)]
    password: Option<Secret>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct Source {
    plugin: String,
    #[serde(default)]
    with: Value,
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    folder
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Problems as a person sees them, with the throw-away folder named `config`.
fn shown(problems: &Problems, folder: &FilePath) -> String {
    let named = problems.render(false).replace(&folder.display().to_string(), "config");
    named.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn origin(loaded: &Loaded<Settings>, folder: &FilePath, pointer: &str) -> String {
    loaded.origin(&Path::from(pointer)).replace(&folder.display().to_string(), "config")
}

#[test]
fn later_layers_win_and_every_value_knows_its_origin() {
    let folder = folder(&[
        ("a.yaml", "listen: from-file\nsources:\n  shop:\n    plugin: http-check\n    with: { url: x, tags: [a, b] }\n"),
        ("b.yml", "mail: { relay: from-file }\nsources:\n  db: { plugin: system }\n"),
        ("conf.d/local.yaml", "sources:\n  shop:\n    with: { url: local }\n"),
        ("alerts/rules.yaml", "not: settings\n"),
        (".hidden.yaml", "not: settings\n"),
        ("notes.txt", "not settings\n"),
    ]);
    let loaded: Loaded<Settings> = Layers::new()
        .defaults(json!({ "listen": "127.0.0.1:7878", "workers": 2 }))
        .folder(folder.path())
        .environment(
            "VITRINE_",
            &variables(&[("VITRINE_MAIL__RELAY", "from-env"), ("HOME", "/root"), ("VITRINE_LISTEN", "from-env")]),
        )
        .flags(&json!({ "listen": "from-flag", "mail": { "password": null } }), &[])
        .load()
        .unwrap();
    assert_eq!(loaded.value.listen, "from-flag");
    assert_eq!(loaded.value.mail.relay.as_deref(), Some("from-env"));
    assert_eq!(loaded.value.workers, 2);
    assert_eq!(loaded.value.sources["shop"].with, json!({ "url": "local", "tags": ["a", "b"] }));
    assert_eq!(loaded.files().len(), 3);
    let check = |pointer: &str, expected: &str| assert_eq!(origin(&loaded, folder.path(), pointer), expected, "{pointer}");
    check("/listen", "flag --listen");
    check("/mail/relay", "environment variable VITRINE_MAIL__RELAY");
    check("/workers", "default");
    check("/sources/shop/plugin", "config/a.yaml:4:13");
    check("/sources/shop/with/url", "config/conf.d/local.yaml:3:18");
    check("/sources/shop/with/tags/1", "config/a.yaml:5:31");
    check("/sources/db", "config/b.yml:3:7");
    check("/mail/password", "default");
    assert_eq!(loaded.place(&Path::from("/sources/shop"), Part::Key).line, 3);
    let finding = Finding::value(Path::from("/sources/db/plugin"), "no such plugin");
    assert_eq!(shown(&loaded.problem(finding).into(), folder.path()).lines().nth(1), Some(" --> config/b.yml:3:17"));
}

#[test]
fn the_same_thing_twice_in_one_layer_is_a_problem() {
    let folder = folder(&[
        ("a.yaml", "listen: here\nsources:\n  shop: { plugin: http-check }\n  db: { plugin: system }\n"),
        ("b.yaml", "listen: there\nsources:\n  shop: { with: { url: x } }\n"),
    ]);
    let problems = Layers::new().folder(folder.path()).load::<Settings>().unwrap_err();
    insta::assert_snapshot!(shown(&problems, folder.path()));
}

#[test]
fn all_mistakes_of_all_files_come_at_once() {
    let folder = folder(&[
        ("a.yaml", "sources:\n  shop: { plgin: http-check }\n  db: { plugin: 5 }\n"),
        ("b.yaml", "mail: [\n"),
        ("c.yaml", "- a list\n"),
        ("d.yaml", "mail:\nwrokers: 3\n"),
    ]);
    let environment = variables(&[("VITRINE_WORKERS", "many"), ("VITRINE_LISTNE", "x")]);
    let flags = json!({ "mail": { "relay": ["x"] } });
    let layers = Layers::new().folder(folder.path()).environment("VITRINE_", &environment);
    let problems = layers.flags(&flags, &[("mail.relay", "smtp")]).load::<Settings>().unwrap_err();
    insta::assert_snapshot!(shown(&problems, folder.path()));
}

#[test]
fn what_nobody_sets_is_missing() {
    let folder = folder(&[("a.yaml", "mail: { relay: x }\n")]);
    let problems = Layers::new().folder(folder.path()).load::<Settings>().unwrap_err();
    insta::assert_snapshot!(shown(&problems, folder.path()));
    let problems = Layers::new().folder(folder.path().join("none")).load::<Settings>().unwrap_err();
    insta::assert_snapshot!(shown(&problems, folder.path()));
}

#[test]
fn variables_stay_text_where_text_is_wanted() {
    let environment = variables(&[("VITRINE_LISTEN", "7878"), ("VITRINE_MAIL__PASSWORD", "0123"), ("VITRINE_WORKERS", "4")]);
    let loaded: Loaded<Settings> = Layers::new().environment("VITRINE_", &environment).load().unwrap();
    assert_eq!(loaded.value.listen, "7878");
    assert_eq!(loaded.value.workers, 4);
    let password = loaded.value.mail.password.unwrap().resolve(&|_| None).unwrap();
    assert_eq!(password.expose(), "0123");
}

#[test]
fn a_part_can_be_checked_against_the_schema_of_its_plugin() {
    let folder = folder(&[("a.yaml", "listen: x\nsources:\n  shop: { plugin: http-check, with: { ulr: x } }\n")]);
    let loaded: Loaded<Settings> = Layers::new().folder(folder.path()).load().unwrap();
    let schema = json!({ "type": "object", "properties": { "url": { "type": "string" } }, "additionalProperties": false });
    let problems = Problems(loaded.check_value(&Path::from("/sources/shop/with"), &schema));
    insta::assert_snapshot!(shown(&problems, folder.path()));
}
