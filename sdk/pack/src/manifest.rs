//! `plugin.toml`: what a plugin is, what it asks for, and what its admin may set.

mod check;
mod raw;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::problem::{ManifestError, Problem};

/// In a secret's `hosts`: wherever the admin binds it to.
pub const ANY_HOST: &str = "*";

/// A manifest, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Lower-case letters, digits and hyphens.
    pub name: String,
    pub kind: Kind,
    /// Of the plugin: `major.minor.patch`.
    pub version: String,
    /// Of the WIT package that it was built against.
    pub api: String,
    pub title: String,
    pub description: String,
    /// Only for data sources; a data source offers at least one thing.
    pub offers: Vec<Offer>,
    pub rights: BTreeMap<Capability, Right>,
    pub secrets: BTreeMap<String, Secret>,
    /// How much memory one instance asks for.
    pub memory_mib: Option<u32>,
    pub options: BTreeMap<String, OptionSchema>,
    pub test: Test,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    DataSource,
    AlertChannel,
    Panel,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::DataSource => "data-source",
            Kind::AlertChannel => "alert-channel",
            Kind::Panel => "panel",
        }
    }

    /// The capabilities that this kind's world imports and that need a grant.
    pub fn capabilities(self) -> &'static [Capability] {
        use Capability::{Files, Http, Mail, Metrics, Sql, State, System};
        match self {
            Kind::DataSource => &[Http, System, Sql, Files, State, Metrics],
            Kind::AlertChannel => &[Http, Mail, State, Metrics],
            Kind::Panel => &[],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// Which of a data source's interfaces do more than answer "not offered".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offer {
    Collector,
    Queryable,
    Actions,
    Logs,
}

impl Offer {
    pub fn word(self) -> &'static str {
        match self {
            Offer::Collector => "collector",
            Offer::Queryable => "queryable",
            Offer::Actions => "actions",
            Offer::Logs => "logs",
        }
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// What needs a grant. `log` and `clock` need none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    Http,
    System,
    Sql,
    Files,
    Mail,
    State,
    Metrics,
}

impl Capability {
    pub const ALL: [Capability; 7] = [
        Capability::Http,
        Capability::System,
        Capability::Sql,
        Capability::Files,
        Capability::Mail,
        Capability::State,
        Capability::Metrics,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Capability::Http => "http",
            Capability::System => "system",
            Capability::Sql => "sql",
            Capability::Files => "files",
            Capability::Mail => "mail",
            Capability::State => "state",
            Capability::Metrics => "metrics",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// A right asked for, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    pub reason: String,
    /// `http` only: the origins (`https://api.example`) and sockets (`unix:/run/app.sock`) asked for. Empty: whatever
    /// the admin grants.
    pub hosts: Vec<String>,
}

/// A secret that the host puts into requests to these hosts and to no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    pub reason: String,
    /// Never empty; [`ANY_HOST`] leaves it to the admin.
    pub hosts: Vec<String>,
}

/// One key of the admin's `with:` (or of a panel's entry).
#[derive(Debug, Clone, PartialEq)]
pub struct OptionSchema {
    pub required: bool,
    /// JSON Schema of the value.
    pub schema: Value,
}

/// What `vitrine plugin test` works with. In any text `{server}` is the address of its web server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Test {
    /// Configurations (of a panel: options) that must work.
    pub with: Vec<Value>,
    /// Queries that must be answered, for a data source that offers them.
    pub queries: Vec<String>,
    /// What the web server answers while it behaves.
    pub http: Vec<Canned>,
}

/// An answer to requests of one path.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canned {
    /// `/weather.json`, without a query; left out: any.
    pub path: Option<String>,
    #[serde(default = "Canned::usual_status")]
    pub status: u16,
    #[serde(default)]
    pub content_type: String,
    #[serde(default)]
    pub body: String,
}

impl Canned {
    fn usual_status() -> u16 {
        200
    }
}

impl Manifest {
    /// Reads a manifest; reports every mistake that can be told at once.
    pub fn parse(text: &str) -> Result<Manifest, ManifestError> {
        let raw = toml::from_str::<raw::Manifest>(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            ManifestError { problems: vec![Problem::at(text, span, error.message())] }
        })?;
        check::check(text, raw)
    }

    pub fn asks_for(&self, capability: Capability) -> bool {
        self.rights.contains_key(&capability)
    }

    pub fn offers(&self, offer: Offer) -> bool {
        self.offers.contains(&offer)
    }

    /// The JSON Schema of the whole `with:` object. Unknown keys are refused.
    pub fn options_schema(&self) -> Value {
        let properties: Map<String, Value> =
            self.options.iter().map(|(name, option)| (name.clone(), option.schema.clone())).collect();
        let required: Vec<&String> = self.options.iter().filter(|(_, option)| option.required).map(|(name, _)| name).collect();
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

#[cfg(test)]
mod tests;
