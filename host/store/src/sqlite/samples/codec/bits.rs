//! Numbers with the same count of bits each, one after another, least significant first.

/// Wider than this, numbers take all their 64 bits: a number of 56 bits is in one load of 8 bytes wherever it begins.
const WIDEST: u32 = 56;

/// The bits that numbers up to `most` get.
pub(super) fn width(most: u64) -> u32 {
    let bits = 64 - most.leading_zeros();
    if bits > WIDEST { 64 } else { bits }
}

/// Bytes that so many numbers of that width take.
pub(super) fn length(count: usize, width: u32) -> usize {
    (count * width as usize).div_ceil(8)
}

pub(super) fn pack(numbers: &[u64], width: u32, bytes: &mut Vec<u8>) {
    if width == 0 {
        return;
    }
    let (mut gathered, mut held) = (0_u64, 0_u32);
    for number in numbers {
        gathered |= number << held;
        held += width;
        if held >= 64 {
            bytes.extend_from_slice(&gathered.to_le_bytes());
            held -= 64;
            gathered = if held == 0 { 0 } else { number >> (width - held) };
        }
    }
    bytes.extend_from_slice(&gathered.to_le_bytes()[..(held as usize).div_ceil(8)]);
}

/// Fills `numbers`, from the front of `bytes`, which it moves on. None where they are too few.
pub(super) fn unpack(bytes: &mut &[u8], width: u32, numbers: &mut [u64]) -> Option<()> {
    let mine = split(bytes, numbers.len(), width)?;
    #[cfg(target_arch = "x86_64")]
    if super::wide() {
        // SAFETY: the processor has what the function is compiled for.
        #[expect(unsafe_code, reason = "there is no safe way to call what is compiled for some processors")]
        unsafe {
            unpack_wide(mine, width, numbers);
        }
        return Some(());
    }
    unpack_by_width(mine, width, numbers);
    Some(())
}

/// Moves `bytes` behind so many numbers, and gives theirs.
pub(super) fn split<'a>(bytes: &mut &'a [u8], count: usize, width: u32) -> Option<&'a [u8]> {
    let (mine, rest) = bytes.split_at_checked(length(count, width))?;
    *bytes = rest;
    Some(mine)
}

/// One of the numbers in `bytes`.
pub(super) fn at(bytes: &[u8], width: u32, place: usize) -> u64 {
    if width == 64 {
        bytes.get(place * 8..).and_then(<[u8]>::first_chunk).map_or(0, |eight| u64::from_le_bytes(*eight))
    } else {
        let start = place * width as usize;
        let bytes = bytes.get(start / 8..).unwrap_or_default();
        let loaded = bytes.first_chunk().map_or_else(|| last(&bytes[..bytes.len().min(7)]), |eight| u64::from_le_bytes(*eight));
        (loaded >> (start % 8)) & ((1_u64 << width) - 1)
    }
}

/// Narrow ones are spread over bytes or pairs of them, eight or four by one instruction; others are shifted, several at a
/// time, each by its own count of bits.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn unpack_wide(bytes: &[u8], width: u32, numbers: &mut [u64]) {
    match width {
        1..=8 => spread::<8>(bytes, width as usize, numbers),
        9..=16 => spread::<4>(bytes, width as usize, numbers),
        _ => unpack_by_width(bytes, width, numbers),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn spread<const AT_ONCE: usize>(bytes: &[u8], width: usize, numbers: &mut [u64]) {
    let lane = 64 / AT_ONCE;
    let mask = (0..AT_ONCE).fold(0_u64, |mask, place| mask | (((1 << width) - 1) << (place * lane)));
    let mut bit = 0;
    let (groups, rest) = numbers.as_chunks_mut::<AT_ONCE>();
    for group in groups {
        let ahead = bytes.get(bit / 8..).unwrap_or_default();
        let loaded = match ahead.first_chunk() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => last(&ahead[..ahead.len().min(7)]),
        };
        let lanes = std::arch::x86_64::_pdep_u64(loaded >> (bit % 8), mask);
        for (place, number) in group.iter_mut().enumerate() {
            *number = (lanes >> (place * lane)) & ((1 << lane) - 1);
        }
        bit += AT_ONCE * width;
    }
    for number in rest {
        *number = at(bytes, width as u32, bit / width);
        bit += width;
    }
}

#[inline(always)]
fn unpack_by_width(bytes: &[u8], width: u32, numbers: &mut [u64]) {
    // One loop for each width that is common, in which all shifts are known.
    macro_rules! by_width {
        ($($width:literal)*) => {
            match width {
                0 => numbers.fill(0),
                $($width => unpack_fixed::<$width>(bytes, numbers),)*
                64 => {
                    for (number, eight) in numbers.iter_mut().zip(bytes.as_chunks::<8>().0) {
                        *number = u64::from_le_bytes(*eight);
                    }
                }
                _ => unpack_any(bytes, width as usize, numbers),
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24);
}

/// Eight numbers of `WIDTH` bits are `WIDTH` bytes.
#[inline(always)]
fn unpack_fixed<const WIDTH: usize>(bytes: &[u8], numbers: &mut [u64]) {
    let (groups, rest) = numbers.as_chunks_mut::<8>();
    let (packed, left) = bytes.as_chunks::<WIDTH>();
    let mask = (1_u64 << WIDTH) - 1;
    for (group, packed) in groups.iter_mut().zip(packed) {
        let mut padded = [0_u8; 32];
        padded[..WIDTH].copy_from_slice(packed);
        for (place, number) in group.iter_mut().enumerate() {
            let at = place * WIDTH / 8;
            let mut four = [0; 4];
            four.copy_from_slice(&padded[at..at + 4]);
            *number = u64::from(u32::from_le_bytes(four) >> (place * WIDTH % 8)) & mask;
        }
    }
    let left = packed.get(groups.len()).map_or(left, |packed| packed.as_slice());
    unpack_any(left, WIDTH, rest);
}

#[inline(always)]
fn unpack_any(bytes: &[u8], width: usize, numbers: &mut [u64]) {
    let mask = (1_u64 << width) - 1;
    let mut place = 0;
    for number in numbers.iter_mut() {
        let at = place / 8;
        let loaded = match bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()) {
            Some(eight) => u64::from_le_bytes(eight),
            None => last(&bytes[at.min(bytes.len())..]),
        };
        *number = (loaded >> (place % 8)) & mask;
        place += width;
    }
}

/// What is left at the end: fewer than eight bytes.
#[cold]
fn last(bytes: &[u8]) -> u64 {
    let mut eight = [0; 8];
    eight[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(eight)
}
