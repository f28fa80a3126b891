//! What runs, as the plugins' page and the API show it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use vitrine_model::Fault;
use vitrine_plugin::grant::Grants;
use vitrine_plugin::{Capability, Kind, Manifest, Standing, Tally, Usage};
use vitrine_web::plugins::{AskedRight, Build, InstanceCard, LimitUse, LogLine, PluginCard, Refused, RightUse, State};

use super::running::{Key, Made, Note, PluginFile, Running};
use crate::catalog::Entry;

/// What stands before a secret's name among the rights.
const SECRET: &str = "secret ";

impl PluginFile {
    pub(super) fn of(entry: &Entry) -> PluginFile {
        let from = entry.file.as_ref().map_or_else(|| "bundled".to_owned(), |file| file.display().to_string());
        PluginFile { manifest: entry.manifest.clone(), digest: entry.digest().to_owned(), from }
    }
}

impl Running {
    /// One card per plugin that there is or that runs.
    pub(super) fn cards(&self) -> Vec<PluginCard> {
        let mut cards: BTreeMap<&str, PluginCard> = self.files.iter().map(|(name, file)| (name.as_str(), card(file))).collect();
        for (key, made) in &self.instances {
            let name = made.plugin.manifest.name.as_str();
            let card = cards.entry(name).or_insert_with(|| gone(made));
            card.instances.push(self.instance(key, Some(made)));
        }
        for (name, made) in &self.panels {
            let card = cards.entry(name.as_str()).or_insert_with(|| gone(made));
            card.instances.push(running(&("panel", name.clone()), made));
        }
        // What could not be started at all is shown under the plugin that it wants.
        for (key, note) in self.notes.iter().filter(|(key, _)| !self.instances.contains_key(*key)) {
            let card = cards.entry(&note.plugin).or_insert_with(|| PluginCard {
                name: note.plugin.clone(),
                kind: key.0.to_owned(),
                ..PluginCard::default()
            });
            card.instances.push(self.instance(key, None));
        }
        cards.into_values().collect()
    }

    fn instance(&self, key: &Key, made: Option<&Made>) -> InstanceCard {
        let empty = InstanceCard { noun: key.0.to_owned(), name: key.1.clone(), ..InstanceCard::default() };
        let mut card = made.map_or(empty, |made| running(key, made));
        let Some(note) = self.notes.get(key) else { return card };
        if made.is_none() {
            card.rights = self.files.get(&note.plugin).map(|file| rights(&file.manifest, None)).unwrap_or_default();
        }
        told(&mut card, key, note, made.is_some());
        card
    }
}

/// What hinders the newest entry or build.
fn told(card: &mut InstanceCard, key: &Key, note: &Note, runs: bool) {
    if let Some(waiting) = &note.waiting {
        card.state = State::NeedsGrant;
        card.reason = Some(waiting.sentence());
        card.remedy = Some(waiting.remedy(key));
        let build = Build { version: waiting.version.clone(), digest: waiting.digest.clone() };
        card.waiting = Some((build, waiting.more.clone()));
    }
    match &note.problem {
        Some(reason) if runs => card.trouble = Some(format!("{reason}; what was before runs on")),
        Some(reason) if note.waiting.is_none() => {
            card.state = State::Failed;
            card.reason = Some(reason.clone());
        }
        Some(reason) => card.trouble = Some(reason.clone()),
        None => {}
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::DataSource => "source",
        Kind::AlertChannel => "channel",
        Kind::Panel => "panel",
    }
}

fn card(file: &PluginFile) -> PluginCard {
    let manifest = &file.manifest;
    PluginCard {
        name: manifest.name.clone(),
        kind: word(manifest.kind).to_owned(),
        version: manifest.version.clone(),
        api: manifest.api.clone(),
        title: manifest.title.clone(),
        description: manifest.description.clone(),
        digest: file.digest.clone(),
        from: file.from.clone(),
        asked: asked(manifest),
        instances: Vec::new(),
    }
}

/// A plugin that runs, and whose file is there no more.
fn gone(made: &Made) -> PluginCard {
    let (manifest, digest) = (made.plugin.manifest.clone(), made.plugin.digest.clone());
    card(&PluginFile { manifest, digest, from: "its file is gone".to_owned() })
}

/// Rights, then secrets.
fn asked(manifest: &Manifest) -> Vec<AskedRight> {
    let rights = manifest.rights.iter().map(|(right, asked)| (right.word().to_owned(), &asked.reason, &asked.hosts));
    let secrets = manifest.secrets.iter().map(|(name, secret)| (format!("{SECRET}{name}"), &secret.reason, &secret.hosts));
    let all = rights.chain(secrets);
    all.map(|(right, reason, places)| AskedRight { right, reason: reason.clone(), places: places.clone() }).collect()
}

fn running(key: &Key, made: &Made) -> InstanceCard {
    let (usage, manifest) = (made.instance.usage(), &made.plugin.manifest);
    let checked = made.checked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let refusals = made.instance.ledger().refusals().into_iter().rev().map(|one| Refused {
        right: one.right.to_owned(),
        reason: one.reason,
        count: one.count,
        first: one.first,
        last: one.last,
    });
    let lines = made.instance.ledger().lines().into_iter().map(|line| LogLine {
        number: line.number,
        at: line.at,
        level: line.level.to_owned(),
        text: line.text,
    });
    let mut card = InstanceCard {
        noun: key.0.to_owned(),
        name: key.1.clone(),
        build: Some(Build { version: manifest.version.clone(), digest: made.plugin.digest.clone() }),
        since: Some(made.since),
        check: checked.map(|said| said.map_err(|fault: Fault| fault.to_string())),
        rights: rights(manifest, Some(made)),
        refusals: refusals.collect(),
        lines: lines.collect(),
        calls: usage.calls,
        faults: usage.faults,
        memory_bytes: usage.memory_bytes,
        ..InstanceCard::default()
    };
    health(&mut card, key, usage);
    card
}

/// Whether it may be called, and how near it came to its limits.
fn health(card: &mut InstanceCard, (noun, name): &Key, usage: Usage) {
    card.limits = usage.limits.into_iter().map(limit).collect();
    card.state = match usage.standing {
        Standing::Well => return,
        Standing::Resting => State::BackingOff,
        Standing::Quarantined => State::Quarantined,
        Standing::Disabled => State::Disabled,
    };
    card.until = usage.until;
    card.reason = Some(usage.reason).filter(|reason| !reason.is_empty());
    if usage.disabled {
        card.remedy = Some(format!("change its entry or its file, or run `vitrine plugin enable {noun}/{name}`"));
    }
}

fn limit(one: vitrine_plugin::LimitUse) -> LimitUse {
    LimitUse { name: one.key.to_owned(), used: one.used, allowed: one.allowed, reached: one.reached }
}

/// What was asked, granted, used and refused; what was tried without being asked for, too.
fn rights(manifest: &Manifest, made: Option<&Made>) -> Vec<RightUse> {
    let tallies = made.map(tallies).unwrap_or_default();
    let asked = asked(manifest);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut rows = Vec::new();
    for one in asked {
        seen.insert(one.right.clone());
        let right = one.right.clone();
        let granted = made.and_then(|made| granted(&made.grants, &right));
        rows.push(RightUse { right, asked: Some(one), granted, ..RightUse::default() });
    }
    for right in tallies.keys().filter(|right| !seen.contains(*right)) {
        rows.push(RightUse { right: right.clone(), ..RightUse::default() });
    }
    for row in &mut rows {
        let Some(tally) = tallies.get(&row.right) else { continue };
        (row.used, row.last_used) = (tally.used, tally.last_used);
        (row.refused, row.last_refused) = (tally.refused, tally.last_refused);
    }
    rows
}

/// Of rights, and of secrets.
fn tallies(made: &Made) -> BTreeMap<String, Tally> {
    let ledger = made.instance.ledger();
    let rights = ledger.rights().into_iter().map(|(right, tally)| (right.to_owned(), tally));
    let secrets = ledger.secrets().into_iter().map(|(name, tally)| (format!("{SECRET}{name}"), tally));
    rights.chain(secrets).collect()
}

/// What holds of a right, in words.
fn granted(grants: &Grants, word: &str) -> Option<Vec<String>> {
    if let Some(secret) = word.strip_prefix(SECRET) {
        return grants.secret(secret).ok().map(|granted| vec![format!("the entry `{}`", granted.host_name)]);
    }
    let right = Capability::ALL.into_iter().find(|right| right.word() == word)?;
    grants.has(right).then(|| grants.details(right))
}
