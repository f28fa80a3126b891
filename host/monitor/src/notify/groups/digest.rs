//! What is over a receiver's rate: news waits for a digest, an end that no digest can say waits for room.
//!
//! Whoever was told of an alert by a message of its own is told of its end by one, so that what was opened at the far side
//! is closed there; who was told by a digest, by a digest.

use std::collections::{BTreeMap, BTreeSet};

use vitrine_model::Millis;
use vitrine_model::alert::Alert;
use vitrine_model::port::notices::{NoticeChange, Told};

use super::super::group::{Decision, Group, Id};
use super::super::hush::Hush;
use super::super::notice;
use super::super::rate::{Line, Rate};
use super::super::route::{Node, Routing, Target};
use super::{AT_ONCE, Groups};

/// What a digest says.
#[derive(Debug, Default)]
pub(in super::super) struct Gathered {
    /// Alerts that fire, and are told so now.
    pub(in super::super) firing: Vec<Alert>,
    /// Alerts that are over, with the moments.
    pub(in super::super) ended: Vec<(Alert, Millis)>,
    /// The groups of all these.
    pub(in super::super) groups: usize,
    /// Alerts that go on, of which an earlier digest told.
    pub(in super::super) go_on: usize,
}

/// What is held against each alert that is gathered.
struct Look<'a> {
    line: &'a Line,
    routing: &'a Routing,
    hush: &'a Hush,
    now: Millis,
}

impl Groups {
    /// Leaves of a decision what may be told now.
    pub(super) fn cap(&mut self, routing: &Routing, node: &Node, group: &Group, decision: &mut Decision, now: Millis) {
        let Some(receiver) = routing.receivers.get(&node.receiver) else { return };
        let line = |channel: &str| (node.receiver.clone(), channel.to_owned());
        for channel in &decision.digests {
            self.rates.gather(&line(channel), 0, now);
        }
        let Some(rate) = receiver.rate else { return };
        for telling in std::mem::take(&mut decision.tellings) {
            let channel = &telling.target.channel;
            let line = line(channel);
            let is_news = |id: &&Id| group.members.get(*id).is_some_and(|member| !member.was_told(channel));
            let news: Vec<Id> = telling.firing.iter().filter(is_news).cloned().collect();
            let only_news = telling.ended.is_empty() && !news.is_empty();
            let may = if only_news { self.rates.lets_news(&line, rate, now) } else { self.rates.has_room(&line, rate, now) };
            if may {
                self.rates.note(&line, rate, now);
                decision.tellings.push(telling);
                continue;
            }
            // An end, what is only said once more, and news of what has a message already wait until there is room.
            let is_begun =
                |id: &Id| group.members.get(id).is_some_and(|member| member.told.get(channel) == Some(&Told::Outdated));
            let (begun, fresh): (Vec<Id>, Vec<Id>) = news.into_iter().partition(is_begun);
            decision.holds_back |= !only_news || !begun.is_empty();
            if !fresh.is_empty() {
                self.rates.gather(&line, 1, now);
                decision.gathered.push((channel.clone(), fresh));
            }
        }
    }

    /// The digests that gather now, and when they are due.
    pub(super) fn digests_due(&self, now: Millis) -> impl Iterator<Item = (Millis, &Line)> {
        self.rates.due(|line| self.rate(line), now)
    }

    fn rate(&self, (receiver, _): &Line) -> Option<Rate> {
        self.route.routing.receivers.get(receiver)?.rate
    }

    /// Makes a digest that is due.
    pub(super) fn flush_digest(
        &mut self,
        hush: &Hush,
        fresh: &dyn Fn(&Id) -> Option<Alert>,
        now: Millis,
        change: &mut NoticeChange,
    ) {
        let Some(line) = self.digests_due(now).find(|(at, _)| *at <= now).map(|(_, line)| line.clone()) else { return };
        let line = &line;
        self.inhibitions();
        let routing = std::sync::Arc::clone(&self.route.routing);
        let target = routing.target(&line.0, &line.1).cloned();
        let look = Look { line, routing: &routing, hush, now };
        let (mut gathered, mut left) = (Gathered::default(), false);
        let mut keys = self.gatherers(line);
        while let Some(key) = keys.pop() {
            if gathered.firing.len() + gathered.ended.len() >= AT_ONCE {
                left = true;
                break;
            }
            let Some(mut group) = self.groups.remove(&key) else { continue };
            group.refresh(fresh);
            match self.gather(&mut group, &look, &mut gathered) {
                Some(touched) => self.keep(group, &touched, change),
                None => {
                    left = true;
                    self.groups.insert(key.clone(), group);
                }
            }
            self.plan(&key, now);
        }
        gathered.go_on = self.count(line, |told, is_over| told == Told::Digested && !is_over) - gathered.firing.len();
        let is_told = !gathered.firing.is_empty() || !gathered.ended.is_empty();
        if let Some(target) = target.filter(|_| is_told) {
            change.deliveries.push(notice::digest(line, &target, &gathered, &self.route, now));
            if let Some(rate) = self.rate(line) {
                self.rates.note(line, rate, now);
            }
        }
        self.rates.digested(line, is_told, left, now);
    }

    /// Takes what waits in a group for this digest; returns what changed, or nothing at a time at which nobody is told.
    fn gather(&self, group: &mut Group, look: &Look<'_>, gathered: &mut Gathered) -> Option<Vec<Id>> {
        let node = group.node.and_then(|place| look.routing.nodes().get(place));
        if node.is_some_and(|node| look.routing.quiet(node, look.now).is_some()) {
            return None;
        }
        let channel = &look.line.1;
        let (mut touched, before): (Vec<Id>, usize) = (Vec::new(), gathered.firing.len() + gathered.ended.len());
        for (id, member) in &mut group.members {
            let Some(told) = member.told.get_mut(channel) else { continue };
            let alert = &member.alert;
            let is_suppressed =
                || look.hush.is_silenced(&alert.labels, look.now) || self.inhibitions.source_of(&alert.labels).is_some();
            match (*told, member.ended_at) {
                (Told::Gathered, None) if is_suppressed() => {
                    // It is news again once nothing keeps it back.
                    member.told.remove(channel);
                    group.holds_back = true;
                }
                (Told::Gathered, Some(_)) if is_suppressed() => *told = Told::Resolved,
                (Told::Gathered, None) => {
                    *told = Told::Digested;
                    gathered.firing.push(alert.clone());
                }
                (Told::Gathered | Told::Digested, Some(at)) => {
                    *told = Told::Resolved;
                    gathered.ended.push((alert.clone(), at));
                }
                _ => continue,
            }
            touched.push(id.clone());
        }
        gathered.groups += usize::from(gathered.firing.len() + gathered.ended.len() > before);
        group.told_at.insert(channel.clone(), look.now);
        Some(touched)
    }

    /// Puts a group back, without what is over, and writes down what changed.
    fn keep(&mut self, mut group: Group, touched: &[Id], change: &mut NoticeChange) {
        let gone = group.forget_over();
        gone.iter().for_each(|id| self.drop_place(id, &group.key));
        if group.members.is_empty() {
            change.gone_groups.push(group.key);
            return;
        }
        change.groups.push(group.row());
        change.members.extend(touched.iter().filter_map(|id| group.member_row(id)));
        change.gone_members.extend(gone.into_iter().map(|(rule, labels)| (group.key.clone(), rule, labels)));
        self.groups.insert(group.key.clone(), group);
    }

    /// The groups in which something waits for this digest.
    fn gatherers(&self, (receiver, channel): &Line) -> Vec<String> {
        let waits = |group: &&Group| {
            let of_it = |told: Option<&Told>, is_over: bool| {
                matches!(told, Some(Told::Gathered)) || (is_over && told == Some(&Told::Digested))
            };
            self.receiver(group).is_some_and(|name| name == receiver)
                && group.members.values().any(|member| of_it(member.told.get(channel), member.ended_at.is_some()))
        };
        self.groups.values().filter(waits).map(|group| group.key.clone()).collect()
    }

    fn receiver(&self, group: &Group) -> Option<&str> {
        Some(self.route.routing.nodes().get(group.node?)?.receiver.as_str())
    }

    /// The alerts of which a channel was told so much.
    fn count(&self, (receiver, channel): &Line, counts: impl Fn(Told, bool) -> bool) -> usize {
        let groups = self.groups.values().filter(|group| self.receiver(group).is_some_and(|name| name == receiver));
        let members = groups.flat_map(|group| group.members.values());
        members.filter(|member| member.told.get(channel).is_some_and(|told| counts(*told, member.ended_at.is_some()))).count()
    }

    /// The alerts that wait for a digest.
    pub(in super::super) fn waiting(&self, line: &Line) -> usize {
        self.count(line, |told, is_over| told == Told::Gathered || (is_over && told == Told::Digested))
    }

    /// After other routes came: what waits for a digest waits for one of theirs, and what nobody is to be told waits no more.
    pub(super) fn mend_rates(&mut self, touched: &mut BTreeSet<(String, Id)>, change: &mut NoticeChange, now: Millis) {
        let routing = std::sync::Arc::clone(&self.route.routing);
        let mut gathers: BTreeSet<Line> = BTreeSet::new();
        for (key, group) in &mut self.groups {
            let node = group.node.and_then(|place| routing.nodes().get(place));
            let targets: &[Target] = node.map_or(&[], |node| &node.possible);
            for (id, member) in &mut group.members {
                let before = member.told.len();
                let is_over = member.ended_at.is_some();
                member.told.retain(|channel, told| {
                    let is_target = targets.iter().any(|target| target.channel == *channel);
                    if let Some(node) = node
                        && is_target
                        && (*told == Told::Gathered || (is_over && *told == Told::Digested))
                    {
                        gathers.insert((node.receiver.clone(), channel.clone()));
                    }
                    is_target || *told != Told::Gathered
                });
                if member.told.len() != before {
                    touched.insert((key.clone(), id.clone()));
                }
            }
        }
        let mut channels: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        for node in routing.nodes() {
            channels.entry(&node.receiver).or_default().extend(node.possible.iter().map(|target| &target.channel));
        }
        let is_known = |(receiver, channel): &Line| channels.get(receiver).is_some_and(|known| known.contains(channel));
        change.gone_rates = self.rates.retain(is_known);
        gathers.iter().for_each(|line| self.rates.gather(line, 0, now));
        change.rates = self.rates.changes();
    }

    /// Receivers and channels whose digest gathers now: since when, in place of how many messages, of how many alerts, and
    /// when it is due.
    pub(in super::super) fn digests(&self, now: Millis) -> Vec<DigestView> {
        let view = |(due, line): (Millis, &Line)| {
            let ledger = self.rates.get(line)?;
            let (since, put_off) = (ledger.gathers_since?, ledger.put_off);
            let (receiver, channel) = line.clone();
            Some(DigestView { receiver, channel, since, due, put_off, alerts: self.waiting(line) })
        };
        self.digests_due(now).filter_map(view).collect()
    }
}

/// A digest that gathers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestView {
    pub receiver: String,
    pub channel: String,
    pub since: Millis,
    pub due: Millis,
    /// The messages that it stands for.
    pub put_off: u64,
    pub alerts: usize,
}

#[cfg(test)]
mod tests;
