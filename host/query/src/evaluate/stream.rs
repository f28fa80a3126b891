//! What can be worked out for one series after the other, without holding them all.

use vitrine_model::Labels;

use super::Run;
use super::binary::{combine, with_scalar};
use super::scan::Part;
use super::value::{Column, absent, is_absent};
use crate::QueryError;
use crate::functions::date::Civil;
use crate::functions::registry::{Does, Special};
use crate::syntax::tree::{Call, Kind, Node, Type};

/// One series over all steps, until the next one comes.
pub(crate) struct Row<'a> {
    pub(crate) labels: &'a Labels,
    pub(crate) drops_name: bool,
    pub(crate) values: &'a mut [f64],
}

pub(crate) type Sink<'s> = dyn FnMut(Row<'_>) -> Result<(), QueryError> + 's;

/// Whether `stream` works this part out itself.
pub(super) fn is_streamed(node: &Node) -> bool {
    match &node.kind {
        Kind::Select(_) => true,
        Kind::Negate(of) => of.answers() == Type::Vector,
        Kind::Binary(binary) => (binary.left.answers() == Type::Scalar) != (binary.right.answers() == Type::Scalar),
        Kind::Call(call) => match call.function.does {
            Does::Number(_) | Does::NumberWith(_) | Does::Range(_) => true,
            Does::Date(_) => !call.arguments.is_empty(),
            Does::Special(special) => special == Special::Timestamp,
        },
        _ => false,
    }
}

impl Run<'_> {
    /// All series at once.
    pub(super) fn collect(&self, node: &Node) -> Result<Vec<Column>, QueryError> {
        let mut columns: Vec<Column> = Vec::new();
        self.stream(node, &mut |row| {
            if row.values.iter().all(|value| is_absent(*value)) {
                return Ok(());
            }
            self.query.watch.check_size(columns.len() + 1, self.grid.steps)?;
            columns.push(Column { labels: row.labels.clone(), drops_name: row.drops_name, values: row.values.to_vec() });
            Ok(())
        })?;
        Ok(columns)
    }

    /// Hands one series after the other to `sink`, those without any value among them.
    pub(super) fn stream(&self, node: &Node, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        self.query.watch.check()?;
        match &node.kind {
            Kind::Paren(of) | Kind::Plus(of) => self.stream(of, sink),
            Kind::Select(selector) => self.latest(selector, Part::Value, sink),
            Kind::Negate(of) => self.stream(of, &mut |row| {
                map(row.values, |value| -value);
                sink(Row { drops_name: true, ..row })
            }),
            Kind::Call(call) if is_streamed(node) => self.stream_call(call, sink),
            Kind::Binary(binary) if is_streamed(node) => {
                let scalar_left = binary.left.answers() == Type::Scalar;
                let (scalars, of) = if scalar_left { (&binary.left, &binary.right) } else { (&binary.right, &binary.left) };
                let scalars = self.scalar(scalars)?;
                let filters = binary.operator.is_comparison() && !binary.answers_bool;
                self.stream(of, &mut |row| {
                    with_scalar(binary, row.values, &scalars, scalar_left, combine);
                    sink(Row { drops_name: row.drops_name || !filters, ..row })
                })
            }
            _ => {
                for mut column in self.vector(node)? {
                    sink(Row { labels: &column.labels, drops_name: column.drops_name, values: &mut column.values })?;
                }
                Ok(())
            }
        }
    }

    fn stream_call(&self, call: &Call, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        match call.function.does {
            Does::Number(function) => self.stream(&call.arguments[0], &mut |row| {
                map(row.values, function);
                sink(Row { drops_name: true, ..row })
            }),
            Does::NumberWith(function) => self.stream_with(call, function, sink),
            Does::Date(function) => self.stream(&call.arguments[0], &mut |row| {
                map(row.values, |value| Civil::of(value).map_or(f64::NAN, function));
                sink(Row { drops_name: true, ..row })
            }),
            Does::Range(function) => self.stream_range(call, function, sink),
            Does::Special(_) => self.stream_moments(&call.arguments[0], sink),
        }
    }

    fn stream_with(&self, call: &Call, function: fn(f64, &[f64]) -> Option<f64>, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let scalars = call.arguments[1..].iter().map(|argument| self.scalar(argument)).collect::<Result<Vec<_>, _>>()?;
        let mut parameters = vec![0.0; scalars.len()];
        self.stream(&call.arguments[0], &mut |row| {
            for (step, value) in row.values.iter_mut().enumerate().filter(|(_, value)| !is_absent(**value)) {
                parameters.iter_mut().zip(&scalars).for_each(|(parameter, scalar)| *parameter = scalar[step]);
                *value = function(*value, &parameters).unwrap_or_else(absent);
            }
            sink(Row { drops_name: true, ..row })
        })
    }

    /// The samples' own moments where samples are selected, else the moments asked for.
    fn stream_moments(&self, of: &Node, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        if let Kind::Select(selector) = &of.bare().kind {
            return self.latest(selector, Part::Time, sink);
        }
        self.stream(of, &mut |row| {
            for (value, time) in row.values.iter_mut().zip(self.grid.times()).filter(|(value, _)| !is_absent(**value)) {
                *value = time as f64 / 1e3;
            }
            sink(Row { drops_name: true, ..row })
        })
    }
}

/// Computes every value that is there.
fn map(values: &mut [f64], function: impl Fn(f64) -> f64) {
    for value in values.iter_mut().filter(|value| !is_absent(**value)) {
        *value = function(*value);
    }
}
