//! The values that a type's samples may have, and which of them may have an exemplar.

use crate::error::Mistake;
use crate::item::Kind;
use crate::line::Reading;

pub(super) fn check(kind: Kind, ending: &str, reading: &Reading) -> Result<(), Mistake> {
    let Reading { value, at, exemplar, .. } = *reading;
    let wrong = |reason: &'static str| Err(Mistake::new(at, reason));
    let is_whole = value.is_finite() && value.trunc() == value;
    match ending {
        "_bucket" | "_count" | "_gcount" if !is_whole => return wrong("what is counted is a whole number"),
        "_total" | "_sum" | "_gsum" if value.is_nan() => return wrong("a counter or a sum is a number"),
        "_total" | "_sum" | "_count" | "_bucket" | "_gcount" if value < 0.0 => {
            return wrong("what is counted is not below 0");
        }
        _ => {}
    }
    match kind {
        Kind::StateSet if value != 0.0 && value != 1.0 => return wrong("a stateset's sample is 0 or 1"),
        Kind::Info if value != 1.0 => return wrong("an info's sample is 1"),
        Kind::Summary if ending.is_empty() && value < 0.0 => return wrong("a quantile is not below 0"),
        _ => {}
    }
    let may_have = matches!((kind, ending), (Kind::Histogram | Kind::GaugeHistogram, "_bucket") | (Kind::Counter, "_total"));
    match exemplar {
        Some(place) if !may_have => Err(Mistake::new(place, "only buckets and counters have exemplars")),
        _ => Ok(()),
    }
}
