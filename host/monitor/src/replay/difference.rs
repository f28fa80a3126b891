//! What two replays of the same past have in common, and what not.

use std::collections::BTreeMap;

use vitrine_model::alert::EventKind;
use vitrine_model::{Labels, Millis};

use super::Sent;

/// The same message may come so much sooner or later.
const NEAR: Millis = 10 * 60_000;

/// Places in the two lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// The same receiver is told the same of the same alerts, at about the same time.
    pub both: Vec<(usize, usize)>,
    pub only_now: Vec<usize>,
    pub only_new: Vec<usize>,
}

type Key<'a> = (Option<&'a str>, &'a str, Vec<(&'static str, &'a Labels)>);

fn key(sent: &Sent) -> Key<'_> {
    let word = |kind: EventKind| kind.word();
    let mut alerts: Vec<_> = sent.alerts.iter().map(|alert| (word(alert.status), &alert.labels)).collect();
    alerts.sort();
    (sent.receiver.as_deref(), sent.channel.as_str(), alerts)
}

/// Holds the messages of now against those of another setup.
pub fn difference(now: &[Sent], new: &[Sent]) -> Difference {
    let mut sides: BTreeMap<Key<'_>, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    now.iter().enumerate().for_each(|(place, sent)| sides.entry(key(sent)).or_default().0.push(place));
    new.iter().enumerate().for_each(|(place, sent)| sides.entry(key(sent)).or_default().1.push(place));
    let mut difference = Difference::default();
    for (ours, theirs) in sides.into_values() {
        let (mut ours, mut theirs) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
        loop {
            match (ours.peek().copied(), theirs.peek().copied()) {
                (Some(one), Some(other)) if (now[one].at - new[other].at).abs() <= NEAR => {
                    difference.both.push((one, other));
                    ours.next();
                    theirs.next();
                }
                (Some(one), other) if other.is_none_or(|other| now[one].at < new[other].at) => {
                    difference.only_now.push(one);
                    ours.next();
                }
                (_, Some(other)) => {
                    difference.only_new.push(other);
                    theirs.next();
                }
                _ => break,
            }
        }
    }
    difference.both.sort_unstable();
    difference.only_now.sort_unstable();
    difference.only_new.sort_unstable();
    difference
}
