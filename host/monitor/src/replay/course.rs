//! What a replay came to: messages, how often alerts fired and for how long, and which rules make noise.

use std::collections::BTreeMap;

use vitrine_model::alert::{AlertEvent, EventKind};
use vitrine_model::notification::NotifiedAlert;
use vitrine_model::port::deliveries::NewDelivery;
use vitrine_model::{Labels, Millis};

use crate::notify::Routing;

/// An alert that fires again so soon after its end flaps.
const FLAPS: Millis = 3_600_000;

/// A message that would have been sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub at: Millis,
    /// None where no route leads there any more.
    pub receiver: Option<String>,
    pub channel: String,
    pub group: Labels,
    pub status: EventKind,
    pub title: String,
    /// Those that are listed in it.
    pub alerts: Vec<NotifiedAlert>,
}

impl Sent {
    pub(super) fn of(delivery: NewDelivery, routing: &Routing, at: Millis) -> Sent {
        let notification = delivery.notification;
        let node = routing.nodes().iter().find(|node| node.group_key(&notification.group_labels) == delivery.line);
        let of_digest = delivery.line.strip_prefix("digest;");
        Sent {
            at,
            receiver: node.map(|node| node.receiver.as_str()).or(of_digest).map(str::to_owned),
            channel: delivery.channel,
            group: notification.group_labels,
            status: notification.status,
            title: notification.title,
            alerts: notification.alerts,
        }
    }

    /// The rules, by name, whose alerts it lists.
    pub fn rules(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.alerts.iter().filter_map(|alert| alert.labels.get("alertname")).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The time from when an alert fired until it was over.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    pub labels: Labels,
    pub from: Millis,
    /// None where it fires still.
    pub until: Option<Millis>,
}

/// How much a rule has to say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Noise {
    pub rule: String,
    pub messages: usize,
    /// How often alerts of it began to fire.
    pub fired: usize,
    /// How often one fired again within an hour of its end.
    pub flapped: usize,
    /// The shortest and the middle one of those that are over.
    pub shortest: Option<Millis>,
    pub median: Option<Millis>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    pub from: Millis,
    pub to: Millis,
    /// In order of time.
    pub sent: Vec<Sent>,
    pub evaluations: u64,
    /// Rules that could not be evaluated: how often, and why the first time.
    pub faults: BTreeMap<String, (u64, String)>,
    episodes: Vec<Episode>,
    /// The last one of each alert, by rule and labels.
    open: BTreeMap<(String, Labels), usize>,
}

impl Course {
    pub(super) fn new(from: Millis, to: Millis) -> Course {
        let (sent, episodes) = (Vec::new(), Vec::new());
        Course { from, to, sent, evaluations: 0, faults: BTreeMap::new(), episodes, open: BTreeMap::new() }
    }

    pub(super) fn note_faults(&mut self, faults: Vec<(String, String)>) {
        for (rule, reason) in faults {
            self.faults.entry(rule).or_insert((0, reason)).0 += 1;
        }
    }

    pub(super) fn note_events(&mut self, events: &[AlertEvent]) {
        for event in events {
            let id = (event.alert.rule.clone(), event.alert.labels.clone());
            match event.kind {
                EventKind::Firing => {
                    self.open.insert(id, self.episodes.len());
                    self.episodes.push(Episode { labels: event.alert.labels.clone(), from: event.at, until: None });
                }
                EventKind::Resolved => {
                    if let Some(episode) = self.open.remove(&id).and_then(|place| self.episodes.get_mut(place)) {
                        episode.until = Some(event.at);
                    }
                }
            }
        }
    }

    /// When alerts of the rules fired, those that were over before the beginning left out.
    pub fn episodes(&self) -> impl Iterator<Item = &Episode> {
        self.episodes.iter().filter(|episode| episode.until.is_none_or(|until| until >= self.from))
    }

    /// How many messages each receiver would have had.
    pub fn by_receiver(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for sent in &self.sent {
            *counts.entry(sent.receiver.as_deref().unwrap_or("")).or_default() += 1;
        }
        counts
    }

    /// The rules that have something to say, most messages first.
    pub fn noise(&self) -> Vec<Noise> {
        let mut rules: BTreeMap<&str, Noise> = BTreeMap::new();
        for name in self.sent.iter().flat_map(Sent::rules) {
            rules.entry(name).or_default().messages += 1;
        }
        let mut lasted: BTreeMap<&str, Vec<Millis>> = BTreeMap::new();
        let mut ends: BTreeMap<&Labels, Millis> = BTreeMap::new();
        for episode in self.episodes() {
            let name = episode.labels.get("alertname").unwrap_or_default();
            let noise = rules.entry(name).or_default();
            noise.fired += 1;
            noise.flapped += usize::from(ends.get(&episode.labels).is_some_and(|end| episode.from - end < FLAPS));
            if let Some(until) = episode.until {
                ends.insert(&episode.labels, until);
                lasted.entry(name).or_default().push(until - episode.from);
            }
        }
        let finish = |(name, noise): (&str, Noise)| {
            let mut lasted = lasted.remove(name).unwrap_or_default();
            lasted.sort_unstable();
            let median = lasted.get(lasted.len() / 2).copied();
            Noise { rule: name.to_owned(), shortest: lasted.first().copied(), median, ..noise }
        };
        let mut all: Vec<Noise> = rules.into_iter().map(finish).collect();
        all.sort_by(|a, b| (b.messages, b.fired, &a.rule).cmp(&(a.messages, a.fired, &b.rule)));
        all
    }
}
