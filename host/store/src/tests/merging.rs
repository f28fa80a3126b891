//! Whatever is appended, sealed, merged, forgotten or read from disk again in between: the answer is that of a map.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tempfile::TempDir;
use vitrine_model::labels::NAME;
use vitrine_model::matcher::{Test, anchored};
use vitrine_model::port::samples::{Bounds, SelectLimits};
use vitrine_model::push::Push;
use vitrine_model::{Labels, Matcher, Millis};

use crate::{Rollups, Settings, Store};

const HOUR: Millis = 3_600_000;

#[derive(Debug, Clone)]
enum Step {
    /// Series, minute, value.
    Append(Vec<(u8, u16, i16)>),
    Settle,
    /// Everything is sealed, and the store opened anew.
    Reopen,
    Crash,
    Forget(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec((0_u8..4, 0_u16..4_000, any::<i16>()), 1..40).prop_map(Step::Append),
        2 => Just(Step::Settle),
        1 => Just(Step::Reopen),
        1 => Just(Step::Crash),
        1 => (0_u16..3_000).prop_map(Step::Forget),
    ]
}

type Known = BTreeMap<String, BTreeMap<Millis, u64>>;

fn append(store: &Store, known: &mut Known, samples: &[(u8, u16, i16)], horizon: Millis) {
    let mut push = Push::new("test");
    push.backfill = true;
    for (series, minute, value) in samples {
        let labels = Labels::from_pairs([(NAME, "it".to_owned()), ("series", series.to_string())]);
        let place = push.series(&labels).unwrap();
        let (time, value) = (Millis::from(*minute) * 60_000, f64::from(*value) / 8.0);
        push.sample(place, time, value);
        if time >= horizon {
            known.entry(labels.to_string()).or_default().insert(time, value.to_bits());
        }
    }
    store.samples().push(&[push], Bounds { earliest: horizon, latest: Millis::MAX }).unwrap();
}

fn found(store: &Store, start: Millis, end: Millis) -> Known {
    let found = store.samples().select(&[], start, end, SelectLimits::NONE).unwrap();
    let column = |series: &vitrine_model::sample::Series| {
        let samples = series.samples.iter().map(|sample| (sample.time, sample.value.to_bits()));
        (series.labels.to_string(), samples.collect())
    };
    found.iter().map(column).collect()
}

fn expected(known: &Known, start: Millis, end: Millis) -> Known {
    let cut = |samples: &BTreeMap<Millis, u64>| samples.range(start..=end).map(|(time, bits)| (*time, *bits)).collect();
    let all = known.iter().map(|(labels, samples)| (labels.clone(), cut(samples)));
    all.filter(|(_, samples): &(_, BTreeMap<_, _>)| !samples.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_store_answers_as_a_map_would(steps in prop::collection::vec(step(), 1..14), start in 0_i64..60, length in 1_i64..60) {
        let folder = TempDir::new().unwrap();
        // So little memory that settling seals most of the time.
        let settings = Settings { head_bytes: 1_000, rollups: Rollups::NONE, ..Settings::default() };
        let open = || Store::open_with(folder.path(), settings).unwrap();
        let mut store = open();
        let (mut known, mut horizon) = (Known::new(), 0);
        for step in steps {
            match step {
                Step::Append(samples) => append(&store, &mut known, &samples, horizon),
                Step::Settle => store.settle().unwrap(),
                Step::Reopen => {
                    store.close().unwrap();
                    drop(store);
                    store = open();
                }
                Step::Crash => {
                    drop(store);
                    store = open();
                }
                Step::Forget(minute) => {
                    horizon = horizon.max(Millis::from(minute) * 60_000);
                    store.samples().forget(horizon).unwrap();
                    known.values_mut().for_each(|samples| *samples = samples.split_off(&horizon));
                    known.retain(|_, samples| !samples.is_empty());
                    // A series goes with its last block, which may reach a little further back.
                    let left = store.samples().series(&[], Millis::MIN, Millis::MAX, 99).unwrap().len();
                    prop_assert!(left >= known.len());
                }
            }
            prop_assert_eq!(found(&store, Millis::MIN, Millis::MAX), known.clone());
            let (start, end) = (start * HOUR, (start + length) * HOUR);
            prop_assert_eq!(found(&store, start, end), expected(&known, start, end));
        }
    }

    #[test]
    fn the_index_finds_what_a_look_at_each_series_finds(
        series in prop::collection::btree_set((0_u8..6, 0_u8..6, 0_u8..3), 1..120),
        gone in 0_usize..60,
        asked in prop::collection::vec((0_usize..3, 0_usize..4, 0_usize..9), 0..4),
    ) {
        let folder = TempDir::new().unwrap();
        let settings = Settings { rollups: Rollups::NONE, ..Settings::default() };
        let store = Store::open_with(folder.path(), settings).unwrap();
        let names = ["a", "b", "c"];
        let all: Vec<Labels> = series.iter().map(|(a, b, c)| {
            // A value of 0 is a label that is not there.
            let value = |number: &u8| if *number == 0 { String::new() } else { format!("v{number}") };
            Labels::from_pairs([("a", value(a)), ("b", value(b)), ("c", value(c)), ("always", "1".to_owned())])
        }).collect();
        let mut push = Push::new("test");
        let gone = gone.min(all.len() - 1);
        for (place, labels) in all.iter().enumerate() {
            let series = push.series(labels).unwrap();
            push.sample(series, if place < gone { 1 } else { 100 * HOUR }, 1.0);
        }
        store.samples().push(&[push], Bounds::OPEN).unwrap();
        store.samples().forget(50 * HOUR).unwrap();
        let texts = ["", "v1", "v2", "v[12]", "v1|v3", "v.*", ".*", ".+", "|v2"];
        let matchers: Vec<Matcher> = asked.into_iter().map(|(name, test, text)| Matcher {
            name: names[name].to_owned(),
            test: match test {
                0 => Test::Equal(texts[text].to_owned()),
                1 => Test::NotEqual(texts[text].to_owned()),
                2 => Test::Match(anchored(texts[text]).unwrap()),
                _ => Test::NotMatch(anchored(texts[text]).unwrap()),
            },
        }).collect();
        let mut expected: Vec<Labels> = all[gone..].to_vec();
        expected.retain(|labels| matchers.iter().all(|matcher| matcher.matches(labels)));
        expected.sort();
        prop_assert_eq!(store.samples().series(&matchers, Millis::MIN, Millis::MAX, usize::MAX).unwrap(), expected.clone());
        let few = store.samples().series(&matchers, Millis::MIN, Millis::MAX, 3).unwrap();
        prop_assert_eq!(&few[..], &expected[..expected.len().min(3)]);
    }
}
