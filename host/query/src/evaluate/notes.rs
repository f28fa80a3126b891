//! What is to be said about an answer that is there all the same, in Prometheus's words.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::syntax::place::{Place, line_and_column};

/// More of them help nobody.
const MOST: usize = 100;

/// Remarks about an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// What most likely is a mistake.
    pub warnings: Vec<String>,
    /// What may be one.
    pub infos: Vec<String>,
}

/// Gathers the notes of one query.
#[derive(Debug)]
pub(crate) struct Notebook<'a> {
    text: &'a str,
    warnings: RefCell<BTreeSet<String>>,
    infos: RefCell<BTreeSet<String>>,
}

impl<'a> Notebook<'a> {
    pub(crate) fn new(text: &'a str) -> Notebook<'a> {
        Notebook { text, warnings: RefCell::default(), infos: RefCell::default() }
    }

    pub(crate) fn warn(&self, place: Place, words: &str) {
        note(&self.warnings, || format!("PromQL warning: {words} ({})", line_and_column(self.text, place.start)));
    }

    pub(crate) fn inform(&self, place: Place, words: &str) {
        note(&self.infos, || format!("PromQL info: {words} ({})", line_and_column(self.text, place.start)));
    }

    pub(crate) fn finish(self) -> Notes {
        let list = |set: RefCell<BTreeSet<String>>| set.into_inner().into_iter().collect();
        Notes { warnings: list(self.warnings), infos: list(self.infos) }
    }

    /// Quantiles outside of their range are answered with an infinity.
    pub(crate) fn check_quantiles(&self, place: Place, quantiles: &[f64]) {
        for quantile in quantiles.iter().filter(|quantile| !(0.0..=1.0).contains(*quantile)) {
            self.warn(place, &format!("quantile value should be between 0 and 1, got {}", Go(*quantile)));
        }
    }
}

fn note(set: &RefCell<BTreeSet<String>>, words: impl FnOnce() -> String) {
    let mut set = set.borrow_mut();
    if set.len() < MOST {
        set.insert(words());
    }
}

/// ` for metric name "…"`, where there is one.
pub(crate) fn of_metric(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(" for metric name {name:?}") }
}

/// Labels as Prometheus's messages write them, the name among them.
pub(crate) struct Braced<'a>(pub(crate) &'a vitrine_model::Labels);

impl std::fmt::Display for Braced<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("{")?;
        for (place, (name, value)) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{name}={value:?}")?;
        }
        f.write_str("}")
    }
}

/// A number as Go's `%g` writes it.
pub(crate) struct Go(pub(crate) f64);

impl std::fmt::Display for Go {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Go(value) = self;
        if value.is_nan() {
            return f.write_str("NaN");
        }
        if value.is_infinite() {
            return f.write_str(if *value > 0.0 { "+Inf" } else { "-Inf" });
        }
        let size = value.abs();
        if *value == 0.0 || (1e-4..1e6).contains(&size) {
            return write!(f, "{value}");
        }
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        match exponent.strip_prefix('-') {
            Some(exponent) => write!(f, "{digits}e-{exponent:0>2}"),
            None => write!(f, "{digits}e+{exponent:0>2}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_go_writes_them() {
        for (value, text) in [
            (1.5, "1.5"),
            (0.0, "0"),
            (100_000.0, "100000"),
            (1e6, "1e+06"),
            (-2.5e-5, "-2.5e-05"),
            (9.223_372_036_854_776e18, "9.223372036854776e+18"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(Go(value).to_string(), text);
        }
    }
}
