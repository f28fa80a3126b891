//! A column of integers: the first one, then blocks of up to 64.
//!
//! A block holds values, differences or differences of differences, less their least. Its first byte has the order in its
//! two upper bits and the width in the others; a width of 63 says that one number was left out because it alone would have
//! widened the block (a restart of a counter, a gap in time), and comes in full.

use super::bits::{self, BLOCK};
use super::varint::{get, get_signed, put, put_signed, signed_length};

/// Widths as the first byte has them: 57 stands for 64.
const FULL: u8 = 57;
const ODD_ONE: u8 = 63;

/// Blocks narrower than this are not looked at for one that stands out.
const NARROW: u32 = 8;

/// One way to write a block.
struct Shape {
    order: u8,
    base: i64,
    width: u32,
    /// Place of the number that is left out.
    odd: Option<usize>,
    bytes: usize,
}

/// The value before and the difference before that led to it.
#[derive(Clone, Copy)]
struct Before {
    value: i64,
    difference: i64,
}

pub(super) fn encode(numbers: &[i64], bytes: &mut Vec<u8>) {
    let Some((first, rest)) = numbers.split_first() else { return };
    let all = numbers.iter().fold(0, |all, number| all | number);
    let shift = if all == 0 { 0 } else { all.trailing_zeros() };
    bytes.push(shift as u8);
    put_signed(bytes, first >> shift);
    let mut before = Before { value: first >> shift, difference: 0 };
    let mut residuals = [[0_i64; BLOCK]; 3];
    for block in rest.chunks(BLOCK) {
        let count = block.len();
        for (place, number) in block.iter().enumerate() {
            let value = number >> shift;
            let difference = value.wrapping_sub(before.value);
            residuals[0][place] = value;
            residuals[1][place] = difference;
            residuals[2][place] = difference.wrapping_sub(before.difference);
            before = Before { value, difference };
        }
        let shapes = [1, 0, 2].map(|order| shape(order, &residuals[usize::from(order)][..count]));
        let best = shapes.iter().min_by_key(|shape| shape.bytes);
        if let Some(best) = best {
            write_block(best, &residuals[usize::from(best.order)][..count], bytes);
        }
    }
}

fn shape(order: u8, residuals: &[i64]) -> Shape {
    let (least, most) =
        residuals.iter().fold((i64::MAX, i64::MIN), |(least, most), number| (least.min(*number), most.max(*number)));
    let width = bits::width(most.wrapping_sub(least).cast_unsigned());
    let whole = Shape { order, base: least, width, odd: None, bytes: cost(residuals.len(), least, width) };
    if width < NARROW { whole } else { without_odd_one(whole, residuals) }
}

fn cost(count: usize, base: i64, width: u32) -> usize {
    1 + signed_length(base) + bits::length(count, width)
}

/// Leaves out the least or the greatest, where that pays.
fn without_odd_one(whole: Shape, residuals: &[i64]) -> Shape {
    let (mut least, mut next_least, mut most, mut next_most) = (i64::MAX, i64::MAX, i64::MIN, i64::MIN);
    for number in residuals {
        next_least = next_least.min(*number.max(&least));
        least = least.min(*number);
        next_most = next_most.max(*number.min(&most));
        most = most.max(*number);
    }
    let range = |least: i64, most: i64| most.wrapping_sub(least).cast_unsigned();
    let drop_most = range(least, next_most) <= range(next_least, most);
    let (odd, base, range) =
        if drop_most { (most, least, range(least, next_most)) } else { (least, next_least, range(next_least, most)) };
    let width = bits::width(range);
    let bytes = cost(residuals.len(), base, width) + 2 + signed_length(odd);
    match residuals.iter().position(|number| *number == odd) {
        Some(place) if residuals.len() > 1 && bytes < whole.bytes => Shape { base, width, odd: Some(place), bytes, ..whole },
        _ => whole,
    }
}

fn write_block(shape: &Shape, residuals: &[i64], bytes: &mut Vec<u8>) {
    let width = if shape.width == 64 { FULL } else { shape.width as u8 };
    let mut packed = [0_u64; BLOCK];
    for (packed, residual) in packed.iter_mut().zip(residuals) {
        *packed = residual.wrapping_sub(shape.base).cast_unsigned();
    }
    match shape.odd {
        None => bytes.push(shape.order << 6 | width),
        Some(place) => {
            packed[place] = 0;
            bytes.extend_from_slice(&[shape.order << 6 | ODD_ONE, width, place as u8]);
            put_signed(bytes, residuals[place]);
        }
    }
    put_signed(bytes, shape.base);
    bits::pack(&packed[..residuals.len()], shape.width, bytes);
}

/// Appends `count` numbers from the front of `bytes`, which it moves on. None where bytes are no column.
pub(super) fn decode(bytes: &mut &[u8], count: usize, numbers: &mut Vec<i64>) -> Option<()> {
    if count == 0 {
        return Some(());
    }
    let (&shift, rest) = bytes.split_first()?;
    *bytes = rest;
    if shift > 63 {
        return None;
    }
    let from = numbers.len();
    let first = get_signed(bytes)?;
    let mut before = Before { value: first, difference: 0 };
    numbers.reserve(count);
    numbers.push(first);
    let mut block = [0_u64; BLOCK];
    let mut left = count - 1;
    while left > 0 {
        let block = &mut block[..left.min(BLOCK)];
        let order = read_block(bytes, block)?;
        restore(order, block, &mut before, numbers);
        left -= block.len();
    }
    if shift > 0 {
        numbers[from..].iter_mut().for_each(|number| *number <<= shift);
    }
    Some(())
}

/// Fills the block with residuals; answers their order.
fn read_block(bytes: &mut &[u8], block: &mut [u64]) -> Option<u8> {
    let (&head, rest) = bytes.split_first()?;
    *bytes = rest;
    let (order, mut width, mut odd) = (head >> 6, head & 63, None);
    if width == ODD_ONE {
        let (&[narrower, place], rest) = bytes.split_first_chunk::<2>()?;
        *bytes = rest;
        width = narrower;
        odd = Some((usize::from(place), get_signed(bytes)?));
    }
    let width = match width {
        FULL => 64,
        width if width < FULL => u32::from(width),
        _ => return None,
    };
    let base = get_signed(bytes)?.cast_unsigned();
    bits::unpack(bytes, width, block)?;
    block.iter_mut().for_each(|number| *number = number.wrapping_add(base));
    if let Some((place, number)) = odd {
        *block.get_mut(place)? = number.cast_unsigned();
    }
    Some(order)
}

fn restore(order: u8, block: &[u64], before: &mut Before, numbers: &mut Vec<i64>) {
    let mut value = before.value;
    match order {
        0 => numbers.extend(block.iter().map(|residual| residual.cast_signed())),
        1 => numbers.extend(block.iter().map(|residual| {
            value = value.wrapping_add(residual.cast_signed());
            value
        })),
        _ => {
            let mut difference = before.difference;
            numbers.extend(block.iter().map(|residual| {
                difference = difference.wrapping_add(residual.cast_signed());
                value = value.wrapping_add(difference);
                value
            }));
        }
    }
    if let [.., earlier, last] = numbers.as_slice() {
        *before = Before { value: *last, difference: last.wrapping_sub(*earlier) };
    }
}

/// A list of few numbers, for what is rare.
pub(super) fn put_list(numbers: &[(usize, u64)], bytes: &mut Vec<u8>) {
    put(bytes, numbers.len() as u64);
    let mut from = 0;
    for (place, number) in numbers {
        put(bytes, (place - from) as u64);
        bytes.extend_from_slice(&number.to_le_bytes());
        from = *place;
    }
}

pub(super) fn get_list(bytes: &mut &[u8], mut take: impl FnMut(usize, u64) -> Option<()>) -> Option<()> {
    let count = get(bytes)?;
    let mut place = 0_usize;
    for _ in 0..count {
        place = place.checked_add(usize::try_from(get(bytes)?).ok()?)?;
        let (eight, rest) = bytes.split_first_chunk::<8>()?;
        *bytes = rest;
        take(place, u64::from_le_bytes(*eight))?;
    }
    Some(())
}
