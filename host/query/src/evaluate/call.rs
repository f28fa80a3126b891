//! Function calls other than those over a range of samples.

use std::cmp::Ordering;

use vitrine_model::Labels;

use super::Run;
use super::value::{Column, Value, absent, drop_names, is_absent, relabel};
use crate::QueryError;
use crate::functions::histogram;
use crate::functions::number::NumberFunction;
use crate::plan::{Call, Node};

impl Run<'_> {
    pub(super) fn call(&self, call: &Call) -> Result<Value, QueryError> {
        Ok(match call {
            Call::Time => Value::Scalar(self.seconds()),
            Call::Scalar(of) => Value::Scalar(self.single(&self.vector(of)?)),
            Call::Vector(of) => Value::Vector(vec![Column { labels: Labels::new(), values: self.scalar(of)? }]),
            Call::Number { function, of, parameters } => Value::Vector(self.number(*function, of, parameters)?),
            Call::Timestamp(selector) => Value::Vector(drop_names(self.latest(selector, |sample| sample.time as f64 / 1e3)?)?),
            Call::TimestampOf(of) => Value::Vector(self.moments(of)?),
            Call::Absent { of, labels } => Value::Vector(self.absent(&self.vector(of)?, labels)),
            Call::Sort { of, descending } => Value::Vector(self.sort(self.vector(of)?, *descending)),
            Call::LabelReplace { of, target, replacement, source, pattern } => {
                Value::Vector(relabel(self.vector(of)?, |labels| replace(labels, target, replacement, source, pattern))?)
            }
            Call::LabelJoin { of, target, separator, sources } => {
                let join = |labels: &Labels| {
                    sources.iter().map(|source| labels.get(source).unwrap_or("")).collect::<Vec<_>>().join(separator)
                };
                Value::Vector(relabel(self.vector(of)?, |labels| labels.with([(target.as_str(), join(labels).as_str())]))?)
            }
            Call::HistogramQuantile { quantile, of } => {
                Value::Vector(histogram::quantiles(&self.scalar(quantile)?, self.vector(of)?, &self.watch)?)
            }
        })
    }

    fn seconds(&self) -> Vec<f64> {
        self.grid.times().map(|time| time as f64 / 1e3).collect()
    }

    /// The value where there is exactly one series.
    fn single(&self, columns: &[Column]) -> Vec<f64> {
        let at = |step: usize| {
            let mut present = columns.iter().map(|column| column.values[step]).filter(|value| !is_absent(*value));
            match (present.next(), present.next()) {
                (Some(value), None) => value,
                _ => f64::NAN,
            }
        };
        (0..self.grid.steps).map(at).collect()
    }

    fn number(&self, function: NumberFunction, of: &Node, parameters: &[Node]) -> Result<Vec<Column>, QueryError> {
        let mut columns = self.vector(of)?;
        let parameters = parameters.iter().map(|parameter| self.scalar(parameter)).collect::<Result<Vec<_>, _>>()?;
        match function {
            NumberFunction::Plain(function) => columns.iter_mut().for_each(|column| column.map(function)),
            NumberFunction::WithParameters(function) => {
                for column in &mut columns {
                    self.watch.check()?;
                    for (step, value) in column.values.iter_mut().enumerate().filter(|(_, value)| !is_absent(**value)) {
                        let at = |place: usize| parameters.get(place).map(|values| values[step]);
                        *value = function(*value, at(0), at(1)).unwrap_or_else(absent);
                    }
                }
                columns.retain(|column| !column.is_empty());
            }
        }
        drop_names(columns)
    }

    fn moments(&self, of: &Node) -> Result<Vec<Column>, QueryError> {
        let mut columns = self.vector(of)?;
        let seconds = self.seconds();
        for column in &mut columns {
            for (value, second) in column.values.iter_mut().zip(&seconds).filter(|(value, _)| !is_absent(**value)) {
                *value = *second;
            }
        }
        drop_names(columns)
    }

    fn absent(&self, columns: &[Column], labels: &Labels) -> Vec<Column> {
        let none_at = |step: usize| columns.iter().all(|column| is_absent(column.values[step]));
        let values: Vec<f64> = (0..self.grid.steps).map(|step| if none_at(step) { 1.0 } else { absent() }).collect();
        let column = Column { labels: labels.clone(), values };
        if column.is_empty() { Vec::new() } else { vec![column] }
    }

    /// NaN comes last either way. Over several steps series are in order of labels, so sorting does nothing.
    fn sort(&self, mut columns: Vec<Column>, descending: bool) -> Vec<Column> {
        if self.grid.steps == 1 {
            columns.sort_by(|a, b| {
                let (a, b) = (a.values[0], b.values[0]);
                let rising = a.partial_cmp(&b).unwrap_or(Ordering::Equal);
                a.is_nan().cmp(&b.is_nan()).then(if descending { rising.reverse() } else { rising })
            });
        }
        columns
    }
}

fn replace(labels: &Labels, target: &str, replacement: &str, source: &str, pattern: &regex::Regex) -> Labels {
    let Some(found) = pattern.captures(labels.get(source).unwrap_or("")) else { return labels.clone() };
    let mut value = String::new();
    found.expand(replacement, &mut value);
    labels.with([(target, value.as_str())])
}
