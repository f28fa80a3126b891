//! What an answer must be like, beyond what the sandbox enforces.

use std::collections::BTreeSet;

use vitrine_model::frame::{Frame, Values};
use vitrine_model::sample::Batch;
use vitrine_model::view::View;
use vitrine_model::{Labels, Millis};

use super::report::Verdict;

/// What the host takes of a sample that is ahead of its clock.
const AHEAD: Millis = 600_000;
/// More than any page should carry.
const MARKUP_BYTES: usize = 1 << 20;

/// The batch's series, where it is sane.
pub fn batch(batch: &Batch, now: Millis) -> Verdict {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (labels, sample) in &batch.samples {
        if !seen.insert(labels.to_string()) {
            return Verdict::bad(format!("the series {labels} is there twice"), "add a label that tells them apart");
        }
        if sample.time > now + AHEAD {
            return Verdict::bad(
                format!("a sample of {labels} is {} s ahead of the clock", (sample.time - now) / 1_000),
                "leave the time out where it is the moment of the poll",
            );
        }
        if let Some((name, value)) = labels.iter().find(|(name, value)| *name != "__name__" && value.is_empty()) {
            let _ = value;
            return Verdict::bad(format!("the label `{name}` of {labels} is empty"), "leave a label out that has no value");
        }
    }
    for family in &batch.families {
        if !batch.samples.iter().any(|(labels, _)| labels.name().starts_with(&family.name)) {
            return Verdict::bad(format!("the family `{}` has no series", family.name), "describe only what you collect");
        }
    }
    Verdict::Good
}

pub fn series(batch: &Batch) -> BTreeSet<String> {
    batch.samples.iter().map(|(labels, _): &(Labels, _)| labels.to_string()).collect()
}

pub fn frames(frames: &[Frame]) -> Verdict {
    for frame in frames {
        if let Some(times) = frame.times()
            && !times.is_sorted()
        {
            return Verdict::bad(format!("the times of the frame `{}` are not in order", frame.name), "sort the rows by time");
        }
        for column in &frame.columns {
            let infinite = match &column.values {
                Values::Numbers(values) => values.iter().any(|value| value.is_infinite()),
                _ => false,
            };
            if infinite {
                return Verdict::bad(
                    format!("the column `{}` holds an infinite number", column.name),
                    "NaN stands for a value that there is not",
                );
            }
        }
    }
    Verdict::Good
}

pub fn view(view: &View) -> Verdict {
    match view {
        View::Markup(text) | View::Svg(text) if text.len() > MARKUP_BYTES => {
            Verdict::bad(format!("the markup holds {} bytes", text.len()), "show less: nobody reads more than a megabyte")
        }
        View::Chart(chart) => {
            let ends = [chart.left.minimum, chart.left.maximum, chart.right.minimum, chart.right.maximum];
            match ends.into_iter().flatten().any(|end| !end.is_finite()) {
                true => Verdict::bad("an end of the chart's axis is not a finite number", "leave it out, and the data decide"),
                false => Verdict::Good,
            }
        }
        View::Stat(stat) => match stat.figures.iter().any(|figure| figure.trend.iter().any(|value| value.is_nan())) {
            true => Verdict::bad("a trend holds NaN", "leave out what there is no value for"),
            false => Verdict::Good,
        },
        _ => Verdict::Good,
    }
}
