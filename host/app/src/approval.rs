//! May this build run? What was asked when the admin granted is written down; a build that asks for more waits until
//! somebody says yes to that. Pure: what is known, what is there and what is wished are arguments.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vitrine_plugin::Manifest;
use vitrine_plugin::grant::HttpGrant;

/// What a build asks for: right or secret, and the places that it names. No place stands for wherever the admin grants.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Asked(BTreeMap<String, BTreeSet<String>>);

/// What was approved for one instance, and for which text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub plugin: String,
    /// Of the build that ran last.
    pub digest: String,
    pub asked: Asked,
    /// The admin's `grant:` of then.
    pub grant: Value,
}

/// A build that could run.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    pub plugin: &'a str,
    pub digest: &'a str,
    pub asked: &'a Asked,
    /// It came with the host.
    pub is_bundled: bool,
}

/// What the admin says now.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub grant: &'a Value,
    /// The one build that the grant is for, if it names one.
    pub pin: Option<&'a str>,
    /// The build that `vitrine plugin grant` named.
    pub order: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// An admin said yes to all that this build asks.
    Approved,
    /// It asks no more than was approved before.
    NoMore,
    /// It asks for this, and nobody has said yes.
    Waits(Vec<String>),
    /// The grant is for another build.
    NotPinned,
}

impl Asked {
    pub fn of(manifest: &Manifest) -> Asked {
        let rights = manifest.rights.iter().map(|(right, asked)| (right.word().to_owned(), &asked.hosts));
        let secrets = manifest.secrets.iter().map(|(name, secret)| (format!("secret {name}"), &secret.hosts));
        Asked(rights.chain(secrets).map(|(what, places)| (what, places.iter().cloned().collect())).collect())
    }

    /// What this asks that `before` did not: `mail`, `http https://shop.example`.
    pub fn beyond(&self, before: &Asked) -> Vec<String> {
        let mut more = Vec::new();
        for (what, places) in &self.0 {
            match before.0.get(what) {
                None if places.is_empty() => more.push(what.clone()),
                None => more.extend(places.iter().map(|place| format!("{what} {place}"))),
                Some(known) if known.is_empty() => {}
                Some(_) if places.is_empty() => more.push(format!("{what} to any place")),
                Some(known) => {
                    let is_new = |place: &&String| !known.iter().any(|wide| covers(wide, place));
                    more.extend(places.iter().filter(is_new).map(|place| format!("{what} {place}")));
                }
            }
        }
        more
    }
}

/// Whether whoever may go to `wide` may go to `narrow`.
fn covers(wide: &str, narrow: &str) -> bool {
    let read = |text: &str| text.parse::<HttpGrant>();
    wide == narrow || matches!((read(wide), read(narrow)), (Ok(wide), Ok(narrow)) if wide.covers(&narrow))
}

/// Whether a build may run with this grant.
pub fn decide(known: Option<&Approval>, build: Build<'_>, wish: Wish<'_>) -> Verdict {
    if let Some(pin) = wish.pin {
        return if pin == build.digest { Verdict::Approved } else { Verdict::NotPinned };
    }
    // A new entry, or one that names another plugin now: the admin has just written it.
    let Some(known) = known.filter(|known| known.plugin == build.plugin) else { return Verdict::Approved };
    if wish.order == Some(build.digest) || build.is_bundled {
        return Verdict::Approved;
    }
    let more = build.asked.beyond(&known.asked);
    if known.digest == build.digest || more.is_empty() {
        return Verdict::NoMore;
    }
    // An edit of the grant is a yes to what is there now; one that only takes away is none.
    if is_wider(wish.grant, &known.grant) { Verdict::Approved } else { Verdict::Waits(more) }
}

/// Whether `now` has anything in it that `before` had not.
fn is_wider(now: &Value, before: &Value) -> bool {
    !leaves(now).is_subset(&leaves(before))
}

/// Every value with the keys that lead to it; places in lists do not matter.
fn leaves(tree: &Value) -> BTreeSet<(String, String)> {
    fn walk(tree: &Value, path: &str, found: &mut BTreeSet<(String, String)>) {
        match tree {
            Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &format!("{path}.{key}"), found)),
            // `[system]` says the same as `{ system: true }`.
            Value::Array(items) if path.is_empty() => {
                found.extend(items.iter().filter_map(Value::as_str).map(|word| (format!(".{word}"), "true".to_owned())));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, path, found)),
            Value::Null | Value::Bool(false) => {}
            leaf => drop(found.insert((path.to_owned(), leaf.to_string()))),
        }
    }
    let mut found = BTreeSet::new();
    walk(tree, "", &mut found);
    found
}

/// What is to be written down once a build runs. What was approved stays approved where a build asks for less.
pub fn record(known: Option<&Approval>, build: Build<'_>, wish: Wish<'_>, verdict: &Verdict) -> Approval {
    let asked = match (verdict, known) {
        (Verdict::NoMore, Some(known)) => known.asked.clone(),
        _ => build.asked.clone(),
    };
    let (plugin, digest) = (build.plugin.to_owned(), build.digest.to_owned());
    Approval { plugin, digest, asked, grant: wish.grant.clone() }
}

#[cfg(test)]
mod tests;
