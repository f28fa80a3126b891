//! Remote write 2.0: every text once, in a table of symbols.

use std::collections::HashSet;

use vitrine_model::labels::NAME;
use vitrine_model::push::Push;
use vitrine_model::sample::{Family, MetricKind};

use super::{Decoded, first, refuse_histograms};
use crate::push::protobuf::{Field, Message};
use crate::push::{FAMILIES, LABELS, SYMBOLS, Unreadable, check_room, series};

pub(super) fn decode<'a>(body: &'a [u8], push: &mut Push) -> Result<Decoded, Unreadable> {
    let mut symbols: Vec<&'a str> = Vec::new();
    let mut request = Message::new(body);
    while let Some((number, field)) = request.field()? {
        if number == 4 {
            check_room(symbols.len(), SYMBOLS, "symbols")?;
            symbols.push(field.text()?);
        }
    }
    let mut reading = Reading { symbols, labels: Vec::new(), described: HashSet::new(), decoded: Decoded::default() };
    let mut request = Message::new(body);
    while let Some((number, field)) = request.field()? {
        if number == 5 {
            reading.time_series(field.bytes()?, push)?;
        }
    }
    Ok(reading.decoded)
}

struct Reading<'a> {
    symbols: Vec<&'a str>,
    labels: Vec<(&'a str, &'a str)>,
    /// Metrics whose description was taken.
    described: HashSet<&'a str>,
    decoded: Decoded,
}

impl<'a> Reading<'a> {
    fn symbol(&self, place: u64) -> Result<&'a str, Unreadable> {
        let symbol = usize::try_from(place).ok().and_then(|place| self.symbols.get(place));
        symbol.copied().ok_or_else(|| Unreadable(format!("symbol {place} is named, and there are {}", self.symbols.len())))
    }

    fn time_series(&mut self, bytes: &'a [u8], push: &mut Push) -> Result<(), Unreadable> {
        self.labels.clear();
        let (mut samples, mut histograms, mut metadata) = (0, 0, None);
        let mut message = Message::new(bytes);
        while let Some((number, field)) = message.field()? {
            match number {
                1 => self.names(field)?,
                2 => samples += 1,
                3 => histograms += 1,
                4 => self.decoded.exemplars += 1,
                5 => metadata = Some(field.message()?),
                _ => {}
            }
        }
        if let Some(metadata) = metadata {
            self.describe(metadata, push)?;
        }
        refuse_histograms(&mut self.decoded.refused, histograms, &self.labels);
        if samples == 0 {
            return Ok(());
        }
        let Some(place) = series(push, &self.labels, samples, &mut self.decoded.refused) else { return Ok(()) };
        let mut message = Message::new(bytes);
        while let Some((number, field)) = message.field()? {
            if number == 2 {
                first::sample(field.bytes()?, place, push)?;
            }
        }
        Ok(())
    }

    /// Names and values take turns.
    fn names(&mut self, field: Field<'a>) -> Result<(), Unreadable> {
        let mut name = None;
        let mut labels = std::mem::take(&mut self.labels);
        field.each_varint(|place| {
            let symbol = self.symbol(place)?;
            match name.take() {
                None => name = Some(symbol),
                Some(name) => {
                    check_room(labels.len(), LABELS, "labels of one series")?;
                    labels.push((name, symbol));
                }
            }
            Ok(())
        })?;
        self.labels = labels;
        match name {
            None => Ok(()),
            Some(name) => Err(Unreadable(format!("the label `{name}` has no value: references come in pairs"))),
        }
    }

    fn describe(&mut self, mut metadata: Message<'a>, push: &mut Push) -> Result<(), Unreadable> {
        let Some((_, metric)) = self.labels.iter().find(|(name, _)| *name == NAME) else { return Ok(()) };
        let (mut kind, mut help, mut unit) = (MetricKind::Unknown, 0, 0);
        while let Some((number, field)) = metadata.field()? {
            match number {
                1 => kind = first::kind(field.number()?),
                3 => help = field.number()?,
                4 => unit = field.number()?,
                _ => {}
            }
        }
        let (help, unit) = (self.symbol_or_none(help)?, self.symbol_or_none(unit)?);
        let name = family_name(metric, kind);
        let says_nothing = kind == MetricKind::Unknown && help.is_empty() && unit.is_empty();
        if says_nothing || push.families.len() >= FAMILIES || !self.described.insert(name) {
            return Ok(());
        }
        push.families.push(Family { name: name.to_owned(), kind, help: help.to_owned(), unit: unit.to_owned() });
        Ok(())
    }

    fn symbol_or_none(&self, place: u64) -> Result<&'a str, Unreadable> {
        if place == 0 { Ok("") } else { self.symbol(place) }
    }
}

/// The metric that a series belongs to: a description comes with each series, and is kept with the metric.
fn family_name(metric: &str, kind: MetricKind) -> &str {
    let endings: &[&str] = match kind {
        MetricKind::Histogram => &["_bucket", "_sum", "_count"],
        MetricKind::Summary => &["_sum", "_count"],
        _ => &[],
    };
    endings.iter().find_map(|ending| metric.strip_suffix(ending)).unwrap_or(metric)
}
