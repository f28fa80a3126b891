//! How much a channel of a receiver is told in a time: what is over that waits for a digest. Pure.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use vitrine_model::port::notices::RateRow;
use vitrine_model::{Millis, Span};

/// Messages of one window that are kept in mind.
pub(super) const MOST: usize = 1_000;

/// Where nothing limits a receiver any more, what is left of a digest is looked at so often.
const LOOK: Millis = 60_000;

/// No more than so many messages in any span of that length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub notices: usize,
    pub per: Millis,
}

/// What holds where nobody says otherwise.
pub(super) const USUAL: Rate = Rate { notices: 60, per: Span::from_secs(10 * 60).millis() };

/// Receiver and channel.
pub(super) type Line = (String, String);

/// What one channel of a receiver was told of late.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ledger {
    told: VecDeque<Millis>,
    digest_at: Option<Millis>,
    pub(super) gathers_since: Option<Millis>,
    pub(super) put_off: u64,
}

/// All of them, and which have to be written down.
#[derive(Debug, Default)]
pub(super) struct Rates {
    ledgers: BTreeMap<Line, Ledger>,
    touched: BTreeSet<Line>,
}

impl Ledger {
    /// Whether one more may be told.
    fn has_room(&self, rate: Rate, now: Millis) -> bool {
        self.freed_at(rate, now) <= now
    }

    /// The first moment from now on at which one more may be told.
    fn freed_at(&self, rate: Rate, now: Millis) -> Millis {
        // A clock that was set back makes nobody wait for longer than a window.
        let counted: Vec<Millis> = self.told.iter().map(|at| (*at).min(now)).collect();
        match counted.len().checked_sub(rate.notices) {
            Some(place) => counted.get(place).map_or(now, |at| now.max(at.saturating_add(rate.per))),
            None => now,
        }
    }

    /// When the digest may be told that gathers now: no sooner than a window after the one before.
    fn due(&self, rate: Option<Rate>, now: Millis) -> Option<Millis> {
        self.gathers_since?;
        let after = |pause| self.digest_at.map_or(now, |before| before.min(now).saturating_add(pause));
        Some(rate.map_or_else(|| after(LOOK), |rate| self.freed_at(rate, now).max(after(rate.per))))
    }

    fn row(&self, (receiver, channel): &Line) -> RateRow {
        RateRow {
            receiver: receiver.clone(),
            channel: channel.clone(),
            told: self.told.iter().copied().collect(),
            digest_at: self.digest_at,
            gathers_since: self.gathers_since,
            put_off: self.put_off,
        }
    }
}

impl Rates {
    pub(super) fn restore(rows: Vec<RateRow>) -> Rates {
        let ledger = |row: RateRow| {
            let told = row.told.into();
            let kept = Ledger { told, digest_at: row.digest_at, gathers_since: row.gathers_since, put_off: row.put_off };
            ((row.receiver, row.channel), kept)
        };
        Rates { ledgers: rows.into_iter().map(ledger).collect(), touched: BTreeSet::new() }
    }

    pub(super) fn get(&self, line: &Line) -> Option<&Ledger> {
        self.ledgers.get(line)
    }

    /// Whether news may be told by itself: once a digest gathers, all news goes there.
    pub(super) fn lets_news(&self, line: &Line, rate: Rate, now: Millis) -> bool {
        self.ledgers.get(line).is_none_or(|ledger| ledger.gathers_since.is_none() && ledger.has_room(rate, now))
    }

    /// Whether something may be told that no digest can say.
    pub(super) fn has_room(&self, line: &Line, rate: Rate, now: Millis) -> bool {
        self.ledgers.get(line).is_none_or(|ledger| ledger.has_room(rate, now))
    }

    /// Notes that something is told.
    pub(super) fn note(&mut self, line: &Line, rate: Rate, now: Millis) {
        let ledger = self.ledgers.entry(line.clone()).or_default();
        ledger.told.retain(|at| at.saturating_add(rate.per) > now);
        ledger.told.push_back(now);
        while ledger.told.len() > rate.notices.min(MOST) {
            ledger.told.pop_front();
        }
        self.touched.insert(line.clone());
    }

    /// Notes that something waits for a digest, in place of so many messages.
    pub(super) fn gather(&mut self, line: &Line, messages: u64, now: Millis) {
        let ledger = self.ledgers.entry(line.clone()).or_default();
        if ledger.gathers_since.is_none() || messages > 0 {
            ledger.gathers_since.get_or_insert(now);
            ledger.put_off += messages;
            self.touched.insert(line.clone());
        }
    }

    /// Notes that the digest was made. One that could not take all in gathers on.
    pub(super) fn digested(&mut self, line: &Line, is_told: bool, gathers_on: bool, now: Millis) {
        let Some(ledger) = self.ledgers.get_mut(line) else { return };
        ledger.gathers_since = gathers_on.then_some(now);
        if is_told || !gathers_on {
            ledger.put_off = 0;
        }
        if is_told || gathers_on {
            ledger.digest_at = Some(now);
        }
        self.touched.insert(line.clone());
    }

    /// The digests that gather now, and when they are due.
    pub(super) fn due<'a>(
        &'a self,
        rate: impl Fn(&Line) -> Option<Rate> + 'a,
        now: Millis,
    ) -> impl Iterator<Item = (Millis, &'a Line)> + 'a {
        self.ledgers.iter().filter_map(move |(line, ledger)| Some((ledger.due(rate(line), now)?, line)))
    }

    /// Forgets what nobody speaks of any more; returns that.
    pub(super) fn retain(&mut self, is_known: impl Fn(&Line) -> bool) -> Vec<Line> {
        let gone: Vec<Line> = self.ledgers.keys().filter(|line| !is_known(line)).cloned().collect();
        for line in &gone {
            self.ledgers.remove(line);
            self.touched.remove(line);
        }
        gone
    }

    /// What is to be written down.
    pub(super) fn changes(&mut self) -> Vec<RateRow> {
        let touched = std::mem::take(&mut self.touched);
        touched.iter().filter_map(|line| Some(self.ledgers.get(line)?.row(line))).collect()
    }
}
