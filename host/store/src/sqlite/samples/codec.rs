//! How samples become few bytes: columns of integers in blocks of 128, each in the shape that
//! takes the fewest bits (`shape`).
//!
//! Measured on metrics of a machine: what is short in decimal (nearly all there is) becomes whole numbers, whose values,
//! differences or differences of differences are packed, whichever is the smallest in each block. Noise falls back to the
//! bits of the doubles.

pub(super) mod bits;
pub(super) mod chunk;
pub(super) mod decimal;
pub(super) mod integers;
mod rice;
mod shape;
mod thin;
pub(super) mod varint;

/// Whether the processor shifts several numbers by different counts at once; asking costs next to nothing.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn wide() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
}

#[cfg(test)]
mod tests;
