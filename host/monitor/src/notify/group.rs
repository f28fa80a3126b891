//! A group of alerts that are told together: when it is due, what is told then, and what is known to have been told. Pure.
//!
//! As Alertmanager's groups: a new one waits for `group_wait`, its news waits for the next multiple of `group_interval`, and
//! what goes on is told again after `repeat_interval`. What differs: moments at which nothing could be told are left out; an
//! end is told to whoever was told of the beginning, also while a silence holds; and it is kept until it may be told.

use std::collections::BTreeMap;

use vitrine_model::alert::Alert;
use vitrine_model::oncall::{Climb, Stage};
use vitrine_model::port::notices::{GroupRow, MemberRow, Told};
use vitrine_model::{Labels, Millis};

use super::escalation::Facts;
use super::route::Target;

/// The least time between two looks at a group that holds something back.
const LOOK: Millis = 1_000;

/// Rule and labels: which alert it is.
pub(super) type Id = (String, Labels);

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    pub(super) key: String,
    pub(super) labels: Labels,
    /// The place of its route; none where that is no more.
    pub(super) node: Option<usize>,
    /// The first moment at which it may be told of.
    pub(super) anchor: Millis,
    pub(super) flushed_at: Option<Millis>,
    pub(super) told_at: BTreeMap<String, Millis>,
    pub(super) members: BTreeMap<Id, Member>,
    /// When something came that was not looked at yet.
    pub(super) changed_at: Option<Millis>,
    /// Something is not told now that may be told later, though nothing comes.
    pub(super) holds_back: bool,
    /// How far its escalation has come.
    pub(super) climb: Option<Climb>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub(super) alert: Alert,
    pub(super) ended_at: Option<Millis>,
    /// What each channel was last told.
    pub(super) told: BTreeMap<String, Told>,
    /// The routes lead it elsewhere now; here only its end is told, to whoever knows of it from here.
    pub(super) is_left: bool,
}

impl Member {
    /// Whether a channel has nothing new to hear of it while it fires.
    pub(super) fn was_told(&self, channel: &str) -> bool {
        matches!(self.told.get(channel), Some(Told::Firing | Told::Gathered | Told::Digested))
    }

    /// Whether a message of its own, and no digest, has to say that it is over.
    fn owes_end(&self, channel: &str) -> bool {
        self.ended_at.is_some() && matches!(self.told.get(channel), Some(Told::Firing | Told::Outdated))
    }

    /// Whether it is over, and a channel was told so much of it.
    fn is_over_in(&self, channel: &str, told: Told) -> bool {
        self.ended_at.is_some() && self.told.get(channel) == Some(&told)
    }

    fn is_waited_for(&self) -> bool {
        self.told.values().any(|told| *told != Told::Resolved)
    }
}

/// Whoever was told is to be told anew.
fn outdated(mut told: BTreeMap<String, Told>) -> BTreeMap<String, Told> {
    told.values_mut().filter(|told| matches!(told, Told::Firing | Told::Digested)).for_each(|told| *told = Told::Outdated);
    told
}

/// The times of a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) wait: Millis,
    pub(super) interval: Millis,
    pub(super) repeat: Option<Millis>,
}

/// What holds when a group is looked at.
pub(super) struct Terms<'a> {
    pub(super) targets: &'a [Target],
    /// Everybody who may come to be told.
    pub(super) possible: &'a [Target],
    pub(super) repeat: Option<Millis>,
    /// Nobody is told at this time.
    pub(super) is_quiet: bool,
    /// Silenced or inhibited.
    pub(super) is_suppressed: &'a dyn Fn(&Alert) -> bool,
    pub(super) is_acknowledged: &'a dyn Fn(&Alert) -> bool,
}

/// What a channel is to be told.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Telling {
    pub(super) target: Target,
    pub(super) firing: Vec<Id>,
    pub(super) ended: Vec<Id>,
}

/// What a look at a group came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Decision {
    pub(super) tellings: Vec<Telling>,
    /// What waits for a digest, for each channel.
    pub(super) gathered: Vec<(String, Vec<Id>)>,
    /// Channels whose next digest says what is over.
    pub(super) digests: Vec<String>,
    pub(super) holds_back: bool,
    /// Channels that do not want to know of ends.
    deaf: Vec<String>,
}

impl Group {
    pub(super) fn new(key: String, labels: Labels, node: usize) -> Group {
        Group {
            key,
            labels,
            node: Some(node),
            anchor: Millis::MAX,
            flushed_at: None,
            told_at: BTreeMap::new(),
            members: BTreeMap::new(),
            changed_at: None,
            holds_back: false,
            climb: None,
        }
    }

    /// An alert fires, or fires again.
    pub(super) fn fire(&mut self, id: Id, alert: Alert, now: Millis, wait: Millis) {
        // What should have been told long ago waits no longer.
        let first = if alert.since().saturating_add(wait) <= now { now } else { now + wait };
        if self.flushed_at.is_none() {
            self.anchor = self.anchor.min(first);
        }
        let member = Member { alert, ended_at: None, told: BTreeMap::new(), is_left: false };
        let told = self.members.remove(&id).map(|before| {
            let is_other = before.alert.is_flapping() != member.alert.is_flapping();
            if is_other { outdated(before.told) } else { before.told }
        });
        self.members.insert(id, Member { told: told.unwrap_or_default(), ..member });
        self.changed_at = Some(now);
    }

    /// These channels are to be told anew of what fires and is not kept quiet; returns the alerts.
    pub(super) fn ring(&mut self, targets: &[Target], is_suppressed: &dyn Fn(&Alert) -> bool) -> Vec<Id> {
        let mut rung = Vec::new();
        for (id, member) in self.members.iter_mut().filter(|(_, member)| member.ended_at.is_none() && !member.is_left) {
            if is_suppressed(&member.alert) {
                continue;
            }
            let told = member.told.iter_mut().filter(|(channel, _)| targets.iter().any(|target| target.channel == **channel));
            for (_, told) in told.filter(|(_, told)| matches!(told, Told::Firing | Told::Digested)) {
                *told = Told::Outdated;
                rung.push(id.clone());
            }
        }
        rung
    }

    /// An alert of the group is over.
    pub(super) fn end(&mut self, id: &Id, alert: Alert, at: Millis, now: Millis) {
        if let Some(member) = self.members.get_mut(id) {
            member.alert = alert;
            member.ended_at = Some(at);
            self.changed_at = Some(now);
        }
    }

    /// Values and annotations change while an alert goes on: what is told is how it stands by now.
    pub(super) fn refresh(&mut self, fresh: &dyn Fn(&Id) -> Option<Alert>) {
        for (id, member) in self.members.iter_mut().filter(|(_, member)| member.ended_at.is_none()) {
            if let Some(alert) = fresh(id).filter(|alert| alert.since() == member.alert.since()) {
                member.alert = alert;
            }
        }
    }

    /// When it is to be looked at next.
    pub(super) fn due(&self, times: Times, now: Millis) -> Option<Millis> {
        let Some(flushed) = self.flushed_at else {
            // A clock that was set back makes nothing wait longer than it was meant to.
            return (!self.members.is_empty()).then(|| self.anchor.min(now.saturating_add(times.wait)));
        };
        let flushed = flushed.min(now);
        // With an interval, this moment's look has been; without one, there may be many at the same moment.
        let next = flushed + Millis::from(times.interval > 0);
        let news = self.changed_at.map(|at| at.clamp(next, now.max(next)));
        let held = self.holds_back.then(|| flushed + times.interval.max(LOOK));
        let goes_on = self.members.values().any(|member| member.ended_at.is_none() && !member.is_left);
        let repeat = times.repeat.filter(|_| goes_on).and_then(|repeat| Some(self.told_at.values().min()? + repeat));
        let moments = [news, held, repeat.map(|at| at.max(flushed + 1))];
        let ticks = moments.into_iter().flatten().map(|moment| self.tick(moment, times.interval));
        // The next step of an escalation is told when it is due, whenever there is news.
        let step = self.climb.as_ref().and_then(|climb| match climb.stage {
            Stage::Next(at) => Some(at.max(next)),
            _ => None,
        });
        ticks.chain(step).min()
    }

    /// The first moment, from this one on, that lies whole intervals behind the first one.
    fn tick(&self, moment: Millis, interval: Millis) -> Millis {
        if interval <= 0 || moment <= self.anchor {
            return moment;
        }
        let behind = (moment - self.anchor).rem_euclid(interval);
        if behind == 0 { moment } else { moment + interval - behind }
    }

    /// What is to be told now.
    pub(super) fn decide(&self, terms: &Terms<'_>, now: Millis) -> Decision {
        let mut decision = Decision::default();
        let (suppressed, firing): (Vec<_>, Vec<_>) = self
            .members
            .iter()
            .filter(|(_, member)| member.ended_at.is_none() && !member.is_left)
            .partition(|(_, member)| (terms.is_suppressed)(&member.alert));
        decision.holds_back = !suppressed.is_empty();
        for target in terms.targets {
            let ended = if target.send_resolved { self.ended(&target.channel) } else { Vec::new() };
            let is_news = firing.iter().any(|(_, member)| !member.was_told(&target.channel));
            let is_due = !firing.is_empty() && self.is_repeat_due(&target.channel, terms.repeat, now);
            let repeats = is_due && firing.iter().any(|(_, member)| !(terms.is_acknowledged)(&member.alert));
            if is_news || repeats || !ended.is_empty() {
                let firing = firing.iter().map(|(id, _)| (*id).clone()).collect();
                decision.tellings.push(Telling { target: target.clone(), firing, ended });
            }
            // Whoever has snoozed it will want to hear of it again.
            decision.holds_back |= is_due && !repeats;
            if !target.send_resolved {
                decision.deaf.push(target.channel.clone());
            } else if self.members.values().any(|member| member.is_over_in(&target.channel, Told::Digested)) {
                decision.digests.push(target.channel.clone());
            }
        }
        for former in self.former(terms) {
            match former.send_resolved {
                true => {
                    let mut ended = self.ended(&former.channel);
                    ended.extend(self.over_in(&former.channel, Told::Digested));
                    decision.tellings.push(Telling { target: former, firing: Vec::new(), ended });
                }
                false => decision.deaf.push(former.channel),
            }
        }
        if terms.is_quiet {
            decision.holds_back |= !decision.tellings.is_empty();
            decision.tellings.clear();
        }
        decision
    }

    /// Channels that are not told of this group any more, and were told of the beginning of what is over.
    fn former(&self, terms: &Terms<'_>) -> Vec<Target> {
        let known: std::collections::BTreeSet<&str> = self
            .members
            .values()
            .filter(|member| member.ended_at.is_some())
            .flat_map(|member| member.told.iter().filter(|(_, told)| told.knows()))
            .map(|(channel, _)| channel.as_str())
            .collect();
        let former = known.into_iter().filter(|channel| terms.targets.iter().all(|target| target.channel != *channel));
        let as_written = |channel: &str| terms.possible.iter().find(|target| target.channel == channel).cloned();
        former.map(|channel| as_written(channel).unwrap_or_else(|| Target::plain(channel))).collect()
    }

    /// What an escalation goes by.
    pub(super) fn facts(
        &self,
        is_quiet: bool,
        is_suppressed: &dyn Fn(&Alert) -> bool,
        is_taken: &dyn Fn(&Alert) -> bool,
    ) -> Facts {
        let mut facts = Facts { is_held: true, ..Facts::default() };
        for member in self.members.values().filter(|member| member.ended_at.is_none() && !member.is_left) {
            facts.is_firing = true;
            if is_suppressed(&member.alert) {
                continue;
            }
            facts.is_held = is_quiet;
            if !is_taken(&member.alert) {
                facts.is_open = true;
                facts.is_new |= !member.is_waited_for();
            }
        }
        facts
    }

    /// The alerts that are over, and of which a channel was told so much.
    fn over_in(&self, channel: &str, told: Told) -> impl Iterator<Item = Id> {
        self.members.iter().filter(move |(_, member)| member.is_over_in(channel, told)).map(|(id, _)| id.clone())
    }

    /// The alerts that are over, and of which a channel does not know that.
    fn ended(&self, channel: &str) -> Vec<Id> {
        self.members.iter().filter(|(_, member)| member.owes_end(channel)).map(|(id, _)| id.clone()).collect()
    }

    fn is_repeat_due(&self, channel: &str, repeat: Option<Millis>, now: Millis) -> bool {
        let told_at = self.told_at.get(channel);
        repeat.zip(told_at).is_some_and(|(repeat, told_at)| told_at.saturating_add(repeat) <= now)
    }

    /// Notes what was told. Returns the members that changed, and takes out those that are over.
    pub(super) fn settle(&mut self, decision: &Decision, now: Millis) -> (Vec<MemberRow>, Vec<Id>) {
        let mut touched = std::collections::BTreeSet::new();
        let mut note = |members: &mut BTreeMap<Id, Member>, id: &Id, channel: &str, told: Told| {
            if let Some(member) = members.get_mut(id)
                && member.told.insert(channel.to_owned(), told) != Some(told)
            {
                touched.insert(id.clone());
            }
        };
        for telling in &decision.tellings {
            let channel = &telling.target.channel;
            self.told_at.insert(channel.clone(), now);
            telling.firing.iter().for_each(|id| note(&mut self.members, id, channel, Told::Firing));
            telling.ended.iter().for_each(|id| note(&mut self.members, id, channel, Told::Resolved));
        }
        for (channel, ids) in &decision.gathered {
            ids.iter().for_each(|id| note(&mut self.members, id, channel, Told::Gathered));
        }
        for channel in &decision.deaf {
            let over: Vec<Id> = self.ended(channel).into_iter().chain(self.over_in(channel, Told::Digested)).collect();
            over.iter().for_each(|id| note(&mut self.members, id, channel, Told::Resolved));
        }
        self.flushed_at = Some(now);
        self.changed_at = None;
        self.holds_back = decision.holds_back;
        let gone = self.forget_over();
        let changed = touched.iter().filter_map(|id| self.member_row(id)).collect();
        (changed, gone)
    }

    /// Takes out what is over and nobody waits for.
    pub(super) fn forget_over(&mut self) -> Vec<Id> {
        let is_over = |member: &Member| member.ended_at.is_some() && !member.is_waited_for();
        let gone: Vec<Id> = self.members.iter().filter(|(_, member)| is_over(member)).map(|(id, _)| id.clone()).collect();
        self.members.retain(|_, member| !is_over(member));
        gone
    }

    /// Whose turn it is no more is not due to be told again; once it is theirs anew, the time runs from now.
    pub(super) fn excuse(&mut self, targets: &[Target], now: Millis) {
        let others = self.told_at.iter_mut().filter(|(channel, _)| targets.iter().all(|target| target.channel != **channel));
        others.for_each(|(_, at)| *at = now);
    }

    pub(super) fn row(&self) -> GroupRow {
        GroupRow {
            key: self.key.clone(),
            labels: self.labels.clone(),
            anchor: self.anchor,
            flushed_at: self.flushed_at,
            told_at: self.told_at.iter().map(|(channel, at)| (channel.clone(), *at)).collect(),
            climb: self.climb.clone(),
        }
    }

    pub(super) fn member_row(&self, id: &Id) -> Option<MemberRow> {
        let member = self.members.get(id)?;
        Some(MemberRow {
            group: self.key.clone(),
            alert: member.alert.clone(),
            ended_at: member.ended_at,
            told: member.told.iter().map(|(channel, told)| (channel.clone(), *told)).collect(),
        })
    }
}

#[cfg(test)]
mod tests;
