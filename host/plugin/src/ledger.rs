//! What an instance did with its rights: how often each was used and refused, and why; and what it said last. Newest last.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use vitrine_model::Millis;

/// Different refusals kept; the one that has not come for longest goes first.
const REFUSALS: usize = 100;

/// Letters of a reason or of a line that are kept.
const REASON: usize = 512;

/// Secrets counted, and letters of a name: a guest may make up as many as it likes.
const SECRETS: usize = 100;
const SECRET_NAME: usize = 100;

/// Lines of log kept.
const LINES: usize = 50;

/// Written at each call of a capability, read by pages. It begins anew with each swap of the instance.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    rights: BTreeMap<&'static str, Tally>,
    /// By the names that the guest gave them.
    secrets: BTreeMap<String, Tally>,
    refusals: Vec<Refusal>,
    lines: VecDeque<Line>,
    lines_so_far: u64,
}

/// A line of log, as the guest wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counts from one.
    pub number: u64,
    pub at: Millis,
    pub level: &'static str,
    pub text: String,
}

/// One right's use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub used: u64,
    pub last_used: Option<Millis>,
    pub refused: u64,
    pub last_refused: Option<Millis>,
}

/// A refusal; the same one again only counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub right: &'static str,
    pub reason: String,
    pub count: u64,
    pub first: Millis,
    pub last: Millis,
}

impl Tally {
    fn was_used(&mut self, now: Millis) {
        self.used += 1;
        self.last_used = Some(now);
    }

    fn was_refused(&mut self, now: Millis) {
        self.refused += 1;
        self.last_refused = Some(now);
    }
}

impl Entries {
    /// Where there are too many names already, new ones are not counted.
    fn secret(&mut self, name: &str, count: impl FnOnce(&mut Tally)) {
        let name: String = name.chars().take(SECRET_NAME).collect();
        if self.secrets.len() < SECRETS || self.secrets.contains_key(&name) {
            count(self.secrets.entry(name).or_default());
        }
    }
}

impl Ledger {
    pub(crate) fn used(&self, right: &'static str, now: Millis) {
        self.entries().rights.entry(right).or_default().was_used(now);
    }

    /// In a request that went out.
    pub(crate) fn used_secrets(&self, names: &BTreeSet<String>, now: Millis) {
        let mut entries = self.entries();
        for name in names {
            entries.secret(name, |tally| tally.was_used(now));
        }
    }

    /// Why is among the refusals of the right that it was to be used with.
    pub(crate) fn refused_secrets(&self, names: &BTreeSet<String>, now: Millis) {
        let mut entries = self.entries();
        for name in names {
            entries.secret(name, |tally| tally.was_refused(now));
        }
    }

    pub(crate) fn refused(&self, right: &'static str, reason: &str, now: Millis) {
        let reason: String = reason.chars().take(REASON).collect();
        let mut entries = self.entries();
        entries.rights.entry(right).or_default().was_refused(now);
        let known = entries.refusals.iter().position(|refusal| refusal.right == right && refusal.reason == reason);
        let refusal = match known {
            Some(place) => {
                let known = entries.refusals.remove(place);
                Refusal { count: known.count + 1, last: now, ..known }
            }
            None => Refusal { right, reason, count: 1, first: now, last: now },
        };
        if entries.refusals.len() >= REFUSALS {
            entries.refusals.remove(0);
        }
        entries.refusals.push(refusal);
    }

    pub(crate) fn wrote(&self, level: &'static str, text: &str, now: Millis) {
        let text: String = text.chars().take(REASON).collect();
        let mut entries = self.entries();
        entries.lines_so_far += 1;
        let number = entries.lines_so_far;
        if entries.lines.len() >= LINES {
            entries.lines.pop_front();
        }
        entries.lines.push_back(Line { number, at: now, level, text });
    }

    pub fn lines(&self) -> Vec<Line> {
        self.entries().lines.iter().cloned().collect()
    }

    /// By the right's word; those never used nor refused are not there.
    pub fn rights(&self) -> BTreeMap<&'static str, Tally> {
        self.entries().rights.clone()
    }

    /// By name; those never used nor refused are not there.
    pub fn secrets(&self) -> BTreeMap<String, Tally> {
        self.entries().secrets.clone()
    }

    /// The newest last.
    pub fn refusals(&self) -> Vec<Refusal> {
        self.entries().refusals.clone()
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_refusal_again_only_counts() {
        let ledger = Ledger::default();
        ledger.used("http", 1);
        for now in 2..5 {
            ledger.refused("http", "no", now);
        }
        ledger.refused("mail", "no", 5);
        ledger.refused("http", "no", 6);
        let http = Tally { used: 1, last_used: Some(1), refused: 4, last_refused: Some(6) };
        assert_eq!(ledger.rights().get("http"), Some(&http));
        let newest = Refusal { right: "http", reason: "no".to_owned(), count: 4, first: 2, last: 6 };
        assert_eq!((ledger.refusals().len(), ledger.refusals().pop()), (2, Some(newest)));
    }

    #[test]
    fn one_that_finds_ever_new_ways_fills_no_memory() {
        let ledger = Ledger::default();
        for number in 0..1_000 {
            ledger.refused("http", &format!("{number}{}", "x".repeat(10_000)), number);
        }
        let refusals = ledger.refusals();
        assert_eq!((refusals.len(), refusals[0].first), (REFUSALS, 900));
        assert!(refusals.iter().all(|refusal| refusal.reason.len() <= REASON));
        assert_eq!(ledger.rights()["http"].refused, 1_000);
    }

    #[test]
    fn secrets_are_counted_by_name_and_made_up_ones_fill_no_memory() {
        let ledger = Ledger::default();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
        ledger.used_secrets(&names(&["key", "other"]), 1);
        ledger.refused_secrets(&names(&["key"]), 2);
        let key = Tally { used: 1, last_used: Some(1), refused: 1, last_refused: Some(2) };
        assert_eq!(ledger.secrets()["key"], key);
        for number in 0..1_000 {
            ledger.refused_secrets(&names(&[&format!("{number}{}", "x".repeat(10_000))]), 3);
        }
        ledger.used_secrets(&names(&["key"]), 4);
        let secrets = ledger.secrets();
        assert_eq!((secrets.len(), secrets["key"].used), (SECRETS, 2));
        assert!(secrets.keys().all(|name| name.len() <= SECRET_NAME));
    }

    #[test]
    fn the_last_lines_are_kept_and_counted() {
        let ledger = Ledger::default();
        for number in 1..=200 {
            ledger.wrote("info", &"x".repeat(10_000), number);
        }
        let lines = ledger.lines();
        assert_eq!((lines.len(), lines[0].number, lines[LINES - 1].at), (LINES, 151, 200));
        assert!(lines.iter().all(|line| line.text.len() <= REASON));
    }
}
