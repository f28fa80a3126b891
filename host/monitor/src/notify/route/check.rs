//! From what people wrote to routes that are sound; everything that is wrong at once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use vitrine_config::{Finding, Path};
use vitrine_model::silence::Condition;
use vitrine_model::{Matcher, Span};

use super::{GroupBy, INTERVAL, LISTED, Node, REPEAT, RESOLVE_TIMEOUT, Receiver, Routing, Target, WAIT};
use crate::notify::file::{
    InhibitEntry, IntervalEntry, RateEntry, ReceiverEntry, RouteEntry, RouteFile, TargetEntry, TargetOptions,
};
use crate::notify::inhibit::Inhibition;
use crate::notify::interval::Interval;
use crate::notify::matcher;
use crate::notify::rate::{self, Rate};
use crate::notify::roster::{self, Crew, Named, Roster};

/// Routes below each other, and all of them; inhibitions are looked at for each alert.
const DEPTH: usize = 32;
const ROUTES: usize = 2_000;
const INHIBITIONS: usize = 500;

/// What the routes may speak of.
#[derive(Debug)]
pub struct Known<'a> {
    /// Names of channels.
    pub channels: BTreeSet<&'a str>,
    /// The host's zone.
    pub local: TimeZone,
}

/// None where the file has no routes.
pub fn check(file: &RouteFile, known: &Known<'_>) -> Result<Option<Routing>, Vec<Finding>> {
    let mut findings = Vec::new();
    let usual = rate_of(file.global.rate.as_ref(), Some(rate::USUAL), &Path::new().key("global").key("rate"), &mut findings);
    let mut roster = roster::check(file, known, &mut findings);
    let crew = Crew { roster: &roster, known };
    let receivers = receivers(&file.receivers, usual, &crew, &mut findings);
    let escalations = crew.escalations(file, &receivers, &mut findings);
    roster.escalations = escalations;
    reminders(file, &receivers, &mut roster, &mut findings);
    let mut intervals = BTreeMap::new();
    for (key, list) in [("time_intervals", &file.time_intervals), ("mute_time_intervals", &file.mute_time_intervals)] {
        add_intervals(list, known, &Path::new().key(key), &mut intervals, &mut findings);
    }
    let inhibitions = inhibitions(&file.inhibit_rules, &mut findings);
    let path = Path::new().key("global").key("resolve_timeout");
    let resolve_timeout = span(file.global.resolve_timeout.as_deref(), RESOLVE_TIMEOUT, true, path, &mut findings);
    let routing = Routing { nodes: Vec::new(), receivers, inhibitions, intervals, resolve_timeout, roster };
    let Some(route) = &file.route else {
        if !file.receivers.is_empty() || !file.inhibit_rules.is_empty() {
            let key = if file.receivers.is_empty() { "inhibit_rules" } else { "receivers" };
            let reason = format!("`{key}` is of no use without `route`");
            findings.push(Finding::key(Path::new().key(key), reason).hint("write `route: { receiver: NAME }`"));
        }
        return if findings.is_empty() { Ok(None) } else { Err(findings) };
    };
    let path = Path::new().key("route");
    root(route, &path, &mut findings);
    let mut tree = Tree { routing, findings };
    tree.add(route, None, &path);
    if tree.findings.is_empty() { Ok(Some(tree.routing.with_possible())) } else { Err(tree.findings) }
}

/// What the root must have, and must not.
fn root(route: &RouteEntry, path: &Path, findings: &mut Vec<Finding>) {
    if route.receiver.is_none() {
        let finding =
            Finding::value(path.clone(), "the root of the routes needs a `receiver`: it takes what no other route takes");
        findings.push(finding.hint("write `receiver: NAME`"));
    }
    let filled = [
        ("matchers", !route.matchers.is_empty()),
        ("match", !route.equal.is_empty()),
        ("match_re", !route.match_re.is_empty()),
        ("continue", route.goes_on),
        ("mute_time_intervals", !route.mute_time_intervals.is_empty()),
        ("active_time_intervals", !route.active_time_intervals.is_empty()),
    ];
    for (key, _) in filled.into_iter().filter(|(_, is_set)| *is_set) {
        let finding =
            Finding::key(path.clone().key(key), format!("the root of the routes takes every alert, so it cannot have `{key}`"));
        findings.push(finding.hint("move it to a route under `routes`"));
    }
}

struct Tree {
    routing: Routing,
    findings: Vec<Finding>,
}

impl Tree {
    /// Adds a route and all below it; returns its place.
    fn add(&mut self, entry: &RouteEntry, parent: Option<usize>, path: &Path) -> Option<usize> {
        let above = parent.map(|place| self.routing.nodes[place].clone());
        let depth = above.as_ref().map_or(0, |above| above.depth + 1);
        if depth > DEPTH || self.routing.nodes.len() >= ROUTES {
            let reason = format!("there are more than {ROUTES} routes, or more than {DEPTH} below each other");
            self.findings.push(Finding::value(path.clone(), reason));
            return None;
        }
        let node = self.node(entry, above.as_ref(), path);
        let place = self.routing.nodes.len();
        self.routing.nodes.push(Node { depth, ..node });
        for (number, child) in entry.routes.iter().enumerate() {
            if let Some(child) = self.add(child, Some(place), &path.clone().key("routes").index(number)) {
                self.routing.nodes[place].children.push(child);
            }
        }
        Some(place)
    }

    fn node(&mut self, entry: &RouteEntry, above: Option<&Node>, path: &Path) -> Node {
        let lists = Lists { matchers: "matchers", equal: "match", patterns: "match_re" };
        let conditions = conditions(lists, (&entry.matchers, &entry.equal, &entry.match_re), path, &mut self.findings);
        let matchers_text = conditions.iter().map(Condition::to_string).collect::<Vec<_>>().join(",");
        let own = format!("{}{{{matchers_text}}}", above.map_or(String::new(), |above| format!("{}/", above.key)));
        // Two routes with the same matchers are told apart by their place among them.
        let same = self.routing.nodes.iter().filter(|node| node.key == own || node.key.starts_with(&format!("{own}#"))).count();
        let key = if same == 0 { own } else { format!("{own}#{same}") };
        let findings = &mut self.findings;
        let usual = |pick: fn(&Node) -> i64, first: Span| above.map_or(first, |above| Span::from_millis(pick(above)));
        let mut time = |key: &str, text: &Option<String>, usual: Span, is_positive: bool| {
            span(text.as_deref(), usual, is_positive, path.clone().key(key), findings).millis()
        };
        let wait = time("group_wait", &entry.group_wait, usual(|above| above.wait, WAIT), false);
        let interval = time("group_interval", &entry.group_interval, usual(|above| above.interval, INTERVAL), true);
        let repeat = time("repeat_interval", &entry.repeat_interval, usual(|above| above.repeat.unwrap_or(0), REPEAT), true);
        let receiver = self.receiver(entry, above, path);
        let escalation = self.escalation(entry, above, path);
        Node {
            key,
            matchers_text,
            receiver,
            escalation,
            matchers: matchers(&conditions),
            group_by: group_by(entry, above, path, &mut self.findings),
            wait,
            interval,
            repeat: Some(repeat),
            goes_on: entry.goes_on,
            mute: self.names("mute_time_intervals", &entry.mute_time_intervals, path),
            active: self.names("active_time_intervals", &entry.active_time_intervals, path),
            depth: 0,
            children: Vec::new(),
            possible: Default::default(),
        }
    }

    fn receiver(&mut self, entry: &RouteEntry, above: Option<&Node>, path: &Path) -> String {
        let Some(name) = &entry.receiver else { return above.map(|above| above.receiver.clone()).unwrap_or_default() };
        if !self.routing.receivers.contains_key(name) {
            let known: Vec<&str> = self.routing.receivers.keys().map(String::as_str).collect();
            let finding = Finding::value(path.clone().key("receiver"), format!("there is no receiver `{name}`"));
            self.findings.push(finding.hint(there_are(&known, "add it to `receivers`")));
        }
        name.clone()
    }

    /// Its own, or that of the receiver it names, or what the route above has.
    fn escalation(&mut self, entry: &RouteEntry, above: Option<&Node>, path: &Path) -> Option<String> {
        if let Some(name) = &entry.escalation {
            let known = self.routing.roster.escalations.keys();
            roster::unknown("escalation", Some(name), known, path.clone().key("escalation"), &mut self.findings);
            return Some(name.clone());
        }
        match &entry.receiver {
            Some(name) => self.routing.receivers.get(name).and_then(|receiver| receiver.escalation.clone()),
            None => above.and_then(|above| above.escalation.clone()),
        }
    }

    fn names(&mut self, key: &str, names: &[String], path: &Path) -> Vec<String> {
        for (place, name) in names.iter().enumerate() {
            if !self.routing.intervals.contains_key(name) {
                let known: Vec<&str> = self.routing.intervals.keys().map(String::as_str).collect();
                let path = path.clone().key(key).index(place);
                let finding = Finding::value(path, format!("there is no time interval `{name}`"));
                self.findings.push(finding.hint(there_are(&known, "add it to `time_intervals`")));
            }
        }
        names.to_vec()
    }
}

fn there_are(known: &[&str], otherwise: &str) -> String {
    if known.is_empty() { otherwise.to_owned() } else { format!("there are: {}", known.join(", ")) }
}

fn group_by(entry: &RouteEntry, above: Option<&Node>, path: &Path, findings: &mut Vec<Finding>) -> GroupBy {
    let Some(names) = &entry.group_by else {
        return above.map_or(GroupBy::Labels(Vec::new()), |above| above.group_by.clone());
    };
    if names.iter().all(|name| name != "...") {
        return GroupBy::Labels(names.clone());
    }
    if names.len() > 1 {
        let reason = "`...` stands for all labels, so no other can stand beside it";
        findings.push(Finding::value(path.clone().key("group_by"), reason).hint("write `group_by: ['...']`"));
    }
    GroupBy::Alert
}

fn span(text: Option<&str>, usual: Span, is_positive: bool, path: Path, findings: &mut Vec<Finding>) -> Span {
    let Some(text) = text else { return usual };
    match text.parse::<Span>() {
        Ok(span) if is_positive && span == Span::ZERO => {
            findings.push(Finding::value(path, "it must be longer than nothing").hint("write `5m`"));
            usual
        }
        Ok(span) => span,
        Err(error) => {
            findings.push(Finding::value(path, error.to_string()));
            usual
        }
    }
}

/// The keys under which matchers are written.
#[derive(Clone, Copy)]
struct Lists {
    matchers: &'static str,
    equal: &'static str,
    patterns: &'static str,
}

type Words<'a> = (&'a [String], &'a BTreeMap<String, String>, &'a BTreeMap<String, String>);

fn conditions(lists: Lists, (texts, equal, patterns): Words<'_>, path: &Path, findings: &mut Vec<Finding>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        match matcher::parse(text) {
            Ok(found) => conditions.extend(found),
            Err(reason) => findings.push(Finding::value(path.clone().key(lists.matchers).index(place), reason)),
        }
    }
    for (key, map, is_regex) in [(lists.equal, equal, false), (lists.patterns, patterns, true)] {
        for (name, value) in map {
            let condition = Condition { name: name.clone(), value: value.clone(), is_regex, is_equal: true };
            match condition.matcher() {
                Ok(_) => conditions.push(condition),
                Err(reason) => findings.push(Finding::value(path.clone().key(key).key(name), reason)),
            }
        }
    }
    conditions.sort();
    conditions
}

fn matchers(conditions: &[Condition]) -> Vec<Matcher> {
    conditions.iter().filter_map(|condition| condition.matcher().ok()).collect()
}

fn receivers(
    entries: &[ReceiverEntry],
    usual: Option<Rate>,
    crew: &Crew<'_>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, Receiver> {
    let mut receivers = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        let path = Path::new().key("receivers").index(place);
        let ReceiverEntry { channels, people, schedules, fallback, .. } = entry;
        let receiver = crew.receiver(&Named { channels, people, schedules, fallback }, &path, findings);
        let rate = rate_of(entry.rate.as_ref(), usual, &path.clone().key("rate"), findings);
        let receiver = Receiver { escalation: entry.escalation.clone(), rate, ..receiver };
        if receivers.insert(entry.name.clone(), receiver).is_some() {
            let finding = Finding::value(path.key("name"), format!("a second receiver is named `{}`", entry.name));
            findings.push(finding.hint("give each receiver a name of its own"));
        }
    }
    receivers
}

fn rate_of(entry: Option<&RateEntry>, usual: Option<Rate>, path: &Path, findings: &mut Vec<Finding>) -> Option<Rate> {
    match entry {
        None => usual,
        Some(RateEntry::Off(_)) => None,
        Some(RateEntry::Most(most)) => {
            if !(2..=rate::MOST).contains(&most.notices) {
                let reason =
                    format!("from 2 to {} messages may be told in a time: one digest, and what needs its own", rate::MOST);
                findings.push(Finding::value(path.clone().key("notices"), reason).hint("write `off` to tell everything"));
            }
            let per = span(Some(&most.per), Span::from_millis(rate::USUAL.per), true, path.clone().key("per"), findings);
            Some(Rate { notices: most.notices, per: per.millis() })
        }
    }
}

/// How long before their end silences are spoken of, and to whom.
fn reminders(file: &RouteFile, receivers: &BTreeMap<String, Receiver>, roster: &mut Roster, findings: &mut Vec<Finding>) {
    let path = Path::new().key("global");
    let text = file.global.silence_reminder.as_deref();
    roster.reminder = span(text, Span::ZERO, false, path.clone().key("silence_reminder"), findings).millis();
    let name = file.global.silence_receiver.as_ref();
    roster::unknown("receiver", name, receivers.keys(), path.key("silence_receiver"), findings);
    roster.reminded = name.cloned();
}

/// Channels of a list, each once.
pub(in crate::notify) fn targets(
    entries: &[TargetEntry],
    known: &Known<'_>,
    path: &Path,
    findings: &mut Vec<Finding>,
) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for (number, target) in entries.iter().enumerate() {
        let path = path.clone().index(number);
        let target = target_of(target, known, &path, findings);
        if targets.iter().any(|other| other.channel == target.channel) {
            findings.push(Finding::value(path, format!("the channel `{}` is told already", target.channel)));
            continue;
        }
        targets.push(target);
    }
    targets
}

fn target_of(entry: &TargetEntry, known: &Known<'_>, path: &Path, findings: &mut Vec<Finding>) -> Target {
    let (options, own) = match entry {
        TargetEntry::Name(channel) => {
            let plain = TargetOptions { channel: channel.clone(), send_resolved: true, fallback: Vec::new(), max_alerts: LISTED };
            (plain, path.clone())
        }
        TargetEntry::With(options) => (options.clone(), path.clone().key("channel")),
    };
    let others = options.fallback.iter().enumerate();
    let named = others.map(|(place, name)| (name, path.clone().key("fallback").index(place))).chain([(&options.channel, own)]);
    for (name, path) in named {
        if !known.channels.contains(name.as_str()) {
            let channels: Vec<&str> = known.channels.iter().copied().collect();
            let finding = Finding::value(path, format!("there is no channel `{name}`"));
            findings.push(finding.hint(there_are(&channels, "add it to `channels`")));
        }
    }
    Target {
        channel: options.channel,
        send_resolved: options.send_resolved,
        fallbacks: options.fallback,
        listed: options.max_alerts,
        note: None,
    }
}

fn add_intervals(
    entries: &[IntervalEntry],
    known: &Known<'_>,
    path: &Path,
    intervals: &mut BTreeMap<String, Interval>,
    findings: &mut Vec<Finding>,
) {
    for (place, entry) in entries.iter().enumerate() {
        let path = path.clone().index(place);
        let interval = Interval::check(entry, &known.local, &path, findings);
        if intervals.insert(entry.name.clone(), interval).is_some() {
            let finding = Finding::value(path.key("name"), format!("a second time interval is named `{}`", entry.name));
            findings.push(finding.hint("give each time interval a name of its own"));
        }
    }
}

fn inhibitions(entries: &[InhibitEntry], findings: &mut Vec<Finding>) -> Vec<Inhibition> {
    if entries.len() > INHIBITIONS {
        let reason = format!("there are more than {INHIBITIONS} inhibitions");
        findings.push(Finding::value(Path::new().key("inhibit_rules"), reason));
    }
    let mut inhibitions = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let path = Path::new().key("inhibit_rules").index(place);
        let lists = Lists { matchers: "source_matchers", equal: "source_match", patterns: "source_match_re" };
        let source = conditions(lists, (&entry.source_matchers, &entry.source_match, &entry.source_match_re), &path, findings);
        let lists = Lists { matchers: "target_matchers", equal: "target_match", patterns: "target_match_re" };
        let target = conditions(lists, (&entry.target_matchers, &entry.target_match, &entry.target_match_re), &path, findings);
        if source.is_empty() || target.is_empty() {
            let reason = "an inhibition needs both `source_matchers` and `target_matchers`, else all alerts inhibit all others";
            findings.push(Finding::value(path.clone(), reason));
        }
        let name = entry.name.clone().unwrap_or_else(|| format!("inhibit_rules[{place}]"));
        inhibitions.push(Inhibition { name, source: matchers(&source), target: matchers(&target), equal: entry.equal.clone() });
    }
    inhibitions
}
