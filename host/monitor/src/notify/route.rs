//! The tree of routes: which receivers are told of an alert, together with which others, and when. Pure.

mod check;

use std::collections::BTreeMap;
use std::sync::Arc;

use vitrine_model::silence::all_match;
use vitrine_model::{Labels, Matcher, Millis, Span};

pub(super) use check::targets;
pub use check::{Known, check};

use super::inhibit::Inhibition;
use super::interval::Interval;
use super::rate::{self, Rate};
use super::roster::Roster;

/// Alerts listed in one message where nobody says otherwise.
pub(super) const LISTED: usize = 100;
/// The receiver of everything where there are no routes.
pub const EVERYBODY: &str = "everybody";
/// As Alertmanager's.
const WAIT: Span = Span::from_secs(30);
const INTERVAL: Span = Span::from_secs(5 * 60);
const REPEAT: Span = Span::from_secs(4 * 3_600);
const RESOLVE_TIMEOUT: Span = Span::from_secs(5 * 60);

/// Who is told of what, and when; sound.
#[derive(Debug, Clone)]
pub struct Routing {
    /// The root comes first, and each route before those below it.
    nodes: Vec<Node>,
    pub receivers: BTreeMap<String, Receiver>,
    pub inhibitions: Vec<Inhibition>,
    pub intervals: BTreeMap<String, Interval>,
    /// When an alert from outside is over that nobody speaks of any more.
    pub resolve_timeout: Span,
    pub roster: Roster,
}

/// A route.
#[derive(Debug, Clone)]
pub struct Node {
    /// The matchers on the way down; the same as long as these are.
    pub key: String,
    /// Its own, as text.
    pub matchers_text: String,
    pub receiver: String,
    /// The name of what comes next where nobody takes it on.
    pub escalation: Option<String>,
    matchers: Vec<Matcher>,
    pub group_by: GroupBy,
    pub wait: Millis,
    pub interval: Millis,
    /// Never, where it is none.
    pub repeat: Option<Millis>,
    pub goes_on: bool,
    pub mute: Vec<String>,
    pub active: Vec<String>,
    pub depth: usize,
    children: Vec<usize>,
    /// Everybody whom it may come to tell, sooner or later.
    pub possible: Arc<[Target]>,
}

/// What makes a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// The values of these labels.
    Labels(Vec<String>),
    /// All labels: each alert is a group.
    Alert,
}

/// Somebody who is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receiver {
    pub targets: Vec<Target>,
    /// Names of people, and of schedules in which somebody is on call.
    pub people: Vec<String>,
    pub schedules: Vec<String>,
    /// Told where a schedule has nobody; without any, all its members are.
    pub fallback: Vec<Target>,
    pub escalation: Option<String>,
    /// How much each of these is told at most; without it, everything.
    pub rate: Option<Rate>,
}

/// A channel of a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub channel: String,
    pub send_resolved: bool,
    pub fallbacks: Vec<String>,
    pub listed: usize,
    /// Why it is told though it is another's turn.
    pub note: Option<String>,
}

impl Target {
    pub fn plain(channel: impl Into<String>) -> Target {
        Target { channel: channel.into(), send_resolved: true, fallbacks: Vec::new(), listed: LISTED, note: None }
    }
}

/// Why nobody is told at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quiet {
    /// An interval in which the route is mute holds.
    Mute(String),
    /// None of the intervals holds in which the route is active.
    Inactive(Vec<String>),
}

impl Default for Routing {
    fn default() -> Routing {
        Routing::everything_to([])
    }
}

impl Routing {
    /// Everything at once to these channels, a message for each alert name, and nothing twice.
    pub fn everything_to(channels: impl IntoIterator<Item = String>) -> Routing {
        let root = Node {
            key: "{}".to_owned(),
            matchers_text: String::new(),
            receiver: EVERYBODY.to_owned(),
            escalation: None,
            matchers: Vec::new(),
            group_by: GroupBy::Labels(vec!["alertname".to_owned()]),
            wait: 0,
            interval: 0,
            repeat: None,
            goes_on: false,
            mute: Vec::new(),
            active: Vec::new(),
            depth: 0,
            children: Vec::new(),
            possible: Arc::default(),
        };
        let targets = channels.into_iter().map(Target::plain).collect();
        let receiver = Receiver { targets, rate: Some(rate::USUAL), ..Receiver::default() };
        Routing {
            nodes: vec![root],
            receivers: BTreeMap::from([(EVERYBODY.to_owned(), receiver)]),
            inhibitions: Vec::new(),
            intervals: BTreeMap::new(),
            resolve_timeout: RESOLVE_TIMEOUT,
            roster: Roster::default(),
        }
        .with_possible()
    }

    pub(super) fn set_possible(&mut self, possible: Vec<Vec<Target>>) {
        for (node, targets) in self.nodes.iter_mut().zip(possible) {
            node.possible = targets.into();
        }
    }

    /// All routes, from the root down.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The places of the routes that these labels come to.
    pub fn matching(&self, labels: &Labels) -> Vec<usize> {
        let mut found = Vec::new();
        self.descend(0, labels, &mut found);
        found
    }

    /// Whether the route takes them, itself or one below.
    fn descend(&self, place: usize, labels: &Labels, found: &mut Vec<usize>) -> bool {
        let Some(node) = self.nodes.get(place).filter(|node| all_match(&node.matchers, labels)) else { return false };
        let before = found.len();
        for child in &node.children {
            if self.descend(*child, labels, found) && !self.nodes[*child].goes_on {
                break;
            }
        }
        if found.len() == before {
            found.push(place);
        }
        true
    }

    /// The channels that a route's receiver names itself, without its people.
    pub fn targets(&self, node: &Node) -> &[Target] {
        self.receivers.get(&node.receiver).map_or(&[], |receiver| &receiver.targets)
    }

    /// Why the route tells nobody at this moment, if it does not.
    pub fn quiet(&self, node: &Node, moment: Millis) -> Option<Quiet> {
        let holds = |name: &&String| self.intervals.get(*name).is_some_and(|interval| interval.contains(moment));
        if let Some(name) = node.mute.iter().find(holds) {
            return Some(Quiet::Mute(name.clone()));
        }
        let is_active = node.active.is_empty() || node.active.iter().any(|name| holds(&name));
        (!is_active).then(|| Quiet::Inactive(node.active.clone()))
    }
}

impl Node {
    /// The labels of an alert by which this route groups.
    pub fn group(&self, labels: &Labels) -> Labels {
        match &self.group_by {
            GroupBy::Alert => labels.clone(),
            GroupBy::Labels(names) => labels.filter(|label| names.iter().any(|name| name == label)),
        }
    }

    /// What names a group of this route, over restarts and reloads.
    pub fn group_key(&self, labels: &Labels) -> String {
        format!("{}:{labels}", self.key)
    }
}

/// What planning is told to go by.
#[derive(Debug, Clone, Default)]
pub struct Route {
    pub routing: Arc<Routing>,
    /// The host's address, for links.
    pub public_url: String,
    pub time_zone: String,
}

#[cfg(test)]
mod tests;
