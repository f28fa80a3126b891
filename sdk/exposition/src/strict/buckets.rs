//! What a histogram's samples must be together: bounds and counts that rise, an infinite bucket, a count that is as much,
//! and a sum only where it says something.

use super::labels::bound;
use crate::error::Mistake;

/// The metric and the time that samples belong to.
type Point = (u64, Option<i128>);

/// The samples of one histogram at one time.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    point: Option<Point>,
    /// The line of the last sample.
    line: u32,
    bound: Option<f64>,
    value: f64,
    count: Option<f64>,
    has_sum: bool,
    has_gauge_sum: bool,
    has_negative_bound: bool,
    has_negative_sum: bool,
}

impl Buckets {
    /// A mistake is of this line, or of another that it names.
    pub(super) fn check(
        &mut self,
        point: Point,
        ending: &str,
        le: Option<&str>,
        value: f64,
        number: u32,
    ) -> Result<(), (Option<u32>, Mistake)> {
        if self.point != Some(point) {
            self.close()?;
            self.point = Some(point);
        }
        self.line = number;
        match ending {
            "_bucket" => self.bucket(le.and_then(bound), value).map_err(|mistake| (None, mistake))?,
            // One that comes twice is judged by its first, as in the reference parser.
            "_count" | "_gcount" => self.count = self.count.or(Some(value)),
            "_sum" => self.has_sum = true,
            "_gsum" => {
                self.has_gauge_sum = true;
                self.has_negative_sum |= value < 0.0;
            }
            _ => {}
        }
        Ok(())
    }

    fn bucket(&mut self, bound: Option<f64>, value: f64) -> Result<(), Mistake> {
        let bound = bound.unwrap_or(f64::INFINITY);
        self.has_negative_bound |= bound < 0.0;
        if self.bound.is_some_and(|before| bound <= before) {
            return Err(Mistake::new(0, "the buckets' bounds do not rise"));
        }
        if value < self.value {
            return Err(Mistake::new(0, "a bucket holds less than the one before"));
        }
        self.bound = Some(bound);
        self.value = value;
        Ok(())
    }

    /// Judges what was seen since the last time.
    #[expect(clippy::float_cmp, reason = "both are whole numbers, and must be the same")]
    pub(super) fn close(&mut self) -> Result<(), (Option<u32>, Mistake)> {
        let seen = std::mem::take(self);
        if seen.point.is_none() {
            return Ok(());
        }
        let reason = if seen.bound != Some(f64::INFINITY) {
            "the histogram has no bucket `+Inf`"
        } else if seen.count.is_some_and(|count| count != seen.value) {
            "the histogram's count is not that of its bucket `+Inf`"
        } else if (seen.has_sum || seen.has_gauge_sum) && seen.count.is_none() {
            "the histogram has a sum and no count"
        } else if !(seen.has_sum || seen.has_gauge_sum) && seen.count.is_some() {
            "the histogram has a count and no sum"
        } else if seen.has_negative_bound && seen.has_sum {
            "a histogram with bounds below 0 has no sum"
        } else if !seen.has_negative_bound && seen.has_negative_sum {
            "the sum is below 0, and no bound is"
        } else {
            return Ok(());
        };
        Err((Some(seen.line), Mistake::new(0, reason)))
    }
}
