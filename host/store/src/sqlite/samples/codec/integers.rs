//! A column of integers: the first one, then blocks of up to 128.
//!
//! A block holds values, differences or differences of differences (its order), less a base, in the shape that takes the
//! fewest bytes: all with the same count of bits; by Rice's code, where small ones are frequent; only those that are not
//! the base, behind a set of their places. What stands out (a restart of a counter, a gap in time) is listed in full.
//! Where all differences to the end of the column are the same, one entry says so.

use super::bits;
use super::rice;
use super::shape::{Shape, choose};
use super::varint::{get, get_signed, put, put_signed, unzigzag};

/// Numbers coded together.
pub(super) const BLOCK: usize = 128;

/// More are not listed one by one.
pub(super) const MOST_ODD: usize = 12;

/// The first byte of a block: its order (three says that the difference that follows is that of all the rest), and flags.
pub(super) const ORDER: u8 = 3;
pub(super) const REST: u8 = 3;
/// Only what is not the base follows, behind the set of its places.
pub(super) const SPARSE: u8 = 4;
/// Numbers lie on both sides of the base.
pub(super) const BOTH: u8 = 8;
pub(super) const RICE: u8 = 16;
/// A list of those that stand out comes first.
pub(super) const ODD: u8 = 32;
const KNOWN: u8 = 63;

/// The value before, and the difference that led to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    pub(super) value: i64,
    pub(super) difference: i64,
}

/// What begins a block, but for the column's last one.
pub(super) struct Opening {
    pub(super) width: u32,
    pub(super) base: i64,
    /// What is listed in full: place and residual.
    odd: [(u8, i64); MOST_ODD],
    odds: usize,
}

impl Opening {
    /// Reads it after the block's first byte.
    pub(super) fn read(head: u8, bytes: &mut &[u8], length: usize) -> Option<Opening> {
        let (&width, rest) = bytes.split_first()?;
        *bytes = rest;
        if head > KNOWN || head & ORDER == REST || width > 64 || (head & RICE != 0 && width > 56) {
            return None;
        }
        let mut opening = Opening { width: u32::from(width), base: get_signed(bytes)?, odd: [(0, 0); MOST_ODD], odds: 0 };
        if head & ODD != 0 {
            opening.odds = usize::try_from(get(bytes)?).ok().filter(|odds| *odds <= MOST_ODD)?;
            for one in &mut opening.odd[..opening.odds] {
                let (&place, rest) = bytes.split_first()?;
                *bytes = rest;
                *one = (place, get_signed(bytes)?);
                if usize::from(place) >= length {
                    return None;
                }
            }
        }
        Some(opening)
    }

    /// What a number of a block stands for that is not sparse.
    pub(super) fn residual(&self, head: u8, number: u64) -> i64 {
        self.base.wrapping_add(if head & BOTH == 0 { number.cast_signed() } else { unzigzag(number) })
    }

    pub(super) fn odd(&self) -> &[(u8, i64)] {
        &self.odd[..self.odds]
    }
}

pub(super) fn encode(numbers: &[i64], bytes: &mut Vec<u8>) {
    let Some((first, rest)) = numbers.split_first() else { return };
    let all = numbers.iter().fold(0, |all, number| all | number);
    let shift = if all == 0 { 0 } else { all.trailing_zeros() };
    bytes.push(shift as u8);
    put_signed(bytes, first >> shift);
    let mut before = Before { value: first >> shift, difference: 0 };
    // From here on all differences are the same.
    let steady = numbers.len() - steady(numbers);
    let mut done = 1;
    let mut residuals = [[0_i64; BLOCK]; 3];
    for block in rest.chunks(BLOCK) {
        if done >= steady {
            bytes.push(REST);
            put_signed(bytes, (block[0] >> shift).wrapping_sub(before.value));
            return;
        }
        for (place, number) in block.iter().enumerate() {
            let value = number >> shift;
            let difference = value.wrapping_sub(before.value);
            residuals[0][place] = value;
            residuals[1][place] = difference;
            residuals[2][place] = difference.wrapping_sub(before.difference);
            before = Before { value, difference };
        }
        let shape = choose(&residuals, block.len());
        write_block(&shape, &residuals[usize::from(shape.order)][..block.len()], bytes);
        done += block.len();
    }
}

/// How many numbers at the end differ from those before them by as much as the last one does.
fn steady(numbers: &[i64]) -> usize {
    let differences = numbers.windows(2).rev().map(|two| two[1].wrapping_sub(two[0]));
    let last = differences.clone().next();
    differences.take_while(|difference| Some(*difference) == last).count()
}

fn write_block(shape: &Shape, residuals: &[i64], bytes: &mut Vec<u8>) {
    let odd = |residual: i64| shape.flags & ODD != 0 && shape.odd(residual);
    let mut numbers = [0_u64; BLOCK];
    for (number, residual) in numbers.iter_mut().zip(residuals) {
        *number = if odd(*residual) { 0 } else { shape.number(*residual) };
    }
    let numbers = &mut numbers[..residuals.len()];
    bytes.extend_from_slice(&[shape.order | shape.flags, shape.width as u8]);
    put_signed(bytes, shape.base);
    if shape.flags & ODD != 0 {
        bytes.push(residuals.iter().filter(|residual| odd(**residual)).count() as u8);
        for (place, residual) in residuals.iter().enumerate().filter(|(_, residual)| odd(**residual)) {
            bytes.push(place as u8);
            put_signed(bytes, *residual);
        }
    }
    let mut count = numbers.len();
    if shape.flags & SPARSE != 0 {
        let mut set = [0_u8; BLOCK / 8];
        let mut kept = 0;
        for place in 0..count {
            if numbers[place] != 0 {
                set[place / 8] |= 1 << (place % 8);
                numbers[kept] = numbers[place] - 1;
                kept += 1;
            }
        }
        bytes.extend_from_slice(&set[..count.div_ceil(8)]);
        count = kept;
    }
    if shape.flags & RICE != 0 {
        rice::pack(&numbers[..count], shape.width, bytes);
    } else {
        bits::pack(&numbers[..count], shape.width, bytes);
    }
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
        let (&head, rest) = bytes.split_first()?;
        *bytes = rest;
        if head == REST {
            let (step, value) = (get_signed(bytes)?, before.value);
            numbers.extend((1..=left as i64).map(|place| value.wrapping_add(step.wrapping_mul(place))));
            break;
        }
        let block = &mut block[..left.min(BLOCK)];
        read_block(head, bytes, block)?;
        restore(head & ORDER, block, &mut before, numbers);
        left -= block.len();
    }
    if shift > 0 {
        numbers[from..].iter_mut().for_each(|number| *number <<= shift);
    }
    Some(())
}

/// Fills the block with residuals.
pub(super) fn read_block(head: u8, bytes: &mut &[u8], block: &mut [u64]) -> Option<()> {
    let opening = Opening::read(head, bytes, block.len())?;
    let (width, base) = (opening.width, opening.base);
    if head & SPARSE == 0 {
        read_numbers(head, bytes, width, block)?;
        if head & BOTH == 0 {
            block.iter_mut().for_each(|number| *number = number.wrapping_add(base.cast_unsigned()));
        } else {
            block.iter_mut().for_each(|number| *number = unzigzag(*number).wrapping_add(base).cast_unsigned());
        }
    } else {
        read_sparse(head, bytes, (width, base), block)?;
    }
    for (place, residual) in opening.odd() {
        block[usize::from(*place)] = residual.cast_unsigned();
    }
    Some(())
}

pub(super) fn read_numbers(head: u8, bytes: &mut &[u8], width: u32, numbers: &mut [u64]) -> Option<()> {
    if head & RICE == 0 { bits::unpack(bytes, width, numbers) } else { rice::unpack(bytes, width, numbers) }
}

fn read_sparse(head: u8, bytes: &mut &[u8], (width, base): (u32, i64), block: &mut [u64]) -> Option<()> {
    let (set, rest) = bytes.split_at_checked(block.len().div_ceil(8))?;
    *bytes = rest;
    let mut numbers = [0_u64; BLOCK];
    let count = set.iter().map(|byte| byte.count_ones() as usize).sum();
    read_numbers(head, bytes, width, numbers.get_mut(..count)?)?;
    let mut numbers = numbers[..count].iter().map(|number| unzigzag(number.wrapping_add(1)).wrapping_add(base));
    for (places, byte) in block.chunks_mut(8).zip(set) {
        for (place, number) in places.iter_mut().enumerate() {
            *number = if byte >> place & 1 == 0 { base } else { numbers.next().unwrap_or(base) }.cast_unsigned();
        }
    }
    Some(())
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
