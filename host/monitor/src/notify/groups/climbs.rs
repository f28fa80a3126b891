//! Escalations of all groups: whose clock runs, and whom the step tells that is due. And what somebody is given to take on.

use vitrine_model::Millis;
use vitrine_model::alert::Alert;
use vitrine_model::port::notices::{NoticeChange, Told};
use vitrine_model::silence::{Acknowledgement, all_match};

use super::Groups;
use crate::notify::escalation::{self, Facts, Ladder};
use crate::notify::group::{Group, Id, Telling};
use crate::notify::hush::Hush;
use crate::notify::notice;
use crate::notify::route::{Node, Target};

impl Groups {
    pub(super) fn is_suppressed(&self, alert: &Alert, hush: &Hush, now: Millis) -> bool {
        hush.is_silenced(&alert.labels, now) || self.inhibitions.source_of(&alert.labels).is_some()
    }

    fn facts(&self, group: &Group, node: Option<&Node>, hush: &Hush, now: Millis) -> Facts {
        let is_group_taken = hush.is_acknowledged(&notice::group_id(&group.key), now);
        let is_quiet = node.is_some_and(|node| self.route.routing.quiet(node, now).is_some());
        let is_suppressed = |alert: &Alert| self.is_suppressed(alert, hush, now);
        let is_taken = |alert: &Alert| is_group_taken || hush.is_acknowledged(&notice::fingerprint(&alert.labels), now);
        group.facts(is_quiet, &is_suppressed, &is_taken)
    }

    /// Takes the step of a group that is due, if one is: whom it tells is to be told anew. Returns the alerts.
    pub(super) fn step(&self, group: &mut Group, node: Option<&Node>, hush: &Hush, now: Millis) -> Vec<Id> {
        let routing = &self.route.routing;
        let ladder: Ladder<'_> = node.and_then(|node| routing.ladder(node));
        if ladder.is_none() && group.climb.is_none() {
            return Vec::new();
        }
        let facts = self.facts(group, node, hush, now);
        let (climb, step) = escalation::step(group.climb.as_ref(), ladder, facts, now);
        group.climb = climb;
        let told = step.zip(ladder).map(|(place, (_, ladder))| &ladder.steps[place].tell);
        let told = told.map_or(Vec::new(), |receiver| routing.told_by(receiver, now, &hush.overrides));
        group.ring(&told, &|alert| self.is_suppressed(alert, hush, now))
    }

    /// Stops and starts the clocks of escalations. Returns the groups of which that has to be kept.
    pub(super) fn look_at_climbs(&mut self, hush: &Hush, now: Millis) -> Vec<String> {
        if self.groups.values().all(|group| group.climb.is_none()) {
            return Vec::new();
        }
        self.inhibitions();
        let routing = std::sync::Arc::clone(&self.route.routing);
        let mut changed = Vec::new();
        for (key, group) in self.groups.iter().filter(|(_, group)| group.climb.is_some()) {
            let node = group.node.and_then(|place| routing.nodes().get(place));
            let ladder = node.and_then(|node| routing.ladder(node));
            let climb = escalation::look(group.climb.as_ref(), ladder, self.facts(group, node, hush, now), now);
            if climb != group.climb {
                changed.push((key.clone(), climb));
            }
        }
        for (key, climb) in &changed {
            if let Some(group) = self.groups.get_mut(key) {
                group.climb.clone_from(climb);
            }
            self.plan(key, now);
        }
        changed.into_iter().map(|(key, _)| key).collect()
    }

    /// Writes down how these escalations stand, where it is not written yet.
    pub(super) fn note_climbs(&self, keys: Vec<String>, change: &mut NoticeChange) {
        let written: std::collections::BTreeSet<String> = change.groups.iter().map(|row| row.key.clone()).collect();
        let left = keys.into_iter().filter(|key| !written.contains(key));
        change.groups.extend(left.filter_map(|key| Some(self.groups.get(&key)?.row())));
    }

    /// Gives an alert or a group to somebody: it is theirs, they are told, and they will be told of its end.
    pub(in crate::notify) fn assign(&mut self, given: &Acknowledgement, targets: &[Target], now: Millis) -> NoticeChange {
        let mut change = NoticeChange { acknowledged: vec![given.clone()], ..NoticeChange::default() };
        let found = self.groups.iter().find_map(|(key, group)| {
            let is_all = notice::group_id(key) == given.target;
            let is_meant = |id: &Id| is_all || notice::fingerprint(&id.1) == given.target;
            let fires = group.members.iter().filter(|(_, member)| member.ended_at.is_none());
            let ids: Vec<Id> = fires.map(|(id, _)| id.clone()).filter(is_meant).collect();
            (!ids.is_empty()).then(|| (key.clone(), ids))
        });
        let Some((key, ids)) = found else { return change };
        let Some(group) = self.groups.get_mut(&key) else { return change };
        for target in targets {
            let telling = Telling { target: target.clone(), firing: ids.clone(), ended: Vec::new() };
            let mut delivery = notice::delivery(group, &telling, &self.route, now, now);
            delivery.key.push_str("-given");
            change.deliveries.push(delivery);
            for id in &ids {
                if let Some(member) = group.members.get_mut(id) {
                    member.told.insert(target.channel.clone(), Told::Firing);
                }
            }
        }
        change.groups.push(group.row());
        change.members.extend(ids.iter().filter_map(|id| group.member_row(id)));
        change
    }

    /// How many alerts that fire these matchers fit.
    pub(in crate::notify) fn hidden(&self, matchers: &[vitrine_model::Matcher]) -> usize {
        let firing = self.groups.values().flat_map(|group| &group.members).filter(|(_, member)| member.ended_at.is_none());
        let hidden: std::collections::BTreeSet<&Id> = firing.map(|(id, _)| id).filter(|id| all_match(matchers, &id.1)).collect();
        hidden.len()
    }
}
