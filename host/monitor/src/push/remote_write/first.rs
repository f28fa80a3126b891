//! Remote write 1.0: each series with its labels in full.

use vitrine_model::push::Push;
use vitrine_model::sample::{Family, MetricKind};

use super::known::Known;
use super::{Decoded, refuse_histograms};
use crate::push::protobuf::{Field, Message};
use crate::push::{FAMILIES, LABELS, SAMPLES, Unreadable, check_room, series};

/// What a sample and its series take in a request of the usual kind, to make room.
const USUAL: usize = 128;

pub(super) fn decode<'a>(body: &'a [u8], known: &mut Known, push: &mut Push) -> Result<Decoded, Unreadable> {
    known.begin();
    push.reserve((body.len() / USUAL).min(SAMPLES), body.len());
    let mut decoded = Decoded::default();
    let mut labels: Vec<(&'a str, &'a str)> = Vec::new();
    let mut request = Message::new(body);
    while let Some((number, field)) = request.field()? {
        match number {
            1 => {
                let bytes = field.bytes()?;
                let (named, rest) = bytes.split_at(named(bytes));
                // What these bytes name is the whole series only where no other label follows.
                let usual = is_samples(rest);
                match usual.then(|| known.find(named, push)).flatten() {
                    Some(place) => samples(rest, place, push)?,
                    None => {
                        let place = time_series(bytes, &mut labels, push, &mut decoded)?;
                        place.filter(|_| usual).inspect(|place| known.learn(named, push, *place));
                    }
                }
            }
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
) -> Result<Option<u32>, Unreadable> {
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
        return Ok(None);
    }
    let Some(place) = series(push, labels, samples, &mut decoded.refused) else { return Ok(None) };
    let mut message = Message::new(bytes);
    while let Some((number, field)) = message.field()? {
        if number == 2 {
            sample(field.bytes()?, place, push)?;
        }
    }
    Ok(Some(place))
}

/// How many bytes at the front of a series are labels.
fn named(bytes: &[u8]) -> usize {
    const LABEL: u8 = 1 << 3 | 2;
    let mut end = 0;
    // Lengths of two bytes and more are left to the thorough way.
    while let Some(&[LABEL, length @ 0..0x80]) = bytes.get(end..end + 2)
        && end + 2 + usize::from(length) <= bytes.len()
    {
        end += 2 + usize::from(length);
    }
    end
}

const SAMPLE: u8 = 2 << 3 | 2;

/// Whether these bytes are samples and nothing else, each of a length in one byte.
fn is_samples(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let &[SAMPLE, length @ 0..0x80, ref after @ ..] = rest {
        let Some((_, others)) = after.split_at_checked(usize::from(length)) else { return false };
        rest = others;
    }
    rest.is_empty() && !bytes.is_empty()
}

/// Reads such bytes.
fn samples(mut bytes: &[u8], place: u32, push: &mut Push) -> Result<(), Unreadable> {
    while let &[SAMPLE, length, ref after @ ..] = bytes {
        let Some((message, rest)) = after.split_at_checked(usize::from(length)) else { break };
        bytes = rest;
        sample(message, place, push)?;
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
pub(super) fn sample(bytes: &[u8], place: u32, push: &mut Push) -> Result<(), Unreadable> {
    let (mut value, mut time) = (0.0, 0);
    let mut message = Message::new(bytes);
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
