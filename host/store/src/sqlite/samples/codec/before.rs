//! Columns of integers as chunks of version 1 have them: blocks of up to 64, each with one count of bits, read and no longer
//! written. The first byte of a block has the order in its two upper bits and the width in the others; a width of 63 says
//! that one number was left out, and comes in full.

use super::bits;
use super::integers::{Before, restore};
use super::varint::get_signed;

const BLOCK: usize = 64;

/// Widths as the first byte has them: 57 stands for 64.
const FULL: u8 = 57;
const ODD_ONE: u8 = 63;

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
