//! How a block of integers is written: all shapes are weighed, and the smallest is taken.

use super::bits;
use super::integers::{BLOCK, BOTH, MOST_ODD, ODD, RICE, SPARSE};
use super::rice;
use super::varint::{signed_length, unzigzag, zigzag};

/// Nothing wider is written by Rice's code.
const WIDEST_RICE: u32 = 50;

#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) order: u8,
    pub(super) flags: u8,
    pub(super) base: i64,
    pub(super) width: u32,
    /// Numbers of more than this are listed.
    most: u64,
    bytes: usize,
}

impl Shape {
    /// What is written of a residual that does not stand out.
    pub(super) fn number(&self, residual: i64) -> u64 {
        number(self.flags, self.base, residual)
    }

    pub(super) fn odd(&self, residual: i64) -> bool {
        self.number(residual) > self.most
    }
}

fn number(flags: u8, base: i64, residual: i64) -> u64 {
    let number = residual.wrapping_sub(base);
    if flags & (BOTH | SPARSE) != 0 { zigzag(number) } else { number.cast_unsigned() }
}

/// Residuals of each order; `count` of them.
pub(super) fn choose(residuals: &[[i64; BLOCK]; 3], count: usize) -> Shape {
    let mut sorted = *residuals;
    let mut middle = |order: usize| {
        let sorted = &mut sorted[order][..count];
        let middle = *sorted.select_nth_unstable(count / 2).1;
        let spread: u32 = sorted.iter().map(|residual| 64 - zigzag(residual.wrapping_sub(middle)).leading_zeros()).sum();
        (spread, order)
    };
    let (_, order) = [middle(1), middle(0), middle(2)].into_iter().min_by_key(|(spread, _)| *spread).unwrap_or((0, 1));
    let sorted = &mut sorted[order][..count];
    sorted.sort_unstable();
    let (common, often) = most_frequent(sorted);
    let mut best = weigh(sorted, sorted[count / 2], BOTH);
    let mut offer = |shape: Shape| best = if shape.bytes < best.bytes { shape } else { best };
    offer(weigh(sorted, sorted[0], 0));
    // One or two far below all others would widen the block.
    let below = 2.min(count - 1);
    let (far, usual) = (sorted[below].wrapping_sub(sorted[0]), sorted[count - 1 - below].wrapping_sub(sorted[below]));
    if far.cast_unsigned() > usual.cast_unsigned() / 2 {
        (1..=below).for_each(|below| offer(weigh(sorted, sorted[below], 0)));
    }
    if often * 4 > count {
        offer(weigh(sorted, common, SPARSE));
    }
    best.order = order as u8;
    best
}

fn most_frequent(sorted: &[i64]) -> (i64, usize) {
    let runs = sorted.chunk_by(|a, b| a == b).map(|run| (run[0], run.len()));
    runs.max_by_key(|(_, length)| *length).unwrap_or_default()
}

/// The best shape with this base.
fn weigh(residuals: &[i64], base: i64, flags: u8) -> Shape {
    let mut numbers = [0_u64; BLOCK];
    for (place, residual) in numbers.iter_mut().zip(residuals) {
        *place = number(flags, base, *residual);
    }
    let all = residuals.len();
    let numbers = &mut numbers[..all];
    // The residuals are in order, so these are one or two runs.
    numbers.sort();
    let sparse = flags & SPARSE != 0;
    // What is the base is not written, and the others are less by one.
    let (from, less) = if sparse { (numbers.partition_point(|number| *number == 0), 1) } else { (0, 0) };
    let kept = &mut numbers[from..];
    kept.iter_mut().for_each(|number| *number -= less);
    let mut head = 2 + signed_length(base) + if sparse { all.div_ceil(8) } else { 0 };
    let usual = kept.get(kept.len() / 2).map_or(0, |usual| 64 - usual.leading_zeros());
    let widths = [usual.saturating_sub(1), usual, usual + 1].map(|width| width.min(WIDEST_RICE));
    let mut over = widths.map(|width| kept.iter().fold(0, |over: u64, number| over.saturating_add(number >> width)));
    let mut best = Shape { order: 0, flags, base, width: 64, most: u64::MAX, bytes: usize::MAX };
    for odd in 0..=MOST_ODD.min(kept.len()) {
        let left = &kept[..kept.len() - odd];
        let most = left.last().copied().unwrap_or(0);
        // In a sparse block, what is listed is not in the set.
        let written = if sparse { left.len() } else { all };
        let flags = if odd > 0 { flags | ODD } else { flags };
        let mut offer = |flags: u8, width: u32, bytes: usize| {
            if bytes < best.bytes {
                best = Shape { flags, width, most: if left.is_empty() { 0 } else { most + less }, bytes, ..best };
            }
        };
        let plain = bits::width(most);
        offer(flags, plain, head + bits::length(written, plain));
        for (width, over) in widths.into_iter().zip(over) {
            if most >> width <= rice::MOST {
                offer(flags | RICE, width, head + rice::length(written, width, over));
            }
        }
        // Where the largest are no wider than usual, there is nothing to gain.
        if plain <= usual {
            break;
        }
        head += 1 + usize::from(odd == 0) + signed_length(residual(flags, base, most + less));
        widths.iter().zip(&mut over).for_each(|(width, over)| *over = over.saturating_sub(most >> width));
    }
    best
}

fn residual(flags: u8, base: i64, number: u64) -> i64 {
    if flags & (BOTH | SPARSE) != 0 { unzigzag(number).wrapping_add(base) } else { base.wrapping_add(number.cast_signed()) }
}
