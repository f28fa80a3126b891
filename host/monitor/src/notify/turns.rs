//! Whose turn it is to be told: each channel has its own places, so that one that hangs, or wants to be left alone, holds up
//! nobody else. Pure.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vitrine_model::Millis;
use vitrine_model::port::deliveries::{Delivery, Room};

/// Deliveries under way at once, in all and of one channel.
const AT_ONCE: usize = 256;
const OF_ONE: usize = 4;

/// The longest that all of a channel waits because of one answer: another message may be welcome.
const HELD: Millis = 5 * 60_000;

/// The deliveries that this process is making right now, and the channels that want to be left alone.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    under_way: HashSet<i64>,
    of: BTreeMap<String, usize>,
    held: BTreeMap<String, Millis>,
}

impl Turns {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What may be claimed now.
    pub(super) fn room(&self, now: Millis) -> Room {
        let mut state = self.state();
        // A clock that was set back leaves nobody alone for longer than it should.
        state.held.retain(|_, until| (now + 1..=now + HELD).contains(until));
        let busy = state.of.iter().map(|(channel, count)| (channel.clone(), OF_ONE.saturating_sub(*count)));
        let held = state.held.keys().map(|channel| (channel.clone(), 0));
        let all = AT_ONCE.saturating_sub(state.under_way.len());
        Room { all, each: OF_ONE, of: busy.chain(held).collect() }
    }

    /// Begins one; none where it is under way already: a claim that ran out while the call goes on is no reason to tell twice.
    pub(super) fn begin(&self, delivery: &Delivery) -> Option<Turn> {
        let mut state = self.state();
        if !state.under_way.insert(delivery.id) {
            return None;
        }
        *state.of.entry(delivery.channel.clone()).or_default() += 1;
        Some(Turn { turns: self.clone(), id: delivery.id, channel: delivery.channel.clone() })
    }

    /// A channel asked to be left alone.
    pub(super) fn hold(&self, channel: &str, now: Millis, until: Millis) {
        self.state().held.insert(channel.to_owned(), until.min(now + HELD));
    }

    /// When the first of those that are left alone may be asked again.
    pub(super) fn next_free(&self) -> Option<Millis> {
        self.state().held.values().min().copied()
    }
}

/// A delivery under way, until dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    id: i64,
    channel: String,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        state.under_way.remove(&self.id);
        if let Some(count) = state.of.get_mut(&self.channel) {
            *count -= 1;
            if *count == 0 {
                state.of.remove(&self.channel);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use vitrine_model::Labels;
    use vitrine_model::alert::EventKind;
    use vitrine_model::notification::Notification;

    use super::*;

    fn delivery(id: i64, channel: &str) -> Delivery {
        let notification = Notification {
            status: EventKind::Firing,
            title: String::new(),
            group: String::new(),
            group_labels: Labels::new(),
            alerts: Vec::new(),
            host: String::new(),
            time_zone: String::new(),
        };
        let (key, channel, line) = (id.to_string(), channel.to_owned(), String::new());
        Delivery { id, key, channel, line, fallbacks: Vec::new(), notification, created_at: 0, attempts: 1 }
    }

    #[test]
    fn a_channel_has_its_places_and_none_of_another() {
        let turns = Turns::default();
        let mut under_way: Vec<Turn> = (0..4).map(|id| turns.begin(&delivery(id, "mail")).unwrap()).collect();
        assert!(turns.begin(&delivery(3, "mail")).is_none());
        let room = turns.room(0);
        assert_eq!((room.of("mail"), room.of("sms"), room.all), (0, OF_ONE, AT_ONCE - 4));
        under_way.pop();
        assert_eq!(turns.room(0).of("mail"), 1);
        assert!(turns.begin(&delivery(3, "mail")).is_some());
        under_way.clear();
        assert_eq!(turns.room(0), Room { all: AT_ONCE, each: OF_ONE, of: BTreeMap::new() });
    }

    #[test]
    fn one_that_wants_to_be_left_alone_is_for_a_while() {
        let turns = Turns::default();
        turns.hold("chat", 1_000, 3_000);
        turns.hold("sms", 1_000, 86_400_000);
        assert_eq!(turns.next_free(), Some(3_000));
        assert_eq!((turns.room(2_999).of("chat"), turns.room(2_999).of("mail")), (0, OF_ONE));
        assert_eq!(turns.room(3_000).of("chat"), OF_ONE);
        assert_eq!((turns.room(300_999).of("sms"), turns.room(301_000).of("sms")), (0, OF_ONE));
        // The clock was set back by a day.
        turns.hold("sms", 86_400_000, 86_409_000);
        assert_eq!(turns.room(0).of("sms"), OF_ONE);
    }
}
