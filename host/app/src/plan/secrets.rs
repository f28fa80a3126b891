//! `secrets:`: can each be had, where may it go, and does anybody who was granted it have a use for it?

use std::collections::BTreeMap;

use vitrine_config::{Finding, Loaded, Path, Problem, Secret};
use vitrine_plugin::grant::HttpGrant;

use super::{InstancePlan, Notes, Plan};
use crate::settings::{SecretEntry, Settings};

/// A secret that the host can put into requests.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretPlan {
    pub reference: Secret,
    pub hosts: Vec<HttpGrant>,
    /// What to say, and where, if it cannot be had; the reason is missing yet.
    trouble: Problem,
}

/// Fetches each secret, which may take some seconds. One that cannot be had now stays: it may come, and whoever needs it
/// says so until then.
pub(super) fn try_all(plan: &mut Plan) {
    for secret in plan.secrets.values() {
        if let Err(reason) = fetch(&secret.reference) {
            let text = format!("{}: {reason}", secret.trouble.text);
            plan.problems.0.push(Problem { text, ..secret.trouble.clone() });
        }
    }
}

pub(super) fn read(loaded: &Loaded<Settings>, notes: &mut Notes) -> BTreeMap<String, SecretPlan> {
    let mut plans = BTreeMap::new();
    for (name, entry) in &loaded.value.secrets {
        let path = Path::new().key("secrets").key(name);
        let reference = entry.reference();
        if reference.is_none() {
            let reason = format!("secret `{name}` needs exactly one of `env`, `file` and `command`");
            let finding = Finding::key(path.clone(), reason).hint("write `env: NAME`, `file: PATH` or `command: [PROGRAM]`");
            notes.problems.push(loaded.problem(finding));
        }
        let hosts = hosts(entry, &path, loaded, notes);
        let Some(reference) = reference else { continue };
        let trouble = Finding::value(path.key(word(&reference)), format!("secret `{name}` cannot be had"));
        plans.insert(name.clone(), SecretPlan { reference, hosts, trouble: loaded.problem(trouble) });
    }
    plans
}

/// Fetches a secret. May block for some seconds.
#[expect(clippy::disallowed_methods, reason = "a secret may be a variable: it is read where it is used")]
pub fn fetch(reference: &Secret) -> Result<vitrine_config::Revealed, String> {
    reference.resolve(&|name| std::env::var(name).ok())
}

fn word(reference: &Secret) -> &'static str {
    match reference {
        Secret::Environment(_) => "env",
        Secret::File(_) => "file",
        Secret::Command(_) | Secret::Literal(_) => "command",
    }
}

fn hosts(entry: &SecretEntry, path: &Path, loaded: &Loaded<Settings>, notes: &mut Notes) -> Vec<HttpGrant> {
    let mut hosts = Vec::new();
    for (place, text) in entry.hosts.iter().enumerate() {
        let mut find = |reason: String| {
            let finding = Finding::value(path.clone().key("hosts").index(place), reason);
            notes.problems.push(loaded.problem(finding.hint("write it as `https://api.example`, without a path")));
        };
        match text.parse::<HttpGrant>() {
            Ok(host) if host.is_for_all() => find(format!("`{text}` is every host, and a secret is for few")),
            Ok(host) => hosts.push(host),
            Err(reason) => find(reason),
        }
    }
    hosts
}

/// What is wrong with the secrets that an entry grants. It hinders no more than the requests that need them.
pub(super) fn check(instance: &InstancePlan, known: &BTreeMap<String, SecretPlan>, loaded: &Loaded<Settings>, notes: &mut Notes) {
    let Ok(grants) = &instance.judged else { return };
    for (_, grant) in grants.secrets() {
        let secrets = instance.path().key("grant").key("secrets");
        let place = match grant.step.parse() {
            Ok(place) => secrets.index(place),
            Err(_) => secrets.key(&grant.step),
        };
        let name = &grant.host_name;
        let finding = match known.get(name) {
            // What is there and wrong has been told.
            None if loaded.value.secrets.contains_key(name) => continue,
            None => Finding::value(place, format!("there is no secret `{name}`")).hint(hint(&loaded.value)),
            Some(plan) if plan.hosts.is_empty() => continue,
            Some(plan) => match grant.require_way(&plan.hosts, grants.places()) {
                Ok(()) => continue,
                Err(reason) => Finding::value(place, format!("the secret `{name}` can be sent nowhere: {reason}"))
                    .hint(format!("name the same host in `secrets.{name}.hosts` and in `grant.http`")),
            },
        };
        notes.problems.push(loaded.problem(finding));
    }
}

fn hint(settings: &Settings) -> String {
    let known: Vec<&str> = settings.secrets.keys().map(String::as_str).collect();
    match known.is_empty() {
        true => "add it under `secrets:`, with `env`, `file` or `command`, and its `hosts`".to_owned(),
        false => format!("there are: {}", known.join(", ")),
    }
}
