//! Evaluates a plan over a grid of steps.

mod aggregate;
mod binary;
mod call;
mod rank;
mod selector;
mod set;
pub(crate) mod value;

use vitrine_model::Millis;
use vitrine_model::port::samples::Samples;

use crate::QueryError;
use crate::limits::Watch;
use crate::plan::Node;
use value::{Column, Value, drop_names};

/// The moments to answer for: at least one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) start: Millis,
    pub(crate) step: Millis,
    pub(crate) steps: usize,
}

impl Grid {
    pub(crate) fn times(self) -> impl Iterator<Item = Millis> {
        // The last step lies at or before the range's end, so no sum overflows.
        (0..self.steps).map(move |step| self.start.saturating_add(self.step.saturating_mul(step as Millis)))
    }

    pub(crate) fn end(self) -> Millis {
        self.start.saturating_add(self.step.saturating_mul(self.steps as Millis - 1))
    }
}

/// One evaluation.
pub(crate) struct Run<'a> {
    pub(crate) samples: &'a dyn Samples,
    pub(crate) grid: Grid,
    pub(crate) watch: Watch<'a>,
}

impl Run<'_> {
    pub(crate) fn evaluate(&self, node: &Node) -> Result<Value, QueryError> {
        self.watch.check()?;
        let value = match node {
            Node::Number(number) => Value::Scalar(vec![*number; self.grid.steps]),
            Node::Text(text) => Value::Text(text.clone()),
            Node::Select(selector) => Value::Vector(self.select(selector)?),
            Node::Range(range) => Value::Vector(self.range(range)?),
            Node::Negate(of) => self.negate(of)?,
            Node::Binary(binary) => self.binary(binary)?,
            Node::Aggregate(aggregate) => Value::Vector(self.aggregate(aggregate)?),
            Node::Call(call) => self.call(call)?,
        };
        if let Value::Vector(columns) = &value {
            self.watch.check_size(columns.len(), self.grid.steps)?;
        }
        Ok(value)
    }

    pub(crate) fn scalar(&self, node: &Node) -> Result<Vec<f64>, QueryError> {
        match self.evaluate(node)? {
            Value::Scalar(values) => Ok(values),
            _ => Err(QueryError::Syntax("a number is needed where a vector or a string stands".to_owned())),
        }
    }

    pub(crate) fn vector(&self, node: &Node) -> Result<Vec<Column>, QueryError> {
        match self.evaluate(node)? {
            Value::Vector(columns) => Ok(columns),
            _ => Err(QueryError::Syntax("a vector is needed where a number or a string stands".to_owned())),
        }
    }

    fn negate(&self, of: &Node) -> Result<Value, QueryError> {
        match self.evaluate(of)? {
            Value::Scalar(values) => Ok(Value::Scalar(values.into_iter().map(|value| -value).collect())),
            Value::Vector(mut columns) => {
                columns.iter_mut().for_each(|column| column.map(|value| -value));
                Ok(Value::Vector(drop_names(columns)?))
            }
            Value::Text(_) => Err(QueryError::Syntax("a string has no negative".to_owned())),
        }
    }
}
