//! Scans that only want what is current at some moments, and long ones that two threads read.

use std::ops::ControlFlow;

use tempfile::TempDir;
use vitrine_model::labels::NAME;
use vitrine_model::port::samples::{Bounds, Moments, Select, SelectLimits};
use vitrine_model::push::Push;
use vitrine_model::{Matcher, Millis};

use super::open;
use crate::Store;

const START: Millis = 1_763_596_800_000;
const STEP: Millis = 15_000;
const SERIES: u32 = 60;
const STEPS: i64 = 3_000;

type Scanned = Vec<(String, Vec<(Millis, u64)>)>;

/// Half a day in windows and in the log; each seventh series has a hole and late words.
fn filled(folder: &TempDir) -> Store {
    let store = open(folder);
    let value = |series: u32, step: i64| match series % 4 {
        0 => (step * 17 + i64::from(series)) as f64,
        1 => ((step * 2_654_435_761) % 1_000) as f64 / 100.0,
        2 => (step / 40 * 4_096) as f64,
        _ => (step as f64).sqrt(),
    };
    for from in (0..STEPS).step_by(500) {
        let mut push = Push::new("test");
        for series in 0..SERIES {
            push.label(NAME, "many");
            push.label("place", &format!("{series:02}"));
            push.finish().unwrap();
            for step in from..(from + 500).min(STEPS) {
                if series % 7 > 0 || !(700..900).contains(&(step % 1_000)) {
                    push.sample(series, START + step * STEP, value(series, step));
                }
            }
        }
        store.samples().push(&[push], Bounds::OPEN).unwrap();
        store.settle().unwrap();
    }
    let mut late = Push::new("test");
    late.backfill = true;
    late.label(NAME, "many");
    late.label("place", "07");
    late.finish().unwrap();
    for step in [10, 11, 750, 2_400] {
        late.sample(0, START + step * STEP, -1.0);
    }
    store.samples().push(&[late], Bounds::OPEN).unwrap();
    store
}

fn scanned(store: &Store, matchers: &[Matcher], moments: Option<Moments>) -> Scanned {
    let mut found = Vec::new();
    let select = Select { moments, ..Select::new(matchers, START, START + STEPS * STEP, SelectLimits::NONE) };
    store
        .samples()
        .scan(&select, &mut |labels, times, values| {
            found.push((labels.to_string(), times.iter().copied().zip(values.iter().map(|value| value.to_bits())).collect()));
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

#[test]
fn what_is_current_is_the_same_among_all_samples() {
    let folder = TempDir::new().unwrap();
    let store = filled(&folder);
    let all = scanned(&store, &[], None);
    assert_eq!(all.len(), SERIES as usize);
    for (step, back) in [(300_000, 300_000), (604_800, 300_000), (61_000, 20_000), (15_000, 300_000)] {
        let moments = Moments { first: START + 7_000, step, back };
        let some = scanned(&store, &[], Some(moments));
        for ((labels, all), (other, some)) in all.iter().zip(&some) {
            assert_eq!(labels, other);
            let current = |samples: &[(Millis, u64)], moment: Millis| {
                let place = samples.partition_point(|(time, _)| *time <= moment).checked_sub(1)?;
                (samples[place].0 > moment - back).then(|| samples[place])
            };
            for moment in (0..).map(|place| moments.first + place * step).take_while(|moment| *moment <= START + STEPS * STEP) {
                assert_eq!(current(all, moment), current(some, moment), "{labels} at {moment}");
            }
        }
        assert!(step < 60_000 || some.iter().map(|(_, samples)| samples.len()).sum::<usize>() < all.len() * 1_200);
    }
}

#[test]
fn two_threads_find_what_one_finds_and_in_its_order() {
    let folder = TempDir::new().unwrap();
    let store = filled(&folder);
    let together = scanned(&store, &[], None);
    let alone: Scanned =
        (0..SERIES).flat_map(|series| scanned(&store, &[Matcher::equal("place", format!("{series:02}"))], None)).collect();
    assert_eq!(together, alone);
}

#[test]
fn a_long_scan_ends_where_it_is_told_to_and_at_its_limits() {
    let folder = TempDir::new().unwrap();
    let store = filled(&folder);
    let select = Select::new(&[], START, START + STEPS * STEP, SelectLimits::NONE);
    for most in [1, 9, 30] {
        let mut taken = 0;
        let mut take = |_: &_, _: &[Millis], _: &[f64]| {
            taken += 1;
            if taken == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        store.samples().scan(&select, &mut take).unwrap();
        assert_eq!(taken, most);
    }
    let samples = usize::try_from(STEPS).unwrap() * 11;
    let limited = Select { limits: SelectLimits { series: usize::MAX, samples }, ..select };
    let refused = store.samples().scan(&limited, &mut |_, _, _| ControlFlow::Continue(())).unwrap_err();
    assert!(refused.0.contains("more than 33000 samples"), "{}", refused.0);
}
