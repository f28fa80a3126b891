//! How long until the next try. Pure.

use vitrine_model::{Millis, Span};

const FIRST: Millis = 5_000;
const LONGEST: Millis = 5 * 60_000;

/// How long a delivery is tried before it is given up.
pub(super) const PATIENCE: Span = Span::from_secs(3 * 86_400);

/// After this many tries; `jitter` between 0 and 1 takes up to a quarter off.
pub(super) fn pause(attempts: u32, jitter: f64) -> Millis {
    let doubled = FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(LONGEST);
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a pause is at most five minutes")]
    let pause = (doubled as f64 * (1.0 - jitter.clamp(0.0, 1.0) / 4.0)) as Millis;
    pause
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let pauses: Vec<Millis> = [1, 2, 3, 7, 50, u32::MAX].iter().map(|attempts| pause(*attempts, 0.0)).collect();
        assert_eq!(pauses, [5_000, 10_000, 20_000, 300_000, 300_000, 300_000]);
        assert_eq!(pause(1, 1.0), 3_750);
    }
}
