//! Some places of a column of integers, without making all its numbers.
//!
//! Most columns hold differences, less a base: the number at a place is the sum of all before it. A sum needs no numbers in
//! between, and of Rice's code it needs only where the last one's zeros end.

use super::bits;
use super::integers::{BLOCK, BOTH, Before, ORDER, Opening, REST, RICE, SPARSE, read_block, read_numbers};
use super::rice::Counter;
use super::varint::{get_signed, unzigzag};

/// Of a column of `count` numbers those at `places`, which ascend. Moves `bytes` behind the column, unless the last place
/// is before its end. None where bytes are no column.
pub(super) fn decode(bytes: &mut &[u8], count: usize, places: &[u32], numbers: &mut Vec<i64>) -> Option<()> {
    let (&shift, rest) = bytes.split_first()?;
    *bytes = rest;
    if shift > 63 {
        return None;
    }
    let begun = numbers.len();
    let mut before = Before { value: get_signed(bytes)?, difference: 0 };
    let mut left = places;
    if let Some((0, rest)) = left.split_first() {
        numbers.push(before.value);
        left = rest;
    }
    let mut from = 1;
    while !left.is_empty() {
        let (&head, rest) = bytes.split_first()?;
        *bytes = rest;
        if head == REST {
            let step = get_signed(bytes)?;
            let number = |place: &u32| before.value.wrapping_add(step.wrapping_mul(i64::from(*place) - from as i64 + 1));
            numbers.extend(left.iter().map(number));
            break;
        }
        let length = count.checked_sub(from).filter(|length| *length > 0)?.min(BLOCK);
        let here = left.partition_point(|place| (*place as usize) < from + length);
        let (mine, later) = left.split_at(here);
        let block = Block { head, from, length };
        if head & ORDER == 1 {
            block.sums(bytes, mine, &mut before, numbers)?;
        } else if head & (ORDER | SPARSE | RICE) == 0 {
            block.values(bytes, mine, &mut before, numbers)?;
        } else {
            block.numbers(bytes, mine, &mut before, numbers)?;
        }
        left = later;
        from += length;
    }
    if shift > 0 {
        numbers[begun..].iter_mut().for_each(|number| *number <<= shift);
    }
    Some(())
}

/// Whether all numbers of a column differ by the same: the first one, and by how much. Moves `bytes` behind it then.
pub(super) fn steady(bytes: &mut &[u8], count: usize) -> Option<(i64, i64)> {
    let mut ahead = *bytes;
    let (&shift, rest) = ahead.split_first()?;
    ahead = rest;
    let first = get_signed(&mut ahead)?;
    let mut step = 0;
    if count > 1 {
        let (&head, rest) = ahead.split_first()?;
        ahead = rest;
        step = (head == REST).then(|| get_signed(&mut ahead)).flatten()?;
    }
    if shift > 63 {
        return None;
    }
    *bytes = ahead;
    Some((first << shift, step << shift))
}

/// A block of a column, and the places that it has.
struct Block {
    head: u8,
    from: usize,
    length: usize,
}

impl Block {
    /// Differences that are only added up between one place and the next.
    fn sums(&self, bytes: &mut &[u8], places: &[u32], before: &mut Before, numbers: &mut Vec<i64>) -> Option<()> {
        #[cfg(target_arch = "x86_64")]
        if super::wide() {
            // SAFETY: the processor has what the function is compiled for.
            #[expect(unsafe_code, reason = "there is no safe way to call what is compiled for some processors")]
            return unsafe { self.sums_wide(bytes, places, before, numbers) };
        }
        self.sums_of(bytes, places, before, numbers)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn sums_wide(&self, bytes: &mut &[u8], places: &[u32], before: &mut Before, numbers: &mut Vec<i64>) -> Option<()> {
        self.sums_of(bytes, places, before, numbers)
    }

    #[inline(always)]
    fn sums_of(&self, bytes: &mut &[u8], places: &[u32], before: &mut Before, numbers: &mut Vec<i64>) -> Option<()> {
        let Block { head, from, length } = *self;
        let mut low = [0_u64; BLOCK];
        let mut sums = Sums::read(head, bytes, &mut low[..length])?;
        let value = before.value;
        let end = from + length - 1;
        for place in places.iter().filter(|place| (**place as usize) < end) {
            numbers.push(value.wrapping_add(sums.of(*place as usize + 1 - from)?));
        }
        let earlier = if length > 1 { sums.of(length - 1)? } else { 0 };
        let all = sums.of(length)?;
        *before = Before { value: value.wrapping_add(all), difference: all.wrapping_sub(earlier) };
        if places.last() == Some(&(end as u32)) {
            numbers.push(before.value);
        }
        if let Some(counter) = &sums.counter {
            *bytes = counter.rest()?;
        }
        Some(())
    }

    /// Values, each where its place says.
    fn values(&self, bytes: &mut &[u8], places: &[u32], before: &mut Before, numbers: &mut Vec<i64>) -> Option<()> {
        let Block { head, from, length } = *self;
        let opening = Opening::read(head, bytes, length)?;
        let packed = bits::split(bytes, length, opening.width)?;
        let number = |place: usize| {
            let listed = opening.odd().iter().find(|(odd, _)| usize::from(*odd) == place);
            listed.map_or_else(|| opening.residual(head, bits::at(packed, opening.width, place)), |(_, residual)| *residual)
        };
        numbers.extend(places.iter().map(|place| number(*place as usize - from)));
        let value = number(length - 1);
        let earlier = if length > 1 { number(length - 2) } else { before.value };
        *before = Before { value, difference: value.wrapping_sub(earlier) };
        Some(())
    }

    /// All other shapes.
    fn numbers(&self, bytes: &mut &[u8], places: &[u32], before: &mut Before, numbers: &mut Vec<i64>) -> Option<()> {
        let Block { head, from, length } = *self;
        let mut block = [0_u64; BLOCK];
        let block = &mut block[..length];
        read_block(head, bytes, block)?;
        let mut next = 0;
        let places = places.iter().map(|place| *place as usize - from);
        for (end, wanted) in places.map(|place| (place, true)).chain([(length - 1, false)]) {
            let some = block.get(next..=end).unwrap_or_default().iter().map(|residual| residual.cast_signed());
            next = next.max(end + 1);
            match head & ORDER {
                0 => some.for_each(|value| *before = Before { value, difference: value.wrapping_sub(before.value) }),
                1 => some.for_each(|difference| {
                    *before = Before { value: before.value.wrapping_add(difference), difference };
                }),
                _ => some.for_each(|second| {
                    let difference = before.difference.wrapping_add(second);
                    *before = Before { value: before.value.wrapping_add(difference), difference };
                }),
            }
            if wanted {
                numbers.push(before.value);
            }
        }
        Some(())
    }
}

/// The sums of a block's first residuals, asked for in ascending order.
struct Sums<'n, 'b> {
    opening: Opening,
    /// Of a sparse block, the places that `numbers` are of.
    set: Option<u128>,
    /// What is packed, less the base; by Rice's code, the lower bits alone, where `counter` knows the others.
    numbers: &'n [u64],
    counter: Option<Counter<'b>>,
    summed: u64,
    done: usize,
}

impl<'n, 'b> Sums<'n, 'b> {
    /// Moves `bytes` to what `counter` counts, or else behind the block.
    #[inline(always)]
    fn read(head: u8, bytes: &mut &'b [u8], numbers: &'n mut [u64]) -> Option<Sums<'n, 'b>> {
        let opening = Opening::read(head, bytes, numbers.len())?;
        let (mut numbers, mut set, mut counter) = (numbers, None, None);
        if head & SPARSE != 0 {
            let places = places(bytes, numbers.len())?;
            numbers = numbers.get_mut(..places.count_ones() as usize)?;
            set = Some(places);
        }
        if head & (SPARSE | BOTH) == 0 {
            bits::unpack(bytes, opening.width, numbers)?;
            if head & RICE != 0 {
                counter = Some(Counter::new(bytes)?);
            }
        } else {
            read_numbers(head, bytes, opening.width, numbers)?;
            // In a sparse block, nothing but the base is nothing.
            let less = u64::from(head & SPARSE != 0);
            numbers.iter_mut().for_each(|number| *number = unzigzag(number.wrapping_add(less)).cast_unsigned());
        }
        Some(Sums { opening, set, numbers, counter, summed: 0, done: 0 })
    }

    #[inline(always)]
    fn of(&mut self, many: usize) -> Option<i64> {
        let packed = match self.set {
            Some(set) if many < BLOCK => (set & ((1 << many) - 1)).count_ones() as usize,
            Some(_) => self.numbers.len(),
            None => many,
        };
        let more = self.numbers.get(self.done..packed)?;
        for number in more {
            self.summed = self.summed.wrapping_add(*number);
        }
        self.done = packed;
        // No closure: it would not be compiled for the processor at hand.
        let zeros = match &mut self.counter {
            Some(counter) => counter.zeros(many)?,
            None => 0,
        };
        let base = self.opening.base;
        let sum = base
            .wrapping_mul(many as i64)
            .wrapping_add((self.summed.wrapping_add(zeros.checked_shl(self.opening.width).unwrap_or(0))).cast_signed());
        // A listed one stands as the base among the others.
        let listed = self.opening.odd().iter().filter(|(place, _)| usize::from(*place) < many);
        Some(listed.fold(sum, |sum, (_, residual)| sum.wrapping_add(residual.wrapping_sub(base))))
    }
}

/// The set of places of a sparse block.
fn places(bytes: &mut &[u8], length: usize) -> Option<u128> {
    let (set, rest) = bytes.split_at_checked(length.div_ceil(8))?;
    *bytes = rest;
    let mut padded = [0; BLOCK / 8];
    padded[..set.len()].copy_from_slice(set);
    Some(u128::from_le_bytes(padded))
}
