//! Samples go in and come out as they were.

use tempfile::TempDir;
use vitrine_model::labels::NAME;
use vitrine_model::matcher::{Test, anchored};
use vitrine_model::port::samples::{Appended, SelectLimits};
use vitrine_model::sample::{Batch, Family, MetricKind, STALE, Sample, stale};
use vitrine_model::{Labels, Matcher, Millis};

use super::open;
use crate::{Settings, Store};

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

#[test]
fn a_refused_batch_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let store = Store::open_with(folder.path(), Settings { series_limit: 2, ..Settings::default() }).unwrap();
    append(&store, &[("up/a", 1, 1.0)]);
    let refused = store.samples().append(&[batch(&[("up/a", 2, 2.0)]), batch(&[("up/b", 2, 1.0), ("up/c", 2, 1.0)])]);
    assert!(refused.unwrap_err().to_string().contains("holds 2 series and takes no more"));
    assert_eq!(selected(&store, &[named("up")], 0, 9), [r#"up{job="a"} 1=1"#]);
    assert_eq!(append(&store, &[("up/b", 2, 1.0)]).new_series, 1);

    let store = Store::open_with(TempDir::new().unwrap().path(), Settings::default()).unwrap();
    let long = "x".repeat(5_000);
    let refused = store.samples().append(&[batch(&[(&format!("up/{long}"), 1, 1.0)])]).unwrap_err().to_string();
    assert!(refused.contains("the value of label `job` has 5000 bytes") && refused.len() < 1_000, "{refused}");
    let many = Labels::from_pairs((0..65).map(|number| (format!("l{number}"), "v".to_owned())));
    let batch = Batch { families: Vec::new(), samples: vec![(many, Sample { time: 1, value: 1.0 })] };
    assert!(store.samples().append(&[batch]).unwrap_err().to_string().contains("65 labels, 64 are allowed"));
}

#[test]
fn forgetting_takes_old_samples_and_emptied_series() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    append(&store, &[("up/a", 1, 1.0), ("up/a", 5, 2.0), ("up/b", 2, 1.0)]);
    assert_eq!(store.samples().forget(5).unwrap(), 2);
    assert_eq!(selected(&store, &[], 0, 9), [r#"up{job="a"} 5=2"#]);
    assert_eq!(store.samples().series(&[], Millis::MIN, Millis::MAX, 9).unwrap().len(), 1);
    // What comes back is new.
    assert_eq!(append(&store, &[("up/b", 9, 1.0)]).new_series, 1);
    drop(store);
    assert_eq!(selected(&open(&folder), &[], 0, 9), [r#"up{job="a"} 5=2"#, r#"up{job="b"} 9=1"#]);
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
