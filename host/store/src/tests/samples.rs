//! Samples go in and come out as they were.

use tempfile::TempDir;
use vitrine_model::labels::NAME;
use vitrine_model::matcher::{Test, anchored};
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Reason, SelectLimits};
use vitrine_model::push::Push;
use vitrine_model::sample::{Batch, Family, MetricKind, STALE, Sample, stale};
use vitrine_model::{Labels, Matcher, Millis};

use super::open;
use crate::{Rollups, Settings, Store};

pub(super) const NO_LIMITS: SelectLimits = SelectLimits { series: 1_000, samples: 1_000_000 };

/// `name` or `name/job`.
fn labels(text: &str) -> Labels {
    let (name, job) = text.split_once('/').unwrap_or((text, ""));
    Labels::from_pairs([(NAME, name), ("job", job)])
}

fn batch(samples: &[(&str, Millis, f64)]) -> Batch {
    let samples = samples.iter().map(|(name, time, value)| (labels(name), Sample { time: *time, value: *value }));
    Batch { families: Vec::new(), samples: samples.collect() }
}

pub(super) fn append(store: &Store, samples: &[(&str, Millis, f64)]) -> Appended {
    store.samples().append(&[batch(samples)]).unwrap()
}

pub(super) fn try_append(store: &Store, samples: &[(&str, Millis, f64)]) -> Result<Appended, StoreError> {
    store.samples().append(&[batch(samples)])
}

/// `up{job="a"} 1=2 3=4`, one per line.
pub(super) fn selected(store: &Store, matchers: &[Matcher], start: Millis, end: Millis) -> Vec<String> {
    let found = store.samples().select(matchers, start, end, NO_LIMITS).unwrap();
    let show = |sample: &Sample| format!(" {}={}", sample.time, sample.value);
    found.iter().map(|series| series.labels.to_string() + &series.samples.iter().map(show).collect::<String>()).collect()
}

pub(super) fn named(name: &str) -> Matcher {
    Matcher::equal(NAME, name)
}

#[test]
fn every_double_returns_as_it_was() {
    let folder = TempDir::new().unwrap();
    let values = [0.1, -0.0, f64::NAN, stale(), f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE / 2.0, f64::MAX];
    let rows: Vec<_> = values.iter().enumerate().map(|(time, value)| ("up", time as Millis, *value)).collect();
    append(&open(&folder), &rows);

    let store = open(&folder);
    let found = store.samples().select(&[named("up")], 0, 100, NO_LIMITS).unwrap();
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let returned: Vec<f64> = found[0].samples.iter().map(|sample| sample.value).collect();
    assert_eq!(bits(&returned), bits(&values));
    assert_eq!(returned[3].to_bits(), STALE);
}

#[test]
fn the_last_of_one_moment_wins_and_spans_are_closed() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    assert_eq!(
        append(&store, &[("up", 1, 1.0), ("up", 2, 2.0), ("up", 2, 3.0)]),
        Appended { samples: 3, new_series: 1, ..Appended::default() }
    );
    assert_eq!(
        append(&store, &[("up", 3, 4.0), ("up", 1, 5.0), ("up", -7, 6.0)]),
        Appended { samples: 3, ..Appended::default() }
    );
    assert_eq!(selected(&store, &[named("up")], 1, 3), ["up 1=5 2=3 3=4"]);
    assert_eq!(selected(&store, &[named("up")], 2, 2), ["up 2=3"]);
    assert_eq!(selected(&store, &[named("up")], -100, 0), ["up -7=6"]);
    assert_eq!(selected(&store, &[named("up")], 4, 9), [""; 0]);
}

#[test]
fn matchers_pick_series_in_order_of_labels() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up/b", 1, 1.0), ("up/a", 1, 1.0), ("up", 1, 1.0), ("down/a", 1, 1.0)]);
    let job = |test: Test| Matcher { name: "job".to_owned(), test };
    let check = |matchers: &[Matcher], expected: &[&str]| {
        let found = store.samples().series(matchers, Millis::MIN, Millis::MAX, 10).unwrap();
        let mut found: Vec<String> = found.iter().map(Labels::to_string).collect();
        found.sort();
        assert_eq!(found, expected);
    };
    check(&[named("up")], &["up", r#"up{job="a"}"#, r#"up{job="b"}"#]);
    check(&[named("up"), job(Test::Equal(String::new()))], &["up"]);
    check(&[job(Test::Equal("a".to_owned()))], &[r#"down{job="a"}"#, r#"up{job="a"}"#]);
    check(&[named("up"), job(Test::NotEqual("a".to_owned()))], &["up", r#"up{job="b"}"#]);
    check(&[job(Test::Match(anchored("a|b").unwrap()))], &[r#"down{job="a"}"#, r#"up{job="a"}"#, r#"up{job="b"}"#]);
    check(&[named("up"), job(Test::NotMatch(anchored(".+").unwrap()))], &["up"]);
    check(&[Matcher { name: NAME.to_owned(), test: Test::Match(anchored("d.*").unwrap()) }], &[r#"down{job="a"}"#]);
    check(&[named("nothing")], &[]);
    assert_eq!(store.samples().series(&[], Millis::MIN, Millis::MAX, 2).unwrap().len(), 2);
    assert_eq!(selected(&store, &[named("up")], 1, 1), [r#"up 1=1"#, r#"up{job="a"} 1=1"#, r#"up{job="b"} 1=1"#]);
}

#[test]
fn selections_over_their_limits_say_so() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up/a", 1, 1.0), ("up/a", 2, 1.0), ("up/b", 1, 1.0)]);
    let refused =
        |series, samples| store.samples().select(&[named("up")], 0, 9, SelectLimits { series, samples }).unwrap_err().to_string();
    assert!(refused(1, 10).contains("more than 1 series"), "{}", refused(1, 10));
    assert!(refused(10, 2).contains("more than 2 samples"), "{}", refused(10, 2));
    assert!(store.samples().select(&[named("up")], 0, 9, SelectLimits { series: 2, samples: 3 }).is_ok());
}

/// What was refused of a batch: how many samples for which reason, and the example.
fn refused(store: &Store, samples: &[(&str, Millis, f64)], bounds: Bounds) -> Vec<(Reason, u64, String)> {
    let (push, _) = Push::from_batch("shop", &batch(samples));
    let answers = store.samples().push(&[push], bounds).unwrap();
    answers[0].refused.iter().map(|refused| (refused.reason, refused.samples, refused.example.clone())).collect()
}

#[test]
fn what_is_good_of_a_push_is_kept_and_the_rest_told() {
    let folder = TempDir::new().unwrap();
    let store =
        Store::open_with(folder.path(), Settings { series_limit: 3, source_series_limit: 2, ..Settings::default() }).unwrap();
    append(&store, &[("up/a", 1, 1.0)]);
    let found = refused(&store, &[("up/a", 2, 2.0), ("up/b", 2, 1.0), ("up/c", 2, 1.0), ("up/d", 2, 1.0)], Bounds::OPEN);
    assert_eq!(found[0].1, 1);
    assert!(found[0].2.contains("holds 3 series and takes no more"), "{found:?}");
    assert_eq!(selected(&store, &[named("up")], 2, 9).len(), 3);

    let folder = TempDir::new().unwrap();
    let store = Store::open_with(folder.path(), Settings { source_series_limit: 2, ..Settings::default() }).unwrap();
    let found = refused(&store, &[("up/a", 1, 1.0), ("up/b", 1, 1.0), ("up/c", 1, 1.0)], Bounds::OPEN);
    assert!(found[0].0 == Reason::SeriesLimit && found[0].2.contains("source `shop` has 2 series"), "{found:?}");

    let long = format!("up/{}", "x".repeat(5_000));
    let found = refused(&store, &[(&long, 1, 1.0), ("up/a", 7, 1.0)], Bounds::OPEN);
    assert!(found[0].2.contains("the value of label `job` has 5000 bytes") && found[0].2.len() < 1_000, "{found:?}");
    assert_eq!(selected(&store, &[named("up")], 7, 7), [r#"up{job="a"} 7=1"#]);
    let many = Labels::from_pairs((0..65).map(|number| (format!("l{number}"), "v".to_owned())));
    let batch = Batch { families: Vec::new(), samples: vec![(many, Sample { time: 1, value: 1.0 })] };
    let answer = store.samples().append(&[batch]).unwrap();
    assert!(answer.samples == 0 && answer.refused[0].example.contains("65 labels, 64 are allowed"), "{answer:?}");
}

#[test]
fn times_out_of_bounds_are_refused_by_reason() {
    let folder = TempDir::new().unwrap();
    let store = Store::open_with(folder.path(), Settings { out_of_order: 10, ..Settings::default() }).unwrap();
    let bounds = Bounds { earliest: 100, latest: 200 };
    let samples = [("up", 99, 1.0), ("up", 100, 1.0), ("up", 150, 1.0), ("up", 200, 2.0), ("up", 201, 1.0), ("up", 300, 1.0)];
    let found: Vec<_> = refused(&store, &samples, bounds).into_iter().map(|(reason, count, _)| (reason, count)).collect();
    assert_eq!(found, [(Reason::TooOld, 1), (Reason::Future, 2)]);
    // Within the window it may be late; the same again is a duplicate, and another value is the later word.
    let (push, _) = Push::from_batch("", &batch(&[("up", 189, 1.0), ("up", 190, 5.0), ("up", 200, 2.0)]));
    let answer = &store.samples().push(&[push], bounds).unwrap()[0];
    assert_eq!((answer.samples, answer.duplicates, answer.refused_samples()), (1, 1, 1));
    assert_eq!(answer.refused[0].reason, Reason::OutOfWindow);
    let (mut push, _) = Push::from_batch("", &batch(&[("up", 101, 3.0)]));
    push.backfill = true;
    assert_eq!(store.samples().push(&[push], bounds).unwrap()[0].samples, 1);
    assert_eq!(selected(&store, &[named("up")], 0, 999), ["up 100=1 101=3 150=1 190=5 200=2"]);
}

#[test]
fn forgetting_takes_old_samples_and_emptied_series() {
    const DAY: Millis = 86_400_000;
    let folder = TempDir::new().unwrap();
    let store = Store::open_with(folder.path(), Settings { rollups: Rollups::NONE, ..Settings::default() }).unwrap();
    append(&store, &[("up/a", 1, 1.0), ("up/a", DAY + 5, 2.0), ("up/b", 2, 1.0)]);
    assert_eq!(store.samples().forget(DAY + 5).unwrap(), 2);
    assert_eq!(selected(&store, &[], 0, 2 * DAY), [format!(r#"up{{job="a"}} {}=2"#, DAY + 5)]);
    assert_eq!(store.samples().series(&[], Millis::MIN, Millis::MAX, 9).unwrap().len(), 1);
    // What comes back is new.
    assert_eq!(append(&store, &[("up/b", DAY + 9, 1.0)]).new_series, 1);
    drop(store);
    assert_eq!(selected(&open(&folder), &[], 0, 2 * DAY).len(), 2);
}

#[test]
fn labels_are_looked_up_within_a_time() {
    const DAY: Millis = 86_400_000;
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up/a", 1, 1.0), ("up/b", 1, 1.0), ("down/c", 3 * DAY, 1.0), ("bare", 3 * DAY, 1.0)]);
    store.close().unwrap();
    let samples = store.samples();
    let values = |start, end, limit| samples.label_values("job", &[], start, end, limit).unwrap();
    assert_eq!(values(Millis::MIN, Millis::MAX, 9), ["a", "b", "c"]);
    assert_eq!(values(Millis::MIN, Millis::MAX, 2), ["a", "b"]);
    assert_eq!(values(2 * DAY, 4 * DAY, 9), ["c"]);
    assert_eq!(samples.label_values("job", &[named("up")], 0, DAY, 9).unwrap(), ["a", "b"]);
    assert_eq!(samples.label_names(&[named("bare")], 0, 9 * DAY, 9).unwrap(), [NAME]);
    assert_eq!(samples.label_names(&[], 0, 9 * DAY, 9).unwrap(), [NAME, "job"]);
    let found = samples.series(&[], 2 * DAY, 4 * DAY, 9).unwrap();
    assert_eq!(found.iter().map(Labels::to_string).collect::<Vec<_>>(), ["bare", r#"down{job="c"}"#]);
    let statistics = samples.statistics(2).unwrap();
    assert_eq!((statistics.series, statistics.label_pairs, statistics.blocks), (4, 6, 4));
    assert_eq!(statistics.series_by_name, [("up".to_owned(), 2), ("bare".to_owned(), 1)]);
    assert_eq!(statistics.values_by_label, [(NAME.to_owned(), 3), ("job".to_owned(), 3)]);
}

#[test]
fn families_are_kept_and_the_last_word_counts() {
    let folder = TempDir::new().unwrap();
    let family = |help: &str| Family { name: "up".into(), kind: MetricKind::Gauge, help: help.into(), unit: String::new() };
    let store = open(&folder);
    for help in ["old", "new", "new"] {
        store.samples().append(&[Batch { families: vec![family(help)], samples: Vec::new() }]).unwrap();
    }
    assert_eq!(store.samples().families().unwrap(), [family("new")]);
    drop(store);
    assert_eq!(open(&folder).samples().families().unwrap(), [family("new")]);
}

#[test]
fn readers_do_not_wait_for_the_writer() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up", 1, 1.0)]);
    std::thread::scope(|scope| {
        let appending = scope.spawn(|| {
            for time in 2..200 {
                append(&store, &[("up", time, 1.0), ("other", time, 1.0)]);
            }
        });
        while !appending.is_finished() {
            // A batch is seen as a whole or not at all.
            let found = store.samples().select(&[], 2, 1_000, NO_LIMITS).unwrap();
            assert!(found.is_empty() || found.len() == 1 || found[0].samples.len() == found[1].samples.len(), "{found:?}");
        }
    });
    assert_eq!(store.samples().select(&[named("up")], 0, 1_000, NO_LIMITS).unwrap()[0].samples.len(), 199);
}

#[test]
fn without_room_the_oldest_days_go_until_there_is_some() {
    const DAY: Millis = 86_400_000;
    let folder = TempDir::new().unwrap();
    let settings = Settings { rollups: Rollups::NONE, out_of_order: 30 * DAY, ..Settings::default() };
    let store = Store::open_with(folder.path(), settings).unwrap();
    let noise = |round: i64, seed: i64| ((round * 7_919 + seed * 104_729) % 65_537) as f64 / 7.0;
    for round in 0..4 * 24 * 60 {
        let time = round * 60_000;
        append(&store, &[("up/a", time, noise(round, 1)), ("up/b", time, noise(round, 2)), ("up/c", time, noise(round, 3))]);
    }
    store.settle().unwrap();
    let bytes = || store.samples().statistics(1).unwrap().bytes;
    let first = || store.samples().select(&[named("up")], 0, Millis::MAX, NO_LIMITS).unwrap()[0].samples[0].time;
    let full = bytes();
    assert_eq!((store.samples().shrink(full).unwrap(), first()), (0, 0), "there is room");
    assert!(store.samples().shrink(full - 1).unwrap() > 0);
    assert!(bytes() < full && first() == DAY, "{} of {full} bytes, from {}", bytes(), first());
    // More than can be: the day that is being written stays.
    assert!(store.samples().shrink(1).unwrap() > 0);
    assert_eq!(first(), 3 * DAY);
    assert_eq!(store.samples().shrink(1).unwrap(), 0);
    assert_eq!(append(&store, &[("up/a", 4 * DAY, 1.0)]).samples, 1);
}
