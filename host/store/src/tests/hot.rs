//! What is appended is hot, then sealed: nobody who asks can tell which.

use rusqlite::Connection;
use tempfile::TempDir;
use vitrine_model::Millis;
use vitrine_model::sample::{Series, stale};

use super::open;
use super::samples::{NO_LIMITS, append, named, selected};
use crate::{Rollups, Settings, Store};

/// The first column of the first row.
fn asked(folder: &TempDir, query: &str) -> i64 {
    Connection::open(folder.path().join("samples.db")).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
}

fn hot(folder: &TempDir) -> i64 {
    asked(folder, "SELECT count(*) FROM hot")
}

/// Blocks, of whatever length.
fn sealed(folder: &TempDir) -> i64 {
    asked(folder, "SELECT (SELECT count(*) FROM windows) + (SELECT count(*) FROM days)")
}

fn all(store: &Store) -> Vec<Series> {
    store.samples().select(&[], Millis::MIN, Millis::MAX, NO_LIMITS).unwrap()
}

#[test]
fn what_was_not_sealed_is_there_after_a_crash() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up/a", 1, 1.0), ("up/b", 1, 2.0), ("up/a", 2, 3.0)]);
    append(&store, &[("up/a", 2, 4.0)]);
    let expected = [r#"up{job="a"} 1=1 2=4"#, r#"up{job="b"} 1=2"#];
    assert_eq!(selected(&store, &[named("up")], 0, 9), expected);
    drop(store);
    assert_eq!((hot(&folder), sealed(&folder)), (2, 0));

    let store = open(&folder);
    assert_eq!(selected(&store, &[named("up")], 0, 9), expected);
    assert_eq!(append(&store, &[("up/a", 2, 5.0)]).new_series, 0);
    store.close().unwrap();
    assert_eq!((hot(&folder), sealed(&folder)), (0, 2));
    let expected = [r#"up{job="a"} 1=1 2=5"#, r#"up{job="b"} 1=2"#];
    assert_eq!(selected(&store, &[named("up")], 0, 9), expected);
    drop(store);
    assert_eq!(selected(&open(&folder), &[named("up")], 0, 9), expected);
}

#[test]
fn every_sample_is_there_once_whatever_is_sealed_meanwhile() {
    const SERIES: usize = 50;
    const ROUNDS: usize = 900;
    const APART: Millis = 60_000;
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let names: Vec<String> = (0..SERIES).map(|number| format!("up/{number:02}")).collect();
    let value = |round: usize, number: usize| match (round + number) % 7 {
        0 => f64::NAN,
        1 => stale(),
        _ => (round * SERIES + number) as f64,
    };
    let round = |round: usize| {
        let samples = names.iter().enumerate();
        let samples: Vec<_> =
            samples.map(|(number, name)| (name.as_str(), round as Millis * APART, value(round, number))).collect();
        append(&store, &samples);
    };
    let check = |found: &[Series]| {
        for (number, series) in found.iter().enumerate() {
            for (round, sample) in series.samples.iter().enumerate() {
                assert_eq!(sample.time, round as Millis * APART, "{} has a gap or a sample twice", series.labels);
                assert_eq!(sample.value.to_bits(), value(round, number).to_bits(), "{} at {round}", series.labels);
            }
            assert_eq!(series.samples.len(), found[0].samples.len(), "an append was seen in part");
        }
    };
    round(0);
    std::thread::scope(|scope| {
        let appending = scope.spawn(|| (1..ROUNDS).for_each(round));
        let mut before = 0;
        while !appending.is_finished() {
            let found = all(&store);
            check(&found);
            assert!(found.len() == SERIES && found[0].samples.len() >= before, "samples went away");
            before = found[0].samples.len();
        }
    });
    store.settle().unwrap();
    // Fifteen hours: seven windows of two are over.
    assert_eq!(sealed(&folder), 7 * SERIES as i64);
    assert!(hot(&folder) > 0);
    drop(store);
    let found = all(&open(&folder));
    check(&found);
    assert_eq!((found.len(), found[0].samples.len()), (SERIES, ROUNDS));
}

#[test]
fn windows_that_are_over_are_sealed_and_days_merged() {
    const HOUR: Millis = 3_600_000;
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let count = |table: &str| asked(&folder, &format!("SELECT count(*) FROM {table}"));
    for hour in 0..24 {
        append(&store, &[("up/a", hour * HOUR, hour as f64), ("up/b", hour * HOUR, 1.0)]);
    }
    store.settle().unwrap();
    // The last window waits for what is late.
    assert_eq!((hot(&folder), count("windows"), count("days")), (2, 22, 0));
    append(&store, &[("up/a", 25 * HOUR, 25.0)]);
    store.settle().unwrap();
    assert_eq!((hot(&folder), count("windows"), count("days")), (1, 0, 2));
    // Late for a day that is merged: a window first, and then part of the day.
    append(&store, &[("up/a", 3 * HOUR, -3.0), ("up/a", 3 * HOUR + 1, 3.5)]);
    store.close().unwrap();
    assert_eq!((hot(&folder), count("windows"), count("days")), (0, 2, 2));
    let check = |store: &Store| {
        let found = all(store);
        assert_eq!(found.iter().map(|series| series.samples.len()).collect::<Vec<_>>(), [26, 24]);
        let values: Vec<f64> = found[0].samples.iter().map(|sample| sample.value).collect();
        assert_eq!(values[..6], [0.0, 1.0, 2.0, -3.0, 3.5, 4.0]);
        assert_eq!(values[25], 25.0);
    };
    check(&store);
    drop(store);
    let store = open(&folder);
    append(&store, &[("up/a", 27 * HOUR, 27.0)]);
    store.settle().unwrap();
    assert_eq!(count("days"), 2);
    store.samples().forget(1).unwrap();
    assert_eq!(all(&store).len(), 2);
}

#[test]
fn late_and_repeated_samples_find_their_place_across_sealing() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up", 30, 1.0), ("up", 10, 2.0), ("up", 50, 3.0)]);
    store.close().unwrap();
    append(&store, &[("up", 60, 4.0), ("up", 40, 5.0), ("up", 30, 6.0)]);
    append(&store, &[("up", 5, 7.0), ("up", 60, 8.0)]);
    let check = |store: &Store| {
        assert_eq!(selected(store, &[named("up")], 0, 99), ["up 5=7 10=2 30=6 40=5 50=3 60=8"]);
        assert_eq!(selected(store, &[named("up")], 6, 50), ["up 10=2 30=6 40=5 50=3"]);
        assert_eq!(selected(store, &[named("up")], 31, 39), [""; 0]);
        assert_eq!(selected(store, &[named("up")], 50, 5), [""; 0]);
    };
    check(&store);
    drop(store);
    let store = open(&folder);
    check(&store);
    store.close().unwrap();
    check(&store);
    assert_eq!((hot(&folder), sealed(&folder)), (0, 1));
}

#[test]
fn a_row_that_cannot_be_read_is_set_aside() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up", 1, 1.0)]);
    drop(store);
    let connection = Connection::open(folder.path().join("samples.db")).unwrap();
    // A later version, a row cut short, a word, and a series that never was (77: zigzag makes it 154).
    for row in ["x'09'", "x'01020204'", "'word'", "x'019a0102000000000000f03f'"] {
        connection.execute(&format!("INSERT INTO hot (samples) VALUES ({row})"), []).unwrap();
    }
    drop(connection);
    for _ in 0..2 {
        let store = open(&folder);
        assert_eq!(selected(&store, &[], 0, 9), ["up 1=1"]);
        assert_eq!((hot(&folder), asked(&folder, "SELECT count(*) FROM set_aside")), (1, 4));
    }
    assert_eq!(asked(&folder, "SELECT count(*) FROM set_aside WHERE reason LIKE '%series 77%'"), 1);
    let store = open(&folder);
    append(&store, &[("up", 2, 2.0)]);
    store.close().unwrap();
    drop(store);
    assert_eq!(selected(&open(&folder), &[], 0, 9), ["up 1=1 2=2"]);
}

#[test]
fn forgetting_leaves_what_comes_meanwhile() {
    const DAY: Millis = 86_400_000;
    let folder = TempDir::new().unwrap();
    let store = Store::open_with(folder.path(), Settings { rollups: Rollups::NONE, ..Settings::default() }).unwrap();
    let others: Vec<String> = (0..690).map(|number| format!("other/{number}")).collect();
    append(&store, &others.iter().map(|name| (name.as_str(), DAY, 1.0)).collect::<Vec<_>>());
    std::thread::scope(|scope| {
        let appending = scope.spawn(|| {
            for number in 0..300 {
                // A series that is old when it is forgotten, and young just then.
                let name = format!("up/{number:03}");
                append(&store, &[(&name, 1, 1.0)]);
                append(&store, &[(&name, DAY, 1.0)]);
            }
        });
        while !appending.is_finished() {
            store.samples().forget(DAY).unwrap();
        }
    });
    store.samples().forget(DAY).unwrap();
    let check = |store: &Store| {
        let found = all(store);
        assert_eq!(found.len(), 990);
        assert!(found.iter().all(|series| series.samples.len() == 1 && series.samples[0].time == DAY));
    };
    check(&store);
    drop(store);
    check(&open(&folder));
}

#[test]
fn a_damaged_block_is_set_aside_and_the_rest_serves() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up/a", 1, 1.0), ("up/b", 1, 2.0)]);
    store.close().unwrap();
    append(&store, &[("up/a", 2, 3.0)]);
    store.close().unwrap();
    drop(store);
    let connection = Connection::open(folder.path().join("samples.db")).unwrap();
    // The first chunk of one series is damaged in its last byte; all of another's row is nonsense.
    let data: Vec<u8> = connection.query_row("SELECT data FROM windows ORDER BY id LIMIT 1", [], |row| row.get(0)).unwrap();
    let mut damaged = data.clone();
    damaged[usize::from(data[0])] ^= 1;
    connection.execute("UPDATE windows SET data = ?1 WHERE id = (SELECT min(id) FROM windows)", [damaged]).unwrap();
    connection.execute("UPDATE windows SET data = 'word' WHERE id = (SELECT max(id) FROM windows)", []).unwrap();
    drop(connection);
    let store = open(&folder);
    for _ in 0..2 {
        assert_eq!(selected(&store, &[], 0, 9), [r#"up{job="a"} 2=3"#]);
        store.settle().unwrap();
        assert_eq!((asked(&folder, "SELECT count(*) FROM set_aside"), sealed(&folder)), (2, 1));
    }
    append(&store, &[("up/b", 3, 4.0)]);
    assert_eq!(selected(&store, &[], 0, 9), [r#"up{job="a"} 2=3"#, r#"up{job="b"} 3=4"#]);
}

#[test]
fn the_file_of_the_write_ahead_log_is_cut_after_much_was_written() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    for round in 0..100 {
        let names: Vec<String> = (0..2_000).map(|number| format!("up/{number}")).collect();
        let samples: Vec<_> = names.iter().map(|name| (name.as_str(), round, 1.0 / (round + 3) as f64)).collect();
        append(&store, &samples);
    }
    store.settle().unwrap();
    assert!(std::fs::metadata(folder.path().join("samples.db-wal")).unwrap().len() <= 4 << 20);
}

#[test]
fn what_an_earlier_version_kept_is_converted() {
    let folder = TempDir::new().unwrap();
    // As it was: the first two migrations, and rows of then.
    let mut connection = Connection::open(folder.path().join("samples.db")).unwrap();
    crate::sqlite::migrations::samples().set_target(refinery::Target::Version(2)).run(&mut connection).unwrap();
    connection
        .execute_batch(
            r#"INSERT INTO series (id, labels) VALUES (3, '{"__name__":"up","job":"a"}'), (7, '{"__name__":"up"}');
               INSERT INTO samples VALUES (3, 1, 4607182418800017408), (3, 20000000, 4611686018427387904), (7, 5, 0);
               INSERT INTO hot (samples) VALUES (x'010606000000000000f03f');"#,
        )
        .unwrap();
    drop(connection);
    for _ in 0..2 {
        let store = open(&folder);
        let expected = ["up 5=0", r#"up{job="a"} 1=1 3=1 20000000=2"#];
        assert_eq!(selected(&store, &[], 0, 99_999_999), expected);
        assert_eq!(append(&store, &[("up/a", 3, 1.0)]).new_series, 0);
        store.close().unwrap();
        assert_eq!(asked(&folder, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'old_%'"), 0);
    }
}

#[test]
fn a_full_disk_refuses_writes_keeps_reading_and_recovers() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up", 1, 1.0)]);
    // As many pages as there are now: the next commit that needs one finds no room.
    store.samples.limit_pages(0);
    let many: Vec<String> = (0..900).map(|number| format!("up/{number}")).collect();
    let batch: Vec<_> = many.iter().map(|name| (name.as_str(), 2, 2.0)).collect();
    let refused = super::samples::try_append(&store, &batch).unwrap_err().to_string();
    assert!(refused.contains("no space is left for") && refused.contains("samples.db"), "{refused}");
    assert_eq!(selected(&store, &[named("up")], 0, 9), ["up 1=1"]);
    assert_eq!(store.samples().statistics(0).unwrap().series, 1);
    store.samples.limit_pages(1_000_000);
    append(&store, &batch);
    assert_eq!(selected(&store, &[named("up")], 2, 9).len(), many.len());
}
