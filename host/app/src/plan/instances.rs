//! Sources and channels: is there such a plugin, are its options right, may it do what it must?

use std::fmt;

use serde_json::Value;
use vitrine_config::{Finding, Loaded, Path, typed};
use vitrine_model::Span;
use vitrine_model::labels::{NAME, is_label_name};
use vitrine_monitor::schedule::Schedule;
use vitrine_plugin::grant::{GrantProblem, GrantSettings, Grants};
use vitrine_plugin::settings::InstanceLimits;
use vitrine_plugin::{Kind, Manifest, Offer};

use super::rights::missing_rights;
use super::{Notes, SourcePlan, data};
use crate::catalog::Catalog;
use crate::settings::{Settings, SourceEntry};
use crate::shelf::{is_digest, not_a_digest};

/// How often a source is polled whose entry does not say.
const EVERY: Span = Span::from_secs(15);

/// What an instance is to the admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noun {
    Source,
    Channel,
}

impl Noun {
    pub fn word(self) -> &'static str {
        match self {
            Noun::Source => "source",
            Noun::Channel => "channel",
        }
    }

    pub fn kind(self) -> Kind {
        match self {
            Noun::Source => Kind::DataSource,
            Noun::Channel => Kind::AlertChannel,
        }
    }
}

impl fmt::Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What sources and channels have in common: an entry that names a plugin.
#[derive(Debug, Clone)]
pub struct InstancePlan {
    pub noun: Noun,
    pub name: String,
    pub plugin: String,
    pub with: Value,
    pub grant: GrantSettings,
    pub limits: InstanceLimits,
    /// The entry itself: the same text means the same instance.
    pub text: String,
    /// Why the plugin's file of now cannot run as this entry says, or what it may do.
    pub judged: Result<Grants, String>,
}

/// What a build may do under an entry, and what is wrong with that; what is `idle` hinders nothing.
struct Judged {
    grants: Option<Grants>,
    wrong: Vec<Finding>,
    idle: Vec<Finding>,
}

impl InstancePlan {
    pub(super) fn path(&self) -> Path {
        let list = match self.noun {
            Noun::Source => "sources",
            Noun::Channel => "channels",
        };
        Path::new().key(list).key(&self.name)
    }

    /// What any build of the plugin may do under this entry, or why it cannot run.
    pub fn judge(&self, manifest: &Manifest) -> Result<Grants, String> {
        let options = typed::findings(&self.with, &self.path().key("with"), &manifest.options_schema());
        let judged = self.rights(manifest);
        match options.into_iter().chain(judged.wrong).next() {
            Some(finding) => Err(finding.reason),
            None => judged.grants.ok_or_else(|| "its grant cannot be read".to_owned()),
        }
    }

    fn rights(&self, manifest: &Manifest) -> Judged {
        let mut judged = Judged { grants: None, wrong: Vec::new(), idle: Vec::new() };
        if manifest.kind != self.noun.kind() {
            let reason = format!("plugin `{}` is a {}, and here a {} is wanted", self.plugin, manifest.kind, self.noun.kind());
            judged.wrong.push(Finding::value(self.path().key("plugin"), reason));
            return judged;
        }
        if self.noun == Noun::Source && !manifest.offers(Offer::Collector) {
            let reason = format!("plugin `{}` offers no collection, so it cannot be polled", self.plugin);
            judged.wrong.push(Finding::value(self.path().key("plugin"), reason));
        }
        if let Some(digest) = self.grant.digest().filter(|digest| !is_digest(digest)) {
            judged.wrong.push(Finding::value(self.path().key("grant").key("digest"), not_a_digest(digest)));
        }
        match Grants::effective(&self.grant, manifest) {
            Ok((grants, unasked)) => {
                judged.idle.extend(unasked.into_iter().map(|problem| self.placed(problem)));
                judged.wrong.extend(missing_rights(self, &self.path(), manifest, &grants));
                judged.grants = Some(grants);
            }
            Err(problems) => judged.wrong.extend(problems.into_iter().map(|problem| self.placed(problem))),
        }
        judged
    }

    /// A problem of the grant, at its place.
    fn placed(&self, problem: GrantProblem) -> Finding {
        let path = problem.path.iter().fold(self.path().key("grant"), |path, step| match step.parse() {
            Ok(place) => path.index(place),
            Err(_) => path.key(step),
        });
        let finding = Finding::value(path, problem.reason);
        match problem.hint {
            Some(hint) => finding.hint(hint),
            None => finding,
        }
    }
}

pub(super) fn sources(loaded: &Loaded<Settings>, catalog: &Catalog, notes: &mut Notes) -> Vec<SourcePlan> {
    let mut plans = Vec::new();
    for (name, entry) in &loaded.value.sources {
        let path = Path::new().key("sources").key(name);
        let schedule = schedule(name, entry, &path, loaded, notes);
        labels(entry, &path, loaded, notes);
        let mut instance = InstancePlan {
            noun: Noun::Source,
            name: name.clone(),
            plugin: entry.plugin.clone(),
            with: Value::Object(entry.with.clone()),
            grant: entry.grant.clone(),
            limits: entry.limits.clone(),
            text: serde_json::to_string(entry).unwrap_or_default(),
            judged: Err(String::new()),
        };
        instance.judged = judge(&instance, loaded, catalog, notes);
        let Some(schedule) = schedule else { continue };
        plans.push(SourcePlan { instance, schedule, labels: entry.labels.clone().into_iter().collect() });
    }
    plans
}

pub(super) fn channels(loaded: &Loaded<Settings>, catalog: &Catalog, notes: &mut Notes) -> Vec<InstancePlan> {
    let plan = |(name, entry): (&String, &crate::settings::ChannelEntry)| {
        let mut instance = InstancePlan {
            noun: Noun::Channel,
            name: name.clone(),
            plugin: entry.plugin.clone(),
            with: Value::Object(entry.with.clone()),
            grant: entry.grant.clone(),
            limits: entry.limits.clone(),
            text: serde_json::to_string(entry).unwrap_or_default(),
            judged: Err(String::new()),
        };
        instance.judged = judge(&instance, loaded, catalog, notes);
        instance
    };
    loaded.value.channels.iter().map(plan).collect()
}

/// What the plugin's file of now may do under this entry; whatever is wrong is told with its place.
fn judge(instance: &InstancePlan, loaded: &Loaded<Settings>, catalog: &Catalog, notes: &mut Notes) -> Result<Grants, String> {
    let kind = instance.noun.kind();
    let Some(found) = catalog.get(&instance.plugin).filter(|found| found.manifest.kind == kind) else {
        let (reason, hint) = catalog.missing(&instance.plugin, kind);
        let finding = Finding::value(instance.path().key("plugin"), &reason).hint(hint);
        notes.problems.push(loaded.problem(finding));
        return Err(reason);
    };
    let mut problems = loaded.check_value(&instance.path().key("with"), &found.manifest.options_schema());
    let judged = instance.rights(&found.manifest);
    problems.extend(judged.wrong.into_iter().map(|finding| loaded.problem(finding)));
    if let Some(grants) = &judged.grants {
        let absent = data::grants(&instance.path().key("grant"), grants, &loaded.value);
        problems.extend(absent.into_iter().map(|finding| loaded.problem(finding)));
    }
    let reason = problems.first().map(|problem| problem.text.clone());
    problems.extend(judged.idle.into_iter().map(|finding| loaded.problem(finding)));
    notes.problems.append(&mut problems);
    match (reason, judged.grants) {
        (None, Some(grants)) => Ok(grants),
        (reason, _) => Err(reason.unwrap_or_else(|| "its grant cannot be read".to_owned())),
    }
}

fn schedule(name: &str, entry: &SourceEntry, path: &Path, loaded: &Loaded<Settings>, notes: &mut Notes) -> Option<Schedule> {
    let mut find = |key: &str, reason: String| notes.problems.push(loaded.problem(Finding::value(path.clone().key(key), reason)));
    match (&entry.every, &entry.cron) {
        (Some(_), Some(_)) => {
            find("cron", format!("source `{name}` has both `every` and `cron`: keep one"));
            None
        }
        (_, Some(cron)) => {
            let host_zone = loaded.value.zone_name();
            let zone = entry.time_zone.as_deref().unwrap_or(&host_zone);
            let key = if entry.time_zone.is_some() && jiff::tz::TimeZone::get(zone).is_err() { "time_zone" } else { "cron" };
            Schedule::cron(cron, zone).map_err(|reason| find(key, reason)).ok()
        }
        (every, None) => {
            let period = every.as_deref().map_or(Ok(EVERY), str::parse);
            let period = period.map_err(|error: vitrine_model::duration::NotASpan| find("every", error.to_string())).ok()?;
            Schedule::every(period, name).map_err(|reason| find("every", reason)).ok()
        }
    }
}

fn labels(entry: &SourceEntry, path: &Path, loaded: &Loaded<Settings>, notes: &mut Notes) {
    for name in entry.labels.keys().filter(|name| !is_label_name(name) || *name == NAME) {
        let finding = Finding::key(path.clone().key("labels").key(name), format!("`{name}` is not a label name"));
        notes.problems.push(loaded.problem(finding.hint("use letters, digits and `_`, and begin with a letter")));
    }
}
