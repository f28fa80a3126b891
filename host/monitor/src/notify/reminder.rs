//! The end of silences, told to whoever made them a while before: once, however often the host is restarted.

use vitrine_model::Millis;
use vitrine_model::port::notices::NoticeChange;
use vitrine_model::silence::Silence;

use super::groups::Groups;
use super::hush::Hush;
use super::notice;
use super::route::{Route, Routing, Target};

/// When somebody is to be reminded of the end of a silence, if ever.
pub(super) fn due(silence: &Silence, routing: &Routing) -> Option<Millis> {
    let before = silence.remind.unwrap_or(routing.roster.reminder);
    let at = silence.ends_at.saturating_sub(before);
    // One that is shorter than that needs no reminder: it was made just now.
    (before > 0 && at > silence.starts_at && !silence.reminded).then_some(at)
}

/// The next moment at which somebody is to be reminded.
pub(super) fn next(hush: &Hush, routing: &Routing, now: Millis) -> Option<Millis> {
    let ahead = hush.silences.iter().filter(|(silence, _)| now < silence.ends_at);
    ahead.filter_map(|(silence, _)| due(silence, routing)).min()
}

/// What is to be told now.
pub(super) fn remind(hush: &Hush, groups: &Groups, route: &Route, now: Millis) -> NoticeChange {
    let mut change = NoticeChange::default();
    for (silence, matchers) in hush.silences.iter().filter(|(silence, _)| now < silence.ends_at) {
        if due(silence, &route.routing).is_none_or(|at| at > now) {
            continue;
        }
        let hidden = groups.hidden(matchers);
        let targets = whom(silence, &route.routing, hush, now);
        if targets.is_empty() {
            tracing::warn!(silence.id = silence.id, "a silence ends soon, and there is nobody to be reminded");
        }
        change.deliveries.extend(targets.iter().map(|target| notice::reminder(silence, hidden, target, route, now)));
        change.reminded.push(silence.id.clone());
    }
    change
}

/// Its author, or else the receiver that the files name, or else that of the root.
fn whom(silence: &Silence, routing: &Routing, hush: &Hush, now: Millis) -> Vec<Target> {
    let author = routing.roster.targets_of(&silence.author);
    if !author.is_empty() {
        return author.to_vec();
    }
    let root = routing.nodes().first().map(|node| node.receiver.as_str());
    let name = routing.roster.reminded.as_deref().or(root);
    let receiver = name.and_then(|name| routing.receivers.get(name));
    receiver.map_or(Vec::new(), |receiver| routing.told_by(receiver, now, &hush.overrides))
}
