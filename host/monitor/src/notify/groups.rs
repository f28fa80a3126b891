//! All groups of now: alerts come in by events and go out as deliveries. Pure; what has to be kept is returned.

mod climbs;
mod digest;

pub use digest::DigestView;
pub(super) use digest::Gathered;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use vitrine_model::alert::{Alert, EventKind};
use vitrine_model::port::alerts::StoredEvent;
use vitrine_model::port::notices::{GroupRow, MemberRow, NoticeChange, RateRow, Told};
use vitrine_model::{Labels, Millis};

use super::group::{Group, Id, Member, Terms, Times};
use super::hush::Hush;
use super::inhibit::Inhibitions;
use super::notice;
use super::rate::Rates;
use super::route::{Node, Route};

/// Groups at once; what comes over that is told together, a group for each route.
const GROUPS: usize = 10_000;
/// Members whose telling is written in one transaction, at least one group.
const AT_ONCE: usize = 20_000;
/// The clock was set back if it lies so far behind.
const SET_BACK: Millis = 1_000;

/// The groups, by key.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub(super) route: Route,
    pub(super) groups: BTreeMap<String, Group>,
    /// How much each channel of a receiver was told of late.
    rates: Rates,
    /// In which groups an alert is.
    places: HashMap<Id, Vec<String>>,
    due: BTreeSet<(Millis, String)>,
    due_of: HashMap<String, Millis>,
    inhibitions: Inhibitions,
    /// The firing alerts are others than those that the inhibitions were made from.
    is_outdated: bool,
    looked_at: Millis,
    /// How many alerts came when there was no more place for a group of their own.
    pub(super) crowded: u64,
}

impl Groups {
    /// As they were before a restart; the routes are yet to come.
    pub(super) fn restore(groups: Vec<GroupRow>, members: Vec<MemberRow>, rates: Vec<RateRow>, now: Millis) -> Groups {
        let mut all = Groups { is_outdated: true, rates: Rates::restore(rates), looked_at: now, ..Groups::default() };
        for row in groups {
            let group = Group {
                node: None,
                anchor: row.anchor,
                flushed_at: row.flushed_at,
                told_at: row.told_at.into_iter().collect(),
                climb: row.climb,
                changed_at: Some(now),
                ..Group::new(row.key.clone(), row.labels, 0)
            };
            all.groups.insert(row.key, group);
        }
        for row in members {
            let id = (row.alert.rule.clone(), row.alert.labels.clone());
            let Some(group) = all.groups.get_mut(&row.group) else { continue };
            let told = row.told.into_iter().collect();
            group.members.insert(id.clone(), Member { alert: row.alert, ended_at: row.ended_at, told, is_left: false });
            all.places.entry(id).or_default().push(row.group);
        }
        all
    }

    /// Leads all alerts along other routes. Who was told of one over a channel is not told again over the same.
    pub(super) fn reroute(&mut self, route: Route, now: Millis) -> NoticeChange {
        self.route = route;
        let keys: HashMap<String, usize> =
            self.route.routing.nodes().iter().enumerate().map(|(place, node)| (node.key.clone(), place)).collect();
        for group in self.groups.values_mut() {
            let own = format!(":{}", group.labels);
            group.node = group.key.strip_suffix(&own).and_then(|key| keys.get(key)).copied();
            group.changed_at = Some(now);
        }
        let mut touched = BTreeSet::new();
        let ids: Vec<Id> = self.places.keys().cloned().collect();
        for id in ids {
            self.lead(&id, now, &mut touched);
        }
        let mut change = NoticeChange::default();
        let empty: Vec<String> =
            self.groups.iter().filter(|(_, group)| group.members.is_empty()).map(|(key, _)| key.clone()).collect();
        for key in empty {
            self.forget(&key);
            change.gone_groups.push(key);
        }
        self.mend_rates(&mut touched, &mut change, now);
        self.note(&touched, &mut change);
        let all: Vec<String> = self.groups.keys().cloned().collect();
        all.iter().for_each(|key| self.plan(key, now));
        change
    }

    /// Takes in alerts that fire and are in no group: told once more is better than not told.
    pub(super) fn adopt(&mut self, alerts: Vec<Alert>, now: Millis) -> NoticeChange {
        let (mut change, mut touched) = (NoticeChange::default(), BTreeSet::new());
        for alert in alerts {
            let id = (alert.rule.clone(), alert.labels.clone());
            if !self.places.contains_key(&id) {
                let keys = self.enter(&id, &alert, now);
                touched.extend(keys.into_iter().map(|(key, _)| (key, id.clone())));
            }
        }
        self.note(&touched, &mut change);
        touched.iter().for_each(|(key, _)| self.plan(key, now));
        change
    }

    /// Where an alert belongs by the routes of now.
    fn lead(&mut self, id: &Id, now: Millis, touched: &mut BTreeSet<(String, Id)>) {
        let before = self.places.get(id).cloned().unwrap_or_default();
        let firing =
            before.iter().filter_map(|key| self.groups.get(key)?.members.get(id)).find(|member| member.ended_at.is_none());
        let Some(alert) = firing.map(|member| member.alert.clone()) else { return };
        let known: BTreeMap<String, Told> = before
            .iter()
            .filter_map(|key| self.groups.get(key)?.members.get(id))
            .flat_map(|member| member.told.iter().filter(|(_, told)| told.knows()))
            .map(|(channel, told)| (channel.clone(), *told))
            .collect();
        let wanted = self.enter(id, &alert, now);
        let mut handed = BTreeSet::new();
        for (key, place) in &wanted {
            let channels: BTreeSet<String> = {
                let node = &self.route.routing.nodes()[*place];
                node.possible.iter().map(|target| target.channel.clone()).collect()
            };
            let told_at: Vec<(String, Millis)> = before
                .iter()
                .filter_map(|key| self.groups.get(key))
                .flat_map(|group| group.told_at.iter().map(|(channel, at)| (channel.clone(), *at)))
                .collect();
            let Some(group) = self.groups.get_mut(key) else { continue };
            let Some(member) = group.members.get_mut(id) else { continue };
            let mut is_touched = !before.contains(key);
            for (channel, told) in known.iter().filter(|(channel, _)| channels.contains(*channel)) {
                is_touched |= member.told.insert(channel.clone(), *told) != Some(*told);
                handed.insert(channel.clone());
                let at = told_at.iter().filter(|(name, _)| name == channel).map(|(_, at)| *at).max().unwrap_or(now);
                group.told_at.entry(channel.clone()).or_insert(at);
            }
            if is_touched {
                touched.insert((key.clone(), id.clone()));
            }
        }
        for key in before.into_iter().filter(|key| wanted.iter().all(|(other, _)| other != key)) {
            self.leave(&key, id, &handed, touched);
        }
    }

    /// Puts an alert into the groups where it belongs.
    fn enter(&mut self, id: &Id, alert: &Alert, now: Millis) -> Vec<(String, usize)> {
        let routing = std::sync::Arc::clone(&self.route.routing);
        let mut keys = Vec::new();
        for place in routing.matching(&alert.labels) {
            let node = &routing.nodes()[place];
            let key = self.room(node, place, &alert.labels);
            if let Some(group) = self.groups.get_mut(&key) {
                let was_here = group.members.get(id).is_some_and(|member| member.ended_at.is_none() && !member.is_left);
                if !was_here || group.members.get(id).is_some_and(|member| member.alert != *alert) {
                    group.fire(id.clone(), alert.clone(), now, node.wait);
                }
            }
            let places = self.places.entry(id.clone()).or_default();
            if !places.contains(&key) {
                places.push(key.clone());
            }
            keys.push((key, place));
        }
        self.is_outdated = true;
        keys
    }

    /// The key of the group that takes these labels; makes it where it is not there.
    fn room(&mut self, node: &Node, place: usize, labels: &Labels) -> String {
        let mut own = node.group(labels);
        let mut key = node.group_key(&own);
        if !self.groups.contains_key(&key) && self.groups.len() >= GROUPS {
            self.crowded += 1;
            own = Labels::new();
            key = node.group_key(&own);
        }
        let group = self.groups.entry(key.clone()).or_insert_with(|| Group::new(key.clone(), own, place));
        group.node = Some(place);
        key
    }

    /// An alert belongs elsewhere. Channels that no other group speaks for wait here for its end.
    fn leave(&mut self, key: &str, id: &Id, handed: &BTreeSet<String>, touched: &mut BTreeSet<(String, Id)>) {
        let Some(group) = self.groups.get_mut(key) else { return };
        let Some(member) = group.members.get_mut(id) else { return };
        member.is_left = true;
        member.told.retain(|channel, told| told.knows() && !handed.contains(channel));
        touched.insert((key.to_owned(), id.clone()));
        if member.told.is_empty() {
            group.members.remove(id);
            self.drop_place(id, key);
        }
    }

    fn drop_place(&mut self, id: &Id, key: &str) {
        if let Some(places) = self.places.get_mut(id) {
            places.retain(|place| place != key);
            if places.is_empty() {
                self.places.remove(id);
            }
        }
    }

    /// Takes events in; they are planned once the change is committed.
    pub(super) fn take(&mut self, events: Vec<StoredEvent>, now: Millis) -> NoticeChange {
        let mut change = NoticeChange::default();
        let mut touched = BTreeSet::new();
        for StoredEvent { id: number, event } in events {
            change.planned.push(number);
            let id = (event.alert.rule.clone(), event.alert.labels.clone());
            match event.kind {
                EventKind::Firing => {
                    let keys = self.enter(&id, &event.alert, now);
                    touched.extend(keys.into_iter().map(|(key, _)| (key, id.clone())));
                }
                EventKind::Resolved => {
                    for key in self.places.get(&id).cloned().unwrap_or_default() {
                        if let Some(group) = self.groups.get_mut(&key) {
                            group.end(&id, event.alert.clone(), event.at, now);
                        }
                        touched.insert((key, id.clone()));
                    }
                    self.is_outdated = true;
                }
            }
        }
        self.note(&touched, &mut change);
        let keys: BTreeSet<&String> = touched.iter().map(|(key, _)| key).collect();
        keys.into_iter().for_each(|key| self.plan(key, now));
        change
    }

    /// Writes down the groups and members that were touched.
    fn note(&self, touched: &BTreeSet<(String, Id)>, change: &mut NoticeChange) {
        let mut last = None;
        for (key, id) in touched {
            let Some(group) = self.groups.get(key) else { continue };
            if last != Some(key) {
                change.groups.push(group.row());
                last = Some(key);
            }
            match group.member_row(id) {
                Some(row) => change.members.push(row),
                None => change.gone_members.push((key.clone(), id.0.clone(), id.1.clone())),
            }
        }
    }

    /// Works out when a group is due.
    fn plan(&mut self, key: &str, now: Millis) {
        if let Some(at) = self.due_of.remove(key) {
            self.due.remove(&(at, key.to_owned()));
        }
        let Some(group) = self.groups.get(key) else { return };
        if let Some(at) = group.due(self.times(group), now) {
            self.due.insert((at, key.to_owned()));
            self.due_of.insert(key.to_owned(), at);
        }
    }

    pub(super) fn times(&self, group: &Group) -> Times {
        let node = group.node.and_then(|place| self.route.routing.nodes().get(place));
        let usual = Times { wait: 0, interval: 0, repeat: None };
        node.map_or(usual, |node| Times { wait: node.wait, interval: node.interval, repeat: node.repeat })
    }

    pub(super) fn next_due(&self) -> Option<Millis> {
        let digest = self.digests_due(self.looked_at).map(|(at, _)| at).min();
        self.due.first().map(|(at, _)| *at).into_iter().chain(digest).min()
    }

    pub(super) fn due_of(&self, key: &str) -> Option<Millis> {
        self.due_of.get(key).copied()
    }

    pub(super) fn members(&self) -> usize {
        self.groups.values().map(|group| group.members.len()).sum()
    }

    /// The sources of now, made anew where alerts came or went.
    pub(super) fn inhibitions(&mut self) -> &Inhibitions {
        if self.is_outdated {
            let firing = self.groups.values().flat_map(|group| group.members.values());
            let firing = firing.filter(|member| member.ended_at.is_none()).map(|member| &member.alert.labels);
            self.inhibitions = Inhibitions::new(&self.route.routing.inhibitions, firing);
            self.is_outdated = false;
        }
        &self.inhibitions
    }

    /// As they were last made.
    pub(super) fn known_inhibitions(&self) -> &Inhibitions {
        &self.inhibitions
    }

    /// The first of these that names neither an alert that fires nor a group.
    pub(super) fn unknown<'a>(&self, targets: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let firing = self.groups.values().flat_map(|group| group.members.values()).filter(|member| member.ended_at.is_none());
        let firing = firing.map(|member| notice::fingerprint(&member.alert.labels));
        let known: HashSet<String> = self.groups.keys().map(|key| notice::group_id(key.as_str())).chain(firing).collect();
        targets.into_iter().find(|target| !known.contains(*target))
    }

    /// Tells what is due, as far as one transaction goes; what is still due comes with the next call.
    /// `fresh` says how an alert that fires stands by now.
    pub(super) fn flush(&mut self, hush: &Hush, fresh: &dyn Fn(&Id) -> Option<Alert>, now: Millis) -> NoticeChange {
        if now + SET_BACK < self.looked_at {
            let all: Vec<String> = self.groups.keys().cloned().collect();
            all.iter().for_each(|key| self.plan(key, now));
        }
        self.looked_at = now;
        let climbs = self.look_at_climbs(hush, now);
        let mut change = NoticeChange::default();
        let mut members = 0;
        while members < AT_ONCE {
            let Some((_, key)) = self.due.first().filter(|(at, _)| *at <= now).cloned() else { break };
            members += self.groups.get(&key).map_or(0, |group| group.members.len()) + 1;
            if let Some(group) = self.groups.get_mut(&key) {
                group.refresh(fresh);
            }
            self.flush_one(&key, hush, now, &mut change);
        }
        // A change speaks of each group once, so a digest has one of its own.
        if members == 0 {
            self.flush_digest(hush, fresh, now, &mut change);
        }
        self.note_climbs(climbs, &mut change);
        change.rates = self.rates.changes();
        change
    }

    fn flush_one(&mut self, key: &str, hush: &Hush, now: Millis, change: &mut NoticeChange) {
        self.inhibitions();
        let Some(mut group) = self.groups.remove(key) else { return self.plan(key, now) };
        let routing = std::sync::Arc::clone(&self.route.routing);
        let node = group.node.and_then(|place| routing.nodes().get(place));
        let is_group_taken = hush.is_acknowledged(&notice::group_id(key), now);
        let rung = self.step(&mut group, node, hush, now);
        let reached = group.climb.as_ref().map_or(0, |climb| climb.reached);
        let targets = node.map_or(Vec::new(), |node| routing.cast(node, reached, now, &hush.overrides));
        let terms = Terms {
            targets: &targets,
            possible: node.map_or(&[], |node| &node.possible),
            repeat: node.and_then(|node| node.repeat),
            is_quiet: node.is_some_and(|node| routing.quiet(node, now).is_some()),
            is_suppressed: &|alert| self.is_suppressed(alert, hush, now),
            is_acknowledged: &|alert| is_group_taken || hush.is_acknowledged(&notice::fingerprint(&alert.labels), now),
        };
        // No two looks at a group have the same moment, as what is told is named by it.
        let at = group.flushed_at.map_or(now, |before| now.max(before + 1));
        let mut decision = group.decide(&terms, now);
        if let Some(node) = node {
            self.cap(&routing, node, &group, &mut decision, now);
        }
        let deliveries = decision.tellings.iter().map(|telling| notice::delivery(&group, telling, &self.route, at, now));
        change.deliveries.extend(deliveries);
        let (members, gone) = group.settle(&decision, at);
        group.excuse(&targets, at);
        gone.iter().for_each(|id| self.drop_place(id, key));
        if group.members.is_empty() {
            change.gone_groups.push(key.to_owned());
        } else {
            change.groups.push(group.row());
            change.members.extend(members);
            change.members.extend(rung.iter().filter_map(|id| group.member_row(id)));
            change.gone_members.extend(gone.into_iter().map(|(rule, labels)| (key.to_owned(), rule, labels)));
            self.groups.insert(key.to_owned(), group);
        }
        self.plan(key, now);
    }

    fn forget(&mut self, key: &str) {
        self.groups.remove(key);
        if let Some(at) = self.due_of.remove(key) {
            self.due.remove(&(at, key.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests;
