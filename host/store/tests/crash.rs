//! `kill -9` again and again while samples come in: every acknowledged one is there afterwards.
//!
//! This program is both sides: started with `ingest FOLDER FROM`, it is the process that is killed.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use vitrine_model::labels::NAME;
use vitrine_model::port::samples::{Bounds, Select, SelectLimits};
use vitrine_model::push::Push;
use vitrine_model::{Matcher, Millis};
use vitrine_store::{Settings, Store};

const KILLS: usize = 50;
const SERIES: usize = 60;
/// In the samples' time, so that windows end and days are merged while it runs.
const APART: Millis = 5 * 60_000;

/// So little memory that something is sealed all the time.
fn open(folder: &Path) -> Store {
    Store::open_with(folder, Settings { head_bytes: 60_000, ..Settings::default() }).unwrap()
}

fn value(series: usize, round: usize) -> f64 {
    (series * 7 + round) as f64 / 10.0
}

/// Pushes one round after the other, and says each once it is acknowledged.
fn ingest(folder: &Path, from: usize) {
    let store = open(folder);
    let mut push = Push::new("crash");
    let mut out = std::io::stdout().lock();
    for round in from.. {
        push.clear();
        for series in 0..SERIES {
            push.label(NAME, "crash");
            push.label("number", &format!("{series:02}"));
            let series = push.finish().unwrap();
            push.sample(series, round as Millis * APART, value(series as usize, round));
        }
        let answer = store.samples().push(std::slice::from_ref(&push), Bounds::OPEN).unwrap();
        assert_eq!(answer[0].samples, SERIES as u64);
        writeln!(out, "{round}").unwrap();
        out.flush().unwrap();
    }
}

/// Starts a process, kills it after so many rounds, and answers the last that was acknowledged.
fn until_killed(folder: &Path, from: usize, rounds: usize) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["ingest", folder.to_str().unwrap(), &from.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = None;
    for _ in 0..rounds {
        last = lines.next().map(|line| line.unwrap().parse().unwrap()).or(last);
    }
    child.kill().unwrap();
    // What it said before it died counts too; a last line may be cut short.
    while let Some(Ok(line)) = lines.next() {
        last = line.parse().ok().or(last);
    }
    child.wait().unwrap();
    last.unwrap()
}

/// A day has its rollups in whatever moment the process died.
fn check_rollups(folder: &Path) {
    let connection = rusqlite::Connection::open(folder.join("samples.db")).unwrap();
    for rollups in ["rollups_5m", "rollups_1h"] {
        let sql = format!(
            "SELECT (SELECT count(*) FROM days WHERE id NOT IN (SELECT id FROM {rollups}))
                  + (SELECT count(*) FROM {rollups} WHERE id NOT IN (SELECT id FROM days))"
        );
        let apart: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(apart, 0, "days and {rollups} differ");
    }
}

/// All rounds through `last` are there in full, and at most the one after it that nobody acknowledged.
fn check(folder: &Path, last: usize) -> usize {
    check_rollups(folder);
    let store = open(folder);
    let matchers = [Matcher::equal(NAME, "crash")];
    let (mut series, mut rounds) = (0, None);
    store
        .samples()
        .scan(&Select::new(&matchers, Millis::MIN, Millis::MAX, SelectLimits::NONE), &mut |labels, times, values| {
            let number: usize = labels.get("number").unwrap().parse().unwrap();
            for (round, (time, found)) in times.iter().zip(values).enumerate() {
                assert_eq!((*time, *found), (round as Millis * APART, value(number, round)), "{labels}");
            }
            assert!(times.len() > last, "{labels} has {} rounds, {last} was acknowledged", times.len());
            assert_eq!(*rounds.get_or_insert(times.len()), times.len(), "a push is there in part");
            series += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(series, SERIES);
    assert_eq!(store.samples().statistics(0).unwrap().series, SERIES as u64);
    rounds.unwrap()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, verb, folder, from] = arguments.as_slice()
        && verb == "ingest"
    {
        return ingest(Path::new(folder), from.parse().unwrap());
    }
    let name = "acknowledged_samples_survive_kill_9";
    if arguments.iter().skip(1).any(|filter| !filter.starts_with('-') && !name.contains(filter.as_str())) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let mut next = 0;
    for kill in 0..KILLS {
        let last = until_killed(folder.path(), next, 1 + kill * 7 % 40);
        next = check(folder.path(), last);
    }
    assert!(next > KILLS * 10, "only {next} rounds came in");
    let _ = writeln!(std::io::stdout(), "test {name} ... ok ({KILLS} kills, {next} rounds)");
}
