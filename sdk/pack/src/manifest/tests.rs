#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::json;

use super::*;
use crate::api::API;

const WHOLE: &str = r#"
name = "http-check"
kind = "data-source"
version = "0.1.0"
title = "HTTP check"
description = "Requests a URL."
offers = ["collector"]

[rights.http]
reason = "requests the URL you configure"
hosts = ["https://api.example"]

[secrets.token]
reason = "signs in"
hosts = ["https://api.example"]

[limits]
memory_mib = 256

[options.url]
type = "string"
description = "What to request."
required = true

[options.expect]
type = "object"
description = "What the answer must be."
properties.status = { type = "integer" }
required = ["status"]
"#;

/// What `Manifest::parse` says about a text, as a person would see it.
fn complaint(text: &str) -> String {
    Manifest::parse(text).unwrap_err().to_string()
}

#[test]
fn a_whole_manifest_is_read() {
    let manifest = Manifest::parse(WHOLE).unwrap();
    assert_eq!(manifest.kind, Kind::DataSource);
    assert_eq!(manifest.api, API);
    assert!(manifest.offers(Offer::Collector) && !manifest.offers(Offer::Logs));
    assert_eq!(manifest.rights[&Capability::Http].hosts, ["https://api.example"]);
    assert_eq!(manifest.secrets["token"].hosts, ["https://api.example"]);
    assert_eq!(manifest.memory_mib, Some(256));
    assert_eq!(
        manifest.options_schema(),
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["url"],
            "properties": {
                "url": { "type": "string", "description": "What to request." },
                "expect": {
                    "type": "object",
                    "description": "What the answer must be.",
                    "properties": { "status": { "type": "integer" } },
                    "required": ["status"],
                },
            },
        })
    );
}

#[test]
fn an_unknown_key_names_the_known_ones() {
    let text = "name = \"a\"\nkind = \"panel\"\nverson = \"0.1.0\"\n";
    let complaint = complaint(text);
    assert!(complaint.starts_with("3:1: unknown field `verson`, expected one of `name`, `kind`, `version`"), "{complaint}");
}

#[test]
fn an_unknown_right_names_the_known_ones() {
    let complaint = complaint(&WHOLE.replace("[rights.http]", "[rights.htp]"));
    assert!(complaint.contains("unknown variant `htp`, expected one of `http`, `system`"), "{complaint}");
    assert!(complaint.starts_with("9:9:"), "{complaint}");
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = "name = \"Not A Name\"\nkind = \"panel\"\nversion = \"1\"\ntitle = \"\"\ndescription = \"x\"\n\
                offers = [\"logs\"]\n[rights.http]\nreason = \"x\"\nhosts = [\"example.org/x\"]\n\
                [limits]\nmemory_mib = 99999\n[options.a]\ntype = \"text\"\n";
    let error = Manifest::parse(text).unwrap_err();
    let mut places: Vec<(usize, usize)> = error.problems.iter().map(|problem| (problem.line, problem.column)).collect();
    places.sort_unstable();
    assert_eq!(places, [(1, 8), (3, 11), (4, 9), (6, 10), (7, 1), (9, 10), (11, 14), (12, 1), (12, 1)], "{error}");
    assert!(error.problems.iter().all(|problem| problem.hint.is_some()), "{error}");
}

#[test]
fn a_data_source_must_offer_something() {
    assert!(complaint(&WHOLE.replace("offers = [\"collector\"]", "")).contains("needs `offers`"));
}

#[test]
fn broken_toml_has_its_place() {
    assert!(complaint("name = \"a\nkind = 3").starts_with("1:"), "{}", complaint("name = \"a\nkind = 3"));
}

#[test]
fn the_bundled_manifests_are_valid() {
    let plugins = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let folders: Vec<_> = std::fs::read_dir(plugins).unwrap().map(|entry| entry.unwrap().path()).collect();
    for folder in &folders {
        let text = std::fs::read_to_string(folder.join("plugin.toml")).unwrap();
        let manifest = Manifest::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        assert_eq!(Some(manifest.name.as_str()), folder.file_name().and_then(|name| name.to_str()));
        assert!(folder.join("README.md").exists(), "{} has no README", folder.display());
    }
    assert!(folders.len() >= 9);
}

#[test]
fn a_secret_has_hosts_or_leaves_them_to_the_admin_and_needs_requests() {
    let with = |hosts: &str| {
        WHOLE.replace(
            "reason = \"signs in\"\nhosts = [\"https://api.example\"]",
            &format!("reason = \"signs in\"\nhosts = {hosts}"),
        )
    };
    assert_eq!(Manifest::parse(&with("[\"*\"]")).unwrap().secrets["token"].hosts, [ANY_HOST]);
    assert_eq!(Manifest::parse(&with("[\"unix:/run/app.sock\"]")).unwrap().secrets["token"].hosts, ["unix:/run/app.sock"]);
    assert!(complaint(&with("[]")).contains("secret `token` may be sent nowhere"));
    assert!(complaint(&with("[\"api.example\"]")).contains("`api.example` is not a host"));
    let silent =
        WHOLE.replace("[rights.http]", "[rights.state]").replace("hosts = [\"https://api.example\"]\n\n[secrets", "\n[secrets");
    assert!(complaint(&silent).contains("secret `token` is for requests"), "{}", complaint(&silent));
}
