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
    #[cfg(target_arch = "x86_64")]
    if super::wide() {
        // SAFETY: the processor has what the function is compiled for.
        #[expect(unsafe_code, reason = "there is no safe way to call what is compiled for some processors")]
        return unsafe { count_wide(bytes, width, numbers) };
    }
    count(bytes, width, numbers)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn count_wide(bytes: &mut &[u8], width: u32, numbers: &mut [u64]) -> Option<()> {
    count(bytes, width, numbers)
}

/// Adds to each number what its zeros count.
#[inline(always)]
fn count(bytes: &mut &[u8], width: u32, numbers: &mut [u64]) -> Option<()> {
    let mut left = numbers.iter_mut();
    let (mut start, mut next) = (0_u64, 0_u64);
    let mut used = 0;
    while left.len() > 0 {
        let mut word = word(bytes, used)?;
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

/// What the zeros of the first numbers count, without the numbers: asked for ascending counts of numbers.
pub(super) struct Counter<'a> {
    bytes: &'a [u8],
    used: usize,
    /// Ones before the word.
    before: usize,
    word: u64,
    /// Bits up to the last number that was asked for.
    end: usize,
}

impl<'a> Counter<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Option<Counter<'a>> {
        Some(Counter { bytes, used: 0, before: 0, word: word(bytes, 0)?, end: 0 })
    }

    /// The zeros of so many numbers from the beginning.
    #[inline(always)]
    pub(super) fn zeros(&mut self, numbers: usize) -> Option<u64> {
        let mut ones = self.word.count_ones() as usize;
        while self.before + ones < numbers {
            self.before += ones;
            self.used += 8;
            self.word = word(self.bytes, self.used)?;
            ones = self.word.count_ones() as usize;
        }
        let last = nth_one(self.word, numbers.checked_sub(self.before + 1)?);
        self.end = self.used * 8 + last + 1;
        Some((self.end - numbers) as u64)
    }

    /// What follows so many numbers, which were asked for last.
    pub(super) fn rest(&self) -> Option<&'a [u8]> {
        self.bytes.get(self.end.div_ceil(8)..)
    }
}

/// The place of the one that has `number` ones before it.
#[inline(always)]
fn nth_one(mut word: u64, mut number: usize) -> usize {
    let mut place = 0;
    // Halves, as long as there are many.
    for half in [32, 16, 8] {
        let low = (word & ((1_u64 << half) - 1)).count_ones() as usize;
        if number >= low {
            number -= low;
            word >>= half;
            place += half as usize;
        }
    }
    for _ in 0..number {
        word &= word.wrapping_sub(1);
    }
    place + word.trailing_zeros() as usize
}

#[inline(always)]
fn word(bytes: &[u8], from: usize) -> Option<u64> {
    match bytes.get(from..from + 8).and_then(|eight| eight.try_into().ok()) {
        Some(eight) => Some(u64::from_le_bytes(eight)),
        None => Some(last(bytes.get(from..).filter(|rest| !rest.is_empty())?)),
    }
}

#[cold]
fn last(bytes: &[u8]) -> u64 {
    let mut eight = [0; 8];
    eight[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(eight)
}
