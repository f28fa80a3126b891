//! Remote write 1.0: each series with its labels in full.

use vitrine_model::push::Push;
use vitrine_model::sample::{Family, MetricKind};

use super::{Decoded, refuse_histograms};
use crate::push::protobuf::{Field, Message};
use crate::push::{FAMILIES, LABELS, SAMPLES, Unreadable, check_room, series};

pub(super) fn decode<'a>(body: &'a [u8], push: &mut Push) -> Result<Decoded, Unreadable> {
    let mut decoded = Decoded::default();
    let mut labels: Vec<(&'a str, &'a str)> = Vec::new();
    let mut request = Message::new(body);
    while let Some((number, field)) = request.field()? {
        match number {
            1 => time_series(field.bytes()?, &mut labels, push, &mut decoded)?,
            3 if push.families.len() < FAMILIES => push.families.push(family(field.message()?)?),
            _ => {}
        }
    }
    Ok(decoded)
}

fn time_series<'a>(
    bytes: &'a [u8],
    labels: &mut Vec<(&'a str, &'a str)>,
    push: &mut Push,
    decoded: &mut Decoded,
) -> Result<(), Unreadable> {
    labels.clear();
    let (mut samples, mut histograms) = (0, 0);
    let mut message = Message::new(bytes);
    while let Some((number, field)) = message.field()? {
        match number {
            1 => {
                check_room(labels.len(), LABELS, "labels of one series")?;
                labels.push(label(field)?);
            }
            2 => samples += 1,
            3 => decoded.exemplars += 1,
            4 => histograms += 1,
            _ => {}
        }
    }
    refuse_histograms(&mut decoded.refused, histograms, labels);
    if samples == 0 {
        return Ok(());
    }
    let Some(place) = series(push, labels, samples, &mut decoded.refused) else { return Ok(()) };
    let mut message = Message::new(bytes);
    while let Some((number, field)) = message.field()? {
        if number == 2 {
            sample(field.message()?, place, push)?;
        }
    }
    Ok(())
}

fn label<'a>(field: Field<'a>) -> Result<(&'a str, &'a str), Unreadable> {
    if let Some(both) = usual_label(field) {
        return Ok(both);
    }
    let mut message = field.message()?;
    let (mut name, mut value) = ("", "");
    while let Some((number, field)) = message.field()? {
        match number {
            1 => name = field.text()?,
            2 => value = field.text()?,
            _ => {}
        }
    }
    Ok((name, value))
}

/// As all senders write it: a short name, a short value, nothing else. Keys and lengths are ASCII then, so both texts are
/// UTF-8 if the whole is, and neither ends within a letter: one look tells.
fn usual_label<'a>(field: Field<'a>) -> Option<(&'a str, &'a str)> {
    let Field::Bytes(bytes) = field else { return None };
    let &[0x0a, name, ref rest @ ..] = bytes else { return None };
    let &[0x12, value, ..] = rest.get(usize::from(name)..)? else { return None };
    let begin = usize::from(name) + 4;
    if name >= 0x80 || value >= 0x80 || begin + usize::from(value) != bytes.len() {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    Some((text.get(2..begin - 2)?, text.get(begin..)?))
}

/// The same in both versions.
#[inline]
pub(super) fn sample(mut message: Message<'_>, place: u32, push: &mut Push) -> Result<(), Unreadable> {
    let (mut value, mut time) = (0.0, 0);
    while let Some((number, field)) = message.field()? {
        match number {
            1 => value = field.double()?,
            2 => time = field.number()?.cast_signed(),
            _ => {}
        }
    }
    check_room(push.len(), SAMPLES, "samples")?;
    push.sample(place, time, value);
    Ok(())
}

fn family(mut message: Message<'_>) -> Result<Family, Unreadable> {
    let mut family = Family { name: String::new(), kind: MetricKind::Unknown, help: String::new(), unit: String::new() };
    while let Some((number, field)) = message.field()? {
        match number {
            1 => family.kind = kind(field.number()?),
            2 => field.text()?.clone_into(&mut family.name),
            4 => field.text()?.clone_into(&mut family.help),
            5 => field.text()?.clone_into(&mut family.unit),
            _ => {}
        }
    }
    Ok(family)
}

/// The numbers are the same in both versions. Infos and sets of states are gauges that are one or nothing.
pub(super) fn kind(number: u64) -> MetricKind {
    match number {
        1 => MetricKind::Counter,
        2 | 6 | 7 => MetricKind::Gauge,
        3 | 4 => MetricKind::Histogram,
        5 => MetricKind::Summary,
        _ => MetricKind::Unknown,
    }
}
