//! Which secrets a plugin may have put into its requests, and where it asks for them to go.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;
use vitrine_pack::{ANY_HOST, Manifest};

use super::{GrantProblem, HttpGrant};

/// `secrets:` under `grant:`, either `[token]`, where the plugin and the settings have the same word for it, or
/// `{ token: pager }`, where the plugin's `token` is the `pager` of the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SecretGrants {
    Same(Vec<String>),
    Renamed(BTreeMap<String, String>),
}

impl Default for SecretGrants {
    fn default() -> SecretGrants {
        SecretGrants::Same(Vec::new())
    }
}

/// A secret granted and asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretGrant {
    /// Its name in the settings.
    pub host_name: String,
    /// The step below `secrets` that leads to it in the admin's file.
    pub step: String,
    /// Where the manifest asks for it to go; none: wherever the admin binds it to.
    asked: Option<Vec<HttpGrant>>,
}

impl SecretGrant {
    /// Whether the plugin's manifest has this request's host.
    pub fn is_asked_for(&self, method: &str, url: &Url) -> bool {
        self.asked.as_ref().is_none_or(|asked| asked.iter().any(|host| host.allows(method, url)))
    }

    /// Whether there is a request that suits the manifest, the admin's binding and a grant of `http`.
    /// A no says what is missing.
    pub fn require_way(&self, bound: &[HttpGrant], granted: &[HttpGrant]) -> Result<(), String> {
        let list = |hosts: &[HttpGrant]| hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let suits = |host: &&HttpGrant| self.asked.as_ref().is_none_or(|asked| asked.iter().any(|asked| asked.meets(host)));
        let common: Vec<&HttpGrant> = bound.iter().filter(suits).collect();
        if common.is_empty() {
            let asked = self.asked.as_deref().unwrap_or_default();
            return Err(format!("it is bound to {}, and the plugin asks to send it to {}", list(bound), list(asked)));
        }
        if common.iter().any(|host| granted.iter().any(|grant| grant.meets(host))) {
            return Ok(());
        }
        Err(format!("it is bound to {}, and no grant of `http` leads there", list(bound)))
    }
}

impl SecretGrants {
    /// What the manifest asks for too, by the plugin's names.
    pub(super) fn narrowed(&self, manifest: &Manifest) -> (BTreeMap<String, SecretGrant>, Vec<GrantProblem>) {
        let pairs: Vec<(String, &String, &String)> = match self {
            SecretGrants::Same(names) => names.iter().enumerate().map(|(place, name)| (place.to_string(), name, name)).collect(),
            SecretGrants::Renamed(names) => names.iter().map(|(own, host)| (own.clone(), own, host)).collect(),
        };
        let mut granted = BTreeMap::new();
        let mut problems = Vec::new();
        for (step, own_name, host_name) in pairs {
            let Some(asked) = manifest.secrets.get(own_name) else {
                problems.push(not_asked(step, own_name, manifest));
                continue;
            };
            // Without the admin's binding nothing goes anywhere, so a star adds nothing to it.
            let is_open = asked.hosts.iter().any(|host| host == ANY_HOST);
            let hosts = || asked.hosts.iter().filter_map(|host| host.parse().ok()).collect();
            let grant = SecretGrant { host_name: host_name.clone(), step, asked: (!is_open).then(hosts) };
            granted.insert(own_name.clone(), grant);
        }
        (granted, problems)
    }
}

fn not_asked(step: String, name: &str, manifest: &Manifest) -> GrantProblem {
    let known: Vec<&str> = manifest.secrets.keys().map(String::as_str).collect();
    let hint = match known.is_empty() {
        true => "it asks for none: remove it".to_owned(),
        false => format!("it asks for {}; write `{{ {}: NAME }}` where the settings call it NAME", known.join(", "), known[0]),
    };
    GrantProblem {
        path: vec!["secrets".to_owned(), step],
        reason: format!("plugin `{}` does not ask for a secret `{name}`", manifest.name),
        hint: Some(hint),
    }
}
