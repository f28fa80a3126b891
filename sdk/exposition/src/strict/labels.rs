//! The labels that a type's samples must have.

use crate::error::Mistake;
use crate::item::{Family, Kind, Label};
use crate::number;

/// How infinity is written where it must be written in one way.
const INFINITY: &str = "+Inf";

pub(super) fn check(family: &Family<'_>, ending: &str, labels: &[Label<'_>]) -> Result<(), Mistake> {
    let value = |name: &str| labels.iter().find(|label| label.name == name).map(|label| &*label.value);
    match (family.kind, ending) {
        (Kind::StateSet, _) if value(&family.name).is_none() => {
            Err(Mistake::new(0, "a stateset's sample has a label of the family's name"))
        }
        (Kind::Histogram | Kind::GaugeHistogram, "_bucket") => match value("le").and_then(bound) {
            Some(_) => Ok(()),
            None => Err(Mistake::new(0, "a bucket has the label `le`: a number, or `+Inf` written so")),
        },
        (Kind::Summary, "") => match value("quantile").and_then(bound) {
            Some(quantile) if (0.0..=1.0).contains(&quantile) => Ok(()),
            _ => Err(Mistake::new(0, "a summary's sample has the label `quantile`: a number from 0 to 1")),
        },
        _ => Ok(()),
    }
}

/// A number that bounds something.
pub(super) fn bound(text: &str) -> Option<f64> {
    let bound = number::value(text)?;
    (!bound.is_nan() && (bound != f64::INFINITY || text == INFINITY)).then_some(bound)
}
