//! Rollups: they answer as the samples would where a hint allows, and in their place once these are forgotten.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;
use vitrine_model::Millis;
use vitrine_model::port::samples::{Hint, Keep, Select, SelectLimits};
use vitrine_model::sample::{is_stale, stale};

use super::open;
use super::samples::{append, named, selected};
use crate::{Rollups, Settings, Store};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

fn count(folder: &TempDir, table: &str) -> i64 {
    let connection = Connection::open(folder.path().join("samples.db")).unwrap();
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

fn execute(folder: &TempDir, sql: &str) {
    Connection::open(folder.path().join("samples.db")).unwrap().execute_batch(sql).unwrap();
}

fn scan(store: &Store, start: Millis, end: Millis, hint: Option<Hint>) -> BTreeMap<String, Vec<(Millis, f64)>> {
    let mut found = BTreeMap::new();
    let select = Select { hint, ..Select::new(&[], start, end, SelectLimits::NONE) };
    store
        .samples()
        .scan(&select, &mut |labels, times, values| {
            assert!(times.is_sorted_by(|a, b| a < b), "times of {labels} are not in order");
            found.insert(labels.to_string(), times.iter().copied().zip(values.iter().copied()).collect());
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

/// What matters of samples to whoever gives such a hint: a value for each span, as bits.
fn matters(samples: &[(Millis, f64)], hint: Hint) -> BTreeMap<i64, u64> {
    let mut spans: BTreeMap<i64, f64> = BTreeMap::new();
    for (time, value) in samples {
        let span = (time - 1).div_euclid(hint.every);
        match hint.keep {
            Keep::Last => drop(spans.insert(span, *value)),
            _ if is_stale(*value) => {}
            Keep::Least => drop(spans.entry(span).and_modify(|so_far| *so_far = so_far.min(*value)).or_insert(*value)),
            Keep::Greatest => drop(spans.entry(span).and_modify(|so_far| *so_far = so_far.max(*value)).or_insert(*value)),
        }
    }
    spans.into_iter().map(|(span, value)| (span, value.to_bits())).collect()
}

fn same(store: &Store, start: Millis, end: Millis, hint: Hint) {
    let (all, some) = (scan(store, start, end, None), scan(store, start, end, Some(hint)));
    for (labels, samples) in &all {
        let found = some.get(labels).map_or(&[][..], Vec::as_slice);
        assert_eq!(matters(found, hint), matters(samples, hint), "{labels} from {start} to {end}, {hint:?}");
    }
    assert!(some.keys().all(|labels| all.contains_key(labels)));
}

/// Every five minutes, two days and two hours; the first of them is merged.
fn two_days(store: &Store) {
    for round in 0..(2 * DAY + 2 * HOUR) / (5 * MINUTE) {
        append(store, &[("up/a", round * 5 * MINUTE, round as f64), ("up/b", round * 5 * MINUTE + 7, -round as f64)]);
    }
    store.settle().unwrap();
}

/// Takes what is late by days.
fn patient(folder: &TempDir) -> Store {
    Store::open_with(folder.path(), Settings { out_of_order: 30 * DAY, ..Settings::default() }).unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    /// Series, second, value.
    Append(Vec<(u8, u32, i8)>),
    Settle,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    // Half of them on the minute, where spans begin and end.
    let second =
        prop_oneof![0_u32..260_000, (0_u32..4_300).prop_map(|minute| minute * 60), (0_u32..72).prop_map(|hour| hour * 3_600)];
    prop_oneof![
        4 => prop::collection::vec((0_u8..3, second, any::<i8>()), 1..120).prop_map(Step::Append),
        2 => Just(Step::Settle),
        1 => Just(Step::Reopen),
    ]
}

fn value(of: i8) -> f64 {
    match of {
        -128..=-115 => stale(),
        -114..=-105 => f64::NAN,
        of => f64::from(of) / 4.0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn with_a_hint_the_answer_is_that_of_the_samples(
        steps in prop::collection::vec(step(), 1..10),
        asked in prop::collection::vec((0_usize..8, 0_usize..3, 0_i64..900, 1_i64..900, -1_i64..2, -1_i64..2), 1..16),
    ) {
        let folder = TempDir::new().unwrap();
        let settings = Settings { head_bytes: 1_000, ..Settings::default() };
        let mut store = Store::open_with(folder.path(), settings).unwrap();
        for step in steps {
            match step {
                Step::Append(samples) => {
                    let names = ["up/a", "up/b", "down"];
                    let samples: Vec<_> = samples
                        .iter()
                        .map(|(series, second, of)| (names[*series as usize], Millis::from(*second) * 1_000, value(*of)))
                        .collect();
                    append(&store, &samples);
                }
                Step::Settle => store.settle().unwrap(),
                Step::Reopen => {
                    store.close().unwrap();
                    drop(store);
                    store = Store::open_with(folder.path(), settings).unwrap();
                }
            }
            for (every, keep, from, spans, early, late) in &asked {
                let every = [1, 5, 7, 10, 30, 60, 120, 360][*every] * MINUTE;
                let keep = [Keep::Last, Keep::Least, Keep::Greatest][*keep];
                // In the middle of a span, on its border, and a moment beside that.
                let start = from * 5 * MINUTE + 1 + early;
                same(&store, start, start + spans * 5 * MINUTE - 1 + late, Hint { every, keep });
                same(&store, Millis::MIN, Millis::MAX, Hint { every, keep });
            }
        }
    }
}

#[test]
fn a_hint_reads_rollups_and_no_hint_reads_samples() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    two_days(&store);
    // Two series, two days, two steps; more where a day was merged before its last window was sealed.
    assert!(store.metrics.rollups_made.get() >= 8);
    assert_eq!((count(&folder, "rollups_5m"), count(&folder, "rollups_1h")), (4, 4));
    assert_eq!(store.samples().statistics(1).unwrap().rollups, 8);
    let hint = |every: Millis| Some(Hint { every, keep: Keep::Greatest });
    scan(&store, 0, 2 * DAY - 1, None);
    scan(&store, 0, 2 * DAY - 1, hint(4 * MINUTE));
    // Part of a day, and not whole spans of it.
    scan(&store, 2 * HOUR + 2, 5 * HOUR - 1, hint(HOUR));
    assert_eq!(store.metrics.rollups_read.get(), 0);
    let found = scan(&store, 1, DAY, hint(2 * HOUR));
    assert_eq!(store.metrics.rollups_read.get(), 4);
    // One of each hour, and that of midnight.
    assert_eq!(found[r#"up{job="a"}"#].len(), 25);
    assert_eq!(found[r#"up{job="a"}"#][0], (HOUR, 12.0));
    assert_eq!(scan(&store, 1, DAY, hint(10 * MINUTE))[r#"up{job="a"}"#].len(), 288);
}

#[test]
fn rollups_serve_once_the_samples_are_forgotten() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    two_days(&store);
    let asked = |hours: i64, length: Millis| selected(&store, &[named("up")], hours * HOUR, hours * HOUR + length);
    let before = asked(0, 10 * MINUTE);
    // In the middle of the second day: its block stays for now, out of sight where it is too old.
    assert!(store.samples().forget(DAY + 12 * HOUR + 2 * MINUTE).unwrap() > 0);
    assert_eq!((count(&folder, "days"), count(&folder, "rollups_5m"), count(&folder, "rollups_1h")), (2, 4, 4));
    // A sample every five minutes is what there was.
    assert_eq!(asked(0, 10 * MINUTE), before);
    assert_eq!(scan(&store, 0, Millis::MAX, None)[r#"up{job="a"}"#].len(), (2 * 24 + 2) * 12);
    assert_eq!(store.samples().series(&[named("up")], 0, HOUR, 9).unwrap().len(), 2);
    // The hint decides which figure stands for a span, and how long that may be.
    let hint = Some(Hint { every: HOUR, keep: Keep::Least });
    assert_eq!(scan(&store, 1, 2 * HOUR, hint)[r#"up{job="a"}"#], [(HOUR, 1.0), (2 * HOUR, 13.0)]);

    let store = {
        drop(store);
        open(&folder)
    };
    // The fine ones of the first day go, then the coarse.
    assert_eq!(store.samples().forget_rollups(91 * DAY).unwrap(), 2);
    let found = scan(&store, 1, DAY - 1, None);
    assert_eq!(found[r#"up{job="a"}"#][..2], [(HOUR, 12.0), (2 * HOUR, 24.0)]);
    assert_eq!(found[r#"up{job="a"}"#].len(), 24);
    assert_eq!(store.samples().forget_rollups(731 * DAY).unwrap(), 4);
    assert!(scan(&store, 0, DAY - 1, None).is_empty());
    // All that is left is one sample too young to be merged, and then nothing.
    store.samples().forget(9 * DAY).unwrap();
    store.samples().forget_rollups(999 * DAY).unwrap();
    assert!(store.samples().series(&[], Millis::MIN, Millis::MAX, 9).unwrap().is_empty());
}

#[test]
fn what_is_kept_for_less_than_a_day_leaves_rollups_too() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    for minute in 0..26 * 60 {
        append(&store, &[("up", minute * MINUTE, minute as f64)]);
        if minute % 60 == 59 {
            store.settle().unwrap();
            store.samples().forget((minute - 60) * MINUTE).unwrap();
        }
    }
    assert_eq!((count(&folder, "days"), count(&folder, "rollups_5m")), (0, 1));
    let found = scan(&store, 0, DAY - 1, None);
    assert_eq!(found["up"].len(), 289);
    assert_eq!(found["up"][1], (5 * MINUTE, 5.0));
}

#[test]
fn rollups_come_with_their_day_or_not_at_all() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    execute(&folder, "CREATE TRIGGER no BEFORE INSERT ON rollups_1h BEGIN SELECT raise(ABORT, 'not now'); END");
    for hour in 0..24 {
        append(&store, &[("up/a", hour * HOUR, hour as f64), ("up/b", hour * HOUR, 1.0)]);
    }
    append(&store, &[("up/a", 25 * HOUR, 25.0)]);
    let refused = store.settle().unwrap_err().to_string();
    assert!(refused.contains("not now"), "{refused}");
    let counts = || ["windows", "days", "rollups_5m", "rollups_1h"].map(|table| count(&folder, table));
    assert_eq!(counts(), [24, 0, 0, 0]);
    // A process that dies in between leaves the same.
    drop(store);
    assert_eq!(counts(), [24, 0, 0, 0]);
    execute(&folder, "DROP TRIGGER no");
    let store = open(&folder);
    store.settle().unwrap();
    assert_eq!(counts(), [0, 2, 2, 2]);
    assert_eq!(scan(&store, 0, DAY, None)[r#"up{job="a"}"#].len(), 24);
}

#[test]
fn late_samples_make_the_rollups_of_their_day_anew() {
    let folder = TempDir::new().unwrap();
    let store = patient(&folder);
    two_days(&store);
    let hint = Hint { every: HOUR, keep: Keep::Greatest };
    let greatest =
        |store: &Store| scan(store, 1, HOUR, Some(hint))[r#"up{job="a"}"#].iter().map(|(_, value)| *value).fold(0.0, f64::max);
    assert_eq!(greatest(&store), 12.0);
    // Hot, then a window, then in the day: the last word on a moment that was known, and one that was not.
    append(&store, &[("up/a", HOUR, 5.0), ("up/a", 7 * MINUTE, 70.0)]);
    assert_eq!(greatest(&store), 70.0);
    store.close().unwrap();
    drop(store);
    let store = patient(&folder);
    assert_eq!(greatest(&store), 70.0);
    append(&store, &[("up/a", 2 * DAY + 3 * HOUR, 0.0)]);
    store.settle().unwrap();
    assert_eq!(count(&folder, "windows"), 2, "only those of the third day are left");
    let read = store.metrics.rollups_read.get();
    assert_eq!(greatest(&store), 70.0);
    assert_eq!(store.metrics.rollups_read.get(), read + 2);
    same(&store, 1, DAY, hint);
    same(&store, 1, DAY, Hint { every: 5 * MINUTE, keep: Keep::Last });

    // Too late for a day whose samples are gone: its rollups stay as they are.
    store.samples().forget(DAY).unwrap();
    let before = scan(&store, 0, DAY - 1, None);
    append(&store, &[("up/a", 9 * MINUTE, 700.0)]);
    store.close().unwrap();
    drop(store);
    let store = patient(&folder);
    append(&store, &[("up/a", 2 * DAY + 5 * HOUR, 0.0)]);
    store.settle().unwrap();
    assert_eq!(scan(&store, 0, DAY - 1, None), before);
}

#[test]
fn rollups_that_nobody_wants_are_not_made_and_go() {
    let folder = TempDir::new().unwrap();
    let store = patient(&folder);
    two_days(&store);
    let none = Settings { rollups: Rollups { fives: None, hours: Some(DAY) }, out_of_order: 30 * DAY, ..Settings::default() };
    store.set_settings(none);
    assert_eq!(store.samples().forget_rollups(2 * DAY).unwrap(), 6);
    assert_eq!((count(&folder, "rollups_5m"), count(&folder, "rollups_1h")), (0, 2));
    // Made of other samples than the day has now: it goes.
    append(&store, &[("up/a", DAY + 7, 70.0)]);
    store.close().unwrap();
    drop(store);
    let none = Settings { rollups: Rollups::NONE, ..none };
    let store = Store::open_with(folder.path(), none).unwrap();
    append(&store, &[("up/a", 2 * DAY + 5 * HOUR, 0.0)]);
    store.settle().unwrap();
    assert_eq!(count(&folder, "rollups_1h"), 1);
    same(&store, 1, 2 * DAY, Hint { every: HOUR, keep: Keep::Greatest });
    store.samples().forget(DAY).unwrap();
    assert!(scan(&store, 0, DAY - 1, None).is_empty());
}

#[test]
fn a_damaged_rollup_is_set_aside_and_the_samples_serve() {
    let folder = TempDir::new().unwrap();
    let store = patient(&folder);
    two_days(&store);
    let hint = Hint { every: HOUR, keep: Keep::Least };
    execute(&folder, "UPDATE rollups_1h SET data = substr(data, 1, 40) || x'00' || substr(data, 42)");
    same(&store, 1, DAY, hint);
    store.settle().unwrap();
    assert_eq!((count(&folder, "set_aside"), count(&folder, "rollups_1h"), count(&folder, "days")), (4, 0, 4));
    same(&store, 1, 2 * DAY, hint);
    // Where samples are forgotten, the other rollup serves.
    store.samples().forget(DAY).unwrap();
    assert_eq!(scan(&store, 0, DAY - 1, Some(hint))[r#"up{job="a"}"#].len(), 288);
}

#[test]
fn without_room_samples_go_first_and_then_the_fine_rollups() {
    let folder = TempDir::new().unwrap();
    let store = patient(&folder);
    two_days(&store);
    // Less than an empty database takes.
    assert!(store.samples().shrink(1).unwrap() > 0);
    let counts = ["days", "rollups_5m", "rollups_1h"].map(|table| count(&folder, table));
    assert_eq!(counts, [0, 0, 0]);
    assert!(!scan(&store, 0, Millis::MAX, None).is_empty(), "what is being written stays");

    let folder = TempDir::new().unwrap();
    let store = patient(&folder);
    let names: Vec<String> = (0..60).map(|number| format!("up/{number}")).collect();
    for round in 0..26 * 60 {
        let noise = |number: usize| ((round * 7_919 + number as i64 * 104_729) % 65_537) as f64 / 7.0;
        let samples = names.iter().enumerate().map(|(number, name)| (name.as_str(), round * MINUTE, noise(number)));
        append(&store, &samples.collect::<Vec<_>>());
    }
    store.settle().unwrap();
    let bytes = store.samples().statistics(1).unwrap().bytes;
    store.samples().shrink(bytes - 1).unwrap();
    let counts = ["days", "rollups_5m", "rollups_1h"].map(|table| count(&folder, table));
    assert_eq!(counts, [0, 60, 60]);
}
