//! Doubles as whole numbers: what has few decimal places is a whole number over a power of ten, and comes back as the very
//! same bits. What is none (NaN, the stale marker, -0, too many places) is listed beside them.

use super::integers::{self, get_list, put_list};
use super::thin;

/// Added to a double of less than 2^51, it leaves the nearest whole number in the lower bits, without a rounding call.
const MAGIC: f64 = 6_755_399_441_055_744.0;
const LARGEST: f64 = 2_251_799_813_685_248.0;

const POWERS: [f64; 16] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Says that the numbers are the bits of the doubles.
const NOISE: u8 = 0xff;
/// Set where a list of those that do not fit comes first.
const LISTED: u8 = 0x80;

/// One in so many may not fit.
const RARE: usize = 8;

/// Reused from one column to the next.
#[derive(Debug, Default)]
pub(in super::super) struct Scratch {
    numbers: Vec<i64>,
    listed: Vec<(usize, u64)>,
}

fn whole(value: f64, power: f64) -> Option<i64> {
    let scaled = value * power;
    let shifted = scaled + MAGIC;
    let rounded = shifted - MAGIC;
    let fits = scaled.abs() < LARGEST && (rounded / power).to_bits() == value.to_bits();
    fits.then(|| shifted.to_bits().wrapping_sub(MAGIC.to_bits()).cast_signed())
}

/// The fewest decimal places with which this is a whole number, not fewer than `least`.
fn places(value: f64, least: usize) -> Option<usize> {
    (least..POWERS.len()).find(|places| whole(value, POWERS[*places]).is_some())
}

pub(super) fn encode(values: &[f64], scratch: &mut Scratch, bytes: &mut Vec<u8>) {
    match scale(values, scratch) {
        Some(places) if scratch.listed.is_empty() => bytes.push(places as u8),
        Some(places) => {
            bytes.push(places as u8 | LISTED);
            put_list(&scratch.listed, bytes);
        }
        None => {
            bytes.push(NOISE);
            scratch.numbers.clear();
            scratch.numbers.extend(values.iter().map(|value| value.to_bits().cast_signed()));
        }
    }
    integers::encode(&scratch.numbers, bytes);
}

/// Fills the scratch; the count of decimal places, or nothing for noise.
fn scale(values: &[f64], scratch: &mut Scratch) -> Option<usize> {
    let mut least = 0;
    'again: loop {
        scratch.numbers.clear();
        scratch.listed.clear();
        let power = POWERS[least];
        let mut before = 0;
        for (place, value) in values.iter().enumerate() {
            if let Some(number) = whole(*value, power) {
                before = number;
            } else if let Some(more) = places(*value, least + 1).filter(|_| value.is_finite()) {
                least = more;
                continue 'again;
            } else {
                scratch.listed.push((place, value.to_bits()));
                if scratch.listed.len() > values.len() / RARE + 1 {
                    return None;
                }
            }
            scratch.numbers.push(before);
        }
        return Some(least);
    }
}

/// Appends `count` values from the front of `bytes`. None where bytes are no column.
pub(super) fn decode(bytes: &mut &[u8], count: usize, scratch: &mut Scratch, values: &mut Vec<f64>) -> Option<()> {
    scratch.numbers.clear();
    let Scratch { numbers, listed } = scratch;
    let from = values.len();
    read(bytes, count, listed, values, numbers, |bytes, numbers| integers::decode(bytes, count, numbers))?;
    for (place, bits) in listed {
        values[from + *place] = f64::from_bits(*bits);
    }
    Some(())
}

/// Appends of `count` values those at `places`, which ascend.
pub(super) fn decode_at(
    bytes: &mut &[u8],
    count: usize,
    places: &[u32],
    scratch: &mut Scratch,
    values: &mut Vec<f64>,
) -> Option<()> {
    scratch.numbers.clear();
    let Scratch { numbers, listed } = scratch;
    let from = values.len();
    read(bytes, count, listed, values, numbers, |bytes, numbers| thin::decode(bytes, count, places, numbers))?;
    for (place, bits) in listed {
        if let Ok(at) = places.binary_search(&(*place as u32)) {
            values[from + at] = f64::from_bits(*bits);
        }
    }
    Some(())
}

/// Appends the doubles of those whole numbers that `decode` makes.
fn read(
    bytes: &mut &[u8],
    count: usize,
    listed: &mut Vec<(usize, u64)>,
    values: &mut Vec<f64>,
    numbers: &mut Vec<i64>,
    decode: impl FnOnce(&mut &[u8], &mut Vec<i64>) -> Option<()>,
) -> Option<()> {
    let (&head, rest) = bytes.split_first()?;
    *bytes = rest;
    listed.clear();
    if head == NOISE {
        decode(bytes, numbers)?;
        values.extend(numbers.iter().map(|number| f64::from_bits(number.cast_unsigned())));
        return Some(());
    }
    if head & LISTED != 0 {
        get_list(bytes, |place, bits| (place < count).then(|| listed.push((place, bits))))?;
    }
    let power = *POWERS.get(usize::from(head & !LISTED))?;
    decode(bytes, numbers)?;
    // The way back of `whole`: adding and subtracting goes several at a time, where converting does not.
    let double = |number: &i64| f64::from_bits(MAGIC.to_bits().wrapping_add(number.cast_unsigned())) - MAGIC;
    if power == 1.0 {
        values.extend(numbers.iter().map(double));
    } else {
        values.extend(numbers.iter().map(|number| double(number) / power));
    }
    Some(())
}
