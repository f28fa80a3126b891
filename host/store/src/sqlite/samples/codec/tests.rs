//! What goes in comes out, bit by bit; what is damaged is found.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use vitrine_model::Millis;
use vitrine_model::port::samples::Moments;
use vitrine_model::sample::stale;

use super::chunk::{self, Coder, LARGEST};

fn encoded(times: &[Millis], values: &[f64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Coder::default().encode(times, values, &mut bytes);
    bytes
}

/// Times and bits of values; none where a chunk is damaged.
fn decoded(mut bytes: &[u8]) -> Option<Vec<(Millis, u64)>> {
    let (mut times, mut values) = (Vec::new(), Vec::new());
    let mut coder = Coder::default();
    while let Some(chunk) = chunk::next(&mut bytes) {
        coder.decode(chunk.ok()?, &mut times, &mut values)?;
    }
    Some(times.into_iter().zip(values.into_iter().map(f64::to_bits)).collect())
}

fn check(times: &[Millis], values: &[f64]) -> usize {
    let bytes = encoded(times, values);
    let expected: Vec<_> = times.iter().copied().zip(values.iter().map(|value| value.to_bits())).collect();
    assert_eq!(decoded(&bytes).unwrap(), expected);
    bytes.len()
}

fn regular(count: usize) -> Vec<Millis> {
    (0..count as Millis).map(|place| 1_763_632_803_000 + place * 15_000).collect()
}

#[test]
fn what_is_regular_is_small() {
    let times = regular(480);
    let size = |value: &dyn Fn(usize) -> f64| check(&times, &(0..480).map(value).collect::<Vec<_>>());
    assert!(size(&|_| 1.0) < 110);
    assert!(size(&|place| place as f64 * 1_000.0) < 110);
    assert!(size(&|place| (place * 4096 + place % 3 * 8192) as f64) < 300);
    // Two decimal places that wander.
    assert!(size(&|place| (2_000.0 + (place * 7 % 13) as f64) / 100.0) < 400);
    // A counter that begins anew once, and a series that ends.
    assert!(size(&|place| if place < 200 { 1e9 + place as f64 * 3.0 } else { place as f64 * 3.0 }) < 140);
    assert!(size(&|place| if place == 479 { stale() } else { 5.0 }) < 120);
}

#[test]
fn times_with_gaps_and_jitter_are_small() {
    let mut times = regular(480);
    times[240..].iter_mut().for_each(|time| *time += 3_600_000);
    assert!(check(&times, &[1.0; 480]) < 120);
    times.iter_mut().enumerate().for_each(|(place, time)| *time += (place * 31 % 5) as Millis);
    assert!(check(&times, &[1.0; 480]) < 330);
}

#[test]
fn odd_doubles_return_as_they_were() {
    let values = [0.1, -0.0, f64::NAN, stale(), f64::INFINITY, f64::MIN_POSITIVE / 2.0, f64::MAX, 1e-300, 3.0, 1.0 / 3.0];
    for count in [1, 2, 3, 10, 64, 65, 66, 200, LARGEST, LARGEST + 1] {
        let column: Vec<f64> = (0..count).map(|place| values[place % values.len()]).collect();
        check(&regular(count), &column);
    }
    check(&[i64::MIN, -1, 0, i64::MAX], &[1.0; 4]);
    assert_eq!(encoded(&[], &[]).len(), 0);
}

#[test]
fn what_stands_out_or_stays_is_small() {
    let size = |value: &dyn Fn(usize) -> f64| check(&regular(480), &(0..480).map(value).collect::<Vec<_>>());
    // Pages of memory, of which one in five changes; a counter with several restarts.
    assert!(size(&|place| (place / 5 * 3 % 7 * 4_096) as f64) < 200);
    assert!(size(&|place| (1_000_000 + place % 60 * 1_000 + place * 7 % 13) as f64) < 520);
    assert!(size(&|_| 1.0) < 40);
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-1_000_000_i64..1_000_000, 0_i32..7).prop_map(|(number, places)| number as f64 / 10_f64.powi(places)),
        2 => any::<u64>().prop_map(f64::from_bits),
        1 => Just(stale()),
        1 => Just(-0.0),
        1 => (0_u64..1 << 53).prop_map(|number| number as f64),
    ]
}

proptest! {
    #[test]
    fn every_column_returns_as_it_was(samples in prop::collection::vec((any::<i64>(), value()), 0..300)) {
        let (times, values): (Vec<_>, Vec<_>) = samples.into_iter().unzip();
        check(&times, &values);
    }

    #[test]
    fn counters_and_gauges_return_as_they_were(
        start in -1_000_000_000_i64..1_000_000_000, places in 0_i32..5, steps in prop::collection::vec(-500_i64..5_000, 1..700),
    ) {
        let mut number = start;
        let values: Vec<f64> = steps.iter().map(|step| { number += step; number as f64 / 10_f64.powi(places) }).collect();
        check(&regular(values.len()), &values);
    }

    #[test]
    fn few_that_differ_return_as_they_were(
        steps in prop::collection::vec(prop_oneof![7 => Just(0_i64), 2 => -9_i64..9, 1 => any::<i64>()], 1..500),
    ) {
        let mut number = 0_i64;
        let numbers: Vec<i64> = steps.iter().map(|step| { number = number.wrapping_add(*step); number }).collect();
        for numbers in [&numbers, &steps] {
            let (mut bytes, mut again) = (Vec::new(), Vec::new());
            super::integers::encode(numbers, &mut bytes);
            super::integers::decode(&mut bytes.as_slice(), numbers.len(), &mut again).unwrap();
            prop_assert_eq!(numbers, &again);
        }
    }

    #[test]
    fn what_each_moment_sees_is_what_it_sees_of_all(
        start in -1_000_000_000_i64..1_000_000_000, decimals in 0_i32..3,
        steps in prop::collection::vec(prop_oneof![
            9 => -50_i64..3_000, 3 => Just(7_i64), 1 => any::<i32>().prop_map(i64::from), 1 => Just(i64::MIN)], 1..900),
        (first, step, back) in (-40_000_000_i64..10_000_000, 1_000_i64..3_000_000, 1_000_i64..700_000), kind in 0..3,
    ) {
        let mut number = start;
        let values: Vec<f64> = steps.iter().map(|step| match (*step, kind) {
            (i64::MIN, _) => stale(),
            (step, 0) => { number += step; number as f64 / 10_f64.powi(decimals) }
            (step, 1) => step as f64,
            (step, _) => (step as f64).sqrt() / 3.0,
        }).collect();
        let times = regular(values.len());
        let moments = Moments { first: times[0] + first, step, back };
        let bytes = encoded(&times, &values);
        let (mut some_times, mut some_values, mut coder) = (Vec::new(), Vec::new(), Coder::default());
        let mut left = bytes.as_slice();
        while let Some(chunk) = chunk::next(&mut left) {
            coder.decode_at(chunk.unwrap(), moments, &mut some_times, &mut some_values).unwrap();
        }
        prop_assert!(some_times.is_sorted_by(|a, b| a < b));
        let current = |times: &[Millis], values: &[f64], moment: Millis| {
            let place = times.partition_point(|time| *time <= moment).checked_sub(1)?;
            (times[place] > moment - back).then(|| (times[place], values[place].to_bits()))
        };
        for moment in (0..20_000).map(|place| moments.first + place * step).take_while(|moment| *moment < times[times.len() - 1] + 2 * back + step) {
            prop_assert_eq!(current(&times, &values, moment), current(&some_times, &some_values, moment));
        }
    }

    #[test]
    fn a_changed_byte_is_found(steps in prop::collection::vec(value(), 1..100), place in any::<prop::sample::Index>(), bit in 0..8) {
        let mut bytes = encoded(&regular(steps.len()), &steps);
        let place = place.index(bytes.len());
        bytes[place] ^= 1_u8 << bit;
        prop_assert_eq!(decoded(&bytes), None);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decoded(&bytes);
        let mut numbers = Vec::new();
        let _ = super::integers::decode(&mut bytes.as_slice(), 100, &mut numbers);
        let _ = super::thin::decode(&mut bytes.as_slice(), 100, &[0, 3, 50, 99], &mut numbers);
        let _ = super::thin::decode(&mut bytes.as_slice(), 100, &[64, 200], &mut numbers);
    }

    #[test]
    fn some_places_are_as_among_all(
        steps in prop::collection::vec(prop_oneof![7 => -4_i64..90, 2 => Just(0_i64), 1 => any::<i64>()], 1..700),
        every in 1_usize..50, order in 0..3,
    ) {
        let mut numbers = steps;
        for _ in 0..order {
            let mut sum = 0_i64;
            numbers.iter_mut().for_each(|number| { sum = sum.wrapping_add(*number); *number = sum; });
        }
        let mut bytes = Vec::new();
        super::integers::encode(&numbers, &mut bytes);
        let places: Vec<u32> = (0..numbers.len() as u32).filter(|place| place % every as u32 == 3 % every as u32).collect();
        let mut some = Vec::new();
        super::thin::decode(&mut bytes.as_slice(), numbers.len(), &places, &mut some).unwrap();
        let expected: Vec<i64> = places.iter().map(|place| numbers[*place as usize]).collect();
        prop_assert_eq!(expected, some);
    }
}
