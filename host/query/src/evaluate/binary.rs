//! Operators between two values.

mod matched;

use super::Run;
use super::stream;
use super::value::{Value, absent, is_absent};
use crate::QueryError;
use crate::syntax::tree::{Binary, Node, Operator};

impl Run<'_> {
    pub(super) fn binary(&self, binary: &Binary, node: &Node) -> Result<Value, QueryError> {
        if stream::is_streamed(node) {
            return Ok(Value::Vector(self.collect(node)?));
        }
        let left = self.evaluate(&binary.left)?;
        let held = match &left {
            Value::Vector(columns) => columns.len().saturating_mul(self.grid.steps),
            Value::Scalar(_) | Value::Text(_) => self.grid.steps,
        };
        let right = self.query.watch.holding(held, || self.evaluate(&binary.right))?;
        match (left, right) {
            (Value::Scalar(left), Value::Scalar(right)) => {
                let both = left.iter().zip(&right);
                Ok(Value::Scalar(both.map(|(left, right)| truth_or_number(binary.operator, *left, *right)).collect()))
            }
            (Value::Vector(left), Value::Vector(right)) => Ok(Value::Vector(match binary.operator {
                Operator::And | Operator::Or | Operator::Unless => self.set(binary, left, right)?,
                _ => self.matched(binary, &left, &right)?,
            })),
            _ => Err(QueryError::Invalid("operators work on numbers and vectors, not on strings".to_owned())),
        }
    }
}

/// Combines each value with the scalar of its step.
pub(super) fn with_scalar(
    binary: &Binary,
    values: &mut [f64],
    scalars: &[f64],
    scalar_left: bool,
    combine: fn(&Binary, f64, f64, f64) -> f64,
) {
    for (value, scalar) in values.iter_mut().zip(scalars).filter(|(value, _)| !is_absent(**value)) {
        let (left, right) = if scalar_left { (*scalar, *value) } else { (*value, *scalar) };
        *value = combine(binary, left, right, *value);
    }
}

/// The result at one step; `kept` is what a filter lets through.
pub(super) fn combine(binary: &Binary, left: f64, right: f64, kept: f64) -> f64 {
    if is_absent(left) || is_absent(right) {
        return absent();
    }
    if binary.operator.is_comparison() && !binary.answers_bool {
        return if holds(binary.operator, left, right) { kept } else { absent() };
    }
    truth_or_number(binary.operator, left, right)
}

fn truth_or_number(operator: Operator, left: f64, right: f64) -> f64 {
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Modulo => left % right,
        Operator::Power => left.powf(right),
        Operator::Atan2 => left.atan2(right),
        _ => f64::from(u8::from(holds(operator, left, right))),
    }
}

fn holds(operator: Operator, left: f64, right: f64) -> bool {
    match operator {
        Operator::Equal => left == right,
        Operator::NotEqual => left != right,
        Operator::Less => left < right,
        Operator::LessOrEqual => left <= right,
        Operator::Greater => left > right,
        Operator::GreaterOrEqual => left >= right,
        _ => false,
    }
}
