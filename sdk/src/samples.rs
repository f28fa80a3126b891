//! What a collector returns: samples, with each text kept once.

use std::fmt;
use std::ops::Range;

use crate::source::{Batch, Family, MetricKind};
use crate::symbols::Symbols;

/// Samples of one poll, ready to cross the border.
///
/// Names follow Prometheus's conventions: base units, `_total` on counters. A family that is not declared is declared
/// by its first sample.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    symbols: Symbols,
    families: Vec<Family>,
    /// The symbols of the names in `families`, in the same order.
    declared: Vec<u32>,
    labels: Vec<u32>,
    ends: Vec<u32>,
    values: Vec<f64>,
    times: Vec<i64>,
}

impl Samples {
    pub fn new() -> Self {
        Samples::default()
    }

    /// Says what a metric is. Worth it where the name does not say it all.
    pub fn family(&mut self, name: &str, kind: MetricKind, help: &str) {
        let symbol = self.symbols.intern(name);
        match self.declared.iter().position(|declared| *declared == symbol) {
            Some(index) => {
                self.families[index].kind = kind;
                self.families[index].help = help.to_owned();
            }
            None => self.declare(symbol, name, kind, help),
        }
    }

    /// A value that goes up and down.
    pub fn gauge(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.add(name, MetricKind::Gauge, labels, value);
    }

    /// A value that only goes up, until what is counted starts anew.
    pub fn counter(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.add(name, MetricKind::Counter, labels, value);
    }

    /// Says in which unit a family is that was declared before: `seconds`, `bytes`.
    pub fn unit(&mut self, name: &str, unit: &str) {
        if let Some(family) = self.families.iter_mut().rev().find(|family| family.name == name) {
            unit.clone_into(&mut family.unit);
        }
    }

    /// A sample of any kind.
    pub fn add(&mut self, name: &str, kind: MetricKind, labels: &[(&str, &str)], value: f64) {
        let symbol = self.push(name, labels, value);
        // Samples of one family come in a row: the last family is nearly always the one.
        if self.declared.last() != Some(&symbol) && !self.declared.contains(&symbol) {
            self.declare(symbol, name, kind, "");
        }
    }

    /// A sample that declares nothing: its family has another name and was declared before, as `x` with its `x_bucket`, or
    /// nothing is known of it.
    pub fn member(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.push(name, labels, value);
    }

    /// Answers the name's symbol.
    fn push(&mut self, name: &str, labels: &[(&str, &str)], value: f64) -> u32 {
        // Series of one metric come in a row, and mostly differ in one label: each text is first held against the one
        // that stood in its place before.
        let mut before = self.last_row();
        let mut near = |symbols: &mut Symbols, labels: &[u32], text: &str| {
            let guess = before.next().and_then(|place| labels.get(place).copied());
            symbols.intern_near(text, guess)
        };
        let metric = near(&mut self.symbols, &self.labels, "__name__");
        let symbol = near(&mut self.symbols, &self.labels, name);
        self.labels.extend([metric, symbol]);
        for (label, text) in labels {
            // To Prometheus an empty label is a label that is not there.
            if !text.is_empty() {
                let label = near(&mut self.symbols, &self.labels, label);
                let text = near(&mut self.symbols, &self.labels, text);
                self.labels.extend([label, text]);
            }
        }
        self.ends.push(self.labels.len() as u32);
        self.values.push(value);
        if !self.times.is_empty() {
            self.times.push(crate::clock::now());
        }
        symbol
    }

    /// Keeps the first so many samples and forgets those after them.
    pub fn truncate(&mut self, length: usize) {
        self.ends.truncate(length);
        self.values.truncate(length);
        self.times.truncate(length);
        self.labels.truncate(self.ends.last().map_or(0, |end| *end as usize));
    }

    /// Sets the time of the sample added last, in milliseconds since the Unix epoch. Without it a sample is of now.
    pub fn at(&mut self, time: i64) {
        if self.times.is_empty() {
            self.times = vec![crate::clock::now(); self.values.len()];
        }
        if let Some(last) = self.times.last_mut() {
            *last = time;
        }
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// How many families were declared.
    pub fn families(&self) -> usize {
        self.families.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of the series with this name and exactly these labels, in any order.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.rows().position(|row| self.is(row, name, labels)).map(|index| self.values[index])
    }

    fn declare(&mut self, symbol: u32, name: &str, kind: MetricKind, help: &str) {
        self.declared.push(symbol);
        self.families.push(Family { name: name.to_owned(), kind, help: help.to_owned(), unit: String::new() });
    }

    /// Where the labels of the sample added last lie.
    fn last_row(&self) -> Range<usize> {
        let start = self.ends.len().checked_sub(2).map_or(0, |before| self.ends[before] as usize);
        start..self.labels.len()
    }

    /// The labels of each series, as symbols.
    fn rows(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.labels[start as usize..*end as usize])
    }

    fn is(&self, row: &[u32], name: &str, labels: &[(&str, &str)]) -> bool {
        row.len() == 2 * labels.len() + 2
            && self.symbols.text(row[1]) == name
            && row[2..].chunks_exact(2).all(|pair| labels.contains(&(self.symbols.text(pair[0]), self.symbols.text(pair[1]))))
    }
}

impl From<Samples> for Batch {
    fn from(samples: Samples) -> Batch {
        Batch {
            families: samples.families,
            symbols: samples.symbols.into_texts(),
            labels: samples.labels,
            ends: samples.ends,
            values: samples.values,
            times: samples.times,
        }
    }
}

/// One line per series, as in Prometheus's text format: for tests and logs.
impl fmt::Display for Samples {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (row, value) in self.rows().zip(&self.values) {
            formatter.write_str(self.symbols.text(row[1]))?;
            for (index, pair) in row[2..].chunks_exact(2).enumerate() {
                let before = if index == 0 { "{" } else { "," };
                write!(formatter, "{before}{}={:?}", self.symbols.text(pair[0]), self.symbols.text(pair[1]))?;
            }
            let after = if row.len() > 2 { "}" } else { "" };
            writeln!(formatter, "{after} {value}")?;
        }
        Ok(())
    }
}
