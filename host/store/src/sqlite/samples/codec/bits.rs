//! Up to 64 numbers with the same count of bits each, one after another, least significant first.

/// Numbers packed together.
pub(super) const BLOCK: usize = 64;

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
    let (mine, rest) = bytes.split_at_checked(length(numbers.len(), width))?;
    // Whatever comes behind them may be loaded too, and is masked away.
    let loadable = *bytes;
    *bytes = rest;
    match width {
        0 => numbers.fill(0),
        64 => {
            for (number, eight) in numbers.iter_mut().zip(mine.as_chunks::<8>().0) {
                *number = u64::from_le_bytes(*eight);
            }
        }
        _ => unpack_narrow(loadable, width as usize, numbers),
    }
    Some(())
}

fn unpack_narrow(bytes: &[u8], width: usize, numbers: &mut [u64]) {
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
