//! Evaluates a tree over a grid of steps.

mod aggregate;
mod binary;
mod call;
mod group;
pub(crate) mod notes;
mod scan;
mod set;
mod slide;
mod stream;
pub(crate) mod value;

use vitrine_model::Millis;
use vitrine_model::port::samples::Samples;
use vitrine_model::sample::Series;

use crate::QueryError;
use crate::limits::Watch;
use crate::syntax::duration::Extent;
use crate::syntax::tree::{Kind, Node, Type};
use notes::Notebook;
use value::{Column, Value, without_dropped_names};

/// The moments to answer for: at least one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) start: Millis,
    pub(crate) step: Millis,
    pub(crate) steps: usize,
}

impl Grid {
    pub(crate) fn times(self) -> impl Iterator<Item = Millis> {
        (0..self.steps).map(move |step| self.time(step))
    }

    pub(crate) fn time(self, step: usize) -> Millis {
        self.start.saturating_add(self.step.saturating_mul(step as Millis))
    }

    pub(crate) fn end(self) -> Millis {
        self.start.saturating_add(self.step.saturating_mul(self.steps as Millis - 1))
    }
}

/// One query.
pub(crate) struct Query<'a> {
    pub(crate) samples: &'a dyn Samples,
    pub(crate) watch: Watch<'a>,
    pub(crate) notes: Notebook<'a>,
    pub(crate) extent: Extent,
    pub(crate) is_range: bool,
    /// How old a sample may be and still be the current one.
    pub(crate) lookback: Millis,
}

/// A query over a grid: its own, or that of a subquery.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) query: &'a Query<'a>,
    pub(crate) grid: Grid,
}

impl Run<'_> {
    /// The answer, with names gone where they no longer fit.
    pub(crate) fn answer(&self, node: &Node) -> Result<Value, QueryError> {
        Ok(match self.evaluate(node)? {
            Value::Vector(columns) => Value::Vector(without_dropped_names(columns)?),
            value => value,
        })
    }

    /// The samples themselves, of a range at the grid's only moment.
    pub(crate) fn samples(&self, node: &Node) -> Result<Vec<Series>, QueryError> {
        self.series_of(node.bare())
    }

    pub(crate) fn evaluate(&self, node: &Node) -> Result<Value, QueryError> {
        self.query.watch.check()?;
        Ok(match &node.kind {
            Kind::Number(number) => Value::Scalar(vec![*number; self.grid.steps]),
            Kind::Text(text) => Value::Text(text.clone()),
            Kind::Paren(of) | Kind::Plus(of) => return self.evaluate(of),
            Kind::Negate(of) if of.answers() == Type::Scalar => Value::Scalar(negated(self.scalar(of)?)),
            Kind::Window(_) | Kind::Subquery(_) => {
                let reason = "invalid expression type \"range vector\" for range query, must be scalar or instant vector";
                return Err(QueryError::Invalid(format!("{reason}: put it into a function, such as `rate(metric[5m])`")));
            }
            Kind::Binary(binary) => return self.binary(binary, node),
            Kind::Aggregate(aggregate) => Value::Vector(self.aggregate(aggregate)?),
            Kind::Call(call) if !stream::is_streamed(node) => return self.call(call, node),
            Kind::Select(_) | Kind::Negate(_) | Kind::Call(_) => Value::Vector(self.collect(node)?),
        })
    }

    pub(crate) fn scalar(&self, node: &Node) -> Result<Vec<f64>, QueryError> {
        match self.evaluate(node)? {
            Value::Scalar(values) => Ok(values),
            _ => Err(QueryError::Invalid("a number is needed where a vector or a string stands".to_owned())),
        }
    }

    pub(crate) fn vector(&self, node: &Node) -> Result<Vec<Column>, QueryError> {
        match self.evaluate(node)? {
            Value::Vector(columns) => Ok(columns),
            _ => Err(QueryError::Invalid("a vector is needed where a number or a string stands".to_owned())),
        }
    }
}

fn negated(mut values: Vec<f64>) -> Vec<f64> {
    values.iter_mut().for_each(|value| *value = -*value);
    values
}
