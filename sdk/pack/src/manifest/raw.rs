//! The words of `plugin.toml` as they stand there, with their places.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Canned, Capability, Kind, Offer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) name: Spanned<String>,
    pub(super) kind: Spanned<Kind>,
    pub(super) version: Spanned<String>,
    pub(super) title: Spanned<String>,
    pub(super) description: Spanned<String>,
    pub(super) api: Option<Spanned<String>>,
    pub(super) offers: Option<Spanned<Vec<Offer>>>,
    #[serde(default)]
    pub(super) rights: BTreeMap<Capability, Spanned<Right>>,
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, Spanned<Secret>>,
    #[serde(default)]
    pub(super) limits: Limits,
    #[serde(default)]
    pub(super) options: BTreeMap<String, Spanned<toml::Value>>,
    #[serde(default)]
    pub(super) test: Test,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Test {
    pub(super) with: Vec<Spanned<toml::Table>>,
    pub(super) queries: Vec<String>,
    pub(super) http: Vec<Spanned<Canned>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Right {
    pub(super) reason: String,
    pub(super) hosts: Option<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Secret {
    pub(super) reason: String,
    pub(super) hosts: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) memory_mib: Option<Spanned<u32>>,
}
