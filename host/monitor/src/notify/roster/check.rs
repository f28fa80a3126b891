//! From the file's words to people, receivers and escalations that are sound, and all that is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use vitrine_config::{Finding, Path};
use vitrine_model::{Millis, Span};

use super::{Escalation, Roster, Step};
use crate::notify::file::{EscalationEntry, RouteFile, StepEntry, TargetEntry};
use crate::notify::oncall;
use crate::notify::route::{Known, Receiver, Target, targets};

/// People; escalations; steps of one.
const PEOPLE: usize = 1_000;
const ESCALATIONS: usize = 200;
const STEPS: usize = 20;
/// Rounds of an escalation beyond the first.
const REPEATS: u32 = 100;

/// People and schedules of a file; receivers and escalations come after, as they name these.
pub(in crate::notify) fn check(file: &RouteFile, known: &Known<'_>, findings: &mut Vec<Finding>) -> Roster {
    let names: BTreeSet<&str> = file.people.keys().map(String::as_str).collect();
    Roster {
        people: people(file, known, findings),
        schedules: oncall::schedules(&file.schedules, &names, &known.local, findings),
        ..Roster::default()
    }
}

fn people(file: &RouteFile, known: &Known<'_>, findings: &mut Vec<Finding>) -> BTreeMap<String, Vec<Target>> {
    let path = Path::new().key("people");
    if file.people.len() > PEOPLE {
        findings.push(Finding::key(path.clone(), format!("there are more than {PEOPLE} people")));
    }
    let mut people = BTreeMap::new();
    for (name, entry) in &file.people {
        let path = path.clone().key(name.clone());
        if entry.channels.is_empty() {
            let finding = Finding::key(path.clone(), format!("`{name}` cannot be reached: there are no channels"));
            findings.push(finding.hint("write `channels: [NAME]`"));
        }
        people.insert(name.clone(), targets(&entry.channels, known, &path.key("channels"), findings));
    }
    people
}

/// Whom receivers and steps may name.
pub(in crate::notify) struct Crew<'a> {
    pub(in crate::notify) roster: &'a Roster,
    pub(in crate::notify) known: &'a Known<'a>,
}

/// The words that receivers and steps have in common.
pub(in crate::notify) struct Named<'a> {
    pub(in crate::notify) channels: &'a [TargetEntry],
    pub(in crate::notify) people: &'a [String],
    pub(in crate::notify) schedules: &'a [String],
    pub(in crate::notify) fallback: &'a [TargetEntry],
}

impl Crew<'_> {
    /// Somebody who is told, without an escalation.
    pub(in crate::notify) fn receiver(&self, words: &Named<'_>, path: &Path, findings: &mut Vec<Finding>) -> Receiver {
        named("person", "people", words.people, self.roster.people.keys(), path, findings);
        named("schedule", "schedules", words.schedules, self.roster.schedules.keys(), path, findings);
        if !words.fallback.is_empty() && words.schedules.is_empty() {
            let finding = Finding::key(path.clone().key("fallback"), "`fallback` is of no use without `schedules`");
            findings.push(finding.hint("a channel has a `fallback` of its own, for when it fails"));
        }
        Receiver {
            targets: targets(words.channels, self.known, &path.clone().key("channels"), findings),
            people: words.people.to_vec(),
            schedules: words.schedules.to_vec(),
            fallback: targets(words.fallback, self.known, &path.clone().key("fallback"), findings),
            escalation: None,
            rate: None,
        }
    }

    /// All escalations, and whether those that receivers name are there.
    pub(in crate::notify) fn escalations(
        &self,
        file: &RouteFile,
        receivers: &BTreeMap<String, Receiver>,
        findings: &mut Vec<Finding>,
    ) -> BTreeMap<String, Escalation> {
        let path = Path::new().key("escalations");
        if file.escalations.len() > ESCALATIONS {
            findings.push(Finding::key(path.clone(), format!("there are more than {ESCALATIONS} escalations")));
        }
        for (place, entry) in file.receivers.iter().enumerate() {
            let path = Path::new().key("receivers").index(place).key("escalation");
            unknown("escalation", entry.escalation.as_ref(), file.escalations.keys(), path, findings);
        }
        let mut all = BTreeMap::new();
        for (name, entry) in &file.escalations {
            let path = path.clone().key(name.clone());
            all.insert(name.clone(), self.escalation(name, entry, receivers, &path, findings));
        }
        all
    }

    fn escalation(
        &self,
        name: &str,
        entry: &EscalationEntry,
        receivers: &BTreeMap<String, Receiver>,
        path: &Path,
        findings: &mut Vec<Finding>,
    ) -> Escalation {
        if entry.steps.is_empty() || entry.steps.len() > STEPS {
            let finding = Finding::key(path.clone(), format!("an escalation has between 1 and {STEPS} steps"));
            findings.push(finding.hint("write `steps: [{ schedules: [NAME], after: 10m }, { people: [NAME] }]`"));
        }
        if entry.repeat > REPEATS {
            findings.push(Finding::value(path.clone().key("repeat"), format!("it can be repeated {REPEATS} times at most")));
        }
        let mut steps = Vec::new();
        for (place, step) in entry.steps.iter().enumerate() {
            let path = path.clone().key("steps").index(place);
            let is_last = place + 1 == entry.steps.len() && entry.repeat == 0;
            let after = after(step, is_last, &path, findings);
            steps.push(Step { tell: self.step(name, step, receivers, &path, findings), after });
        }
        Escalation { steps, repeat: entry.repeat }
    }

    /// A step with all that the receivers tell which it names.
    fn step(
        &self,
        name: &str,
        entry: &StepEntry,
        receivers: &BTreeMap<String, Receiver>,
        path: &Path,
        findings: &mut Vec<Finding>,
    ) -> Receiver {
        let StepEntry { channels, people, schedules, fallback, .. } = entry;
        let mut tell = self.receiver(&Named { channels, people, schedules, fallback }, path, findings);
        named("receiver", "receivers", &entry.receivers, receivers.keys(), path, findings);
        for (place, named) in entry.receivers.iter().enumerate() {
            let Some(receiver) = receivers.get(named) else { continue };
            let path = path.clone().key("receivers").index(place);
            findings.extend(circle(name, named, receiver, path));
            let others = receiver.targets.iter().filter(|other| tell.targets.iter().all(|one| one.channel != other.channel));
            tell.targets.extend(others.cloned().collect::<Vec<_>>());
            tell.people.extend(receiver.people.iter().cloned());
            tell.schedules.extend(receiver.schedules.iter().cloned());
            tell.fallback.extend(receiver.fallback.iter().cloned());
        }
        if tell.targets.is_empty() && tell.people.is_empty() && tell.schedules.is_empty() {
            let finding = Finding::value(path.clone(), "this step tells nobody");
            findings.push(finding.hint("name `people`, `schedules`, `receivers` or `channels`"));
        }
        tell
    }
}

/// A step's receiver that escalates itself.
fn circle(name: &str, named: &str, receiver: &Receiver, path: Path) -> Option<Finding> {
    let other = receiver.escalation.as_deref()?;
    let reason = match other == name {
        true => format!("a circle: the escalation `{name}` tells the receiver `{named}`, which begins `{name}`"),
        false => format!("the receiver `{named}` begins the escalation `{other}`: a step cannot begin another one"),
    };
    Some(Finding::value(path, reason).hint("name its people and channels instead"))
}

fn after(entry: &StepEntry, is_last: bool, path: &Path, findings: &mut Vec<Finding>) -> Millis {
    let path = path.clone().key("after");
    match (entry.after.as_deref(), is_last) {
        (Some(_), true) => {
            let finding = Finding::key(path, "nothing comes after the last step");
            findings.push(finding.hint("remove `after`, or write `repeat: 1` beside `steps`"));
            0
        }
        (None, true) => 0,
        (None, false) => {
            let finding = Finding::value(path, "it must be known when the next step is told");
            findings.push(finding.hint("write `after: 10m`"));
            0
        }
        (Some(text), false) => match text.parse::<Span>() {
            Ok(span) if span > Span::ZERO => span.millis(),
            Ok(_) => {
                findings.push(Finding::value(path, "it must be longer than nothing").hint("write `10m`"));
                0
            }
            Err(error) => {
                findings.push(Finding::value(path, error.to_string()));
                0
            }
        },
    }
}

/// Whether all names of a list are known, and none stands twice.
fn named<'a>(
    noun: &str,
    key: &str,
    names: &[String],
    known: impl Iterator<Item = &'a String> + Clone,
    path: &Path,
    findings: &mut Vec<Finding>,
) {
    for (place, name) in names.iter().enumerate() {
        let path = path.clone().key(key).index(place);
        if names[..place].contains(name) {
            findings.push(Finding::value(path, format!("the {noun} `{name}` is told already")));
            continue;
        }
        unknown(noun, Some(name), known.clone(), path, findings);
    }
}

/// Whether a name is known, if there is one.
pub(in crate::notify) fn unknown<'a>(
    noun: &str,
    name: Option<&String>,
    known: impl Iterator<Item = &'a String> + Clone,
    path: Path,
    findings: &mut Vec<Finding>,
) {
    let Some(name) = name.filter(|name| known.clone().all(|other| other != *name)) else { return };
    let names: Vec<&str> = known.map(String::as_str).collect();
    let plural = if noun == "person" { "people".to_owned() } else { format!("{noun}s") };
    let hint = if names.is_empty() { format!("add it to `{plural}`") } else { format!("there are: {}", names.join(", ")) };
    findings.push(Finding::value(path, format!("there is no {noun} `{name}`")).hint(hint));
}
