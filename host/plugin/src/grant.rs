//! Every yes and no in one type: what an admin granted, what the manifest asked, and both together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_model::port::keep::Room;
pub use vitrine_pack::Capability as Right;
use vitrine_pack::Manifest;

pub mod address;
pub mod data;
pub mod http;
pub mod secret;

pub use data::StateGrant;
pub use http::HttpGrant;
pub use secret::{SecretGrant, SecretGrants};

/// A right that a plain word grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlainRight {
    /// This machine's own metrics.
    System,
    /// The host's mail relay.
    Mail,
    /// A small store of the instance's own, of the usual size.
    State,
    /// Metrics of the plugin's own on the host's `/metrics`.
    Metrics,
}

/// `grant:` as the admin writes it: `[system]`, or `{ http: ["https://…"], mail: true }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum GrantSettings {
    Plain(Vec<PlainRight>),
    Detailed(DetailedGrant),
}

impl GrantSettings {
    /// The one build that this is for, if it names one.
    pub fn digest(&self) -> Option<&str> {
        match self {
            GrantSettings::Plain(_) => None,
            GrantSettings::Detailed(details) => details.digest.as_deref(),
        }
    }
}

impl Default for GrantSettings {
    fn default() -> GrantSettings {
        GrantSettings::Plain(Vec::new())
    }
}

/// A grant with details.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DetailedGrant {
    /// Where requests may go: `https://host`, `http://host:8080`, `https://*.example.org`, `GET https://host`,
    /// `unix:/run/app.sock`.
    pub http: Vec<String>,
    /// Networks that are closed unless named here (loopback, private, link-local), such as `10.0.0.0/8`.
    /// An address written out in `http`, or `localhost`, needs no entry.
    pub networks: Vec<String>,
    /// This machine's own metrics.
    pub system: bool,
    /// The host's mail relay.
    pub mail: bool,
    /// The entries of `secrets:` that the host may put into requests, by the plugin's names for them: `[token]`, or
    /// `{ token: pager }` where the settings call it `pager`.
    pub secrets: SecretGrants,
    /// The only build that this is granted to: `sha256:…`, as `vitrine plugin inspect` shows it.
    pub digest: Option<String>,
    /// Databases, by their names under `databases`.
    pub sql: Vec<String>,
    /// Folders that may be read, with all that is in them: absolute paths.
    pub files: Vec<PathBuf>,
    /// A small store of the instance's own: `true`, or how large.
    pub state: StateGrant,
    /// Metrics of the plugin's own on the host's `/metrics`.
    pub metrics: bool,
}

/// What one instance may do: granted and asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grants {
    rights: BTreeSet<Right>,
    http: Vec<HttpGrant>,
    networks: Vec<IpNet>,
    sql: Vec<String>,
    files: Vec<PathBuf>,
    state: Room,
    /// By the plugin's names.
    secrets: BTreeMap<String, SecretGrant>,
}

/// A part of a grant that cannot be understood; `path` leads to it inside `grant:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantProblem {
    pub path: Vec<String>,
    pub reason: String,
    pub hint: Option<String>,
}

impl Grants {
    /// Reads the admin's file, and keeps what the manifest asks for too. A grant wider than that is a mistake.
    pub fn new(settings: &GrantSettings, manifest: &Manifest) -> Result<Grants, Vec<GrantProblem>> {
        let (grants, unasked) = Grants::effective(settings, manifest)?;
        if unasked.is_empty() { Ok(grants) } else { Err(unasked) }
    }

    /// As [`new`](Grants::new), where what the manifest does not ask for is told beside: it has no effect, so that a
    /// build that asks for less can take the place of one that asked for more.
    pub fn effective(settings: &GrantSettings, manifest: &Manifest) -> Result<(Grants, Vec<GrantProblem>), Vec<GrantProblem>> {
        let granted = Grants::read(settings)?;
        let mut unasked = Vec::new();
        for right in &granted.rights {
            if !manifest.asks_for(*right) {
                unasked.push(GrantProblem {
                    path: vec![right.word().to_owned()],
                    reason: format!("plugin `{}` does not ask for `{}`", manifest.name, right.word()),
                    hint: Some("remove it: a grant should be no wider than the need".to_owned()),
                });
            }
        }
        let mut grants = granted.narrowed(manifest);
        if let GrantSettings::Detailed(details) = settings {
            let (secrets, more) = details.secrets.narrowed(manifest);
            grants.secrets = secrets;
            unasked.extend(more);
        }
        Ok((grants, unasked))
    }

    fn read(settings: &GrantSettings) -> Result<Grants, Vec<GrantProblem>> {
        match settings {
            GrantSettings::Plain(words) => {
                let rights = words.iter().map(|word| match word {
                    PlainRight::System => Right::System,
                    PlainRight::Mail => Right::Mail,
                    PlainRight::State => Right::State,
                    PlainRight::Metrics => Right::Metrics,
                });
                Ok(Grants { rights: rights.collect(), state: data::USUAL_ROOM, ..Grants::default() })
            }
            GrantSettings::Detailed(details) => Grants::read_details(details),
        }
    }

    fn read_details(details: &DetailedGrant) -> Result<Grants, Vec<GrantProblem>> {
        let mut problems = Vec::new();
        let mut grants = Grants::default();
        for (place, text) in details.http.iter().enumerate() {
            match text.parse() {
                Ok(grant) => grants.http.push(grant),
                Err(reason) => problems.push(GrantProblem {
                    path: vec!["http".to_owned(), place.to_string()],
                    reason,
                    hint: Some(
                        "write it as `https://host`, `http://host:8080`, `GET https://*.example.org` or `unix:/run/app.sock`"
                            .to_owned(),
                    ),
                }),
            }
        }
        for (place, text) in details.networks.iter().enumerate() {
            // A single address is a network too.
            match text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
                Ok(network) => grants.networks.push(network),
                Err(_) => problems.push(GrantProblem {
                    path: vec!["networks".to_owned(), place.to_string()],
                    reason: format!("`{text}` is not a network"),
                    hint: Some("write it as `10.0.0.0/8` or `fd00::/8`".to_owned()),
                }),
            }
        }
        grants.read_data(details, &mut problems);
        let flags = [
            (!grants.http.is_empty(), Right::Http),
            (details.system, Right::System),
            (details.mail, Right::Mail),
            (!grants.sql.is_empty(), Right::Sql),
            (!grants.files.is_empty(), Right::Files),
            (details.state.is_given(), Right::State),
            (details.metrics, Right::Metrics),
        ];
        grants.rights.extend(flags.into_iter().filter(|(given, _)| *given).map(|(_, right)| right));
        if problems.is_empty() { Ok(grants) } else { Err(problems) }
    }

    /// Less what the manifest does not ask for. Where it names hosts, requests must suit both lists.
    fn narrowed(mut self, manifest: &Manifest) -> Grants {
        self.rights.retain(|right| manifest.asks_for(*right));
        let Some(asked) = manifest.rights.get(&Right::Http) else {
            self.http.clear();
            return self;
        };
        if !asked.hosts.is_empty() {
            let asked: Vec<HttpGrant> = asked.hosts.iter().filter_map(|host| host.parse().ok()).collect();
            self.http.retain(|grant| asked.iter().any(|wide| wide.covers(grant)));
        }
        self
    }

    pub fn has(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// What of a right was granted, in words; empty where the right's own word says it all.
    pub fn details(&self, right: Right) -> Vec<String> {
        match right {
            Right::Http => {
                let networks = self.networks.iter().map(|network| format!("network {network}"));
                self.http.iter().map(ToString::to_string).chain(networks).collect()
            }
            Right::Sql => self.sql.clone(),
            Right::Files => self.files.iter().map(|folder| folder.display().to_string()).collect(),
            _ => Vec::new(),
        }
    }

    /// Asks for a right; a no says what to write to make it a yes.
    pub fn require(&self, right: Right) -> Result<(), String> {
        if self.has(right) {
            return Ok(());
        }
        let word = right.word();
        let remedy = match right {
            Right::Sql => "add `sql: [NAME]` under `grant`, with a name from `databases`",
            Right::Files => "add `files: [\"/the/folder\"]` under `grant`",
            _ => return Err(format!("the right `{word}` is not granted: add `{word}` under `grant`")),
        };
        Err(format!("the right `{word}` is not granted: {remedy}"))
    }

    /// Asks for a request to this place.
    pub fn require_http(&self, method: &str, url: &url::Url) -> Result<(), String> {
        if self.http.iter().any(|grant| grant.allows(method, url)) {
            return Ok(());
        }
        let origin = http::origin(url);
        Err(format!("requests to {origin} are not granted: add `http: [\"{origin}\"]` under `grant`"))
    }

    /// Asks for a secret by the plugin's name for it.
    pub fn secret(&self, name: &str) -> Result<&SecretGrant, String> {
        self.secrets.get(name).ok_or_else(|| {
            format!(
                "the secret `{name}` is not granted: add `secrets: [{name}]` under `grant`, if the plugin's manifest asks for it"
            )
        })
    }

    /// All secrets, by the plugin's names.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &SecretGrant)> {
        self.secrets.iter().map(|(name, grant)| (name.as_str(), grant))
    }

    /// Where requests may go.
    pub fn places(&self) -> &[HttpGrant] {
        &self.http
    }

    /// Asks for a connection to this address, to which the host of a granted URL led.
    pub fn require_address(&self, url: &url::Url, address: IpAddr) -> Result<(), String> {
        let address = address.to_canonical();
        let Some(kind) = address::closed_kind(address) else { return Ok(()) };
        let host = url.host_str().unwrap_or_default();
        let is_itself = match url.host() {
            None => false,
            Some(url::Host::Ipv4(named)) => address == IpAddr::V4(named),
            Some(url::Host::Ipv6(named)) => address == IpAddr::V6(named).to_canonical(),
            Some(url::Host::Domain(name)) => address.is_loopback() && http::plain_host(name).eq_ignore_ascii_case("localhost"),
        };
        // The admin must have written it, and for this port: a `*` that happens to cover it is no such word.
        let explicit = is_itself && self.http.iter().any(|grant| grant.leads_to(url) && grant.names(host));
        if explicit || self.networks.iter().any(|network| network.contains(&address)) {
            return Ok(());
        }
        Err(format!(
            "{host} leads to {address}, a {kind} address: add `networks: [\"{address}\"]` under `grant` if that is meant"
        ))
    }
}

/// For people: `http https://shop.example · mail`.
impl fmt::Display for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        for right in &self.rights {
            match right {
                Right::Http => parts.extend(self.http.iter().map(|grant| format!("http {grant}"))),
                Right::Sql => parts.extend(self.sql.iter().map(|name| format!("sql {name}"))),
                Right::Files => parts.extend(self.files.iter().map(|folder| format!("files {}", folder.display()))),
                other => parts.push(other.word().to_owned()),
            }
        }
        parts.extend(self.networks.iter().map(|network| format!("network {network}")));
        parts.extend(self.secrets.keys().map(|name| format!("secret {name}")));
        f.write_str(&parts.join(" · "))
    }
}

#[cfg(test)]
mod tests;
