//! Every function there is: its name, what it takes, what it gives, and what it is good for.

mod table;

use super::date::Civil;
use super::range::RangeFunction;
use crate::functions::own;
use crate::syntax::AGGREGATIONS;
use crate::syntax::tree::Type;

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [Type],
    /// How many of the last parameters may be left out.
    pub(crate) optional: usize,
    /// Whether the last parameter may be given any number of times.
    pub(crate) repeats: bool,
    pub(crate) returns: Type,
    pub(crate) does: Does,
    /// Goes on after "it".
    pub(crate) about: &'static str,
}

/// How a function is evaluated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Does {
    /// Each value by itself.
    Number(fn(f64) -> f64),
    /// Each value with scalars; `None` takes the value away.
    NumberWith(fn(f64, &[f64]) -> Option<f64>),
    /// Each value as a moment in seconds; the moment asked for where there is none.
    Date(fn(Civil) -> f64),
    /// The samples of a span.
    Range(RangeFunction),
    Special(Special),
}

/// Functions with an evaluation of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    Time,
    Pi,
    Start,
    End,
    Step,
    Extent,
    Least,
    Most,
    Timestamp,
    Scalar,
    Vector,
    Absent,
    AbsentOverTime,
    Sort {
        descending: bool,
    },
    SortByLabel {
        descending: bool,
    },
    LabelReplace,
    LabelJoin,
    HistogramQuantile,
    HistogramQuantiles,
    HistogramFraction,
    Info,
    /// Refused by name.
    NativeHistogram,
}

/// Names that may be written in any case, since they are keywords of durations too.
const KEYWORDS: [&str; 6] = ["start", "end", "step", "range", "min_of", "max_of"];

fn all() -> impl Iterator<Item = &'static Function> {
    table::TABLES.iter().chain(own::TABLES).flat_map(|table| table.iter())
}

/// What may be called in a query, for whoever completes words: name, signature, what it does. Functions, then aggregations.
pub fn vocabulary() -> Vec<(&'static str, String, &'static str)> {
    let mut words: Vec<_> = all().map(|function| (function.name, function.signature(), function.about)).collect();
    words.extend(AGGREGATIONS.iter().map(|(name, _, parameter)| {
        let takes = parameter.map_or_else(String::new, |parameter| format!("{parameter}, "));
        (*name, format!("{name}({takes}instant vector)"), "aggregates series")
    }));
    words
}

pub(crate) fn find(name: &str) -> Option<&'static Function> {
    let lower = name.to_ascii_lowercase();
    let name = if KEYWORDS.contains(&lower.as_str()) { lower.as_str() } else { name };
    all().find(|function| function.name == name)
}

/// The function that was most likely meant.
pub(crate) fn nearest(name: &str) -> Option<&'static Function> {
    if name.len() > 64 {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let distance = |function: &&Function| strsim::osa_distance(&lower, function.name);
    // Half a name is more likely than a wrong letter.
    let near = all().min_by_key(|function| (distance(function), !function.name.starts_with(&lower)))?;
    (distance(&near) <= lower.len().div_ceil(3)).then_some(near)
}

impl Function {
    /// The least and the most arguments.
    pub(crate) fn counts(&self) -> (usize, Option<usize>) {
        let most = self.parameters.len();
        (most - self.optional, (!self.repeats).then_some(most))
    }

    /// What the argument at this place must be.
    pub(crate) fn parameter(&self, place: usize) -> Type {
        self.parameters.get(place).or(self.parameters.last()).copied().unwrap_or(Type::Scalar)
    }

    /// `round(instant vector, scalar?)`
    pub(crate) fn signature(&self) -> String {
        let required = self.parameters.len() - self.optional;
        let parameters = self.parameters.iter().enumerate().map(|(place, parameter)| {
            let mark = if place >= required { "?" } else { "" };
            format!("{parameter}{mark}")
        });
        let more = if self.repeats { ", …" } else { "" };
        format!("{}({}{more})", self.name, parameters.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_there_once_and_say_what_they_do() {
        let mut names: Vec<&str> = all().map(|function| function.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(all().all(|function| !function.about.is_empty() && function.optional <= function.parameters.len()));
        assert!(count > 80, "{count}");
    }

    #[test]
    fn what_was_meant_is_found() {
        assert_eq!(nearest("rat").map(|function| function.name), Some("rate"));
        assert_eq!(nearest("avg_overtime").map(|function| function.name), Some("avg_over_time"));
        assert!(nearest("entirely_else").is_none());
        assert_eq!(find("round").map(Function::signature).as_deref(), Some("round(instant vector, scalar?)"));
        assert_eq!(
            find("label_join").map(Function::signature).as_deref(),
            Some("label_join(instant vector, string, string, string?, …)")
        );
        assert!(find("STEP").is_some() && find("RATE").is_none());
    }
}
