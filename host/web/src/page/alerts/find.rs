//! What the page of alerts shows of the board: states to choose from, a page of rows, or of groups with their first rows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::rows::{AlertRow, row};
use crate::alerts::filter::{Filter, Wanted};
use crate::alerts::{Board, Entry, Standing};
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::web::Web;

/// Rows of a page.
const ROWS: usize = 100;
/// Groups of a page, and rows of each.
const GROUPS: usize = 25;
const ROWS_OF_GROUP: usize = 8;

/// Which page, from one on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page(usize);

impl Page {
    pub(super) fn read(pairs: &[(String, String)]) -> Page {
        let asked = pairs.iter().rfind(|(name, _)| name == "page").and_then(|(_, text)| text.parse().ok());
        Page(asked.unwrap_or(1).clamp(1, 1_000_000))
    }

    /// As an address writes it; the first is not written.
    pub(super) fn word(self) -> String {
        if self.0 == 1 { String::new() } else { self.0.to_string() }
    }
}

/// A state that one may choose.
#[derive(Serialize)]
struct Chip {
    word: &'static str,
    mood: &'static str,
    count: usize,
    href: String,
    chosen: bool,
}

#[derive(Serialize)]
struct GroupRows {
    /// The value they have in common; empty where they have none, or nothing is grouped.
    title: String,
    key: String,
    /// `3 alerts`.
    counted: String,
    /// Leads to all of them, where not all are shown.
    more: Option<Link>,
    rows: Vec<AlertRow>,
}

#[derive(Serialize)]
struct Link {
    href: String,
    word: String,
}

#[derive(Serialize)]
pub(super) struct Found {
    chips: Vec<Chip>,
    groups: Vec<GroupRows>,
    is_grouped: bool,
    /// Alerts found, and alerts shown.
    total: usize,
    shown: usize,
    /// `1–100 of 9,981`.
    place: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    /// There are some, whatever was asked for.
    has_any: bool,
}

impl Found {
    pub(super) fn nothing() -> Found {
        Found {
            chips: Vec::new(),
            groups: Vec::new(),
            is_grouped: false,
            total: 0,
            shown: 0,
            place: None,
            previous: None,
            next: None,
            has_any: true,
        }
    }

    pub(super) fn new(web: &Web, reader: Reader, board: &Board, wanted: &Wanted, filter: &Filter, page: Page) -> Found {
        let like: Vec<&Entry> = board.entries.iter().filter(|entry| filter.is_like(entry)).collect();
        let chips = chips(reader, wanted, &like);
        let taken: Vec<&Entry> = like.into_iter().filter(|entry| filter.takes(entry)).collect();
        let total = taken.len();
        let (groups, place, last) = match wanted.group.as_str() {
            "" => plain(web, reader, board, &taken, page),
            label => grouped(web, reader, board, wanted, label, &taken, page),
        };
        let to = |page: usize| format!("/alerts?{}", wanted.address(&[("page", Page(page).word().as_str())]));
        Found {
            chips,
            is_grouped: !wanted.group.is_empty(),
            shown: groups.iter().map(|group| group.rows.len()).sum(),
            groups,
            total,
            place,
            previous: (page.0 > 1).then(|| to((page.0 - 1).min(last))),
            next: (page.0 < last).then(|| to(page.0 + 1)),
            has_any: !board.entries.is_empty(),
        }
    }

    /// Of the alerts that have a row.
    pub(super) fn ids(&self) -> HashSet<String> {
        self.groups.iter().flat_map(|group| &group.rows).map(|row| row.id.clone()).collect()
    }
}

fn chips(reader: Reader, wanted: &Wanted, like: &[&Entry]) -> Vec<Chip> {
    let says = reader.alerting();
    let chip = |standing: Standing| Chip {
        word: match standing {
            Standing::Firing => says.firing_many,
            Standing::Acknowledged => says.acknowledged_many,
            Standing::Pending => says.pending_many,
            Standing::Inhibited => says.inhibited_many,
            Standing::Silenced => says.silenced_many,
        },
        mood: super::moods(standing),
        count: like.iter().filter(|entry| entry.standing == standing).count(),
        href: format!("/alerts?{}", wanted.address(&[("state", standing.word())])),
        chosen: wanted.state == standing.word(),
    };
    let all = Chip {
        word: says.all_states,
        mood: "",
        count: like.len(),
        href: format!("/alerts?{}", wanted.address(&[("state", "")])),
        chosen: wanted.state.is_empty(),
    };
    [all].into_iter().chain(Standing::ALL.map(chip)).collect()
}

type Laid = (Vec<GroupRows>, Option<String>, usize);

fn plain(web: &Web, reader: Reader, board: &Board, taken: &[&Entry], page: Page) -> Laid {
    let last = taken.len().div_ceil(ROWS).max(1);
    let from = (page.0.min(last) - 1) * ROWS;
    let shown = &taken[from..taken.len().min(from + ROWS)];
    let rows = shown.iter().map(|entry| row(web, reader, board, entry)).collect();
    let group = GroupRows { title: String::new(), key: String::new(), counted: String::new(), more: None, rows };
    (vec![group], place(reader, from, shown.len(), taken.len(), last), last)
}

fn grouped(web: &Web, reader: Reader, board: &Board, wanted: &Wanted, label: &str, taken: &[&Entry], page: Page) -> Laid {
    let mut groups: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in taken {
        groups.entry(entry.alert.labels.get(label).unwrap_or("")).or_default().push(entry);
    }
    let mut groups: Vec<(&str, Vec<&Entry>)> = groups.into_iter().collect();
    // The worst first, then the largest.
    groups.sort_by_key(|(_, entries)| (entries.iter().map(|entry| entry.standing).min(), Reverse(entries.len())));
    let last = groups.len().div_ceil(GROUPS).max(1);
    let from = (page.0.min(last) - 1) * GROUPS;
    let count = groups.len();
    let shown: Vec<_> = groups.into_iter().skip(from).take(GROUPS).collect();
    let place = place(reader, from, shown.len(), count, last);
    let rows = |(value, entries): (&str, Vec<&Entry>)| group(web, reader, board, wanted, label, value, &entries);
    (shown.into_iter().map(rows).collect(), place, last)
}

fn group(web: &Web, reader: Reader, board: &Board, wanted: &Wanted, label: &str, value: &str, entries: &[&Entry]) -> GroupRows {
    let says = reader.alerting();
    let counted = match entries.len() {
        1 => says.one_alert_counted.to_owned(),
        many => filled(says.alerts_counted, &[&many.to_string()]),
    };
    // Words cannot be joined with a matcher: there the link leads to the group alone.
    let is_matched = wanted.q.contains(['=', '~', '{']);
    let only = format!("{label}={value:?}");
    let q = if is_matched { format!("{}, {only}", wanted.q.trim_matches(['{', '}'])) } else { only };
    let more = (entries.len() > ROWS_OF_GROUP).then(|| Link {
        href: format!("/alerts?{}", wanted.address(&[("q", q.as_str()), ("group", "")])),
        word: filled(says.all_of_them, &[&entries.len().to_string()]),
    });
    GroupRows {
        title: if value.is_empty() { filled(says.without, &[label]) } else { value.to_owned() },
        key: value.to_owned(),
        counted,
        more,
        rows: entries.iter().take(ROWS_OF_GROUP).map(|entry| row(web, reader, board, entry)).collect(),
    }
}

fn place(reader: Reader, from: usize, shown: usize, total: usize, last: usize) -> Option<String> {
    let of = [from + 1, from + shown, total].map(|number| number.to_string());
    (last > 1).then(|| filled(reader.says().rows_shown, &[&of[0], &of[1], &of[2]]))
}
