//! Data points: each becomes one sample, or as many as a histogram or a summary has series.

use vitrine_model::push::Push;
use vitrine_model::sample::stale;

use super::attribute::{self, LabelMap};
use super::resource::Resource;
use crate::push::protobuf::Message;
use crate::push::{Refusals, Unreadable};

/// The flag that says "there is no value any more".
const NO_VALUE: u64 = 1;
/// Bounds of one histogram, quantiles of one summary.
const PARTS: usize = 1_000;

fn millis(nanos: u64) -> i64 {
    i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX)
}

/// A point of a gauge or a sum; its time.
pub(super) fn number(
    mut message: Message<'_>,
    name: &str,
    resource: &Resource,
    push: &mut Push,
    refused: &mut Refusals,
) -> Result<i64, Unreadable> {
    let (mut labels, mut time, mut value, mut flags) = (LabelMap::new(), 0, None, 0);
    while let Some((number, field)) = message.field()? {
        match number {
            3 => time = millis(field.fixed64()?),
            4 => value = Some(field.double()?),
            6 => value = Some(field.fixed64()?.cast_signed() as f64),
            7 => label(&mut labels, field.message()?)?,
            8 => flags = field.number()?,
            _ => {}
        }
    }
    let value = if flags & NO_VALUE == 0 { value } else { Some(stale()) };
    match value {
        Some(value) => resource.sample(name, &labels, None, (time, value), push, refused)?,
        None => refused.add(1, || format!("a data point of `{name}` has no value")),
    }
    Ok(time)
}

fn label(labels: &mut LabelMap, message: Message<'_>) -> Result<(), Unreadable> {
    let (key, value) = attribute::read(message)?;
    attribute::add(labels, key, value)
}

/// A point of a histogram with explicit bounds: `_count`, `_sum`, and a `_bucket` for each bound; its time.
pub(super) fn histogram(
    mut message: Message<'_>,
    name: &str,
    resource: &Resource,
    push: &mut Push,
    refused: &mut Refusals,
) -> Result<i64, Unreadable> {
    let (mut labels, mut time, mut count, mut sum, mut flags) = (LabelMap::new(), 0, 0, None, 0);
    let (mut counts, mut bounds) = (Vec::new(), Vec::new());
    while let Some((number, field)) = message.field()? {
        match number {
            3 => time = millis(field.fixed64()?),
            4 => count = field.fixed64()?,
            5 => sum = Some(field.double()?),
            6 => field.each_fixed64(|number| keep(&mut counts, number))?,
            7 => field.each_fixed64(|bits| keep(&mut bounds, f64::from_bits(bits)))?,
            9 => label(&mut labels, field.message()?)?,
            10 => flags = field.number()?,
            _ => {}
        }
    }
    if counts.len() != bounds.len() + 1 && !(counts.is_empty() && bounds.is_empty()) {
        refused.add(1, || format!("a data point of `{name}` has {} counts for {} bounds", counts.len(), bounds.len()));
        return Ok(time);
    }
    let shown = |value: f64| (time, if flags & NO_VALUE == 0 { value } else { stale() });
    if let Some(sum) = sum {
        resource.sample(&format!("{name}_sum"), &labels, None, shown(sum), push, refused)?;
    }
    resource.sample(&format!("{name}_count"), &labels, None, shown(count as f64), push, refused)?;
    let bucket = format!("{name}_bucket");
    let mut below: u64 = 0;
    for (bound, count) in bounds.iter().zip(&counts) {
        below = below.saturating_add(*count);
        let text = bound.to_string();
        resource.sample(&bucket, &labels, Some(("le", &text)), shown(below as f64), push, refused)?;
    }
    resource.sample(&bucket, &labels, Some(("le", "+Inf")), shown(count as f64), push, refused)?;
    Ok(time)
}

/// One more, as long as there is room: what is too many shows in the lengths.
fn keep<T>(list: &mut Vec<T>, one: T) {
    if list.len() <= PARTS {
        list.push(one);
    }
}

/// A point of a summary: `_count`, `_sum`, and a series for each quantile; its time.
pub(super) fn summary(
    mut message: Message<'_>,
    name: &str,
    resource: &Resource,
    push: &mut Push,
    refused: &mut Refusals,
) -> Result<i64, Unreadable> {
    let (mut labels, mut time, mut count, mut sum, mut flags) = (LabelMap::new(), 0, 0, 0.0, 0);
    let mut quantiles = Vec::new();
    while let Some((number, field)) = message.field()? {
        match number {
            3 => time = millis(field.fixed64()?),
            4 => count = field.fixed64()?,
            5 => sum = field.double()?,
            6 => keep(&mut quantiles, quantile(field.message()?)?),
            7 => label(&mut labels, field.message()?)?,
            8 => flags = field.number()?,
            _ => {}
        }
    }
    let shown = |value: f64| (time, if flags & NO_VALUE == 0 { value } else { stale() });
    resource.sample(&format!("{name}_sum"), &labels, None, shown(sum), push, refused)?;
    resource.sample(&format!("{name}_count"), &labels, None, shown(count as f64), push, refused)?;
    for (quantile, value) in quantiles {
        resource.sample(name, &labels, Some(("quantile", &quantile.to_string())), shown(value), push, refused)?;
    }
    Ok(time)
}

fn quantile(mut message: Message<'_>) -> Result<(f64, f64), Unreadable> {
    let (mut quantile, mut value) = (0.0, 0.0);
    while let Some((number, field)) = message.field()? {
        match number {
            1 => quantile = field.double()?,
            2 => value = field.double()?,
            _ => {}
        }
    }
    Ok((quantile, value))
}
