//! Numbers of which small ones are the most frequent, after Rice: the lower bits of each, packed, and then, for each, how
//! often the next bit counts, as so many zeros and a one. The halves lie apart, so that the first unpacks at full speed.

use super::bits;

/// A number counts at most so many zeros; whoever encodes leaves out larger ones.
pub(super) const MOST: u64 = 63;

/// Bits that so many numbers take, where `over` is what they count in all.
pub(super) fn length(count: usize, width: u32, over: u64) -> usize {
    bits::length(count, width) + (count + over as usize).div_ceil(8)
}

pub(super) fn pack(numbers: &[u64], width: u32, bytes: &mut Vec<u8>) {
    let mut low = [0_u64; super::integers::BLOCK];
    let mask = (1_u64 << width) - 1;
    for (low, number) in low.iter_mut().zip(numbers) {
        *low = number & mask;
    }
    bits::pack(&low[..numbers.len()], width, bytes);
    let (mut gathered, mut held) = (0_u64, 0_u64);
    for number in numbers {
        held += number >> width;
        while held >= 64 {
            bytes.extend_from_slice(&gathered.to_le_bytes());
            gathered = 0;
            held -= 64;
        }
        gathered |= 1 << held;
        held += 1;
    }
    if held == 64 {
        bytes.extend_from_slice(&gathered.to_le_bytes());
    } else {
        bytes.extend_from_slice(&gathered.to_le_bytes()[..(held as usize).div_ceil(8)]);
    }
}

/// Fills `numbers`, from the front of `bytes`, which it moves on. None where they are too few.
pub(super) fn unpack(bytes: &mut &[u8], width: u32, numbers: &mut [u64]) -> Option<()> {
    bits::unpack(bytes, width, numbers)?;
    let mut left = numbers.iter_mut();
    let (mut start, mut next) = (0_u64, 0_u64);
    let mut used = 0;
    while left.len() > 0 {
        let mut word = match bytes.get(used..used + 8).and_then(|eight| eight.try_into().ok()) {
            Some(eight) => u64::from_le_bytes(eight),
            None => last(bytes.get(used..).filter(|rest| !rest.is_empty())?),
        };
        let ones = (word.count_ones() as usize).min(left.len());
        for number in left.by_ref().take(ones) {
            let place = start + u64::from(word.trailing_zeros());
            *number |= (place - next).checked_shl(width)?;
            next = place + 1;
            word &= word - 1;
        }
        start += 64;
        used += 8;
    }
    *bytes = bytes.get((next as usize).div_ceil(8)..)?;
    Some(())
}

#[cold]
fn last(bytes: &[u8]) -> u64 {
    let mut eight = [0; 8];
    eight[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(eight)
}
